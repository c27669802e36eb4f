"""Gestures that need a hand: in no reply, not fulfilled, tasks of the back office; and what one can do about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

from textual.app import ComposeResult

from agentconsole.desk import fulfilment, gestures
from agentconsole.desk.loose_gifts import Loose, loose
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, moment, money
from agentconsole.model.gesture import FulfilmentHow, FulfilmentState
from agentconsole.views.bars import chosen_hints
from agentconsole.views.confirm import Confirm
from agentconsole.views.foreign import steady
from agentconsole.views.gesture_words import kind_words, reason_words, what_words
from agentconsole.views.layout import DOT, Line, cut, fit, width, wrap
from agentconsole.views.over import Over
from agentconsole.views.overlays import Ask
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.entries import Entries
from agentconsole.views.widgets.lines import Bar

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


class GiftList(Entries[Loose]):
    """A line a gesture."""

    def name_of(self, entry: Loose, /) -> object:
        return entry.entry

    def line(self, index: int, columns: int) -> Line:
        one, desk = self.entries[index], self.desk
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


class GiftsScreen(Over[int]):
    """Answers with the number of a conversation to open."""

    PLACE = Place.GIFTS
    AUTO_FOCUS = "#gifts"
    CSS_PATH = "gifts.tcss"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list = GiftList(self.desk, id="gifts")
        self._read_once = False

    @property
    def where(self) -> str:
        return _("in the list of gifts")

    def compose(self) -> ComposeResult:
        yield Bar(id="gifts-title")
        yield self._list
        yield Bar(id="gifts-detail")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_OFTEN, self._read)

    def _read(self) -> None:
        self.work.look("gifts", partial(loose, self.desk), self._show)

    def _show(self, entries: Sequence[Loose]) -> None:
        self._read_once = True
        self._list.fill(entries)
        self.draw()

    # Drawing

    def draw(self) -> None:
        one, columns = self._list.current, self.app.size.width
        head: Line = [(" " + _("Gifts"), "title"), (DOT + _("gestures that need a hand"), "dim")]
        self.query_one("#gifts-title", Bar).show(head)
        words, style = self.said
        if words:
            detail: list[Line] = [[(" " + line, style)] for line in wrap(words, columns - 2)]
        elif one is None:
            done = _("Every gesture is in a reply and with its customer.") if self._read_once else ""
            detail = [[(" " + done, "ok")]]
        else:
            detail = self._about(one, columns - 2)
        self.query_one("#gifts-detail", Bar).show(*detail)
        self.query_one("#hints", Bar).show([(" ", ""), *chosen_hints(self.hints(), [], columns - 1)])

    def _about(self, one: Loose, columns: int) -> list[Line]:
        desk = self.desk
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

    def situation(self) -> Situation:
        one = self._list.current
        return Situation(Place.GIFTS, gift=one.can if one is not None else frozenset())

    # Keys

    def press(self, name: str) -> bool:
        return self._list.press(name)

    def acts(self) -> dict[str, Callable[[], object]]:
        return {
            "gift_again": partial(self._with_one, self._again), "gift_done": partial(self._with_one, self._done),
            "gift_not": partial(self._with_one, self._not), "gift_void": partial(self._with_one, self._void),
        }  # fmt: skip

    def open_chosen(self) -> None:
        if self._list.current is not None:
            self.dismiss(self._list.current.number)

    def _with_one(self, act: Callable[[Loose, str], None]) -> None:
        """Do something to the one under the cursor, given what it is in words."""
        one = self._list.current
        if one is not None:
            act(one, what_words(self.desk, one.kind, one.amount, one.currency))

    def _again(self, one: Loose, what: str) -> None:
        self._do(partial(fulfilment.again, self.desk, one.entry), _("It is tried again: {what}.").format(what=what))

    def _done(self, one: Loose, what: str) -> None:
        self._ask(
            _("Reference of {what}").format(what=what),
            _("What it is called where it was done; may stay empty."),
            "",
            lambda text: partial(fulfilment.done, self.desk, one.entry, text),
            _("Done: {what}.").format(what=what),
        )

    def _not(self, one: Loose, what: str) -> None:
        self._ask(
            _("Why was {what} not given?").format(what=what),
            _("Whoever voids it wants to know."),
            _("Say why."),
            lambda text: partial(fulfilment.give_up, self.desk, one.entry, text),
            _("Not given: {what}.").format(what=what),
        )

    def _void(self, one: Loose, what: str) -> None:
        desk, key = self.desk, uuid4()
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
        self.tell(_("One moment …"), "dim")

        def done(_result: object) -> None:
            self.tell(said, "ok")
            self._read()

        def not_done(error: ConsoleError) -> None:
            self.warn(error, "late")
            self._read()

        self.work.write(act, done, not_done)
