"""The hours that the dashboard's charts stand on: the desk's opening hours of the day, whole, in the width there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agentconsole.desk.context import Desk
from agentconsole.desk.hours import Calendar
from agentconsole.desk.local_days import day_of
from agentconsole.i18n import _
from agentconsole.views.dashboard_parts import Bit, Row, plain, shaped
from agentconsole.views.layout import ASCII

SCALE = 4
"""Columns of the numbers beside a chart."""
NOW = "^" if ASCII else "▲"
"""Stands below what is now."""
DAY = 96
"""Quarters of an hour of a day."""
_HOUR = 4
_SIZES = (1, 2, 4)
"""Quarters that a bar may stand for."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The part of a day that a chart shows; its places are quarters of the wall clock's hour since midnight.

    :param first: a whole hour. :param last: a whole hour, the first place that is not shown.
    :param each: quarters of a bar. :param step: columns of a bar.
    """

    first: int
    last: int
    each: int
    step: int

    @property
    def bars(self) -> range:
        """The places at which bars begin."""
        return range(self.first, self.last, self.each)

    @property
    def columns(self) -> int:
        """Columns of all bars."""
        return len(self.bars) * self.step

    @property
    def unit(self) -> str:
        """What a bar stands for, as a chart's title."""
        return {1: _("By the quarter hour"), 2: _("By the half hour"), 4: _("By the hour")}[self.each]


def axis_of(at: datetime, desk: Desk, room: int, *, reach: bool = False) -> Axis:
    """The opening hours of the day of a moment, whole hours, in at most ``room`` columns where hours fit there.

    :param reach: grown, where need be, to the hour of the moment itself.
    """
    first, last = _opening(day_of(at, desk.config.zone), desk)
    if reach:
        now = place_of(at, desk)
        first, last = min(first, now // _HOUR * _HOUR), max(last, now // _HOUR * _HOUR + _HOUR)
    each = next((size for size in _SIZES if (last - first) // size <= room), _SIZES[-1])
    return Axis(first, last, each, max(1, min(3, room * each // (last - first))))


def _opening(day: date, desk: Desk) -> tuple[int, int]:
    """From when until when the desk is open that day; where it is closed, what the days of the week have in common."""
    hours = desk.config.hours
    spans = Calendar.of(hours).on(day) or [span for spans in hours.week() for span in spans]
    opens = min(begins.hour for begins, _ends in spans)
    closes = max(24 if ends == time.max else ends.hour + bool(ends.minute) for _begins, ends in spans)
    return opens * _HOUR, max(closes, opens + 1) * _HOUR


def place_of(at: datetime, desk: Desk) -> int:
    """Which quarter of its day that is."""
    local = at.astimezone(desk.config.zone)
    return (local.hour * 60 + local.minute) // 15


def moment_of(day: date, place: int, desk: Desk) -> datetime:
    """When a quarter of a day begins."""
    return datetime.combine(day, time(), desk.config.zone) + timedelta(minutes=15 * place)


def hours_row(axis: Axis, at: datetime, desk: Desk, columns: int) -> Row:
    """The hours below the bars, and where now is."""
    width = min(axis.columns + 2, columns - SCALE - 1)
    line = [" "] * width
    hour = _HOUR * axis.step // axis.each
    apart = _HOUR * next((hours for hours in (1, 2, 3, 4, 6) if hours * hour >= 4), 6)
    now = (place_of(at, desk) - axis.first) // axis.each * axis.step
    marked = axis.first <= place_of(at, desk) < axis.last and now < width
    for place in range(-(-axis.first // apart) * apart, axis.last + 1, apart):
        start = (place - axis.first) // axis.each * axis.step
        if start + 2 <= width and not (marked and start <= now < start + 2):
            line[start : start + 2] = f"{place // _HOUR:02d}"
    words = "".join(line)
    bits: list[Bit] = [plain(" " * (SCALE + 1)), plain(words, "dim")]
    if marked:
        bits[1:] = [plain(words[:now], "dim"), plain(NOW, "accent"), plain(words[now + 1 :], "dim")]
    return shaped(bits, columns)
