"""The weeks of a year over the dashboard: what arrived and was handled, drawn by plotext, and the share in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from agentconsole import i18n
from agentconsole.desk import history, special_hours
from agentconsole.desk.context import Desk
from agentconsole.desk.history import Part
from agentconsole.desk.spreads import percent
from agentconsole.i18n import _, duration, pgettext
from agentconsole.views.charts import bar
from agentconsole.views.dashboard_charts import drawn
from agentconsole.views.layout import Line, fit
from agentconsole.views.overlays import Overlay, Text

_YEAR = timedelta(days=364)
_LOW, _ROWS = 3, 9
"""Lines of the curve: where a line a week needs the room more, and elsewhere."""
_TALL = 36
"""Lines of a terminal that has room for both."""
_SUNDAY = 6
_MOVES = {
    "down": "down", "j": "down", "up": "up", "k": "up", "pagedown": "page_down", "space": "page_down",
    "pageup": "page_up", "home": "first", "end": "last",
}  # fmt: skip


def read(desk: Desk) -> list[Part]:
    """A year by the week, this one so far."""
    today = special_hours.today(desk)
    return list(history.period(desk, today - _YEAR, today, "all", "week").parts)


class Trend(Overlay[None]):
    """Reads from the latest week back."""

    AUTO_FOCUS = "Text"
    CSS: ClassVar[str] = "#box > Text { height: 1fr; margin: 1 0; }"

    def __init__(self, weeks: Sequence[Part]) -> None:
        super().__init__(_("The year, by the week"))
        self._weeks = list(weeks)
        self._text = Text(self._lines)

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="tall"):
            yield self.title_bar
            yield self._text
            yield self.foot

    def on_mount(self) -> None:
        self.foot.show([(_("esc goes back; `agentconsole report` writes it to a file").replace("`", ""), "dim")])

    def _lines(self, columns: int) -> list[Line]:
        return trend_lines(self._weeks, columns, _ROWS if self.app.size.height >= _TALL else _LOW)

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "q", "y"):
            self.dismiss(None)
        elif event.key in _MOVES:
            self._text.press(_MOVES[event.key])
        else:
            return
        event.stop()
        event.prevent_default()


def trend(weeks: Sequence[Part]) -> Trend:
    """The overlay."""
    return Trend(weeks)


def trend_lines(weeks: Sequence[Part], columns: int, rows: int = _ROWS) -> list[Line]:
    """The curve of what arrived, in so many rows, then a line a week, the latest first."""
    if not weeks:
        return [[(_("No day is over yet."), "dim")]]
    most = max([1.0, *(float(week.figures.arrived) for week in weeks)])
    whole = list(weeks) if weeks[-1].last.weekday() == _SUNDAY else list(weeks[:-1])
    arrived = [float(week.figures.arrived) for week in whole]
    lines: list[Line] = [
        [(_("Arrived"), "title"), (f"  {_('a week, at most {n}').format(n=i18n.number(most))}", "dim")]
    ]
    if len(whole) > 1:
        curve = drawn(list(enumerate(arrived)), (), (0, len(weeks) - 1), int(most), min(columns, 104), rows)
        lines += [[(line, "accent")] for line in curve]
        first, last = i18n.date(whole[0].first), i18n.date(whole[-1].last)
        lines.append([(first + " " * max(1, min(columns, 104) - len(first) - len(last)) + last, "dim")])
    heads = [
        pgettext("column", "arrived"),
        pgettext("column", "handled"),
        pgettext("column", "median"),
        pgettext("column", "in time"),
    ]
    lines += [[], [(fit(_("Week from"), 14), "title"), *((fit(word, 9, right=True), "dim") for word in heads)]]
    return lines + [_week(week, most, columns) for week in reversed(weeks)]


def _week(week: Part, most: float, columns: int) -> Line:
    figures, spread = week.figures, week.figures.first_response
    median = "-" if spread.median is None else duration(spread.median)
    within = "-" if spread.within is None else _("{n} %").format(n=percent(spread.kept, spread.promised))
    room = min(40, columns - 14 - 4 * 9 - 3)
    return [
        (fit(i18n.date(week.first), 14), ""),
        (fit(i18n.number(figures.arrived), 9, right=True), "bold" if figures.arrived else "dim"),
        (fit(i18n.number(figures.handled), 9, right=True), "" if figures.handled else "dim"),
        (fit(median, 9, right=True), ""),
        (fit(within, 9, right=True), ""),
        ("  " + bar(figures.arrived, int(most), room) if room > 4 else "", "accent"),
    ]
