"""Gestures that need a hand: in no reply, not fulfilled, tasks of the back office; and what one can do about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar
from uuid import uuid4

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from agentconsole.desk import fulfilment, gestures
from agentconsole.desk.context import Desk
from agentconsole.desk.loose_gifts import Loose, loose
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, moment, money
from agentconsole.model.gesture import FulfilmentHow, FulfilmentState
from agentconsole.views.foreign import steady
from agentconsole.views.gesture_words import kind_words, reason_words, what_words
from agentconsole.views.helping import keys_of
from agentconsole.views.layout import DOT, Line, cut, fit, width, wrap
from agentconsole.views.messages import Chosen, Done, Refused
from agentconsole.views.overlays import Ask, key_name
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.lines import Bar, Lines
from agentconsole.views.work import Work

QUIT = 0
"""No conversation has this number: the adviser leaves the console."""
_OFTEN = 5.0
"""Seconds between two looks at the list."""


def state_words(one: Loose) -> tuple[str, str]:
    """How a gesture stands, in twenty columns at most, and in which style."""
    words = {
        FulfilmentState.FAILED: (_("NOT FULFILLED"), "late"),
        FulfilmentState.UNKNOWN: (_("MAY BE FULFILLED"), "late"),
    }.get(one.state or FulfilmentState.DONE)
    if words is not None:
        return words
    if one.unsent:
        return _("IN NO REPLY"), "due"
    return (_("for the back office"), "note") if one.how is FulfilmentHow.TASK else (_("goes to the shop"), "dim")


class GiftList(Lines):
    """A line a gesture."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="gifts")
        self._desk = desk
        self.entries: Sequence[Loose] = ()

    def count(self) -> int:
        return len(self.entries)

    def line(self, index: int, columns: int) -> Line:
        one, desk = self.entries[index], self._desk
        words, style = state_words(one)
        at = moment(one.at, desk.config.zone, desk.now(), time=True)
        amount = money(one.amount, one.currency)
        room = max((width(money(each.amount, each.currency)) for each in self.entries), default=0)
        who = [steady(one.customer, one_line=True, limit=60), steady(desk.agent_name(one.agent), one_line=True)]
        about = DOT.join([kind_words(desk, one.kind), *who])
        head = f"{fit(amount, room, right=True)}  "
        number = f"#{one.number:<6} "
        left = columns - 22 - width(head) - width(number)
        when = f"{fit(at, 13)} " if left > 50 else ""
        return [
            ("> " if index == self.cursor else "  ", "accent"),
            (fit(words, 20), style),
            (head, "bold"),
            (number + when, "dim"),
            (cut(about, left - width(when)), ""),
        ]


