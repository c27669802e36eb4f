"""What somebody leaves behind goes back, what waits is handed out where that is wished, and both are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, State, parse
from agentconsole.desk import (
    assigning,
    calling,
    conversations,
    duty,
    fitting,
    handling,
    presence,
    replies,
    undo,
    wording,
    wording_trail,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound
from agentconsole.model.people import Duty, Offered, Wanted
from agentconsole.store import conversations as rows_of
from tests.conftest import CONFIG, Time
from tests.desk.test_taking import customers

PEOPLE = """
  { id = "tom", name = "Tom Reed", teams = ["mail"], languages = ["en", "fr"], shift = "08:00-12:00" },
  { id = "sam", name = "Sam Wood", role = "supervisor" },
  { id = "old", name = "Old Hand", disabled = true },
"""
_TOM = '{ id = "tom", name = "Tom Reed", teams = ["mail"], languages = ["en", "fr"] },'
QUIET = f"{CONFIG.replace(_TOM, PEOPLE)}\nassignment = {{ capacity = 3 }}\n"
PUSHING = QUIET.replace("capacity = 3", "capacity = 3, push = true")


@pytest.fixture
def config() -> Config:
    """Léa without a shift, Tom from eight to twelve, Sam who supervises, and somebody who has left."""
    return parse(QUIET, "agentconsole.toml", settings_model)


def holder(desk: Desk, number: int) -> str | None:
    return conversations.row(desk, number).assignee


def stands(desk: Desk) -> str:
    return next(person.state for person in duty.people(desk) if person.id == desk.agent.id)


def beats(desk: Desk, now: Time, minutes: int) -> None:
    """The console of somebody who works gives signs of life."""
    for _ in range(minutes * 3):
        now.passes(seconds=20)
        duty.beat(desk)


def test_who_is_gone_for_long_gives_back_what_waits(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    waits, answered, pending = customers(lea, 3)
    for number in (waits, answered, pending):
        handling.assign(sam, number, "lea", "instant")
    duty.here(lea)
    replies.reply(lea, answered, "Je regarde.", state=None)
    handling.set_state(lea, pending, State.PENDING)
    duty.gone(lea)
    now.passes(minutes=29)
    assert assigning.keep(sam) == (0, 0)
    now.passes(minutes=2)
    assert assigning.keep(sam) == (1, 0)
    row = conversations.row(lea, waits)
    assert (row.assignee, row.team) == (None, "instant")
    assert [holder(lea, n) for n in (answered, pending)] == ["lea", "lea"]
    assert assigning.keep(sam) == (0, 0)
    last = conversations.trail(lea, waits)[-1]
    assert last.actor == assigning.ASSIGNMENT
    assert wording_trail.event(last.kind, last.detail, lea) == "back to the team: Léa Martin is gone"
    assert duty.here(lea).returned == (waits,)
    assert duty.here(lea).returned == ()


def test_nobody_undoes_it(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    (number,) = customers(lea, 1)
    handling.assign(sam, number, "lea")
    duty.here(lea)
    now.passes(minutes=40)
    assert assigning.keep(lea) == (1, 0)
    with pytest.raises(NotFound):
        undo.undo(lea)
    assert undo.latest(sam) is not None  # Sam's own, which it is too late for
    with pytest.raises(undo.TooLate):
        undo.undo(sam)


def test_who_works_keeps_it(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    (number,) = customers(lea, 1)
    handling.assign(sam, number, "lea")
    duty.here(lea)
    beats(lea, now, 45)
    assert assigning.keep(sam) == (0, 0)


def test_who_said_away_keeps_it_for_a_while(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    (number,) = customers(lea, 1)
    handling.assign(sam, number, "lea")
    duty.away(lea)
    beats(lea, now, 20)
    assert (assigning.keep(sam), stands(lea)) == ((0, 0), "away")
    beats(lea, now, 11)
    assert (assigning.keep(sam), stands(lea)) == ((1, 0), "away")


def test_who_works_in_line_mode_is_known_by_what_they_do(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    first, second = customers(lea, 2)
    handling.assign(sam, first, "lea")
    duty.here(lea)
    now.passes(minutes=25)
    replies.note(lea, second, "nothing new")
    now.passes(minutes=10)
    assert assigning.keep(sam) == (0, 0)
    now.passes(minutes=21)
    assert assigning.keep(sam) == (1, 0)


def test_who_was_never_at_a_console_is_not_known_to_be_absent(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    (number,) = customers(lea, 1)
    handling.assign(sam, number, "lea")
    now.passes(days=3)
    assert assigning.keep(sam) == (0, 0)


def test_who_does_not_work_here_any_more_has_nothing(open_as: Callable[[str], Desk]) -> None:
    lea = open_as("lea")
    disabled, unknown, pending = customers(lea, 3)
    for number, who in ((disabled, "old"), (unknown, "nobody-known"), (pending, "old")):
        with lea.store.write() as connection:
            rows_of.change(connection, conversations.row(lea, number).id, assignee=who)
    handling.set_state(lea, pending, State.PENDING)
    assert assigning.keep(lea) == (2, 0)
    assert [holder(lea, n) for n in (disabled, unknown, pending)] == [None, None, "old"]


def test_after_a_shift_what_they_are_not_at_goes_back(open_as: Callable[[str], Desk], now: Time) -> None:
    tom, sam = open_as("tom"), open_as("sam")  # 10:00; Tom works until 12:00
    left, at_it, later = customers(tom, 3)
    for number in (left, at_it):
        handling.assign(sam, number, "tom")
    duty.here(tom)
    now.at = datetime(2026, 3, 2, 10, 59, 50, tzinfo=UTC)
    presence.here(tom, at_it, "writing")
    duty.beat(tom)
    assert assigning.keep(sam) == (0, 0)
    now.passes(seconds=25)
    presence.here(tom, at_it, "writing")
    duty.beat(tom)
    handling.assign(sam, later, "tom")
    assert assigning.keep(sam) == (1, 0)
    assert [holder(tom, n) for n in (left, at_it, later)] == [None, "tom", "tom"]
    duty.gone(tom)
    presence.gone(tom)
    now.passes(minutes=1)
    assert assigning.keep(sam) == (1, 0)
    assert [holder(tom, n) for n in (left, at_it, later)] == [None, None, "tom"]


class TestPush:
    @pytest.fixture
    def config(self) -> Config:
        return parse(PUSHING, "agentconsole.toml", settings_model)

    def test_who_is_here_and_has_room_is_handed_what_waits(self, open_as: Callable[[str], Desk], now: Time) -> None:
        lea, tom, sam = open_as("lea"), open_as("tom"), open_as("sam")
        some = customers(lea, 8)
        for desk in (lea, tom, sam):
            duty.here(desk)
        before = calling.begin(lea)
        assert assigning.keep(sam) == (0, 6)
        handed = [holder(lea, n) for n in some]
        assert sorted(filter(None, handed)) == ["lea"] * 3 + ["tom"] * 3
        assert handed[6:] == [None, None]
        assert assigning.keep(sam) == (0, 0)
        assert calling.look(lea, before).handed == tuple(n for n in some if holder(lea, n) == "lea")
        last = conversations.trail(lea, some[0])[-1]
        assert (last.actor, wording.actor(lea, last.actor)) == ("assignment", "assignment")

    def test_who_is_away_gone_or_after_their_shift_is_not(self, open_as: Callable[[str], Desk], now: Time) -> None:
        lea, tom, sam = open_as("lea"), open_as("tom"), open_as("sam")
        customers(lea, 2)
        duty.away(lea)
        duty.here(tom)
        now.at = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
        duty.beat(tom)
        assert assigning.keep(sam) == (0, 0)


def test_people_and_how_they_stand(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom, sam = open_as("lea"), open_as("tom"), open_as("sam")
    (number,) = customers(lea, 1)
    handling.assign(sam, number, "tom")
    duty.here(lea)
    duty.here(tom)
    presence.here(tom, number, "writing")
    duty.away(sam)
    told = [(p.id, p.state, p.number, p.doing, p.open, p.waiting, p.capacity) for p in duty.people(lea)]
    assert told == [
        ("lea", "here", None, "", 0, 0, 3),
        ("tom", "here", number, "writing", 1, 1, 3),
        ("sam", "away", None, "", 0, 0, 3),
    ]
    now.passes(minutes=2)
    duty.beat(lea)
    assert [(p.id, p.state) for p in duty.people(lea)] == [("lea", "here"), ("sam", "away"), ("tom", "away")]
    now.passes(minutes=31)
    assert {p.state for p in duty.people(lea)} == {"gone"}
    assert duty.beat(tom) == "here"
    assert duty.beat(sam) == "away"


def test_beats_are_few(desk: Desk, now: Time) -> None:
    began = now.at
    duty.here(desk)
    now.passes(seconds=10)
    duty.beat(desk)
    with desk.store.read() as connection:
        from agentconsole.store import duty as store

        assert store.of(connection, "lea") == Duty("lea", "here", began, began)
    now.passes(seconds=15)
    duty.beat(desk)
    with desk.store.read() as connection:
        assert store.of(connection, "lea") == Duty("lea", "here", began, now.at)


IDS = st.sampled_from(["a", "b", "c", "d"])
WANTED = st.builds(
    Wanted,
    st.lists(st.sampled_from(["t1", "t2"]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["en", "fr"]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["mail", "x"]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["billing"]), max_size=1).map(tuple),
)
WORKERS = st.lists(
    st.builds(fitting.Worker, IDS, WANTED, st.integers(0, 4), st.integers(1, 4)), max_size=4, unique_by=lambda w: w.id
)
OFFERED = st.lists(
    st.builds(
        Offered,
        st.uuids(),
        st.sampled_from([None, "t1", "t2"]),
        st.sampled_from([None, "en", "fr", "de"]),
        st.sampled_from(["mail", "x", "form"]),
        st.frozensets(st.sampled_from(["billing", "broken"])),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


@settings(deadline=None)
@given(offered=OFFERED, workers=WORKERS)
def test_dealing(offered: list[Offered], workers: list[fitting.Worker]) -> None:
    dealt = fitting.deal(offered, workers)
    who = {worker.id: worker for worker in workers}
    what = {one.id: one for one in offered}
    assert len({i for i, _agent in dealt}) == len(dealt)
    assert all(fitting.fits(who[agent].wanted, what[i]) for i, agent in dealt)
    has = {w.id: w.open + sum(agent == w.id for _i, agent in dealt) for w in workers}
    assert all(has[w.id] <= max(w.open, w.capacity) for w in workers)
    left = [one for one in offered if one.id not in dict(dealt)]
    assert not [(one, w) for one in left for w in workers if has[w.id] < w.capacity and fitting.fits(w.wanted, one)]
