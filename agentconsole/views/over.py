"""A screen of its own over the page: its keys and hints, what is said on it, and what becomes of its work."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.screen import Screen

from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.views.actions import Action
from agentconsole.views.foreign import steady
from agentconsole.views.helping import keys_of
from agentconsole.views.layout import Line, fit
from agentconsole.views.messages import Chosen, Done, Moved, Refused
from agentconsole.views.overlays import Item, Picker, key_name
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.timers import Certain
from agentconsole.views.work import Work

QUIT = 0
"""Answered by a screen where the console is to be left: no conversation has this number."""
_LAST = ("refresh", "back", "help", "quit")
"""What the list of actions offers last."""
A = TypeVar("A")


class Over(Certain, Screen[A | int | None], Generic[A], inherit_bindings=False):
    """Answers with what was chosen, with :data:`QUIT`, or with ``None`` where one goes back to the page.

    A subclass says its ``PLACE``, how it looks (:meth:`draw`), the :meth:`situation`, what keys walk through
    (:meth:`press`), and its :meth:`acts`. Keys are dispatched here alone.
    """

    BINDINGS: ClassVar = []
    PLACE: ClassVar[Place]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.desk, self.work = session, session.desk, Work(self)
        self.said: tuple[str, str] = "", ""
        """What is said and its style, until the next key."""

    # What a subclass says

    @property
    def where(self) -> str:
        """Where one is, as the title of its keys says it: "in the outbox"."""
        raise NotImplementedError

    def draw(self) -> None:
        """Its bars, as they are now."""
        raise NotImplementedError

    def situation(self) -> Situation:
        """What actions look at to say whether they can run."""
        raise NotImplementedError

    def acts(self) -> dict[str, Callable[[], object]]:
        """What its actions do, by their ids, besides going back, moving and ``help``."""
        raise NotImplementedError

    def open_chosen(self) -> None:
        """Open what is under the cursor."""
        raise NotImplementedError

    def press(self, name: str) -> bool:
        """Move, by the id of an action; whether it is one that moves."""
        raise NotImplementedError

    def back(self, answer: int | None) -> None:
        """Leave, to the page or (:data:`QUIT`) for good."""
        self.dismiss(answer)

    # Words

    def tell(self, words: str, style: str = "accent") -> None:
        """One line, until the next key."""
        self.said = words, style
        self.draw()

    def warn(self, error: ConsoleError, style: str = "warn") -> None:
        """What could not be done, and what to do."""
        self.tell(steady(f"{error.what} {error.do}".replace("`", ""), one_line=True, limit=400), style)

    def hints(self, first: Collection[str] = (), but: Collection[str] = ()) -> list[Line]:
        """What can be done now, each with its key; ``first`` before all others, ``but`` not at all."""
        keymap, situation = self.session.keymap, self.situation()
        made: list[Line] = []
        for action in sorted(keymap.at(self.PLACE), key=lambda action: action.id not in first):
            key = keymap.key(action.id, self.PLACE)
            if key and self.PLACE in action.hint and action.id not in but and not action.why_not(situation):
                made.append([(key + " ", "accent"), (action.words() + "  ", "dim")])
        return made

    def help(self) -> None:
        """What each key does here."""
        self.app.push_screen(keys_of(self.session.keymap, self.PLACE, self.where))

    def _palette(self) -> None:
        """What can be done here, each with its key."""
        situation = self.situation()
        items = [
            Item(
                action,
                f"{fit(self.session.keymap.key(action.id, self.PLACE), 11)}{action.words()}",
                action.help(self.PLACE),
                action.why_not(situation),
                more=f"{action.id} {action.label}",
            )
            for action in self.session.keymap.at(self.PLACE)
            if action.listed and action.id != "palette"
        ]
        items.sort(key=lambda item: (bool(item.why_not), item.value.id in _LAST))
        picker: Picker[Action] = Picker(_("All actions"), items, placeholder=_("type what you want to do"))
        self.app.push_screen(picker, lambda action: None if action is None else self.run_act(action))

    # News and keys

    def on_unmount(self) -> None:
        self.work.finish()

    def on_done(self, message: Done) -> None:
        message.then(message.result)

    def on_refused(self, message: Refused) -> None:
        (message.otherwise or self.warn)(message.error)

    def on_moved(self, _message: Moved) -> None:
        self.said = "", ""
        self.draw()

    def on_chosen(self, _message: Chosen) -> None:
        self.open_chosen()

    def on_key(self, event: events.Key) -> None:
        action = self.session.keymap.find(key_name(event), self.PLACE)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        self.run_act(action)

    def run_act(self, action: Action) -> None:
        """Do it, from its key or chosen from the list of actions; or say why it cannot be done."""
        self.said = "", ""
        if action.id in ("back", "quit"):
            self.back(QUIT if action.id == "quit" else None)
        elif self.press(action.id):
            self.draw()
        elif action.id == "help":
            self.help()
        elif action.id == "palette":
            self._palette()
        elif why_not := action.why_not(self.situation()):
            self.tell(why_not, "warn")
        elif action.id == "open":
            self.open_chosen()
        else:
            self.acts()[action.id]()
