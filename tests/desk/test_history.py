"""The figures of days gone by: kept once, as they were counted, and told as they are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from agentconsole.config import Config, State
from agentconsole.desk import handling, history, replies, undo
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.model.floor import Day, Spread
from agentconsole.store.team_tables import day_figure
from tests.conftest import Time
from tests.desk.floor_people import again, floor_config, write

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def config() -> Config:
    """The desk of the other tests, with Sam as supervisor."""
    return floor_config()


@pytest.fixture
def lived(open_as: Callable[[str], Desk], now: Time) -> Desk:
    """Sam's console, on Wednesday, after a Monday and a Tuesday with something in them."""
    lea, tom = open_as("lea"), open_as("tom")
    first = now()
    write(lea, "a", "b")
    write(lea, "c", channel="x")
    now.passes(minutes=30)
    replies.reply(lea, 1, "x", state=State.RESOLVED)
    replies.reply(tom, 3, "x")
    handling.set_state(lea, 2, State.RESOLVED)
    undo.undo(lea)
    now.at = datetime(2026, 3, 3, 22, 50, tzinfo=UTC)  # still Tuesday in Paris
    again(lea, "a", first)
    now.passes(minutes=20)
    replies.reply(lea, 2, "x", state=State.RESOLVED)  # Wednesday
    now.passes(hours=1)  # from now on nothing of Tuesday can be undone
    return open_as("sam")


def test_each_day_by_what_happened_in_it(lived: Desk) -> None:
    monday, tuesday, wednesday = history.days(lived, MONDAY - 5 * DAY, MONDAY + 9 * DAY)
    spread = Spread(2, 1800, 1800, 2, 2)
    assert monday == Day(MONDAY, "all", 3, 2, 0, 0, 3, 2, 1, spread, Spread())  # what is open again was not resolved
    assert tuesday == Day(MONDAY + DAY, "all", 1, 0, 0, 1, 1, 0, 2, Spread(), Spread())
    assert (wednesday.handled, wednesday.resolved, wednesday.waiting_at_end) == (1, 1, 1)
    assert wednesday.first_response.promised - wednesday.first_response.kept == 1


def test_by_channel_team_and_adviser(lived: Desk) -> None:
    def monday(scope: str) -> tuple[int, int, int | None, int]:
        day = history.days(lived, MONDAY, MONDAY, scope)[0]
        return day.arrived, day.handled, day.waiting_at_end, day.first_response.count

    assert (monday("channel:mail"), monday("channel:x"), monday("channel:form")) == (
        (2, 1, 1, 1),
        (1, 1, 0, 1),
        (0, 0, 0, 0),
    )
    assert (monday("agent:lea"), monday("agent:tom")) == ((0, 1, None, 1), (0, 1, None, 1))
    reopened = history.days(lived, MONDAY + DAY, MONDAY + DAY, "agent:lea")[0].reopened
    assert reopened == 1


def test_keeping_changes_nothing_but_where_it_is_read(lived: Desk) -> None:
    before = history.periods(lived, MONDAY, MONDAY + 3 * DAY)
    assert history.keep(lived) == 2
    assert history.keep(lived) == 0
    assert history.periods(lived, MONDAY, MONDAY + 3 * DAY) == before


