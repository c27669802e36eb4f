"""What was granted stays in sight until it is in a reply and with its customer."""

from __future__ import annotations

import pytest

from agentconsole.desk.context import Desk
from agentconsole.model.gesture import FulfilmentState
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.gestures import granted, on, with_gestures


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with delegations and five vouchers of 15 €."""
    return with_gestures(make_desk())


async def test_the_rest_of_the_budget_and_the_gestures_stand_on_the_page(desk: Desk) -> None:
    async with at_work(desk, (200, 50)) as lea:
        await lea.reads("gestures: €600.00 left this month")
        await on(lea, "Paul Roy")
        await lea.presses("g", "enter")
        await lea.reads("gestures: €585.00 left this month")
        await lea.until(lambda: "€15.00 in 90 days" in lea.pane("card"))


async def test_what_needs_a_hand_is_listed_and_seen_to(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r", "f7", "down", "enter", "ctrl+s")
        await lea.presses("escape", "G")
        assert lea.sees("for the back office", "€10.00", f"#{number}", "Paul Roy", "Léa Martin")
        await lea.presses("d")
        await lea.types("REF-7")
        await lea.presses("enter")
        await lea.reads("Done: €10.00 credit.")
        await lea.presses("escape")
        assert lea.focus == "list"
    assert [given.fulfilment for given in granted(desk, number)] == [FulfilmentState.DONE]


async def test_a_gift_is_voided_from_the_list_and_its_conversation_opened(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g", "down", "enter", "ctrl+g", "ctrl+g", "escape", "G")
        assert lea.sees("IN NO REPLY", "open the conversation")
        await lea.presses("x")
        assert lea.sees("Void €10.00 credit?")
        await lea.presses("enter")
        await lea.reads("Voided: €10.00 credit.")
        await lea.presses("escape", "g", "enter", "escape", "escape", "G", "enter")
        assert lea.page.reading.shown == number
    assert len(granted(desk, number)) == 1


async def test_a_gift_in_no_reply_is_seen_and_put_into_the_next_one(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("enter", "g", "enter", "ctrl+g", "ctrl+g")
        await lea.reads("GRANTED, IN NO REPLY: €15.00")
        await lea.presses("g")
        assert lea.sees("in no reply yet: voucher", "enter puts €15.00 voucher into the reply")
        await lea.presses("enter")
        assert lea.words == "Voici 15,00\xa0€ : CODE-0."
        await lea.presses("ctrl+s")
        await lea.until(lambda: not lea.sees("IN NO REPLY"))
    assert [given.message is not None for given in granted(desk, number)] == [True]
