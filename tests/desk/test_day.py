"""My own day: what I handled, how fast I answered first, what came back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, State, parse
from agentconsole.desk import day, handling, merging, replies, undo
from agentconsole.desk.context import Desk
from agentconsole.model.message import Address
from tests.conftest import CONFIG, Time
from tests.incoming import arrives, message, sent_elsewhere
from tests.store.test_plans import plans

OFFICE = CONFIG.replace('acknowledge = "4h", reply = "4h", resolve = "48h", time = "calendar"', 'acknowledge = "4h"')


def _people(desk: Desk, count: int, **changes: object) -> None:
    arrives(
        desk, *(message(author=Address(f"{n}@x.example"), external_id=f"m{n}", **changes) for n in range(1, count + 1))
    )


def test_nothing_done_yet(desk: Desk) -> None:
    assert day.mine(desk) == day.Day(0, None, 0, (0,) * 24)


def test_each_conversation_counts_once(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    _people(lea, 5)
    replies.reply(lea, 1, "a")
    replies.reply(lea, 1, "b", state=State.RESOLVED)
    handling.set_state(lea, 2, State.RESOLVED)
    handling.set_state(lea, 3, State.PENDING)  # not handled: no answer, not resolved
    replies.note(lea, 3, "vu")
    replies.reply(tom, 4, "c")
    now.passes(hours=2)
    replies.reply(lea, 5, "d")
    done = day.mine(lea)
    assert (done.handled, sum(done.by_hour)) == (3, 3)
    assert (done.by_hour[10], done.by_hour[12]) == (2, 1)  # Paris
    assert day.mine(tom).handled == 1


def test_what_was_undone_does_not_count(desk: Desk) -> None:
    _people(desk, 2)
    replies.reply(desk, 1, "a", hold=timedelta(seconds=8))
    undo.undo(desk)
    assert day.mine(desk) == day.Day(0, None, 0, (0,) * 24)


def test_the_day_begins_at_midnight_in_the_desks_time_zone(desk: Desk, now: Time) -> None:
    _people(desk, 2)
    now.at = datetime(2026, 3, 2, 22, 59, tzinfo=UTC)
    replies.reply(desk, 1, "a")
    assert day.mine(desk).by_hour[23] == 1
    now.at = datetime(2026, 3, 2, 23, 1, tzinfo=UTC)
    assert day.mine(desk).handled == 0
    replies.reply(desk, 2, "b")
    assert day.mine(desk).by_hour[0] == 1


def test_the_first_answer_is_mine_only_where_nobody_answered_before(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    _people(lea, 5, at=now())
    now.passes(minutes=10)
    replies.reply(lea, 1, "a")
    replies.reply(tom, 2, "b")
    arrives(lea, sent_elsewhere(references=("m3",), at=now()))
    now.passes(minutes=20)
    for number in (1, 2, 3, 4):
        replies.reply(lea, number, "c")
    assert day.mine(lea).first_response == timedelta(minutes=20)  # of 10 and 30
    replies.reply(lea, 5, "d", hold=timedelta(seconds=8))
    assert day.mine(lea).first_response == timedelta(minutes=30)
    undo.undo(lea)
    assert day.mine(lea).first_response == timedelta(minutes=20)


def test_it_is_counted_as_the_sla_counts(desk: Desk, now: Time) -> None:
    config: Config = parse(OFFICE, "agentconsole.toml", settings_model)
    here = Desk(desk.store, config, desk.agent, desk.folder, now)
    _people(here, 1, at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))  # a Sunday; the desk opens on Monday at 8:00 in Paris
    replies.reply(here, 1, "a")
    assert day.mine(here).first_response == timedelta(hours=2)


def test_what_the_customer_reopened(desk: Desk, now: Time) -> None:
    _people(desk, 3)
    for number in (1, 2, 3):
        replies.reply(desk, number, "a", state=State.RESOLVED)
    arrives(desk, message("encore", references=("m1",), author=Address("1@x.example")))
    handling.set_state(desk, 2, State.OPEN)  # by ourselves
    assert day.mine(desk).reopened == 1
    now.passes(minutes=5)
    handling.set_state(desk, 1, State.RESOLVED)
    assert day.mine(desk).reopened == 0


def test_merging_is_no_handling(desk: Desk) -> None:
    arrives(desk, message(), message())
    merging.merge(desk, [1], 2)
    assert day.mine(desk).handled == 0


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_it_is_read_by_indexes(desk: Desk) -> None:
    _people(desk, 3)
    replies.reply(desk, 1, "a", state=State.RESOLVED)
    with plans(desk) as found:
        day.mine(desk)
    assert any("ix_event_actor" in plan for plan in found)
    for plan in found:
        assert not [line for line in plan.splitlines() if line.startswith("SCAN")], plan
