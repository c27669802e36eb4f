"""A gesture whose answer is lost, or that somebody else came before: the panel says which way it went."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from agentconsole.desk import gestures
from agentconsole.desk.context import Desk
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.gestures import Flaky, granted, on, someone, with_gestures


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with delegations and five vouchers of 15 €."""
    return with_gestures(make_desk())


@pytest.mark.parametrize("lost", ["after", "before"])
async def test_a_lost_answer_is_looked_up_and_nothing_is_given_twice(desk: Desk, lost: str) -> None:
    flaky = Flaky(desk.store.engine, desk.store.files)
    async with at_work(replace(desk, store=flaky)) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        flaky.lose = lost
        await lea.presses("enter")
        if lost == "after":
            await lea.until(lambda: "CODE-0" in lea.words)
            assert lea.sees("it WAS GRANTED: €15.00 voucher")
        else:
            await lea.reads("NOT GRANTED: €15.00 voucher", "nothing was spent")
            assert granted(desk, number) == []
            await lea.presses("enter")
            await lea.until(lambda: "CODE-0" in lea.words)
    assert len(granted(desk, number)) == 1


async def test_who_leaves_before_it_is_known_is_told_later(desk: Desk) -> None:
    flaky = Flaky(desk.store.engine, desk.store.files)
    async with at_work(replace(desk, store=flaky)) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        flaky.lose = "dark"
        await lea.presses("enter")
        await lea.reads("Not known yet whether it was granted")
        await lea.presses("tab")
        assert lea.sees("Not known yet")
        await lea.presses("escape")
        assert lea.focus == "list"
        flaky.dark = False
        await lea.reads("it WAS GRANTED: €15.00 voucher")
        assert lea.words == ""
        await lea.reads("GRANTED, IN NO REPLY: €15.00")
    assert len(granted(desk, number)) == 1


async def test_somebody_else_spent_it_meanwhile(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        omar = someone(desk, "omar")
        for _time in range(3):
            wanted = gestures.wanted(omar, number, "credit", 3500, "EUR", "outage", "p")
            gestures.grant(omar, number, wanted, uuid4())
        await lea.presses("enter")
        await lea.reads("NOT GRANTED", "€105.00 in 90 days", "Omar Benali")
    assert {given.agent for given in granted(desk, number)} == {"omar"}
