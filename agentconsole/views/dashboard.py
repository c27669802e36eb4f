"""The floor, live: what waits, what is late, who is here, and what is behind every number. Left open on a wall.

It is read again when something was committed, at most every :data:`_AT_MOST` seconds, and at least every
:data:`_AT_LEAST`, since clocks run out without anybody doing anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from agentconsole.desk import figures
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.model.floor import Floor
from agentconsole.views.actions import Action
from agentconsole.views.acts.floor import FloorActs
from agentconsole.views.bars import chosen_hints
from agentconsole.views.dashboard_head import caption, head, stale_words
from agentconsole.views.dashboard_layout import sheets
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.foreign import steady
from agentconsole.views.keys import key_words
from agentconsole.views.layout import Line, cut
from agentconsole.views.messages import Changed, Chosen, Done, Moved, Refused
from agentconsole.views.overlays import key_name
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.board import Board
from agentconsole.views.widgets.lines import Bar
from agentconsole.views.work import Work

QUIT = 0
"""No conversation has this number: whoever looks leaves the console."""
_AT_MOST, _AT_LEAST = 2.0, 20.0
_STALE = 45.0
"""Seconds without an answer of the desk after which it is said since when the figures stand."""


class DashboardScreen(Screen[int | None], inherit_bindings=False):
    """Answers with the number of a conversation to open, or :data:`QUIT`.

    :param changed: told of what is done from here.
    :param at: the number under the cursor, and the list over it, where it was left for a conversation.
    """

    CSS_PATH = "dashboard.tcss"
    BINDINGS: ClassVar = []
    AUTO_FOCUS = "#board"

    def __init__(
        self,
        session: Session,
        changed: Callable[[Changed], object],
        at: tuple[tuple[str, ...], Figure | None] | None = None,
    ) -> None:
        super().__init__()
        self.session, self.desk, self.work = session, session.desk, Work(self)
        self._changed, self._at = changed, at
        self.floor: Floor | None = None
        self.board = Board()
        self.left_at: tuple[tuple[str, ...], Figure | None] | None = None
        """What to come back to from a conversation that was opened from here."""
        self.acts = FloorActs(self)
        self._said: tuple[str, str] = "", ""
        self._read_at = self._came_at = float("-inf")
        self._failed: ConsoleError | None = None
        self._later: Timer | None = None
        self._made_for: tuple[int, int] = (0, 0)

    def compose(self) -> ComposeResult:
        yield Bar(id="floor-head")
        yield self.board
        yield Bar(id="floor-told")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        self._read()
        self.set_interval(1.0, self._tick)

    def on_unmount(self) -> None:
        self.work.finish()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    # Reading

    def changed(self) -> None:
        """Something was committed on the desk: read again as soon as the last time is long enough ago."""
        if self._later is None:
            rest = self._read_at + _AT_MOST - monotonic()
            self._later = self.set_timer(max(rest, 0.001), self._read)

    def done(self) -> None:
        """Something was done from here: it is seen at once, here and on the page."""
        self._changed(Changed())
        self._read()

    def _read(self) -> None:
        if self._later is not None:
            self._later.stop()
        self._later, self._read_at = None, monotonic()
        self.work.look("floor", partial(_look, self.desk), self._came, self._away)

    def _came(self, floor: Floor) -> None:
        self._came_at, self._failed, first = monotonic(), None, self.floor is None
        self.floor = floor
        self._show()
        if first:
            self._begin()

    def _away(self, error: ConsoleError) -> None:
        self._failed = error
        self._draw()

    def _begin(self) -> None:
        """The cursor goes to what is worst, or to where it was; then to the list that was open."""
        if self._at is not None:
            key, listed = self._at
            self.board.seek(key)
            if listed is not None:
                self._behind(listed)
        elif self.floor is not None:
            late = [load for load in self.floor.views if load.late]
            worst = max(late, key=lambda load: load.late, default=None)
            if worst is not None:
                self.board.seek(("views", "late", "late", f"view:{worst.id}"))
        self._draw()

    # Drawing

    def _show(self) -> None:
        if self.floor is not None and self.board.size.height > 0:
            self.board.show(sheets(self.floor, self.desk, self.board.size.width, self.board.size.height))
        self._draw()

    def _tick(self) -> None:
        if monotonic() - self._read_at > _AT_LEAST:
            self._read()
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        columns = self.app.size.width
        since = self._came_at if self._failed or monotonic() - self._came_at > _STALE else None
        stale = stale_words(self.desk, None if since is None else monotonic() - since, self._failed)
        self.query_one("#floor-head", Bar).show(head(self.floor, self.desk, self.board.page, stale, columns))
        words, style = self._said
        line: Line = [(" " + cut(words, columns - 2), style)] if words else caption(self.board.current, columns)
        self.query_one("#floor-told", Bar).show(line)
        keymap, situation = self.session.keymap, self.situation()
        shown = [a for a in keymap.at(Place.DASHBOARD) if Place.DASHBOARD in a.hint and not a.why_not(situation)]
        hints = [self._hint(action) for action in shown if action.id != "help"]
        ends: list[Line] = [[(keymap.key("help", Place.DASHBOARD) + " ", "accent"), (_("meaning, keys") + "  ", "dim")]]
        self.query_one("#hints", Bar).show([(" ", ""), *chosen_hints(hints, ends, columns - 1)])

    def _hint(self, action: Action) -> Line:
        key = self.session.keymap.key(action.id, Place.DASHBOARD)
        return [(key_words(key) + " ", "accent"), (action.words() + "  ", "dim")] if key else []

    def situation(self) -> Situation:
        """What actions look at."""
        figure = self.board.current
        incident = figure.part("incident") if figure is not None else ""
        found = next((one for one in self.floor.incidents if str(one.id) == incident), None) if self.floor else None
        return Situation(
            Place.DASHBOARD, supervises=True, figure=figure is not None, incident=found.state if found else ""
        )

    # Words

    def tell(self, words: str, style: str = "accent") -> None:
        """One line in place of the one about the number, until the next key."""
        self._said = words, style
        self._draw()

    def warn(self, error: ConsoleError) -> None:
        """What could not be done, and what to do."""
        self.tell(steady(f"{error.what} {error.do}".replace("`", ""), one_line=True, limit=400), "warn")

    @property
    def figure(self) -> Figure | None:
        """The number that acts are about."""
        return self.board.current

    # News and keys

    def on_moved(self, _message: Moved) -> None:
        self._said = "", ""
        self._draw()

    def on_chosen(self, message: Chosen) -> None:
        self._open(message.value)

    def on_done(self, message: Done) -> None:
        message.then(message.result)

    def on_refused(self, message: Refused) -> None:
        (message.otherwise or self.warn)(message.error)

    def on_key(self, event: events.Key) -> None:
        action = self.session.keymap.find(key_name(event), Place.DASHBOARD)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        self._said = "", ""
        if action.id in ("back", "quit"):
            self.dismiss(QUIT if action.id == "quit" else None)
        elif self.board.press(action.id):
            self._draw()
        elif action.id == "open":
            self._open(self.board.current)
        elif action.id == "help":
            self._meaning()
        elif action.id == "refresh":
            self._read()
        else:
            why_not = action.why_not(self.situation())
            if why_not:
                self.tell(why_not, "warn")
            else:
                self.acts.run(action.id)

    # What is behind a number

    def _open(self, figure: Figure | None) -> None:
        if figure is None:
            return
        if figure.opens == "approvals":
            from agentconsole.views.approvals import ApprovalScreen

            self.app.push_screen(ApprovalScreen(self.session, self._changed), self._left)
        elif figure.opens == "control":
            from agentconsole.views.control import ControlScreen

            self.app.push_screen(ControlScreen(self.session), self._left)
        elif figure.which is not None:
            self._behind(figure)
        else:
            self._meaning()

    def _behind(self, figure: Figure) -> None:
        from agentconsole.views.dashboard_behind import BehindScreen

        screen = BehindScreen(self.session, figure, self.floor, self.done)
        self.app.push_screen(screen, partial(self._left, figure=figure))

    def _left(self, number: int | None, figure: Figure | None = None) -> None:
        """From a list over the dashboard: to a conversation on the page, to which one comes back from there."""
        if number is None:
            self._read()
            return
        here = self.board.current
        if number != QUIT and here is not None:
            self.left_at = here.key, figure
        self.dismiss(number)

    def _meaning(self) -> None:
        from agentconsole.views.dashboard_meaning import meaning

        self.app.push_screen(meaning(self.session.keymap, self.board.current, self.floor))


def _look(desk: Desk) -> Floor:
    """The floor. What draws its curve is imported here, off the interface's thread: it would be felt."""
    import_module("textual_plotext.plot")
    return figures.floor(desk)
