"""The floor in figures: each number against what happened, and against the list behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from agentconsole.config import Config, State
from agentconsole.desk import duty, figures, handling, merging, presence, replies, snooze, undo
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from agentconsole.model.floor import Compared, Load, Spread, Which
from agentconsole.store import conversations
from agentconsole.store.tables import event
from tests.conftest import Time
from tests.desk.floor_people import OPENING, VIEWS, WITH_SUPERVISOR, again, check, floor_config, load, write
from tests.incoming import arrives, bounce, everything, sent_elsewhere


@pytest.fixture
def config() -> Config:
    """The desk of the other tests, with Sam as supervisor, and views that hold what sleeps too."""
    return floor_config(WITH_SUPERVISOR + VIEWS)


@pytest.fixture
def sam(open_as: Callable[[str], Desk]) -> Desk:
    """The supervisor's console."""
    return open_as("sam")


def test_only_supervisors_see_the_figures_of_others(desk: Desk) -> None:
    for look in (lambda: figures.floor(desk), lambda: figures.behind(desk, Which("late"))):
        with pytest.raises(UsageError, match="supervisors"):
            look()


def test_of_the_built_in_views_those_that_hold_what_is_open(open_as: Callable[[str], Desk]) -> None:
    sam = replace(open_as("sam"), config=floor_config())
    assert [one.id for one in figures.floor(sam).views] == ["open"]  # not mine, nor what is pending or resolved


def test_an_empty_desk_has_a_floor(sam: Desk) -> None:
    floor = figures.floor(sam)
    assert {one.id: one.open for one in floor.channels} == {"mail": 0, "form": 0, "x": 0}
    assert (floor.first_response.today, floor.spend, floor.approvals, floor.incidents) == (Spread(), (), 0, ())
    assert [q.begins for q in floor.quarters] == [OPENING + n * timedelta(minutes=15) for n in range(9)]
    assert {agent.id: agent.state for agent in floor.agents} == {"sam": "gone", "lea": "gone", "tom": "gone"}
    check(sam, floor)


def test_waiting_late_and_due_of_views_and_channels(sam: Desk, now: Time) -> None:
    write(sam, "a", "b")
    write(sam, "c", channel="x")
    now.passes(hours=3, minutes=30)
    write(sam, "d", channel="form")
    floor = figures.floor(sam)
    assert [(one.open, one.late, one.due) for one in floor.channels] == [(2, 0, 2), (1, 0, 0), (1, 1, 0)]
    assert load(floor, "open") == Load("open", 4, 1, 2, now() - timedelta(hours=3, minutes=30))
    assert [one.id for one in floor.views] == ["open", "handled", "tom", "outage"]
    check(sam, floor)


def test_what_sleeps_is_as_late_as_before_but_is_told_apart(sam: Desk, now: Time) -> None:
    write(sam, "a", "b", "c")
    snooze.snooze(sam, 1, "tomorrow 9:00")
    handling.set_state(sam, 2, State.PENDING)  # without the answer that is owed
    handling.assign(sam, 2, "sam")
    now.passes(hours=5)
    floor = figures.floor(sam)
    mail = floor.channels[0]
    assert (mail.open, mail.late, mail.due, mail.asleep) == (1, 1, 0, 2)
    assert load(floor, "open") == Load("open", 1, 1, 0, mail.oldest)  # the view holds nothing that sleeps
    assert (load(floor, "handled").late, load(floor, "handled").asleep) == (1, 2)
    assert {agent.id: (agent.late, agent.asleep) for agent in floor.agents}["sam"] == (0, 1)
    check(sam, floor)


