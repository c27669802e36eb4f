"""What was voided leaves the draft, is told of, and is not sent; what enter does is always said."""

from __future__ import annotations

from uuid import uuid4

import pytest
from textual.widgets import Input

from agentconsole.desk import conversations, gestures
from agentconsole.desk.context import Desk
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.gestures import granted, on, someone, with_gestures


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with delegations and five vouchers of 15 €."""
    return with_gestures(make_desk())


async def test_only_words_as_they_were_put_there_are_taken_out(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r")
        await lea.types("Bonjour Paul. ")
        await lea.presses("f7", "down", "enter")
        await lea.types(" Merci.")
        await lea.presses("f7", "ctrl+x", "ctrl+x", "escape")
        assert lea.words == "Bonjour Paul.  Merci."
        await lea.presses("f7", "down", "enter", *["backspace"] * 3)
        changed = lea.words
        await lea.presses("f7", "ctrl+x", "ctrl+x")
        assert lea.sees("Voided: €10.00 credit. Take its words out of the reply.")
        await lea.presses("escape")
        assert lea.words == changed
    assert granted(desk, number) == []


async def test_what_a_supervisor_voided_is_told_once_and_left_out(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r", "f7", "down", "enter")
        [given] = granted(desk, number)
        gestures.void(someone(desk, "sam"), given.id, uuid4(), "no")
        await lea.presses("ctrl+s")
        assert lea.sees("NOT SENT", "That gesture was voided; take its words out of", "Sending again sends without it.")
        await lea.presses("ctrl+s")
        assert lea.sees(f"Reply to #{number} is on its way.")
    assert conversations.open_thread(desk, number).messages[-1].text.startswith("10,00")


async def test_the_code_of_a_voided_voucher_is_never_sent(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r")
        await lea.types("Oui. ")
        await lea.presses("f7", "enter")
        [given] = granted(desk, number)
        gestures.void(someone(desk, "sam"), given.id, uuid4(), "no")
        for _time in range(3):
            await lea.presses("ctrl+s")
            assert lea.sees("NOT SENT", "That gesture was voided, and its code is in")
        await lea.presses(*["backspace"] * 20)
        await lea.presses("ctrl+s")
        await lea.until(lambda: conversations.open_thread(desk, number).messages[-1].text.startswith("Oui."))


async def test_a_second_gesture_has_to_be_chosen(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r", "alt+g", "down", "enter", "alt+g")
        assert lea.sees("€10.00 credit is in this reply already")
        await lea.presses("enter", "enter")
        assert len(granted(desk, number)) == 1
        await lea.presses("down")
        assert lea.sees("enter grants €15.00 voucher")
        await lea.presses("enter")
    assert len(granted(desk, number)) == 2


async def test_in_the_field_of_the_reason_the_line_says_only_what_enter_does_there(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g", "tab")
        assert lea.focus == "reason"
        assert not lea.sees("enter grants")
        assert lea.sees("enter takes the reason Late delivery")
        await lea.presses("enter")
        assert lea.sees("enter grants")
        assert granted(desk, number) == []


async def test_what_is_typed_fast_comes_in_its_order(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("g")
        await lea.types("1e9")
        boxes = lea.app.screen.query(Input)
        assert [box.value for box in boxes if box.id in ("amount", "reason")] == ["1", "e9"]
