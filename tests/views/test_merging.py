"""Merging and splitting, told key by key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentconsole.desk import conversations, drafts
from agentconsole.desk.context import Desk
from tests.views.driver import at_work
from tests.views.seed import arrive, incoming, second_matter

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_merges_the_customers_other_conversation_and_takes_it_back(desk: Desk, size: tuple[int, int]) -> None:
    stays = second_matter(desk)
    async with at_work(desk, size) as adviser:
        await adviser.goes_to(stays)
        other = conversations.open_thread(desk, stays).history[0].number
        await adviser.presses("M")
        await adviser.reads(f"Merge which one into #{stays}?", "Second matter")
        await adviser.presses("enter")
        await adviser.reads(f"Merge #{other} into #{stays}", f"Stays: #{stays}", f"Moves: #{other}, 1 message")
        await adviser.presses("escape")
        assert conversations.row(desk, other).number == other
        await adviser.presses("M", "enter", "enter")
        await adviser.reads(f"Merged into #{stays}.", "Encore une question.")
        assert conversations.row(desk, other).number == stays
        await adviser.presses("#")
        await adviser.types(str(other))
        await adviser.presses("enter")
        await adviser.reads(f"#{other} was merged into #{stays}.")
        assert adviser.page.thread.number == stays
        await adviser.presses(":")
        await adviser.types("unmerge")
        await adviser.presses("enter")
        await adviser.reads(f"#{other} is on its own again.")
    assert conversations.row(desk, other).number == other


async def test_a_draft_in_the_merged_one_goes_along(desk: Desk) -> None:
    stays = second_matter(desk)
    other = conversations.open_thread(desk, stays).history[0].number
    async with at_work(desk) as adviser:
        await adviser.goes_to(other)
        await adviser.presses("r")
        await adviser.types("Half a sentence")
        await adviser.presses("escape")
        await adviser.goes_to(stays)
        await adviser.presses("M", "enter")
        await adviser.reads("1 draft")
        await adviser.presses("enter", "r")
        assert adviser.words == "Half a sentence"
    assert [draft.number for draft in drafts.mine(desk)] == [stays]


async def test_conversations_of_two_customers_are_not_merged(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("M")
        await adviser.types("another")
        await adviser.presses("enter")
        await adviser.types(str(second))
        await adviser.presses("enter")
        await adviser.reads("are not of one customer")
    assert conversations.row(desk, first).number == first


async def test_splits_a_message_out_into_a_conversation_of_its_own(desk: Desk) -> None:
    number = second_matter(desk)
    answered = conversations.open_thread(desk, number).messages[0]
    news = incoming(
        2, "Paul Roy", "Re: Facture", "Autre chose : mon modem.", datetime.now(UTC),
        references=(answered.external_id or "",),
    )  # fmt: skip
    arrive(desk, "mail", news)
    async with at_work(desk) as adviser:
        await adviser.goes_to(number)
        await adviser.presses("S")
        await adviser.reads(f"Which message of #{number} is another matter?", "Autre chose")
        await adviser.presses("enter")
        await adviser.reads(f"Split out of #{number}", "Autre chose : mon modem.")
        await adviser.presses("enter")
        await adviser.reads("was split out of")
        new = adviser.page.thread.number
        assert new not in (None, number)
        assert "mon modem" not in "".join(m.text for m in conversations.open_thread(desk, number).messages)


async def test_a_conversation_of_one_message_cannot_be_split(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("j", "enter", "S")
        await adviser.reads("This conversation has only one message.")
