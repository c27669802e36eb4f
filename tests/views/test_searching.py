"""The line for a query: its history, its completion, and a view made of it."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from agentconsole.desk import saved_views, searches
from agentconsole.desk.context import Desk
from tests.views.driver import Adviser, at_work

SIZES = [(80, 24)]


def line_of(adviser: Adviser) -> str:
    """What the line for a query holds."""
    return adviser.page.query_one("#search", Input).value


async def test_up_and_down_walk_through_earlier_searches(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        for query in ("facture", "from:camille"):
            await adviser.presses("/")
            await adviser.types(query)
            await adviser.presses("enter", "escape")
        await adviser.presses("/")
        await adviser.types("par")
        await adviser.presses("up")
        assert line_of(adviser) == "from:camille"
        await adviser.presses("up")
        assert line_of(adviser) == "facture"
        await adviser.presses("up")
        assert line_of(adviser) == "facture"
        await adviser.presses("down", "down")
        assert line_of(adviser) == "par"
        await adviser.presses("up", "up", "enter")
        await adviser.reads("Search · facture · 1 found")
    assert searches.history(desk)[:2] == ["facture", "from:camille"]


async def test_what_was_only_typed_is_not_remembered(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("/")
        await adviser.types("colis")
        await adviser.presses("escape")
        await adviser.presses("/")
        await adviser.types("is:nonsense")
        await adviser.presses("enter")
        await adviser.reads("Search knows no is:nonsense.")
    assert searches.history(desk) == []


async def test_keys_and_values_complete_themselves(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("/")
        await adviser.types("panne chan")
        await adviser.reads("panne channel:")
        await adviser.presses("right")
        await adviser.types("w")
        await adviser.reads("panne channel:wa")
        await adviser.presses("right", "enter")
        await adviser.reads("Search · panne channel:wa ·")


@pytest.mark.parametrize("size", SIZES)
async def test_a_search_is_saved_as_a_view_that_is_there_at_once(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        await adviser.presses("w")
        await adviser.reads("Nothing is searched for.")
        await adviser.presses("/")
        await adviser.types("channel:mail")
        await adviser.presses("enter", "w")
        await adviser.reads("Save this search as a view", "channel:mail")
        await adviser.presses("enter")
        await adviser.reads("Give it a name.")
        await adviser.types("All mail")
        await adviser.presses("enter")
        await adviser.reads("Saved as view 6: All mail")
        found = sorted(adviser.numbers)
        await adviser.presses("escape", "6")
        await adviser.until(lambda: "All mail" in adviser.page.finding.title)
        assert sorted(adviser.numbers) == found
    assert (desk.folder / "own" / "views" / "all-mail.toml").is_file()
    assert saved_views.views_of(desk)[-1].search == "channel:mail"


async def test_a_name_that_is_taken_loses_nothing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("/")
        await adviser.types("facture")
        await adviser.presses("enter", "w")
        await adviser.types("mine")
        await adviser.presses("enter")
        await adviser.reads("There is a view 'mine' already.", "Choose another name.")
        await adviser.presses("w")
        await adviser.types("Bills")
        await adviser.presses("enter")
        await adviser.reads("Saved as view 6: Bills")


async def test_views_of_ones_own_are_there_from_the_start(desk: Desk) -> None:
    searches.save(desk, "facture", "Bills")
    async with at_work(desk) as adviser:
        await adviser.presses("6")
        await adviser.until(lambda: len(adviser.numbers) == 1)
        assert "Bills" in adviser.page.finding.title


async def test_what_is_not_understood_is_corrected_where_it_was_typed(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("/")
        await adviser.types("is:nonsense")
        await adviser.presses("enter", *["backspace"] * 8)
        assert adviser.focus == "search"
        await adviser.types("open")
        await adviser.presses("enter")
        assert adviser.focus == "list"
        await adviser.reads("8 found")
