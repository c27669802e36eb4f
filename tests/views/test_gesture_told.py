"""What the adviser is told of gestures before enter, and afterwards: stock, reasons, refusals, whole amounts."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import update

from agentconsole.desk import conversations, gestures, handling
from agentconsole.desk.context import Desk
from agentconsole.store.tables import customer
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.gestures import granted, in_pool, on, someone, with_gestures


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with delegations and five vouchers of 15 €."""
    return with_gestures(make_desk())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_voucher_that_is_not_there_is_told_before_a_proof_is_asked(desk: Desk, size: tuple[int, int]) -> None:
    in_pool(desk, 3000)
    async with at_work(desk, size) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        for amount in ("35", "45"):
            await lea.types(amount)
            assert lea.sees(f"NO VOUCHER OF €{amount}.00: in stock are €15.00, €30.00.")
            assert not lea.sees("PROOF")
            assert not lea.sees("enter grants")
            marked = next(line for line in lea.pane("choices").splitlines() if line.startswith(">"))
            assert "amount to be typed" in marked
            await lea.presses("enter")
            assert granted(desk, number) == []
            await lea.presses("backspace", "backspace")
        await lea.types("30")
        assert lea.sees("enter grants €30.00 voucher")
        await lea.presses("enter")
    assert [given.amount for given in granted(desk, number)] == [3000]


async def test_a_reason_that_nothing_tells_is_shown_as_a_choice(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        assert lea.sees("Nothing tells the reason: Late delivery is only proposed")
        await lea.presses("tab", "enter")
        assert not lea.sees("Nothing tells the reason")
        await lea.presses("escape")
        handling.tag(desk, number, add=["outage"])
    async with at_work(desk) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("g")
        assert lea.sees("Outage", "enter grants €10.00 credit")
        assert not lea.sees("Nothing tells the reason")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40)])
async def test_what_is_in_no_reply_is_told_whole_over_the_thread(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as lea:
        number = await on(lea, "Paul Roy")
        shown = conversations.open_thread(desk, number).customer.id
        with desk.store.write() as connection:
            long = "Maximiliane Hohenstein-Wittelsbacher de la Tour"
            connection.execute(update(customer).where(customer.c.id == shown).values(name=long))
        gestures.grant(desk, number, gestures.wanted(desk, number, "voucher", 1500, "EUR", "outage"), uuid4())
    async with at_work(desk, size) as lea:
        await on(lea, "Maximiliane Hohenstein-Wittelsbacher de la Tour")
        await lea.presses("enter")
        assert lea.sees("IN NO REPLY: €15.00", "Maximi")


async def test_a_refusal_reaches_whoever_asked_until_the_next_gesture(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        wanted = gestures.wanted(desk, number, "credit", 6000, "EUR", "outage", "photo 7")
        asked = gestures.request(desk, number, wanted, uuid4())
        gestures.refuse(someone(desk, "sam"), asked.approval, "Not without [red]a photo.")
    async with at_work(desk) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("enter")
        assert lea.sees("REFUSED by Sam Okoro: Not")
        await lea.presses("g")
        assert lea.sees("REFUSED by Sam Okoro: Not without [red]a photo.")
        await lea.presses("escape", "h")
        assert lea.sees("refused: credit €60.00 (Outage): Not", "[red]a photo.")
        await lea.presses("escape")
        gestures.grant(desk, number, gestures.wanted(desk, number, "credit", 1000, "EUR", "outage"), uuid4())
    async with at_work(desk) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("g")
        assert not lea.sees("REFUSED by")
