"""Where a conversation stands and what was done to it, in words."""

from __future__ import annotations

import pytest

from agentconsole.cli.output import row_cells
from agentconsole.desk.context import Desk
from agentconsole.desk.search import search
from tests.views.driver import at_work


@pytest.mark.parametrize(
    ("said", "stands"),
    [("24/12/2031 10:00", "snoozed until Wed 24 December 2031 10:00"), ("reply", "snoozed until the customer writes")],
)
async def test_says_when_a_snoozed_conversation_comes_back(desk: Desk, said: str, stands: str) -> None:
    async with at_work(desk, (80, 24)) as adviser:
        await adviser.presses("s")
        await adviser.types(said)
        await adviser.presses("enter", "4")
        await adviser.until(lambda: stands in adviser.bar("why"))
        await adviser.presses("enter")
        assert stands in adviser.bar("thread-head")
    row = next(iter(search(desk, "is:snoozed").rows))
    assert stands in row_cells(row, desk, desk.now())[1]


async def test_the_trail_says_what_was_undone(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("=", "enter", "z", "h")
        await adviser.reads("normal priority → urgent (undone)")
