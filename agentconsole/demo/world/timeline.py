"""When things happen: local time as one line of seconds, and business time on it.

A moment is a float: seconds of wall-clock time since the first day of the history, each day having 86 400 of
them. That makes hundreds of thousands of stories cheap; only :meth:`Timeline.utc` knows of time zones. On the two
days a year on which the clocks change, moments are up to an hour off, which nobody sees: both are Sundays.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agentconsole.demo.world.brand import CLOSES, COUNTRY, OPENS, ZONE

DAY = 86_400.0
_OPEN_MINUTES = (CLOSES - OPENS) * 60
_AROUND = 40
"""Days kept before the history (stories speak of earlier days) and after today."""

# How many of a day's messages arrive in each hour, per hundred or so.
_PRIVATE = (1, 0, 0, 0, 0, 1, 2, 4, 7, 10, 10, 9, 8, 7, 8, 8, 8, 8, 8, 7, 6, 5, 4, 2)
_PUBLIC = (5, 3, 2, 1, 1, 1, 3, 5, 7, 7, 6, 6, 7, 6, 5, 5, 6, 7, 8, 9, 9, 9, 8, 7)
_OPENED = (0, 0, 0, 0, 0, 0, 0, 0, 7, 9, 10, 9, 8, 7, 8, 9, 9, 9, 8, 6, 0, 0, 0, 0)


def _table(weights: tuple[int, ...]) -> tuple[float, ...]:
    """Seconds of the day, as dense as the weights; one of them drawn evenly is a plausible time."""
    return tuple(
        hour * 3600 + 3600 * (part + 0.5) / (weight * 2)
        for hour, weight in enumerate(weights)
        for part in range(weight * 2)
    )


_TABLES = {"x": _table(_PUBLIC), "chat": _table(_OPENED)}
_TABLE = _table(_PRIVATE)
_WEIGHTS = {"x": _PUBLIC, "chat": _OPENED}


class Timeline:
    """The days around ``now``: so many of history, from :attr:`begins` on, and some more at either end."""

    def __init__(self, now: datetime, days: int) -> None:
        from holidays import country_holidays  # slow to import, and not every verb tells stories

        zone = ZoneInfo(ZONE)
        today = now.astimezone(zone).date()
        first = days + _AROUND
        self.begins = _AROUND * DAY
        self.dates = [today + timedelta(days=n - first) for n in range(first + _AROUND)]
        years = range(self.dates[0].year, self.dates[-1].year + 1)
        closed = country_holidays(COUNTRY, years=years)
        self.open = [day.weekday() < 6 and day not in closed for day in self.dates]
        self._midnights = [datetime.combine(day, time.min, zone).astimezone(UTC) for day in self.dates]
        self._minutes = [0.0]
        for is_open in self.open:
            self._minutes.append(self._minutes[-1] + (_OPEN_MINUTES if is_open else 0))
        self.now = first * DAY + (now.astimezone(UTC) - self._midnights[first]).total_seconds()
        self._last = now.astimezone(UTC)

    def utc(self, moment: float) -> datetime:
        """The moment as an aware datetime, to the second, in UTC."""
        day = int(moment // DAY)
        return self._midnights[day] + timedelta(seconds=int(moment - day * DAY))

    def past(self, moment: float) -> datetime:
        """:meth:`utc`, never later than now."""
        return min(self.utc(moment), self._last)

    def at(self, fraction: float) -> float:
        """The moment at that fraction of the history."""
        return self.begins + fraction * (self.now - self.begins)

    def date(self, moment: float) -> date:
        """The local day."""
        return self.dates[int(moment // DAY)]

    def business(self, moment: float) -> float:
        """Business minutes from the first day to the moment."""
        day = int(moment // DAY)
        before = self._minutes[day]
        if not self.open[day]:
            return before
        since = (moment - day * DAY) / 60 - OPENS * 60
        return before + min(max(since, 0.0), _OPEN_MINUTES)

    def at_business(self, minutes: float) -> float:
        """The moment at which so many business minutes have passed; the later one where a night lies there."""
        day = min(bisect_right(self._minutes, max(minutes, 0.0)) - 1, len(self.open) - 1)
        return day * DAY + OPENS * 3600 + (minutes - self._minutes[day]) * 60

    def later(self, moment: float, minutes: float) -> float:
        """So many business minutes later."""
        return self.at_business(self.business(moment) + minutes)

    def earlier(self, moment: float, minutes: float) -> float:
        """So many business minutes earlier (always within opening hours)."""
        return self.at_business(self.business(moment) - minutes)

    def next_open_day(self, moment: float, days: int) -> int:
        """The first opening day at least so many days later, as an index of :attr:`dates`."""
        day = int(moment // DAY) + days
        while not self.open[day]:
            day += 1
        return day

    def arrival(self, day: int, channel: str, dice: float) -> float:
        """A plausible moment of that day for a customer's message; ``dice`` in [0, 1)."""
        table = _TABLES.get(channel, _TABLE)
        place = dice * len(table)
        return day * DAY + table[int(place)] + (place - int(place)) * 180

    def likely(self, moment: float, channel: str) -> float:
        """How likely customers write then, from 0 to 1."""
        day, weights = int(moment // DAY), _WEIGHTS.get(channel, _PRIVATE)
        weight = weights[int((moment - day * DAY) // 3600)] / 10
        return weight if self.open[day] or channel == "x" else weight / 3 if channel != "chat" else 0.0
