"""Control: the gestures of a month that chance or a rule chose, a verdict on each, and what was spent.

A verdict is shown once it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from agentconsole.desk import control, ledger, sheets
from agentconsole.desk.context import Desk
from agentconsole.desk.control import Looked
from agentconsole.desk.ledger import Month, Report
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, ngettext
from agentconsole.views.control_lines import detail_lines, month_words, sum_lines, total_words
from agentconsole.views.foreign import steady
from agentconsole.views.helping import keys_of
from agentconsole.views.keys import key_words
from agentconsole.views.layout import DASH, DOT, Line, Spread, cut
from agentconsole.views.messages import Chosen, Done, Refused
from agentconsole.views.overlays import Ask, Text, key_name
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.lines import Bar
from agentconsole.views.widgets.looked_list import LookedList
from agentconsole.views.work import Work

QUIT = 0
"""No conversation has this number: the adviser leaves the console."""
_WIDE, _LOW = 150, 30
"""Columns from which on sums stand beside the list; lines below which details are few."""
_VERDICTS = ("verdict_fine", "verdict_talk", "verdict_wrong")


@dataclass(frozen=True)
class _Found:
    """A month as it was read."""

    month: Month
    looked: list[Looked]
    report: Report
    months: list[tuple[Month, dict[str, int]]]


class _Told(Text, can_focus=False):
    """Lines to read beside the list, which keeps the keys."""


class ControlScreen(Screen[int | None], inherit_bindings=False):
    """Answers with the number of a conversation to open, or :data:`QUIT`."""

    CSS_PATH = "control.tcss"
    BINDINGS: ClassVar = []
    AUTO_FOCUS = "#control"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._desk, self._work = session, session.desk, Work(self)
        self._month = ledger.this_month(session.desk)
        self._found: _Found | None = None
        self._said: tuple[str, str] = "", ""
        self._list = LookedList(session.desk)
        self._detail, self._sums = _Told(self._details, id="control-detail"), _Told(self._figures, id="control-sums")

    def compose(self) -> ComposeResult:
        yield Bar(id="control-title")
        yield Bar(id="control-said")
        with Horizontal(id="control-body"):
            with Vertical(id="control-left"):
                yield self._list
                yield self._detail
            yield self._sums
        yield Bar(id="hints")

    def on_mount(self) -> None:
        self._read()

    def on_unmount(self) -> None:
        self._work.finish()

    def on_resize(self) -> None:
        columns, rows = self.app.size
        self.set_class(columns < _WIDE, "narrow")
        self.set_class(rows < _LOW, "low")
        self._draw()

    # Reading

    def _read(self) -> None:
        self._work.look("control", partial(_read, self._desk, self._month), self._show)

    def _show(self, found: _Found) -> None:
        self._found = found
        self._list.fill(found.looked)
        self._sums.remake()
        self._draw()

    # Drawing

    def _details(self, columns: int) -> list[Line]:
        looked = self._list.current
        if looked is not None:
            return detail_lines(self._desk, looked, columns, self._desk.now())
        return [[(" " + _("Neither chance nor a rule chose a gesture of this month."), "ok")]] if self._found else []

    def _figures(self, columns: int) -> list[Line]:
        return sum_lines(self._desk, self._found.report, self._found.months, columns) if self._found else []

    def _draw(self) -> None:
        columns = self.app.size.width
        self._detail.remake()
        head: Line = [(" " + _("Control"), "title"), (DOT + month_words(self._month), "bold")]
        left: Line = []
        if self._found:
            head.append((DOT + _("{amount} spent").format(amount=total_words(self._found.report)), ""))
            todo = sum(one.review is None for one in self._found.looked)
            said = ngettext("{n} to look at", "{n} to look at", todo).format(n=todo) if todo else _("all looked at")
            left = [(said + " ", "due" if todo else "ok")]
        self.query_one("#control-title", Bar).show(Spread(head, left))
        words, style = self._said
        line: Line = [(" " + cut(words, columns - 2), style)] if words else [(DASH * columns, "line")]
        self.query_one("#control-said", Bar).show(line)
        hints: Line = [(" ", "")]
        for action in sorted(self._session.keymap.at(Place.CONTROL), key=lambda a: a.id not in _VERDICTS):
            if Place.CONTROL in action.hint and not action.why_not(self._situation()):
                key = self._session.keymap.key(action.id, Place.CONTROL)
                hints += [(key_words(key) + " ", "accent"), (action.words() + "  ", "dim")]
        page = key_words(self._session.keymap.key("page_down", Place.CONTROL) or "")
        more = self._sums_alone and page and self._sums.count() > self.app.size.height - 3
        right: Line = [(f"{page} ", "accent"), (_("reads on") + " ", "dim")] if more else []
        self.query_one("#hints", Bar).show(Spread(hints, right))

    @property
    def _sums_alone(self) -> bool:
        return self.has_class("sums") and self.has_class("narrow")

    def _situation(self) -> Situation:
        looked = None if self._sums_alone else self._list.current
        return Situation(Place.CONTROL, supervises=True, looked=looked is not None)

    def _tell(self, words: str, style: str) -> None:
        self._said = words, style
        self._draw()

    def _warn(self, error: ConsoleError) -> None:
        self._tell(steady(f"{error.what} {error.do}".replace("`", ""), one_line=True, limit=400), "warn")

    # News and keys

    def on_moved(self) -> None:
        self._said = "", ""
        self._draw()

    def on_chosen(self, _message: Chosen) -> None:
        self._open()

    def on_done(self, message: Done) -> None:
        message.then(message.result)

    def on_refused(self, message: Refused) -> None:
        (message.otherwise or self._warn)(message.error)

    def on_key(self, event: events.Key) -> None:
        action = self._session.keymap.find(key_name(event), Place.CONTROL)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        self._said = "", ""
        if action.id in ("back", "quit"):
            self._back(QUIT if action.id == "quit" else None)
        elif self._sums_alone and self._sums.press(action.id):
            return
        elif action.id in ("page_down", "page_up"):
            (self._detail if self._detail.count() > self._detail.size.height else self._list).press(action.id)
        elif not self._list.press(action.id):
            why_not = "" if action.id == "open" else action.why_not(self._situation())
            if why_not:
                self._tell(why_not, "warn")
            else:
                self._acts()[action.id]()

    def _acts(self) -> dict[str, Callable[[], object]]:
        return {
            "open": self._open, "help": self._help, "sums": self._toggle, "export": self._export,
            "month_before": partial(self._go, -1), "month_after": partial(self._go, 1),
            "verdict_fine": self._fine, "verdict_talk": partial(self._ask, "talk"),
            "verdict_wrong": partial(self._ask, "wrong"),
        }  # fmt: skip

    def _back(self, answer: int | None) -> None:
        if self._sums_alone and answer is None:
            self._toggle()
        else:
            self.dismiss(answer)

    def _open(self) -> None:
        looked = None if self._sums_alone else self._list.current
        if looked is not None:
            self.dismiss(looked.given.number)

    def _toggle(self) -> None:
        self.toggle_class("sums")
        self._draw()

    def _go(self, months: int) -> None:
        month = self._month.moved(months)
        if month > ledger.this_month(self._desk):
            self._tell(_("That month has not begun."), "warn")
            return
        self._month, self._list.cursor = month, 0
        self._read()
        self._draw()

    # Verdicts

    def _fine(self) -> None:
        if self._list.current is not None:
            self._review(self._list.current, "fine", "")

    def _ask(self, verdict: str) -> None:
        looked = self._list.current  # the list may be another one by the time that it is typed
        if looked is None:
            return
        title = _("What is there to talk about?") if verdict == "talk" else _("What is wrong?")

        def typed(text: str | None) -> None:
            if text is not None:
                self._review(looked, verdict, text)

        self.app.push_screen(Ask(title, _("Enter writes it down, esc leaves it."), _no_remark), typed)

    def _review(self, looked: Looked, verdict: str, remark: str) -> None:
        change = partial(control.review, self._desk, looked.given.id, verdict, remark)
        self._work.write(change, lambda _review: self._read())

    # Export

    def _export(self) -> None:
        month = self._month

        def typed(text: str | None) -> None:
            if text is not None:
                path = Path(text.strip()).expanduser()
                self._work.long(partial(_export, self._desk, month, path), self._exported, self._warn)

        title = _("Write the entries of {month} to which file?").format(month=month_words(month))
        name = f"ledger-{month}.csv"
        self.app.push_screen(Ask(title, _("Enter writes a new file, esc leaves it."), _no_name, name), typed)

    def _exported(self, path: Path) -> None:
        self._tell(_("Written: {path}.").format(path=steady(str(path), one_line=True, limit=300)), "ok")

    def _help(self) -> None:
        self.app.push_screen(keys_of(self._session.keymap, Place.CONTROL, _("in control")))


def _read(desk: Desk, month: Month) -> _Found:
    return _Found(month, control.to_review(desk, month), control.totals(desk, month), control.months(desk, month))


def _export(desk: Desk, month: Month, path: Path) -> Path:
    sheets.save(path, ledger.FIELDS, ledger.export(desk, *month.span(desk)))
    return path.absolute()


def _no_remark(text: str) -> str:
    if not text.strip():
        return _("Say it in a few words.")
    most = control.MAX_REMARK
    return _("At most {n} characters.").format(n=most) if len(text.strip()) > most else ""


def _no_name(text: str) -> str:
    return "" if text.strip() else _("A file needs a name.")
