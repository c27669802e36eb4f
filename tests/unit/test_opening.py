"""From when until when the desk is open around a moment, against the questions that were there before."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from agentconsole.config import Hours
from agentconsole.desk.hours import Calendar

_SECOND = timedelta(seconds=1)
START = datetime(2025, 1, 2, tzinfo=UTC)
CALENDARS = [
    Calendar.of(Hours(zone="Europe/Paris")),
    Calendar.of(
        Hours(zone="Europe/Paris", mon=((time(9), time(12, 30)), (time(14), time.max)), tue=((time(0), time(6)),))
    ),
    Calendar.of(Hours(zone="America/New_York", sat=(), sun=((time(1), time(4)),))),
]


@given(some.sampled_from(CALENDARS), some.integers(0, 1000 * 24 * 60).map(lambda n: START + timedelta(minutes=n)))
@settings(deadline=None)
def test_an_opening_is_the_longest_time_without_a_break(calendar: Calendar, at: datetime) -> None:
    found = calendar.opening(at)
    assert (found is not None) == calendar.is_open(at)
    if found is None:
        return
    opens, closes = found
    assert opens <= at < closes
    assert calendar.between(opens, closes) == closes - opens
    assert not calendar.is_open(opens - _SECOND)
    assert not calendar.is_open(closes)


def test_hours_that_go_on_at_midnight_are_one() -> None:
    found = CALENDARS[1].opening(datetime(2026, 3, 2, 14, 0, tzinfo=UTC))  # Monday afternoon, open until Tuesday at six
    assert found == (datetime(2026, 3, 2, 13, 0, tzinfo=UTC), datetime(2026, 3, 3, 5, 0, tzinfo=UTC))
