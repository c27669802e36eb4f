"""The dashboard's charts: what arrived and was handled by the quarter of an hour, and what waits until closing time.

Each says with characters, not with colour alone, what is today, what is the week before, and what is only expected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from agentconsole import i18n
from agentconsole.desk.context import Desk
from agentconsole.desk.local_days import WEEK, day_of
from agentconsole.i18n import _, clock_time
from agentconsole.model.floor import Floor, Quarter, Which
from agentconsole.views.charts import FULL, SHADE, pillar
from agentconsole.views.dashboard_axis import DAY, NOW, SCALE, Axis, axis_of, hours_row, moment_of, place_of
from agentconsole.views.dashboard_parts import Bit, Figure, Panel, Row, ends, plain, row_width, shaped
from agentconsole.views.layout import ASCII, fit

_PAST, _TO_COME = ("*", ".") if ASCII else ("hd", "·")
_Counted = dict[str, tuple[Counter[int], Counter[int]]]
"""Of each metric, by the quarter of the day: today's, and those of a week before."""


# Arrived and handled


def quarter_panel(floor: Floor, desk: Desk, columns: int, rows: int) -> Panel:
    """Two rows of bars over the same hours, those in which the desk is open; what came outside them is told in words.

    :param rows: lines of each.
    """
    axis, counted = axis_of(floor.at, desk, columns - SCALE - 1), _counted(floor, desk)
    title = [plain(axis.unit, "title")]
    lines: list[Row] = [ends(title, _legend(columns - row_width(title)), columns)]
    names = {"arrived": _("Arrived"), "handled": _("Handled")}
    for metric, style in (("arrived", "accent"), ("handled", "ok")):
        lines.append(_total(floor, desk, counted, (metric, names[metric]), columns))
        lines += _bars(axis, floor, desk, metric, counted, (names[metric], style), rows)
    lines.append(hours_row(axis, floor.at, desk, columns))
    return Panel((*lines, *outside_rows(floor, desk, columns)), keep=True)


def _legend(room: int) -> list[Bit]:
    """What is drawn how; as much of it as there is room for, the present moment last."""
    parts = (((FULL, "accent"), _("today")), ((SHADE, "dim"), _("a week ago")), ((NOW, "accent"), _("now")))
    ways = [[bit for mark, word in some for bit in (plain(*mark), plain(f" {word}  ", "dim"))] for some in
            (parts, parts[:2], parts[1:2], ())]  # fmt: skip
    return next(way for way in ways if row_width(way) < room or not way)


def _counted(floor: Floor, desk: Desk) -> _Counted:
    def by_place(some: Iterable[Quarter], metric: str) -> Counter[int]:
        found: Counter[int] = Counter()
        for quarter in some:
            found[place_of(quarter.begins, desk)] += int(getattr(quarter, metric))
        return found

    return {name: (by_place(floor.quarters, name), by_place(floor.before, name)) for name in ("arrived", "handled")}


def _between(counted: _Counted, metric: str, places: range) -> tuple[int, int]:
    """Today, and a week before."""
    today, week = counted[metric]
    return sum(today[place] for place in places), sum(week[place] for place in places)


def _total(floor: Floor, desk: Desk, counted: _Counted, what: tuple[str, str], columns: int) -> Row:
    """How many today, and how many until the same time a week before."""
    (metric, name), until = what, place_of(floor.at, desk)
    today, _week = _between(counted, metric, range(DAY))
    _today, then = _between(counted, metric, range(until + 1))
    figure = Figure("quarters", metric, f"{name}, {_('today')}", Which(metric))
    said = _("{n} by this time a week ago").format(n=i18n.number(then))
    words = f"{i18n.number(today)} "
    return shaped([plain(fit(name, 9), "dim"), (words, "bold", figure), plain(f" {said}", "dim")], columns)


def _bars(
    axis: Axis, floor: Floor, desk: Desk, metric: str, counted: _Counted, words: tuple[str, str], rows: int
) -> list[Row]:
    name, style = words
    values = {place: _between(counted, metric, range(place, place + axis.each)) for place in axis.bars}
    most = max((max(pair) for pair in values.values()), default=0)
    scale = str(most) if most > 0 else ""
    bits: list[list[Bit]] = [[plain(fit(scale if not y else "", SCALE, right=True) + " ", "dim")] for y in range(rows)]
    for place, both in values.items():
        figure = _figure(floor, desk, metric, name, range(place, place + axis.each), both) if any(both) else None
        for y, char in enumerate(pillar(both[0], most, rows, behind=both[1])):
            look = "dim" if char == SHADE else style
            bits[y].append((char * (axis.step - (axis.step > 2)), look, figure))
            if axis.step > 2:
                bits[y].append((" ", "", figure))
    return [tuple(row) for row in bits]


