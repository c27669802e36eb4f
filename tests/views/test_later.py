"""Snoozing and promises, told key by key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, promises
from agentconsole.desk.context import Desk
from tests.views.driver import at_work

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_snoozes_in_words_and_sees_what_they_mean(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("s")
        await adviser.reads(f"Snooze #{number} until", "until reply")
        await adviser.types("24 december 2031 10:00")
        await adviser.reads("Wed 24 December 2031 10:00")
        await adviser.presses("enter")
        await adviser.reads(f"#{number} comes back: Wed 24 December 2031 10:00.")
    row = conversations.row(desk, number)
    assert row.state is State.SNOOZED
    assert row.snoozed_until == datetime(2031, 12, 24, 9, tzinfo=UTC)


async def test_snoozes_as_last_time_with_two_keys(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("s")
        await adviser.types("24 december 2031 10:00")
        await adviser.presses("enter", "j")
        assert adviser.here == second
        await adviser.presses("s", "enter")
    assert conversations.row(desk, second).snoozed_until == conversations.row(desk, first).snoozed_until


async def test_snoozes_until_the_customer_writes_from_a_suggestion(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("s")
        await adviser.types("reply")
        await adviser.reads("when the customer writes")
        await adviser.presses("enter")
        row = conversations.row(desk, adviser.here)
        assert (row.state, row.snoozed_until) == (State.SNOOZED, None)


async def test_words_that_are_no_time_are_refused_and_stay(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("s")
        await adviser.types("soonish")
        await adviser.reads("'soonish' is not a time.")
        await adviser.presses("enter")
        await adviser.reads("Give a time to come", "soonish")
        await adviser.presses("escape")
        assert conversations.row(desk, adviser.here).state is State.OPEN


async def test_sends_and_then_snoozes(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Je regarde et je reviens.")
        await adviser.presses("f6")
        await adviser.reads(f"Snooze #{number} until")
        await adviser.types("3d")
        await adviser.presses("enter")
    assert conversations.row(desk, number).state is State.SNOOZED


async def test_promises_with_a_date_and_words_then_keeps_it(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("P")
        await adviser.reads(f"Promise on #{number}: when, and what")
        assert not adviser.sees("until reply")
        await adviser.types("24/12/2031 10:00")
        await adviser.presses("enter")
        await adviser.types("Rappeler Camille")
        await adviser.presses("enter")
        await adviser.reads("Promised for Wed 24 December 2031 10:00: Rappeler Camille")
        found = promises.open_promises(desk, number)
        assert [(p.text, p.at) for p in found] == [("Rappeler Camille", datetime(2031, 12, 24, 9, tzinfo=UTC))]
        await adviser.presses("d")
        await adviser.reads("Something is promised on")
        await adviser.presses("P")
        await adviser.reads("kept: Rappeler Camille", "another time: Rappeler Camille", "drop: Rappeler Camille")
        await adviser.presses("enter")
        await adviser.reads("Kept: Rappeler Camille")
        assert promises.open_promises(desk, number) == []
        await adviser.presses("z")
        assert len(promises.open_promises(desk, number)) == 1


async def test_renews_a_promise(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        promises.promise(desk, number, datetime.now(UTC) + timedelta(hours=3), "Call back")
        await adviser.until(lambda: adviser.row.promised_at is not None)
        await adviser.presses("P")
        await adviser.types("another")
        await adviser.presses("enter")
        await adviser.types("24/12/2031 10:00")
        await adviser.presses("enter")
        await adviser.reads("Promised for Wed 24 December 2031 10:00: Call back")
    assert [p.at.year for p in promises.open_promises(desk, number)] == [2031]
