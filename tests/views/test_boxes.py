"""Boxes lose no words: what is too long for a line goes on below itself."""

from __future__ import annotations

import pytest

from agentconsole.desk.context import Desk
from agentconsole.views.confirm import Confirm
from agentconsole.views.layout import Line
from agentconsole.views.overlays import Ask, Item, Picker
from tests.views.driver import at_work

SIZES = [(80, 24), (120, 40)]
_LONG = "What did the customer say of the day on which the parcel was given to the carrier, and of where that was, "


@pytest.mark.parametrize("size", SIZES)
async def test_a_question_its_hint_and_what_is_wrong_are_read_whole(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as lea:
        lea.app.push_screen(Ask(_LONG + "question?", _LONG + "hint.", lambda _given: _LONG + "mistake."))
        await lea.reads("question?", "hint.")
        await lea.presses("enter")
        await lea.reads("question?", "mistake.")
        await lea.presses("x")
        await lea.reads("hint.")


@pytest.mark.parametrize("size", SIZES)
async def test_why_something_cannot_be_chosen_is_read_whole(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as lea:
        lea.app.push_screen(Picker("Which one?", [Item(1, "one", why_not=_LONG + "reason.")]))
        await lea.settles()
        await lea.presses("enter")
        await lea.reads("reason.")


@pytest.mark.parametrize("size", SIZES)
async def test_what_fits_again_after_nothing_did_is_seen(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as lea:
        lea.app.push_screen(Picker("Which one?", [Item(n, f"one of {n}") for n in range(40)]))
        await lea.settles()
        await lea.types("zz")
        await lea.reads("Nothing fits.")
        assert not lea.sees("> one")
        await lea.presses("ctrl+u")
        await lea.types("of")
        await lea.reads("> one of 0", "one of 3", "enter takes it")


@pytest.mark.parametrize("size", SIZES)
async def test_the_last_of_many_lines_is_read_below_a_long_title(desk: Desk, size: tuple[int, int]) -> None:
    def lines(_columns: int) -> list[Line]:
        return [[(f"line {number}.", "")] for number in range(1, 61)]

    async with at_work(desk, size) as lea:
        lea.app.push_screen(Confirm(_LONG + "title", lines))
        await lea.reads("title", "line 1.", "enter does it")
        await lea.presses("end")
        await lea.reads("title", "line 60.", "enter does it")
