"""Business time: how much of the time between two moments the desk was open, and the other way round.

The rule is one sentence: *the desk is open at a moment when the wall clock of its zone shows a time within
one of that day's spans*. What follows from it when the clocks change: an hour that is skipped is not worked,
an hour that comes twice is worked twice, and open time is always counted in real seconds.

Which spans a day has, first match: ``special``, ``closed``, a public holiday, the day of the week.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from agentconsole.config import Hours

HORIZON = timedelta(days=20 * 365)
"""How far ahead a moment is looked for. What lies beyond is said to be exactly so far away."""
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""The years (UTC) a calendar knows; outside them it counts as closed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_ZERO = timedelta(0)

Spans = tuple[tuple[time, time], ...]
Interval = tuple[timedelta, timedelta]
"""From and to (exclusive), as time since 1970-01-01T00:00Z."""


class BusinessTime(Protocol):
    """A way of counting time. Moments are aware datetimes in any zone; answers are in UTC."""

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The earliest moment from ``start`` on by which ``span`` of open time has passed since ``start``.

        A span that is used up at closing time ends at closing time, not at the next opening. A span of zero
        or less ends at ``start``, open or not. Never later than ``start`` + :data:`HORIZON`.
        """

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time between two moments, never negative. For ``x >= 0``: ``between(s, add(s, x)) == x``."""

    def is_open(self, at: datetime) -> bool:
        """Whether time runs at that moment. Open at opening time, no longer at closing time."""

    def next_open(self, at: datetime) -> datetime | None:
        """``at`` where open, else the next opening; ``None`` where there is none within :data:`HORIZON`."""


class Always:
    """Calendar time: open day and night."""

    def add(self, start: datetime, span: timedelta) -> datetime:
        """See :meth:`BusinessTime.add`."""
        return start.astimezone(UTC) + min(max(span, _ZERO), HORIZON)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """See :meth:`BusinessTime.between`."""
        return max(end - start, _ZERO)

    def is_open(self, at: datetime) -> bool:  # noqa: ARG002 (the protocol's)
        """Always."""
        return True

    def next_open(self, at: datetime) -> datetime | None:
        """``at`` itself."""
        return at.astimezone(UTC)


ALWAYS = Always()


@dataclass(frozen=True, slots=True)
class _Table:
    """The open intervals of some whole years, in order, apart from one another, with running totals."""

    years: range
    first: timedelta
    last: timedelta
    opens: list[timedelta]
    closes: list[timedelta]
    totals: list[timedelta]
    """Open time from :attr:`first` to the end of each interval."""

    def before(self, at: timedelta) -> timedelta:
        """Open time from :attr:`first` to ``at``."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return _ZERO
        return self.totals[index] - max(self.closes[index] - at, _ZERO)

    def reaches(self, total: timedelta) -> timedelta | None:
        """The earliest moment by which so much open time has passed since :attr:`first`."""
        index = bisect_left(self.totals, total)
        if index == len(self.totals):
            return None
        return self.closes[index] - (self.totals[index] - total)


