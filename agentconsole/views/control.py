"""Control: the gestures of a month that chance or a rule chose, a verdict on each, and what was spent.

A verdict is shown once it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from agentconsole.desk import control, ledger, sheets
from agentconsole.desk.context import Desk
from agentconsole.desk.control import Looked
from agentconsole.desk.ledger import Month, Report
from agentconsole.i18n import _, ngettext
from agentconsole.views.bars import chosen_hints
from agentconsole.views.control_lines import detail_lines, month_words, sum_lines, total_words
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DASH, DOT, Line, Spread, cut, line_width
from agentconsole.views.over import Over
from agentconsole.views.overlays import Ask, Text
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.lines import Bar
from agentconsole.views.widgets.looked_list import LookedList

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


class ControlScreen(Over[int]):
    """Answers with the number of a conversation to open."""

    PLACE = Place.CONTROL
    CSS_PATH = "control.tcss"
    AUTO_FOCUS = "#control"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._month = ledger.this_month(session.desk)
        self._found: _Found | None = None
        self._list = LookedList(session.desk)
        self._detail, self._sums = _Told(self._details, id="control-detail"), _Told(self._figures, id="control-sums")

    @property
    def where(self) -> str:
        return _("in control")

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

    def on_resize(self) -> None:
        columns, rows = self.app.size
        self.set_class(columns < _WIDE, "narrow")
        self.set_class(rows < _LOW, "low")
        self.draw()

    # Reading

    def _read(self) -> None:
        self.work.look("control", partial(_read, self.desk, self._month), self._show)

    def _show(self, found: _Found) -> None:
        self._found = found
        self._list.fill(found.looked)
        self._sums.remake()
        self.draw()

    # Drawing

    def _details(self, columns: int) -> list[Line]:
        looked = self._list.current
        if looked is not None:
            return detail_lines(self.desk, looked, columns, self.desk.now())
        return [[(" " + _("Neither chance nor a rule chose a gesture of this month."), "ok")]] if self._found else []

    def _figures(self, columns: int) -> list[Line]:
        return sum_lines(self.desk, self._found.report, self._found.months, columns) if self._found else []

    def draw(self) -> None:
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
        words, style = self.said
        line: Line = [(" " + cut(words, columns - 2), style)] if words else [(DASH * columns, "line")]
        self.query_one("#control-said", Bar).show(line)
        page = self.session.keymap.key("page_down", Place.CONTROL)
        more = self._sums_alone and page and self._sums.count() > self.app.size.height - 3
        right: Line = [(f"{page} ", "accent"), (_("reads on") + " ", "dim")] if more else []
        hints = chosen_hints(self.hints(first=_VERDICTS), [], columns - 1 - line_width(right))
        self.query_one("#hints", Bar).show(Spread([(" ", ""), *hints], right))

    @property
    def _sums_alone(self) -> bool:
        return self.has_class("sums") and self.has_class("narrow")

    def situation(self) -> Situation:
        looked = None if self._sums_alone else self._list.current
        return Situation(Place.CONTROL, supervises=True, looked=looked is not None)

    # Keys

    def press(self, name: str) -> bool:
        if self._sums_alone and self._sums.press(name):
            return True
        pages = name in ("page_down", "page_up") and self._detail.count() > self._detail.size.height
        return (self._detail if pages else self._list).press(name)

    def acts(self) -> dict[str, Callable[[], object]]:
        return {
            "sums": self._toggle, "export": self._export,
            "month_before": partial(self._go, -1), "month_after": partial(self._go, 1),
            "verdict_fine": self._fine, "verdict_talk": partial(self._ask, "talk"),
            "verdict_wrong": partial(self._ask, "wrong"),
        }  # fmt: skip

    def back(self, answer: int | None) -> None:
        if self._sums_alone and answer is None:
            self._toggle()
        else:
            self.dismiss(answer)

    def open_chosen(self) -> None:
        looked = None if self._sums_alone else self._list.current
        if looked is not None:
            self.dismiss(looked.given.number)

    def _toggle(self) -> None:
        self.toggle_class("sums")
        self.draw()

    def _go(self, months: int) -> None:
        month = self._month.moved(months)
        if month > ledger.this_month(self.desk):
            self.tell(_("That month has not begun."), "warn")
            return
        self._month, self._list.cursor = month, 0
        self._read()
        self.draw()

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
        change = partial(control.review, self.desk, looked.given.id, verdict, remark)
        self.work.write(change, lambda _review: self._read())

    # Export

    def _export(self) -> None:
        month = self._month

        def typed(text: str | None) -> None:
            if text is not None:
                path = Path(text.strip()).expanduser()
                self.work.long(partial(_export, self.desk, month, path), self._exported, self.warn)

        title = _("Write the entries of {month} to which file?").format(month=month_words(month))
        name = f"ledger-{month}.csv"
        self.app.push_screen(Ask(title, _("Enter writes a new file, esc leaves it."), _no_name, name), typed)

    def _exported(self, path: Path) -> None:
        self.tell(_("Written: {path}.").format(path=steady(str(path), one_line=True, limit=300)), "ok")


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