class GiftsScreen(Screen[int | None], inherit_bindings=False):
    """Answers with the number of a conversation to open, or :data:`QUIT`."""

    BINDINGS: ClassVar = []
    AUTO_FOCUS = "#gifts"
    CSS_PATH = "gifts.tcss"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._work = Work(self)
        self._said: tuple[str, str] | None = None
        self._read_once = False

    def compose(self) -> ComposeResult:
        yield Bar(id="gifts-title")
        yield GiftList(self._session.desk)
        yield Bar(id="gifts-detail")
        yield Bar(id="hints")

    @property
    def _list(self) -> GiftList:
        return self.query_one("#gifts", GiftList)

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_OFTEN, self._read)

    def on_unmount(self) -> None:
        self._work.finish()

    def _read(self) -> None:
        self._work.look("gifts", partial(loose, self._session.desk), self._show)

    def _show(self, entries: Sequence[Loose]) -> None:
        shown = self._list
        held = shown.entries[shown.cursor].entry if shown.has_cursor else None
        shown.entries, self._read_once = entries, True
        at = min(shown.cursor, max(0, len(entries) - 1))
        shown.cursor = next((i for i, one in enumerate(entries) if one.entry == held), at)
        shown.lines_changed()
        self._draw()

    @property
    def _one(self) -> Loose | None:
        return self._list.entries[self._list.cursor] if self._list.has_cursor else None

    # Drawing

    def _draw(self) -> None:
        one, columns = self._one, self.app.size.width
        head: Line = [(" " + _("Gifts"), "title"), (DOT + _("gestures that need a hand"), "dim")]
        self.query_one("#gifts-title", Bar).show(head)
        if self._said is not None:
            detail: list[Line] = [[(" " + line, self._said[1])] for line in wrap(self._said[0], columns - 2)]
        elif one is None:
            done = _("Every gesture is in a reply and with its customer.") if self._read_once else ""
            detail = [[(" " + done, "ok")]]
        else:
            detail = self._about(one, columns - 2)
        self.query_one("#gifts-detail", Bar).show(*detail)
        hints: Line = [(" ", "")]
        for action in self._session.keymap.at(Place.GIFTS):
            if Place.GIFTS in action.hint and not action.why_not(self._situation()):
                hints += [(self._session.keymap.key(action.id, Place.GIFTS) + " ", "accent")]
                hints += [(action.words() + "  ", "dim")]
        self.query_one("#hints", Bar).show(hints)

    def _about(self, one: Loose, columns: int) -> list[Line]:
        desk = self._session.desk
        what = what_words(desk, one.kind, one.amount, one.currency)
        head = DOT.join([what, reason_words(desk, one.reason), steady(one.customer, one_line=True, limit=60)])
        lines: list[Line] = [[(" " + cut(head, columns), "bold")]]
        why = steady(one.why, one_line=True, limit=300)
        lines += [[(" " + line, "late")] for line in wrap(why, columns)[:2]] if why else []
        if one.state in (FulfilmentState.FAILED, FulfilmentState.UNKNOWN):
            said = _("Look whether the customer has it: then it is done, or not given; or have it tried again.")
        elif one.unsent:
            said = _("The customer was not told: open the conversation, and put it into the reply; or void it.")
        elif one.how is FulfilmentHow.TASK:
            said = _("Somebody does it by hand, and writes the reference down.")
        else:
            said = _("It goes to the shop by itself.")
        return lines + [[(" " + line, "")] for line in wrap(said, columns)]

    def _situation(self) -> Situation:
        one = self._one
        return Situation(Place.GIFTS, gift=one.can if one is not None else frozenset())

    # Keys

    def on_moved(self) -> None:
        self._said = None
        self._draw()

    def on_chosen(self, _message: Chosen) -> None:
        self._open()

    def on_done(self, message: Done) -> None:
        message.then(message.result)

    def on_refused(self, message: Refused) -> None:
        error = message.error
        self._tell(f"{error.what} {error.do}".replace("`", ""), "late")
        if message.otherwise is not None:
            message.otherwise(error)

    def _tell(self, said: str, style: str) -> None:
        self._said = steady(said, one_line=True, limit=400), style
        self._draw()

    def on_key(self, event: events.Key) -> None:
        action = self._session.keymap.find(key_name(event), Place.GIFTS)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        self._said = None
        if action.id in ("back", "quit"):
            self.dismiss(QUIT if action.id == "quit" else None)
        elif action.id == "open":
            self._open()
        elif action.id == "help":
            self._help()
        elif not self._list.press(action.id):
            why_not = action.why_not(self._situation())
            if why_not:
                self._tell(why_not, "warn")
            else:
                self._decide(action.id)

    def _open(self) -> None:
        if self._one is not None:
            self.dismiss(self._one.number)

    def _decide(self, action_id: str) -> None:
        one, desk = self._one, self._session.desk
        if one is None:
            return
        what = what_words(desk, one.kind, one.amount, one.currency)
        if action_id == "gift_again":
            self._do(partial(fulfilment.again, desk, one.entry), _("It is tried again: {what}.").format(what=what))
        elif action_id == "gift_done":
            hint = _("What it is called where it was done; may stay empty.")
            self._ask(_("Reference of {what}").format(what=what), hint, "", lambda text: partial(
                fulfilment.done, desk, one.entry, text
            ), _("Done: {what}.").format(what=what))  # fmt: skip
        elif action_id == "gift_not":
            hint = _("Whoever voids it wants to know.")
            self._ask(_("Why was {what} not given?").format(what=what), hint, _("Say why."), lambda text: partial(
                fulfilment.give_up, desk, one.entry, text
            ), _("Not given: {what}.").format(what=what))  # fmt: skip
        elif action_id == "gift_void":
            self._void(one, what)

    def _void(self, one: Loose, what: str) -> None:
        from agentconsole.views.confirm import Confirm

        desk, key = self._session.desk, uuid4()
        who = steady(one.customer, one_line=True, limit=60)
        said = _("{name} does not get it, and the budgets get it back.").format(name=who)

        def make(columns: int) -> list[Line]:
            return [[(line, "")] for line in wrap(said, columns)]

        def chosen(wanted: bool | None) -> None:
            if wanted:
                done = _("Voided: {what}.").format(what=what)
                self._do(partial(gestures.void, desk, one.entry, key), done)

        self.app.push_screen(Confirm(_("Void {what}?").format(what=what), make), chosen)

    def _ask(self, title: str, hint: str, empty: str, act: Callable[[str], Callable[[], object]], done: str) -> None:
        def given(text: str | None) -> None:
            if text is not None:
                self._do(act(text.strip()), done)

        self.app.push_screen(Ask(title, hint, lambda text: "" if text.strip() else empty), given)

    def _do(self, act: Callable[[], object], said: str) -> None:
        """Nothing is shown as done before it is."""
        self._tell(_("One moment …"), "dim")

        def done(_result: object) -> None:
            self._tell(said, "ok")
            self._read()

        def not_done(_error: ConsoleError) -> None:
            self._read()

        self._work.write(act, done, not_done)

    def _help(self) -> None:
        self.app.push_screen(keys_of(self._session.keymap, Place.GIFTS, _("in the list of gifts")))