class Calendar:
    """The desk's opening hours as :class:`BusinessTime`.

    Open intervals are worked out a year at a time, when first asked for, and kept; every question is then one
    or two binary searches. May be used by several threads at once. Hours that never open (again) end at the
    horizon like everything else that takes too long.
    """

    def __init__(self, hours: Hours) -> None:
        self.zone = ZoneInfo(hours.zone)
        self._country, self._region = hours.country, hours.region
        self._week: tuple[Spans, ...] = hours.week()
        self._days: dict[date, Spans] = dict.fromkeys(hours.closed, ()) | dict(hours.special)
        self._holidays: dict[int, frozenset[date]] = {}
        self._intervals: dict[int, list[Interval]] = {}
        self._table: _Table | None = None

    @staticmethod
    def of(hours: Hours) -> Calendar:
        """The calendar of these hours; equal hours share one."""
        special = tuple(hours.special.items())
        return _calendar(_Key((hours.zone, hours.country, hours.region, hours.week(), hours.closed, special), hours))

    def add(self, start: datetime, span: timedelta) -> datetime:
        """See :meth:`BusinessTime.add`."""
        if span <= _ZERO:
            return start.astimezone(UTC)
        at = start - _EPOCH
        table = self._covering(at, at)
        total = table.before(at) + span
        limit = at + HORIZON
        while (found := table.reaches(total)) is None and table.last <= limit and table.years[-1] < LAST_YEAR:
            table = self._further(table)
        return _EPOCH + (limit if found is None else min(found, limit))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """See :meth:`BusinessTime.between`."""
        if end <= start:
            return _ZERO
        first, last = start - _EPOCH, end - _EPOCH
        table = self._covering(first, last)
        return table.before(last) - table.before(first)

    def is_open(self, at: datetime) -> bool:
        """See :meth:`BusinessTime.is_open`."""
        moment = at - _EPOCH
        table = self._covering(moment, moment)
        index = bisect_right(table.opens, moment) - 1
        return index >= 0 and moment < table.closes[index]

    def next_open(self, at: datetime) -> datetime | None:
        """See :meth:`BusinessTime.next_open`."""
        if self.is_open(at):
            return at.astimezone(UTC)
        moment = at - _EPOCH
        table, limit = self._covering(moment, moment), moment + HORIZON
        while (index := bisect_right(table.opens, moment)) == len(table.opens):
            if table.last > limit or table.years[-1] >= LAST_YEAR:
                return None
            table = self._further(table)
        return _EPOCH + table.opens[index] if table.opens[index] <= limit else None

    def opening(self, at: datetime) -> tuple[datetime, datetime] | None:
        """From when until when (UTC) the desk is open without a break around that moment; ``None`` while closed."""
        moment = at - _EPOCH
        table = self._covering(moment, moment)
        index = bisect_right(table.opens, moment) - 1
        if index < 0 or moment >= table.closes[index]:
            return None
        return _EPOCH + table.opens[index], _EPOCH + table.closes[index]

    def closed_since(self, at: datetime) -> datetime | None:
        """When the desk closed last (UTC); ``None`` while it is open, and where it was not open for a year."""
        moment = at - _EPOCH
        table = self._covering(moment - timedelta(days=365), moment)
        index = bisect_right(table.opens, moment) - 1
        return _EPOCH + table.closes[index] if index >= 0 and moment >= table.closes[index] else None

    def on(self, day: date) -> Spans:
        """When the desk is open on a day of its zone, on its wall clock; nothing where it is closed."""
        return self._spans(day)

    def _covering(self, first: timedelta, last: timedelta) -> _Table:
        """A table with both moments in it, as far as the calendar's years go."""
        table = self._table
        if table and table.first <= first and last < table.last:
            return table
        begin, end = _known(_year_of(first)), _known(_year_of(last))
        if table:
            begin, end = min(begin, table.years[0]), max(end, table.years[-1])
        if table is None or table.years != range(begin, end + 1):
            self._table = table = self._tabulate(range(begin, end + 1))
        return table

    def _further(self, table: _Table) -> _Table:
        """The same table grown to the right, by as many years as it has: growing costs little in the sum."""
        more = min(table.years[-1] + len(table.years), LAST_YEAR)
        self._table = grown = self._tabulate(range(table.years[0], more + 1))
        return grown

    def _tabulate(self, years: range) -> _Table:
        opens: list[timedelta] = []
        closes: list[timedelta] = []
        totals: list[timedelta] = []
        total = _ZERO
        for year in years:
            for begin, end in self._year(year):
                total += end - begin
                if closes and closes[-1] == begin:
                    closes[-1], totals[-1] = end, total
                else:
                    opens.append(begin)
                    closes.append(end)
                    totals.append(total)
        return _Table(years, _start_of(years[0]), _start_of(years[-1] + 1), opens, closes, totals)

    def _year(self, year: int) -> list[Interval]:
        if year not in self._intervals:
            self._intervals[year] = list(self._open_in(year))
        return self._intervals[year]

    def _open_in(self, year: int) -> Iterator[Interval]:
        """The open intervals of a UTC year; between clock changes, wall time is UTC plus an offset."""
        for begin, end, offset in _offsets(self.zone, year):
            first, beyond = (begin + offset) // _DAY, -((end + offset) // -_DAY)
            for number in range(first, beyond):
                midnight = number * _DAY - offset
                for opens, closes in self._spans(date.fromordinal(_EPOCH_DAY + number)):
                    span = max(midnight + _wall(opens), begin), min(midnight + _wall(closes), end)
                    if span[0] < span[1]:
                        yield span

    def _spans(self, day: date) -> Spans:
        found = self._days.get(day)
        if found is not None:
            return found
        spans = self._week[day.weekday()]
        return () if spans and self._country and day in self._public(day.year) else spans

    def _public(self, year: int) -> frozenset[date]:
        if year not in self._holidays:
            from holidays import country_holidays

            found = country_holidays(str(self._country), subdiv=self._region, years=year)
            self._holidays[year] = frozenset(found)
        return self._holidays[year]


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """Hours as a key: the model itself holds a dict and cannot be one."""

    content: tuple[object, ...]
    hours: Hours

    def __hash__(self) -> int:
        return hash(self.content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.content == other.content


@lru_cache(maxsize=64)
def _calendar(key: _Key) -> Calendar:
    return Calendar(key.hours)


def _wall(at: time) -> timedelta:
    """Wall-clock time since midnight; ``time.max`` is how agentconsole.toml's 24:00 is held."""
    if at == time.max:
        return _DAY
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _known(year: int) -> int:
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _start_of(year: int) -> timedelta:
    return datetime(year, 1, 1, tzinfo=UTC) - _EPOCH


def _year_of(moment: timedelta) -> int:
    return date.fromordinal(_EPOCH_DAY + moment.days).year


def _offset(zone: ZoneInfo, moment: timedelta) -> timedelta:
    return (_EPOCH + moment).astimezone(zone).utcoffset() or _ZERO


def _offsets(zone: ZoneInfo, year: int) -> Iterator[tuple[timedelta, timedelta, timedelta]]:
    """The stretches of a UTC year with one offset from UTC: begin, end, offset.

    zoneinfo does not list a zone's changes, so each is found by bisection within a UTC day; no zone has ever
    changed twice in one.
    """
    begin = at = _start_of(year)
    end = _start_of(year + 1)
    offset = _offset(zone, at)
    while at < end:
        if (new := _offset(zone, at + _DAY)) != offset:
            low, high = at, at + _DAY
            while high - low > _SECOND:
                middle = low + (high - low) // 2 // _SECOND * _SECOND
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            if high < end:
                yield begin, high, offset
                begin, offset = high, new
        at += _DAY
    yield begin, end, offset
