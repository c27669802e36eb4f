"""Keys in their turn: none is given on before what the one before it began can be seen.

Textual hands keys to the widget that has the focus at that moment, and opens things later. Whoever types ahead of the
screen would command what was there before. Here a key waits until the one before it was handled, the focus has moved,
and what it opens is there, or it has led into a field; text typed into a field does not wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Protocol

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import Input, TextArea

_AT_MOST, _CANCEL_AFTER, _LOOK_AGAIN, _LOST = 5.0, 0.5, 0.005, 1.0
"""Seconds: an opening is waited for; escape gives it up once it has taken so long; between two looks whether it is
done; after which a mark that did not come back is sent anew."""


class Mark(Message):
    """Follows a key through the widgets it bubbles through, and comes to the application after it."""

    def __init__(self, turn: int, target: MessagePump, rounds: int) -> None:
        super().__init__()
        self.turn, self.target, self.rounds = turn, target, rounds


class Opener(Protocol):
    """What knows what is being opened on the page."""

    @property
    def opening(self) -> bool:
        """Something that the last key asked for is not there yet."""

    @property
    def stirring(self) -> tuple[int, bool]:
        """Differs once anything was asked for, or has come, since."""

    def touched(self) -> None:
        """A key was pressed, or text pasted."""

    def begin_turn(self) -> None:
        """A key is about to be given on."""

    def failed_turn(self) -> bool:
        """What the last key asked for did not open."""

    def give_up(self, lost: int) -> None:
        """Nothing opens any more; so many keys that were typed for it are dropped."""


class Turns:
    """Holds keys and pastes, in order, while one before them is at work.

    :param give: passes an event on to the widget that has the focus.
    """

    def __init__(self, app: App[Any], give: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app, self._give = app, give
        self.page: Opener | None = None
        self._held: deque[events.Key | events.Paste] = deque()
        self._turn, self._busy, self._since = 0, False, 0.0
        self._target: MessagePump | None = None
        """What the key at work was given to."""
        self._on: Screen[Any] | None = None
        """The screen that it was pressed on."""

    async def take(self, event: events.Key | events.Paste) -> None:
        """Give the event on, now or in its turn."""
        if self.page is not None:
            self.page.touched()
        if not self._busy:
            await self._begin(event)
        elif self._cancels(event):
            self._drop()
        else:
            self._held.append(event)

    def _cancels(self, event: events.Event) -> bool:
        late = monotonic() - self._since > _CANCEL_AFTER
        return isinstance(event, events.Key) and event.key == "escape" and late and self._opening

    @property
    def _opening(self) -> bool:
        return self.page is not None and self.page.opening and not self._arrived

    @property
    def _arrived(self) -> bool:
        """The key has led into a field: what is typed is meant for it, whatever else is read meanwhile.

        Not where a box has closed and the focus went back to the field below it: what was chosen there is to come.
        """
        focused = self._app.focused
        led = isinstance(focused, (Input, TextArea)) and focused is not self._target
        return led and self._on in self._app.screen_stack

    async def _begin(self, event: events.Key | events.Paste) -> None:
        if isinstance(self._app.focused, (Input, TextArea)) and (isinstance(event, events.Paste) or event.is_printable):
            await self._give(event)  # text: the widget's own queue keeps the order
            return
        self._turn, self._busy, self._since = self._turn + 1, True, monotonic()
        self._on = self._app.screen
        if self.page is not None:
            self.page.begin_turn()
        await self._give(event)
        # Who has it is known only now: a screen that is just beginning gets its focus while the key is on its way.
        self._target = target = self._app.focused or self._app.screen
        self._app.set_timer(_LOST, lambda turn=self._turn: self._lost(turn))
        self.follow(Mark(self._turn, target, 2))

    def follow(self, mark: Mark) -> None:
        """Send a mark after the key; it makes its way twice, since a widget may tell its parents what a key meant."""
        if mark.rounds == 0 or not mark.target.post_message(mark):
            self.reached(mark.turn)

    def returned(self, mark: Mark) -> None:
        """A mark came to the application."""
        if mark.turn == self._turn and self._busy:
            self.follow(Mark(mark.turn, mark.target, mark.rounds - 1))

    def reached(self, turn: int | None = None) -> None:
        """The key was handled, or a screen was closed: wait for the screen's queue, then for the application's."""
        turn = self._turn if turn is None else turn
        screens = self._app.screen_stack
        if self._busy and turn == self._turn and screens:  # none any more where the console is being left
            screen, page = screens[-1], self.page
            began = page.stirring if page is not None else None
            screen.call_later(screen.call_next, self._app.call_later, self._settle, turn, began)

    def _lost(self, turn: int) -> None:
        if self._busy and turn == self._turn:
            self._app.set_timer(_LOST, lambda: self._lost(turn))
            self.reached(turn)

    async def _settle(self, turn: int, began: tuple[int, bool] | None) -> None:
        if not self._busy or turn != self._turn:
            return
        # What came on the way here may have asked for the focus, which moves in the application's own turn.
        stirred = self.page is not None and self.page.stirring != began and not self._arrived
        if self._opening or stirred:
            if monotonic() - self._since > _AT_MOST:
                self._drop()
            else:
                self._app.set_timer(_LOOK_AGAIN, lambda: self.reached(turn))
            return
        if self._held and self.page is not None and self.page.failed_turn():
            self._drop()
            return
        self._busy = False
        while self._held and not self._busy:
            await self._begin(self._held.popleft())

    def _drop(self) -> None:
        """What was typed for something that does not open must not command anything else."""
        lost = len(self._held)
        self._held.clear()
        self._busy = False
        if self.page is not None:
            self.page.give_up(lost)
