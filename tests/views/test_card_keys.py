"""Keys on the customer's card are about the conversation that one is in; enter opens the one under the cursor."""

from __future__ import annotations

import pytest

from agentconsole.config import Priority, State
from agentconsole.desk import conversations, merging, replies, undo
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.views.actions import BY_ID
from tests.views.driver import Adviser, at_work
from tests.views.seed import second_matter

SIZES = [(80, 24)]


async def on_the_card(adviser: Adviser, number: int) -> None:
    """In a conversation, then on the card, its cursor on the customer's other one."""
    await adviser.goes_to(number)
    await adviser.presses("i")
    assert adviser.focus == "card"


@pytest.mark.parametrize("size", SIZES)
async def test_keys_change_the_conversation_one_is_in(desk: Desk, size: tuple[int, int]) -> None:
    number = second_matter(desk)
    other = conversations.open_thread(desk, number).history[0].number
    async with at_work(desk, size) as adviser:
        await on_the_card(adviser, number)
        row = adviser.page.card.current
        assert row is not None
        assert row.number == other
        await adviser.presses("=", "enter")
        await adviser.reads(f"#{number}: urgent")
        await adviser.presses("d")
        await adviser.reads(f"#{number} is resolved.")
        await adviser.presses("h")
        await adviser.reads(f"Trail of #{number}")
        await adviser.presses("escape", "r")
        await adviser.types("Bonjour")
        assert adviser.page.composer is not None
        assert adviser.page.composer.number == number
    assert conversations.row(desk, other).state is State.OPEN
    assert conversations.row(desk, other).priority is Priority.NORMAL


@pytest.mark.parametrize("size", SIZES)
async def test_enter_opens_the_other_conversation(desk: Desk, size: tuple[int, int]) -> None:
    number = second_matter(desk)
    other = conversations.open_thread(desk, number).history[0].number
    async with at_work(desk, size) as adviser:
        await on_the_card(adviser, number)
        await adviser.presses("enter")
        assert (adviser.page.thread.number, adviser.focus) == (other, "thread")


@pytest.mark.parametrize("size", SIZES)
async def test_keys_work_for_a_customer_without_another_conversation(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("enter", "i", "enter")
        await adviser.reads("No other conversation is chosen.")
        assert adviser.focus == "card"
        await adviser.presses("p")
        await adviser.reads(f"#{number} is pending.")
        await adviser.presses("s")
        await adviser.reads(f"Snooze #{number} until")


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_card_of_a_row_keys_are_about_that_row(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        await adviser.presses("j", "i")
        number = adviser.here
        await adviser.presses("=", "enter")
        await adviser.reads(f"#{number}: urgent")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_in_the_thread_can_be_reached_from_the_card(desk: Desk, size: tuple[int, int]) -> None:
    number = second_matter(desk)
    other = conversations.open_thread(desk, number).history[0].number
    merging.merge(desk, [other], number)
    async with at_work(desk, size) as adviser:
        await on_the_card(adviser, number)
        assert BY_ID["save_file"].why_not(adviser.page.situation()) == ""
        await adviser.presses("S")
        await adviser.reads(f"Which message of #{number} is another matter?", "Encore une question.")
        await adviser.presses("escape", "U")
        await adviser.reads(f"#{other} is on its own again.")
    assert conversations.row(desk, other).number == other


@pytest.mark.parametrize("undone", [False, True])
async def test_a_merge_that_a_colleague_takes_back_leaves_the_thread(desk: Desk, undone: bool) -> None:
    number = second_matter(desk)
    other = conversations.open_thread(desk, number).history[0].number
    omar = Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder)
    merging.merge(omar, [number], other)
    async with at_work(desk) as adviser:
        await adviser.goes_to(other)
        await adviser.until(lambda: "facture de mars" in adviser.pane("thread"))
        if undone:
            undo.undo(omar)
        else:
            merging.unmerge(omar, number)
        await adviser.until(lambda: "facture de mars" not in adviser.pane("thread"))
        assert "Encore une question." in adviser.pane("thread")


async def test_messages_that_a_colleague_takes_out_are_gone_from_a_long_thread(desk: Desk) -> None:
    number = second_matter(desk)
    other = conversations.open_thread(desk, number).history[0].number
    omar = Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder)
    for n in range(40):
        replies.note(omar, other, f"Note {n}.")
    merging.merge(omar, [number], other)
    async with at_work(desk) as adviser:
        await adviser.goes_to(other)
        await adviser.presses("home", "e")
        await adviser.until(lambda: "facture de mars" in adviser.pane("thread"))
        replies.note(omar, other, "One more.")
        await adviser.until(lambda: "One more." in adviser.pane("thread"))
        assert "facture de mars" in adviser.pane("thread")
        merging.unmerge(omar, number)
        await adviser.until(lambda: "facture de mars" not in adviser.pane("thread"))