def test_a_day_is_kept_once_nothing_of_it_can_be_undone(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    write(lea, "a")
    now.at = datetime(2026, 3, 2, 22, 50, tzinfo=UTC)  # ten to midnight in Paris
    handling.set_state(lea, 1, State.RESOLVED)
    now.passes(minutes=40)
    assert history.keep(sam) == 0
    undo.undo(lea)
    now.passes(minutes=30)
    assert history.keep(sam) == 1
    assert history.days(sam, MONDAY, MONDAY)[0].handled == 0


def test_what_is_kept_stays_whatever_happens_later(lived: Desk, now: Time) -> None:
    history.keep(lived)
    before = history.days(lived, MONDAY, MONDAY + DAY)
    now.passes(days=1)
    handling.set_state(lived, 2, State.OPEN)
    assert history.keep(lived) == 1
    assert history.days(lived, MONDAY, MONDAY + DAY) == before


def test_a_day_that_is_missing_is_made_anew(lived: Desk, now: Time) -> None:
    history.keep(lived)
    before = history.days(lived, MONDAY, MONDAY + DAY)
    with lived.store.write() as connection:
        connection.execute(day_figure.delete().where(day_figure.c.day == MONDAY))
    now.passes(days=1)
    assert history.keep(lived) == 2
    assert history.days(lived, MONDAY, MONDAY + DAY) == before


def test_what_another_one_who_keeps_house_kept_meanwhile_stays(lived: Desk) -> None:
    first = {"day": MONDAY, "scope": "channel:mail", "figures": "{}", "made_at": lived.now()}
    with lived.store.write() as connection:
        connection.execute(day_figure.insert(), [first])
    assert history.keep(lived) == 2
    with lived.store.read() as connection:
        found = select(day_figure.c.figures).where(day_figure.c.day == MONDAY, day_figure.c.scope == "channel:mail")
        assert connection.execute(found).scalar_one() == "{}"


def test_a_year_is_read_from_what_is_kept(lived: Desk, now: Time) -> None:
    history.keep(lived)
    with lived.store.write() as connection:
        row = connection.execute(
            select(day_figure).where(day_figure.c.day == MONDAY, day_figure.c.scope == "all")
        ).one()
        rows = [row._asdict() | {"day": MONDAY - n * DAY} for n in range(1, 366)]
        connection.execute(day_figure.insert(), rows)
    year = history.period(lived, MONDAY - 365 * DAY, MONDAY, step="month")
    assert [part.first for part in year.parts][:2] == [date(2025, 3, 2), date(2025, 4, 1)]
    assert len(year.parts) == 13
    assert (year.together.arrived, year.together.first_response.count) == (366 * 3, 366 * 2)
    assert year.together.first_response.median == pytest.approx(1800, rel=0.025)
    weeks = history.period(lived, MONDAY - 13 * DAY, MONDAY, step="week").parts
    assert [part.first.weekday() for part in weeks] == [1, 0, 0]


def test_days_are_those_of_the_desks_time_zone_when_the_clocks_change(
    desk: Desk, open_as: Callable[[str], Desk], now: Time
) -> None:
    now.at = datetime(2026, 3, 28, 22, 59, tzinfo=UTC)  # Saturday 23:59 in Paris; Sunday has 23 hours
    write(desk, "a")
    now.at = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)  # Sunday 23:59
    write(desk, "b")
    now.at = datetime(2026, 3, 29, 22, 1, tzinfo=UTC)
    write(desk, "c")
    found = history.days(open_as("sam"), date(2026, 3, 28), date(2026, 3, 30))
    assert [(day.arrived, day.waiting_at_end) for day in found] == [(1, 1), (1, 2), (1, 3)]


def test_figures_are_for_supervisors_and_ones_own_for_oneself(desk: Desk, lived: Desk) -> None:
    for scope in ("all", "agent:tom", "channel:mail"):
        with pytest.raises(UsageError, match="supervisors"):
            history.days(desk, MONDAY, MONDAY, scope)
    assert history.days(desk, MONDAY, MONDAY, "agent:lea")[0].handled == 1


def test_an_empty_desk_has_no_days(desk: Desk, open_as: Callable[[str], Desk]) -> None:
    assert history.keep(desk) == 0
    assert history.days(open_as("sam"), MONDAY - DAY, MONDAY) == []
    assert history.period(open_as("sam"), MONDAY - DAY, MONDAY).together.arrived == 0


def test_a_desk_from_before_the_log_begins_to_count_with_it(lived: Desk) -> None:
    """Nothing is known of days before the log; the open conversations of then are not forgotten."""
    from agentconsole.store.team_tables import flow

    with lived.store.write() as connection:
        connection.execute(flow.delete().where(flow.c.at < datetime(2026, 3, 3, 12, 0, tzinfo=UTC)))
        connection.execute(update(day_figure).values(figures="{}"))
    tuesday = history.days(lived, MONDAY, MONDAY + DAY)
    assert [(day.day, day.waiting_at_end) for day in tuesday] == [(MONDAY + DAY, 2)]