def _figure(floor: Floor, desk: Desk, metric: str, name: str, places: range, both: tuple[int, int]) -> Figure:
    """Behind it is what happened today; of a time that is to come, what happened then a week before."""
    zone, to_come = desk.config.zone, places.start > place_of(floor.at, desk)
    day = day_of(floor.at, zone) - (WEEK if to_come else timedelta())
    begins, until = moment_of(day, places.start, desk), moment_of(day, places.stop, desk)
    span = f"{clock_time(begins, zone)}-{clock_time(until, zone)}"
    about = ", ".join([name, span, *([_("a week ago")] if to_come else [])])
    said = _("{n} today, {m} a week ago").format(n=both[0], m=both[1])
    return Figure("quarters", metric, about, Which(metric, f"span:{begins.isoformat()}/{until.isoformat()}"), told=said)


def outside_rows(floor: Floor, desk: Desk, columns: int) -> list[Row]:
    """A line for what came or was handled before the hours that are drawn, one for what was after them."""
    axis, counted = axis_of(floor.at, desk, columns), _counted(floor, desk)
    day, zone = day_of(floor.at, desk.config.zone), desk.config.zone
    sides = (
        (_("Before {time}"), axis.first, range(axis.first)),
        (_("After {time}"), axis.last, range(axis.last, DAY)),
    )
    rows: list[Row] = []
    for words, edge, places in sides:
        arrived, handled = (_between(counted, metric, places) for metric in ("arrived", "handled"))
        if not any((*arrived, *handled)):
            continue
        said = words.format(time=clock_time(moment_of(day, edge, desk), zone))
        first = _figure(floor, desk, "arrived", _("Arrived"), places, arrived)
        second = _figure(floor, desk, "handled", _("Handled"), places, handled)
        row: list[Bit] = [
            plain(f"{said}  ", "dim"),
            (f"{arrived[0]} ", "bold", first), plain(f"{_('arrived')}  ", "dim"),
            (f"{handled[0]} ", "bold", second), plain(_("handled"), "dim"),
        ]  # fmt: skip
        week = plain("  " + _("{n} and {m} a week ago").format(n=arrived[1], m=handled[1]), "dim")
        rows.append(shaped([*row, week] if row_width([*row, week]) <= columns else row, columns))
    return rows


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
    axis = axis_of(floor.at, desk, columns - SCALE - 1, reach=True)
    past = _history(floor, desk)
    early = [value for place, value in past if place < axis.first]
    past = [(place, value) for place, value in past if place >= axis.first]
    if early:
        past.insert(0, (float(axis.first), early[-1]))
    to_come = _expected(floor, desk, axis)
    most = max([value for _place, value in (*past, *to_come)], default=0) or 1
    lines: list[Row] = []
    for y, line in enumerate(drawn(past, to_come, (axis.first, axis.last), int(most), axis.columns, rows)):
        scale = fit(str(int(most)) if y == 0 else "0" if y == rows - 1 else "", SCALE, right=True)
        bits = [plain(scale + " ", "dim")]
        for char in line:
            style = "due" if char == _TO_COME else "accent"
            if bits[-1][1] == style and len(bits) > 1:
                bits[-1] = plain(bits[-1][0] + char, style)
            else:
                bits.append(plain(char, style))
        lines.append(shaped(bits, columns))
    lines.append(hours_row(axis, floor.at, desk, columns))
    return lines


def _history(floor: Floor, desk: Desk) -> list[tuple[float, float]]:
    """How many were open at the end of each quarter, told backwards from now."""
    still, found = float(floor.forecast.open), []
    for quarter in reversed(floor.quarters):
        found.append((place_of(quarter.begins, desk) + 1.0, still))
        still = max(0.0, still - quarter.arrived + quarter.handled)
    now = floor.at.astimezone(desk.config.zone)
    if found:
        found[0] = ((now.hour * 60 + now.minute) / 15, found[0][1])
    return found[::-1]


def _expected(floor: Floor, desk: Desk, axis: Axis) -> list[tuple[float, float]]:
    forecast = floor.forecast
    if forecast.closing is None or forecast.at_closing is None or _other_day(forecast.closing, floor, desk):
        return []
    local, end = floor.at.astimezone(desk.config.zone), forecast.closing.astimezone(desk.config.zone)
    start, stop = (local.hour * 60 + local.minute) / 15, (end.hour * 60 + end.minute) / 15
    if stop <= start:
        return []
    slope = (forecast.at_closing - forecast.open) / (stop - start)
    till = min(stop, float(axis.last))
    return [(start, float(forecast.open)), (till, forecast.open + slope * (till - start))]


def _other_day(at: datetime, floor: Floor, desk: Desk) -> bool:
    zone = desk.config.zone
    return day_of(at, zone) != day_of(floor.at, zone)


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
