"""Days as the wall clock of the desk's zone has them; moments are UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins. A day has 23 or 25 hours where the clocks change."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The day that a moment is in."""
    return at.astimezone(zone).date()


def week_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The same time of day on the same weekday a week before."""
    local = at.astimezone(zone)
    return datetime.combine(local.date() - WEEK, local.time(), zone).astimezone(UTC)


def span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when on and before when a day lasts."""
    return midnight(day, zone), midnight(day + _DAY, zone)


def days(since: date, until: date) -> Iterator[date]:
    """All days from ``since`` to ``until``, both included."""
    for number in range((until - since).days + 1):
        yield since + timedelta(days=number)
