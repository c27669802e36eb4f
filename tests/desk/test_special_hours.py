"""Hours of single days: they hold at every console, and the clocks that run through them move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import Config
from agentconsole.config.values import show_spans
from agentconsole.desk import conversations, floor_trail, housekeeping, rules, special_hours
from agentconsole.desk.context import Desk
from agentconsole.desk.hours import Calendar
from agentconsole.errors import NotFound, UsageError
from tests.conftest import Time, wipe
from tests.desk.floor_people import BUSINESS, floor_config
from tests.incoming import arrives, message

Open = Callable[[str], Desk]
TODAY = date(2026, 3, 2)
"""A Monday; it is 10:00 in Paris, and open from eight to eight."""


@pytest.fixture
def config() -> Config:
    return floor_config(BUSINESS)


def _due(desk: Desk) -> datetime | None:
    return conversations.row(desk, 1).due_at


def test_an_exceptional_closing_moves_the_clocks(open_as: Open, now: Time) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    now.at = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    arrives(sam, message(at=now()))
    assert _due(sam) == datetime(2026, 3, 2, 19, 0, tzinfo=UTC)  # four open hours, ending at closing time
    special_hours.put(sam, TODAY, "08:00-17:00", "strike")
    assert rules.keep(sam) == 1
    assert _due(lea) == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    special_hours.drop(sam, TODAY)
    assert rules.keep(sam) == 1
    assert _due(lea) == datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


def test_an_open_evening_gives_less_time(open_as: Open, now: Time) -> None:
    sam = open_as("sam")
    now.at = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    arrives(sam, message(at=now()))
    assert _due(sam) == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    special_hours.put(sam, TODAY, "08:00-22:00")
    rules.keep(sam)
    assert _due(sam) == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


def test_they_hold_at_the_other_consoles_as_soon_as_these_look(open_as: Open) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    assert rules.refresh(lea)
    assert not rules.refresh(lea)
    special_hours.put(sam, TODAY, "", "fire alarm")
    assert special_hours.spans_of(sam, TODAY) == ""
    assert special_hours.spans_of(lea, TODAY) == "08:00-20:00"
    assert rules.refresh(lea)
    assert special_hours.spans_of(lea, TODAY) == ""
    assert not Calendar.of(lea.config.hours).is_open(lea.now())
    special_hours.drop(sam, TODAY)
    assert rules.refresh(lea)
    assert lea.config == open_as("tom").config


def test_what_a_console_wrote_by_the_old_hours_is_made_right_a_little_later(open_as: Open, now: Time) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    now.at = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    rules.keep(sam)
    rules.refresh(lea)
    special_hours.put(sam, TODAY, "08:00-17:00")
    rules.keep(sam)
    arrives(lea, message(at=now()))  # by a console that has not looked yet
    assert _due(lea) == datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
    assert rules.keep(sam) == 0
    now.passes(seconds=rules.SETTLED.total_seconds())
    assert rules.keep(sam) == 1
    assert _due(lea) == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    now.passes(hours=1)
    assert rules.keep(sam) == 0


def test_folding_writes_only_what_stands_otherwise(open_as: Open) -> None:
    sam = open_as("sam")
    arrives(sam, message(), message(external_id="another"))
    before = conversations.row(sam, 1)
    assert housekeeping.fold_active(sam) == 0
    assert conversations.row(sam, 1) == before


def test_what_cannot_be_is_refused(open_as: Open) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=special_hours.FURTHEST + 1)):
        with pytest.raises(UsageError, match="year ahead"):
            special_hours.put(sam, day, "08:00-20:00")
    for spans in ("8 to 8", "20:00-08:00", "09:00-12:00, 11:00-18:00", "25:00-26:00"):
        with pytest.raises(UsageError, match="opening hours"):
            special_hours.put(sam, TODAY, spans)
    with pytest.raises(UsageError, match="Only supervisors"):
        special_hours.put(lea, TODAY, "08:00-22:00")
    with pytest.raises(NotFound, match="No hours were set"):
        special_hours.drop(sam, TODAY)
    assert special_hours.days(sam) == []
    assert floor_trail.trail(sam) == []


def test_days_that_are_over_stay_as_they_were(open_as: Open, now: Time) -> None:
    sam = open_as("sam")
    special_hours.put(sam, TODAY, "08:00-17:00", "strike")
    now.passes(days=1)
    with pytest.raises(UsageError, match="over"):
        special_hours.drop(sam, TODAY)
    assert [one.day for one in special_hours.days(sam)] == [TODAY]
    assert special_hours.spans_of(sam, TODAY) == "08:00-17:00"


def test_it_is_in_the_trail(open_as: Open) -> None:
    sam = open_as("sam")
    special_hours.put(sam, TODAY, "08:00-22:00", "sale")
    special_hours.put(sam, TODAY, "")
    special_hours.drop(sam, TODAY)
    said = [floor_trail.words(entry, sam) for entry in floor_trail.trail(sam)]
    assert [each.partition(" ")[0] for each in said] == ["hours", "closed", "hours"]
    assert said[2].endswith(": 08:00-22:00: sale")


@st.composite
def _spans(draw: st.DrawFn) -> str:
    times = sorted(draw(st.sets(st.integers(0, 95), min_size=0, max_size=6)))
    pairs = zip(times[::2], times[1::2], strict=False)
    return ", ".join(f"{a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}" for a, b in pairs)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), _spans() | st.none()), max_size=5))
def test_the_hours_in_force_are_those_set_last(open_as: Open, changes: list[tuple[int, str | None]]) -> None:
    sam, model = open_as("sam"), dict[date, str]()
    wipe(sam.store)
    for ahead, spans in changes:
        day = TODAY + timedelta(days=ahead)
        if spans is not None:
            special_hours.put(sam, day, spans)
            model[day] = spans
        elif model.pop(day, None) is not None:
            special_hours.drop(sam, day)
    fresh = open_as("lea")
    rules.refresh(fresh)
    for ahead in range(5):
        day = TODAY + timedelta(days=ahead)
        usual = show_spans(Calendar.of(floor_config(BUSINESS).hours).on(day))
        assert special_hours.spans_of(sam, day) == special_hours.spans_of(fresh, day) == model.get(day, usual)
    sam.store.close()
    fresh.store.close()


def test_nothing_comes_to_wait_or_ceases_to_by_it(open_as: Open) -> None:
    sam = open_as("sam")
    arrives(sam, message())
    special_hours.put(sam, TODAY, "")
    rules.keep(sam)
    with sam.store.read() as connection:
        causes = connection.exec_driver_sql("SELECT cause FROM flow").scalars().all()
    assert list(causes) == ["customer"]


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("8h-20h", "08:00-20:00"),
        ("8h30-20h", "08:30-20:00"),
        ("8-20", "08:00-20:00"),
        ("9h–12h30, 14 h – 24 h", "09:00-12:30, 14:00-24:00"),
        ("9:00-18:00", "09:00-18:00"),
    ],
)
def test_hours_are_taken_as_people_write_them(open_as: Open, written: str, spans: str) -> None:
    sam = open_as("sam")
    assert special_hours.wrong(written) == ""
    assert special_hours.put_at_once(sam, TODAY, written) == 0
    assert special_hours.spans_of(sam, TODAY) == spans


@pytest.mark.parametrize("written", ["8h-25h", "20h-8h", "8h3-20h", "8", "h-h", "8h-20h-22h", "9-13, 12-18"])
def test_what_are_no_hours_stays_none(written: str) -> None:
    assert special_hours.wrong(written)
