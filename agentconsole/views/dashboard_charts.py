"""The dashboard's charts: what arrived and was handled by the quarter of an hour, and what waits until closing time.

Each says with characters, not with colour alone, what is today, what is the week before, and what is only expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agentconsole import i18n
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, clock_time
from agentconsole.model.floor import Floor, Quarter, Which
from agentconsole.views.charts import FULL, SHADE, pillar
from agentconsole.views.dashboard_parts import Bit, Figure, Panel, Row, ends, plain, shaped
from agentconsole.views.layout import ASCII, fit

_QUARTER = timedelta(minutes=15)
_SCALE = 4
"""Columns of the numbers beside a chart."""
_AHEAD = 8
"""Quarters to come that a chart too narrow for the whole day still shows."""
_PAST, _TO_COME = ("*", ".") if ASCII else ("hd", "·")


@dataclass(frozen=True, slots=True)
class _Axis:
    """The quarters of a day that a chart shows: minutes of the wall clock since midnight, by 15."""

    first: int
    last: int
    now: int
    step: int
    """Columns of a quarter."""

    @property
    def quarters(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def columns(self) -> int:
        return len(self.quarters) * self.step


def _place(at: datetime, desk: Desk) -> int:
    """Which quarter of its day that is."""
    local = at.astimezone(desk.config.zone)
    return (local.hour * 60 + local.minute) // 15


def _axis(floor: Floor, desk: Desk, room: int) -> _Axis:
    now = _place(floor.at, desk)
    busy = [_place(q.begins, desk) for q in (*floor.quarters, *floor.before) if q.arrived or q.handled]
    closing = floor.forecast.closing
    same_day = closing is not None and closing.astimezone(desk.config.zone).date() == _day(floor.at, desk)
    last = max([now, *busy, *([_place(closing, desk) - 1] if closing is not None and same_day else [])])
    first = min([now, *busy])
    if last - first + 1 > room:
        last = min(last, max(now + _AHEAD, first + room - 1))
        first = max(first, last - room + 1)
    return _Axis(first, last, now, max(1, min(3, room // (last - first + 1))))


def _day(at: datetime, desk: Desk) -> object:
    return at.astimezone(desk.config.zone).date()


# Arrived and handled


def quarter_panel(floor: Floor, desk: Desk, columns: int, rows: int) -> Panel:
    """Two rows of bars over the same hours.

    :param rows: lines of each.
    """
    axis = _axis(floor, desk, columns - _SCALE - 1)
    now = {_place(q.begins, desk): q for q in floor.quarters}
    then = {_place(q.begins, desk): q for q in floor.before}
    before = _("a week ago")
    title = [plain(_("By the quarter hour"), "title")]
    legend = [plain(FULL, "accent"), plain(f" {_('today')}  ", "dim"), plain(f"{SHADE} {before} ", "dim")]
    lines: list[Row] = [ends(title, legend, columns)]
    names = {"arrived": _("Arrived"), "handled": _("Handled")}
    for metric, style in (("arrived", "accent"), ("handled", "ok")):
        lines.append(_total(floor, desk, metric, names[metric], columns))
        lines += _bars(axis, desk, (now, then), metric, (names[metric], style), rows)
    lines.append(_hours(axis, columns))
    return Panel(tuple(lines), keep=True)


def _value(quarter: Quarter | None, metric: str) -> int:
    return int(getattr(quarter, metric)) if quarter is not None else 0


def _total(floor: Floor, desk: Desk, metric: str, name: str, columns: int) -> Row:
    """How many today, and how many until the same time a week before."""
    today, until = sum(_value(q, metric) for q in floor.quarters), _place(floor.at, desk)
    then = sum(_value(q, metric) for q in floor.before if _place(q.begins, desk) <= until)
    figure = Figure("quarters", metric, f"{name}, {_('today')}", Which(metric))
    said = _("{n} by this time a week ago").format(n=i18n.number(then))
    words = f"{i18n.number(today)} "
    return shaped([plain(fit(name, 9), "dim"), (words, "bold", figure), plain(f" {said}", "dim")], columns)


def _bars(
    axis: _Axis,
    desk: Desk,
    both: tuple[dict[int, Quarter], dict[int, Quarter]],
    metric: str,
    words: tuple[str, str],
    rows: int,
) -> list[Row]:
    (now, then), (name, style) = both, words
    values = {place: (_value(now.get(place), metric), _value(then.get(place), metric)) for place in axis.quarters}
    most = max((max(pair) for pair in values.values()), default=0) or 1
    bits: list[list[Bit]] = [
        [plain(fit(str(most) if not y else "", _SCALE, right=True) + " ", "dim")] for y in range(rows)
    ]
    for place, (today, week) in values.items():
        quarter = now.get(place) or then.get(place)
        figure = _figure(quarter, desk, metric, name, (today, week)) if quarter is not None else None
        drawn = pillar(today, most, rows, behind=week)
        for y, char in enumerate(drawn):
            look = "dim" if char == SHADE else style
            bits[y].append((char * (axis.step - (axis.step > 2)), look, figure))
            if axis.step > 2:
                bits[y].append((" ", "", figure))
    return [tuple(row) for row in bits]


def _figure(quarter: Quarter, desk: Desk, metric: str, name: str, told: tuple[int, int]) -> Figure:
    begins, (today, week) = quarter.begins, told
    zone = desk.config.zone
    span = f"{clock_time(begins, zone)}-{clock_time(begins + _QUARTER, zone)}"
    said = _("{n} today, {m} a week ago").format(n=today, m=week)
    return Figure("quarters", metric, f"{name}, {span}", Which(metric, f"quarter:{begins.isoformat()}"), told=said)


def _hours(axis: _Axis, columns: int) -> Row:
    """The hours below the bars, and where now is."""
    every = next((hours for hours in (1, 2, 3, 4, 6) if hours * 4 * axis.step >= 4), 6)
    line = [" "] * axis.columns
    for place in axis.quarters:
        if place % (4 * every) == 0:
            start = (place - axis.first) * axis.step
            if start + 2 <= axis.columns:
                line[start : start + 2] = f"{place // 4:02d}"
    bits: list[Bit] = [plain(" " * (_SCALE + 1)), plain("".join(line), "dim")]
    return shaped(bits, columns)


# What waits, until closing time


def backlog_panel(floor: Floor, desk: Desk, columns: int, rows: int) -> Panel:
    """What waits, since the morning and, if it goes on like the last two hours, until closing time."""
    forecast, zone = floor.forecast, desk.config.zone
    closing = clock_time(forecast.closing, zone) if forecast.closing is not None else ""

    def figure(metric: str, name: str, which: Which | None) -> Figure:
        return Figure("backlog", metric, name, which, "list" if which is not None else "meaning")

    now = figure("open", _("open now"), Which("open"))
    arriving = figure("forecast.arrived", _("arriving, an hour"), Which("arrived", "recent"))
    handling = figure("forecast.handled", _("handled, an hour"), Which("handled", "recent"))
    expected = figure("forecast", _("open at closing time"), None)
    title = [plain(_("Open, until closing time") if closing else _("Open (closed now)"), "title")]
    right: list[Bit] = []
    if forecast.at_closing is not None:
        style = "late" if forecast.at_closing > forecast.open else "ok"
        right = [plain(_("at {time}").format(time=closing) + " ", "dim"), (f"{forecast.at_closing} ", style, expected)]
    words: list[Bit] = [
        (f"{forecast.open}", "bold", now), plain(f" {_('now')}   ", "dim"),
        (f"+{_rate(forecast.arriving)}", "", arriving), plain(f" {_('an hour arrive')}   ", "dim"),
        (f"-{_rate(forecast.handling)}", "", handling), plain(f" {_('an hour are handled')}", "dim"),
    ]  # fmt: skip
    lines: list[Row] = [ends(title, right, columns), shaped(words, columns)]
    if rows > 1:
        lines += _curve(floor, desk, columns, rows)
    return Panel(tuple(lines), keep=True)


def _rate(value: float) -> str:
    return i18n.number(round(value, 1))


def _curve(floor: Floor, desk: Desk, columns: int, rows: int) -> list[Row]:
    """The day's curve, drawn by plotext, between the numbers of its height and the hours of its length."""
    axis = _axis(floor, desk, columns - _SCALE - 1)
    past = _history(floor, desk)
    past = [(place, value) for place, value in past if place >= axis.first]
    to_come = _expected(floor, desk, axis)
    most = max([value for _place_, value in (*past, *to_come)], default=0) or 1
    lines: list[Row] = []
    for y, line in enumerate(drawn(past, to_come, (axis.first, axis.last + 1), int(most), axis.columns, rows)):
        scale = fit(str(int(most)) if y == 0 else "0" if y == rows - 1 else "", _SCALE, right=True)
        bits = [plain(scale + " ", "dim")]
        for char in line:
            style = "due" if char == _TO_COME else "accent"
            if bits[-1][1] == style and len(bits) > 1:
                bits[-1] = plain(bits[-1][0] + char, style)
            else:
                bits.append(plain(char, style))
        lines.append(shaped(bits, columns))
    lines.append(_hours(axis, columns))
    return lines