def test_first_response_and_resolution_today_against_a_week_before(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom, sam = open_as("lea"), open_as("tom"), open_as("sam")
    write(lea, "a", "b", "c")
    now.passes(minutes=30)
    replies.reply(lea, 1, "x", state=State.RESOLVED)
    now.passes(hours=9)  # 19:30 in Paris: after the time of day at which is looked a week later
    replies.reply(lea, 2, "x")
    now.at += timedelta(days=7) - timedelta(hours=9)
    write(lea, "d", "e")
    now.passes(minutes=10)
    replies.reply(lea, 4, "x")
    now.passes(minutes=10)
    replies.reply(tom, 5, "x", state=State.RESOLVED)
    floor = figures.floor(sam)
    assert floor.first_response == Compared(Spread(2, 600, 1200, 2, 2), Spread(1, 1800, 1800, 1, 1))
    assert floor.resolution == Compared(Spread(1, 1200, 1200, 1, 1), Spread(1, 1800, 1800, 1, 1))
    by = {agent.id: agent.first_response for agent in floor.agents}
    assert (by["lea"], by["tom"]) == (Spread(1, 600, 600, 1, 1), Spread(1, 1200, 1200, 1, 1))
    check(sam, floor)


def test_what_was_answered_too_late_is_not_within(desk: Desk, sam: Desk, now: Time) -> None:
    write(desk, "a", "b", channel="x")
    now.passes(minutes=30)
    replies.reply(desk, 1, "x")
    now.passes(minutes=31)
    replies.reply(desk, 2, "x")
    floor = figures.floor(sam)
    assert floor.first_response.today == Spread(2, 1800, 3660, 2, 1)
    assert floor.first_response.today.within == 0.5
    assert [row.number for row in figures.behind(sam, Which("first_response_late")).rows] == [2]
    slowest_first = figures.behind(sam, Which("first_response"))
    assert [row.number for row in slowest_first.rows] == [2, 1]
    assert slowest_first.took == {2: (3660, True), 1: (1800, False)}
    check(sam, floor)


def test_a_first_response_is_theirs_who_wrote_the_first_answer(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom, sam = open_as("lea"), open_as("tom"), open_as("sam")
    first = now()
    write(lea, "a", "b", "c")
    now.passes(minutes=10)
    replies.reply(lea, 1, "x")
    replies.reply(tom, 1, "y")
    arrives(lea, sent_elsewhere(references=(f"b-{first}",), at=now()))
    now.passes(minutes=10)
    replies.reply(lea, 2, "x")
    replies.reply(tom, 3, "x")
    floor = figures.floor(sam)
    assert floor.first_response.today == Spread(3, 600, 1200, 3, 3)
    by = {agent.id: agent.first_response.count for agent in floor.agents}
    assert by == {"sam": 0, "lea": 1, "tom": 1}
    assert [row.number for row in figures.behind(sam, Which("first_response", "agent:tom")).rows] == [3]
    check(sam, floor)


def test_what_was_merged_counts_once(desk: Desk, sam: Desk, now: Time) -> None:
    write(desk, "a")
    now.passes(minutes=10)
    write(desk, "a", subject="Autre chose")
    now.passes(minutes=10)
    replies.reply(desk, 1, "x", state=State.RESOLVED)
    replies.reply(desk, 2, "x", state=State.RESOLVED)
    assert figures.floor(sam).resolution.today.count == 2
    merging.merge(desk, [2], 1)
    floor = figures.floor(sam)
    assert (floor.first_response.today.count, floor.resolution.today.count) == (1, 1)
    undo.undo(desk)
    assert figures.floor(sam).resolution.today.count == 2


def test_arrived_and_handled_by_the_quarter(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom, sam = open_as("lea"), open_as("tom"), open_as("sam")
    first = now()
    write(lea, "a", "b", "c", "d")
    again(lea, "a", first)  # it waits already
    now.passes(minutes=20)
    replies.reply(lea, 1, "x")
    handling.set_state(tom, 2, State.RESOLVED)
    snooze.snooze(tom, 3, "1h")  # put off
    handling.set_state(tom, 4, State.PENDING)  # without the answer that is owed
    now.passes(minutes=20)
    again(lea, "a", first)
    again(lea, "b", first)
    replies.reply(lea, 1, "y")
    now.passes(minutes=60)
    handling.wake(lea)
    floor = figures.floor(sam)
    told = [(q.arrived, q.handled) for q in floor.quarters if q.arrived or q.handled]
    assert told == [(4, 0), (0, 2), (2, 1)]
    by = {agent.id: (agent.handled, agent.reopened) for agent in floor.agents}
    assert by == {"lea": (2, 0), "tom": (1, 1), "sam": (0, 0)}
    assert figures.behind(sam, Which("reopened", "agent:tom")).rows[0].number == 2
    quarter = Which("arrived", f"quarter:{(first + timedelta(minutes=44)).isoformat()}")
    assert [row.number for row in figures.behind(sam, quarter).rows] == [2, 1]
    span = f"{first.isoformat()}/{(first + timedelta(minutes=31)).isoformat()}"
    assert figures.behind(sam, Which("arrived", f"span:{span}")).total == 4
    handled = figures.behind(sam, Which("handled"))
    assert (handled.total, handled.title) == (2, "handled · 3 times")
    assert figures.behind(sam, Which("handled", "agent:tom")).total == 1
    check(sam, floor)


def test_what_is_undone_was_not_handled_and_does_not_come_back(desk: Desk, sam: Desk, now: Time) -> None:
    write(desk, "a", "b")
    replies.reply(desk, 1, "x", hold=timedelta(seconds=8))
    handling.set_state(desk, 2, State.RESOLVED)
    now.passes(minutes=16)
    undo.undo(desk)
    floor = figures.floor(sam)
    assert [(q.arrived, q.handled) for q in floor.quarters if q.arrived or q.handled] == [(2, 1)]
    assert {agent.id: agent.handled for agent in floor.agents}["lea"] == 1
    assert [row.number for row in figures.behind(sam, Which("handled")).rows] == [1]
    assert floor.forecast.arriving == pytest.approx(1)  # two in the two hours since opening and a quarter
    assert floor.agents[1].reopened == 0


def test_what_bounced_waits_again_without_having_arrived(desk: Desk, sam: Desk, now: Time) -> None:
    write(desk, "a")
    replies.reply(desk, 1, "x", state=State.RESOLVED)
    with desk.store.read() as connection:
        key = connection.execute(select(event.c.detail).where(event.c.kind == "replied")).scalar_one()
    now.passes(minutes=20)
    arrives(desk, bounce(json.loads(key)["key"], at=now()))
    floor = figures.floor(sam)
    assert floor.channels[0].open == 1
    assert [(q.arrived, q.handled) for q in floor.quarters if q.arrived or q.handled] == [(1, 1)]
    assert (floor.first_response.today.count, floor.resolution.today.count) == (0, 0)


def test_advisers_where_they_are_and_what_they_have(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom, sam = open_as("lea"), open_as("tom"), open_as("sam")
    write(lea, "a", "b", "c", channel="x")
    duty.here(lea)
    duty.here(tom)
    duty.away(tom)
    handling.assign(lea, 1, "lea")
    handling.assign(lea, 2, "lea")
    with sam.store.write() as connection:
        conversations.change(connection, everything(sam)[2].id, assignee="old")
    presence.here(lea, 1, "writing")
    replies.reply(lea, 2, "x", state=State.OPEN)
    now.passes(seconds=15)
    by = {agent.id: agent for agent in figures.floor(sam).agents}
    one = by["lea"]
    assert (one.state, one.number, one.doing, one.open, one.capacity, one.waiting) == ("here", 1, "writing", 2, 8, 1)
    assert (by["tom"].state, by["tom"].number) == ("away", None)
    assert (by["old"].open, by["old"].capacity) == (1, 8)  # who left, and still has one
    now.passes(hours=2)
    floor = figures.floor(sam)
    assert {agent.id: (agent.state, agent.late) for agent in floor.agents}["lea"] == ("gone", 1)
    check(sam, floor)


def test_the_forecast_goes_to_closing_time_and_knows_what_will_wake(desk: Desk, sam: Desk, now: Time) -> None:
    now.at = OPENING + timedelta(hours=4)
    write(desk, *"abcdefgh")
    for number in (1, 2):
        handling.set_state(desk, number, State.RESOLVED)
    snooze.snooze(desk, 3, "2h")
    snooze.snooze(desk, 4, "tomorrow 9:00")
    found = figures.floor(sam).forecast
    assert (found.open, found.arriving, found.handling) == (4, 4.0, 2.0)
    assert found.closing == OPENING + timedelta(hours=12)
    assert found.at_closing == 4 + 1 + (4 - 2) * 8
    now.at = OPENING - timedelta(hours=1)
    assert figures.floor(sam).forecast.closing is None


@pytest.mark.parametrize(
    "which", [Which("nothing"), Which("late", "moon:1"), Which("late", "view:none"), Which("arrived", "quarter:noon"),
              Which("arrived", "span:noon"), Which("incident", "incident:7"), Which("handled", "view:open")],
)  # fmt: skip
def test_what_is_no_figure_is_refused_in_words(sam: Desk, which: Which) -> None:
    with pytest.raises(NotFound):
        figures.behind(sam, which)


def test_every_figure_that_can_be_asked_has_a_definition(sam: Desk) -> None:
    from agentconsole.desk.behind import _LOOKS

    for figure in _LOOKS:
        assert figures.metric_of(figure) in figures.METRICS
        assert figures.behind(sam, Which(figure, "all" if figure != "incident" else f"incident:{'0' * 32}")).total == 0