def _history(floor: Floor, desk: Desk) -> list[tuple[float, float]]:
    """How many were open at the end of each quarter, told backwards from now."""
    still, found = float(floor.forecast.open), []
    for quarter in reversed(floor.quarters):
        found.append((_place(quarter.begins, desk) + 1.0, still))
        still = max(0.0, still - quarter.arrived + quarter.handled)
    now = floor.at.astimezone(desk.config.zone)
    if found:
        found[0] = ((now.hour * 60 + now.minute) / 15, found[0][1])
    return found[::-1]


def _expected(floor: Floor, desk: Desk, axis: _Axis) -> list[tuple[float, float]]:
    forecast = floor.forecast
    if forecast.closing is None or forecast.at_closing is None or _day(forecast.closing, desk) != _day(floor.at, desk):
        return []
    local, end = floor.at.astimezone(desk.config.zone), forecast.closing.astimezone(desk.config.zone)
    start, stop = (local.hour * 60 + local.minute) / 15, (end.hour * 60 + end.minute) / 15
    if stop <= start:
        return []
    slope = (forecast.at_closing - forecast.open) / (stop - start)
    till = min(stop, float(axis.last + 1))
    return [(start, float(forecast.open)), (till, forecast.open + slope * (till - start))]


def drawn(
    past: Sequence[tuple[float, float]],
    to_come: Sequence[tuple[float, float]],
    span: tuple[float, float],
    most: int,
    columns: int,
    rows: int,
) -> list[str]:
    """A curve from 0 to ``most``, in so many lines; what is only expected (a straight line) in dots.

    :param past: points, by ``x``. :param to_come: two points, or none. :param span: ``x`` at both edges.
    """
    from rich.text import Text
    from textual_plotext.plot import Plot

    plot = Plot()
    plot.plotsize(columns, rows)
    plot._set_size(columns, rows)
    plot.theme("clear")
    plot.frame(False)
    for side in (plot.xaxes, plot.yaxes):
        side(False, False)
    plot.xlim(*span)
    plot.ylim(0, most)
    plot.xticks([])
    plot.yticks([])
    if to_come:
        (x0, y0), (x1, y1) = to_come
        shares = [n / (columns * 2) for n in range(columns * 2 + 1)]
        plot.scatter(
            [x0 + (x1 - x0) * share for share in shares], [y0 + (y1 - y0) * share for share in shares], marker=_TO_COME
        )
    if past:
        plot.plot([x for x, _y in past], [y for _x, y in past], marker=_PAST)
    return [fit(line, columns) for line in Text.from_ansi(plot.build()).plain.split("\n")[:rows]]
