"""Gestures at the keyboard: seen before they are made, made with a few keys, in the reply, and never twice."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import event

from agentconsole.desk import conversations, drafts, gestures
from agentconsole.desk.context import Desk
from agentconsole.model.gesture import ApprovalState
from agentconsole.model.macro import Actions
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.gestures import granted, in_pool, on, someone, with_gestures

SIZES = [(80, 24), (120, 40)]
MACRO = """
title = "Zut alors"
body = "Désolé. {{ gesture.amount }} pour vous : {{ gesture.code }}."
[actions]
add_tags = ["late"]
gesture = { kind = "voucher", amount = "15.00", currency = "EUR", reason = "late_delivery" }
"""


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with delegations and five vouchers of 15 €."""
    return with_gestures(make_desk())


@pytest.mark.parametrize("size", SIZES)
async def test_a_voucher_is_granted_and_sent_inside_a_reply_in_at_most_five_keys(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with at_work(desk, size) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r")
        await lea.types("Bonjour Paul, voici. ")
        before = lea.pressed
        await lea.presses("alt+g")
        assert lea.sees("Got nothing in 90 days", "enter grants €15.00 voucher", "€105.00", "€585.00", "Late delivery")
        assert granted(desk, number) == []
        await lea.presses("enter")
        assert lea.words == "Bonjour Paul, voici. Voici 15,00\xa0€ : CODE-0."
        await lea.presses("ctrl+s")
        assert lea.pressed - before <= 5
    message = conversations.open_thread(desk, number).messages[-1]
    assert message.text.endswith("CODE-0.")
    [given] = granted(desk, number)
    assert (given.amount, given.agent, given.revealed, given.message) == (1500, "lea", True, message.id)


async def test_keys_typed_ahead_of_the_grant_wait_for_its_words(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        for key in ("r", "f7", "enter", "ctrl+s"):
            lea._press(key)
        await lea.until(lambda: [given.message for given in granted(desk, number)] not in ([], [None]))
    assert "CODE-0" in conversations.open_thread(desk, number).messages[-1].text


@pytest.mark.parametrize("size", SIZES)
async def test_typing_an_amount_decides_at_once_and_asks_the_ledger_nothing(desk: Desk, size: tuple[int, int]) -> None:
    asked: list[str] = []
    event.listen(
        desk.store.engine, "before_cursor_execute",
        lambda _c, _k, statement, *_rest: asked.append(statement) if "ledger_rule" in statement else None,
    )  # fmt: skip
    async with at_work(desk, size) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("g", "down")
        assert asked
        asked.clear()
        await lea.types("20.5")
        assert lea.sees("enter grants €20.50 credit", "€29.50", "€99.50", "€579.50", "€979.50")
        await lea.presses(*["backspace"] * 4)
        assert lea.sees("Type an amount")
        await lea.types("60")
        assert lea.sees("€10.00 OVER", "A PROOF IS NEEDED: this customer would have €60.00, above", "Sam Okoro")
        assert asked == []


@pytest.mark.parametrize("size", SIZES)
async def test_no_amount_is_cut_whatever_there_is_to_say(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as lea:
        number = await on(lea, "Paul Roy")
        for _time in range(3):
            wanted = gestures.wanted(desk, number, "credit", 1000, "EUR", "outage")
            gestures.grant(desk, number, wanted, uuid4())
        await lea.presses("g", "down", "down", "down")
        await lea.types("9999999")
        shown = ("€30.00 in 90 days", "€9,999,949.00", "€9,999,909.00", "€9,999,429.00", "€9,999,029.00", "amount")
        assert lea.sees(*shown, "reason", "REFUSED: The team's budget does not have that much.")
        for whole in ("€50.00", "€120.00", "€600.00", "€1,000.00"):
            assert f"of {whole:>9}".replace(" ", "") in lea.screen.replace(" ", "")


async def test_above_the_ceiling_the_same_key_asks_and_what_is_approved_is_offered_first(desk: Desk) -> None:
    async with at_work(desk) as lea:
        in_pool(desk, 6000)
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        await lea.types("60")
        await lea.presses("tab", "tab")
        await lea.types("photo 7")
        assert lea.sees("APPROVAL NEEDED", "enter asks Sam Okoro for €60.00 voucher")
        await lea.presses("enter")
        assert lea.sees("Asked for €60.00 voucher; the conversation waits")
        [asked] = gestures.approvals(desk, mine=True)
        assert (asked.amount, asked.proof, asked.state) == (6000, "photo 7", ApprovalState.REQUESTED)
        assert granted(desk, number) == []
        await lea.presses("g")
        assert lea.sees("Asked for €60.00 voucher: nobody has decided yet.")
        await lea.presses("escape")
        gestures.approve(someone(desk, "sam"), asked.id, 1500)
        await lea.presses("g")
        assert lea.sees("approved by Sam Okoro: voucher", "enter grants €15.00 voucher, Late delivery")
        await lea.presses("enter")
        assert "CODE-0" in lea.words
    [given] = granted(desk, number)
    assert (given.amount, given.charged_to, given.approval) == (1500, "sam", asked.id)


async def test_a_proof_is_asked_for_where_it_is_needed(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        assert not lea.sees("reference of a photo")
        await lea.presses("down")
        await lea.types("45")
        assert lea.sees("A PROOF IS NEEDED: this customer would have €45.00, above €40.00", "reference of a photo")
        await lea.presses("enter")
        assert lea.focus == "proof"
        assert granted(desk, number) == []
        await lea.types("order \x1b 12 [red]x[/]")
        await lea.presses("enter")
        assert lea.words.startswith("45,00")
    [given] = granted(desk, number)
    assert given.proof.startswith("order")


async def test_opened_again_it_holds_nothing_of_the_last_time(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("g", "down")
        await lea.types("45")
        await lea.presses("tab", "tab")
        await lea.types("photo 7")
        assert lea.sees("Paul Roy", "photo 7")
        other = lea.page.listing.rows[lea.page.listing.cursor + 1]
        await lea.presses("escape", "j", "g")
        assert lea.focus == "amount"
        assert lea.sees(f"Gesture for #{other.number} ", "enter grants €15.00 voucher")
        assert not lea.sees("photo 7")
        assert not lea.sees("A PROOF IS NEEDED")


async def test_letters_choose_a_reason_and_its_gifts(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("g")
        await lea.types("outa")
        assert lea.focus == "reason"
        assert "Outage" in lea.pane("choices")
        await lea.presses("enter")
        assert lea.focus == "amount"
        assert "15 €" not in lea.pane("choices")
        assert lea.sees("enter grants €10.00 credit")
        await lea.presses("enter")
    assert [given.reason for given in granted(desk, number)] == ["outage"]


async def test_what_was_granted_is_voided_from_the_panel_and_leaves_the_draft(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r", "f7", "down", "enter")
        assert lea.words.startswith("10,00")
        assert len(Actions.from_json(lea.page.composer.actions).granted) == 1  # type: ignore[union-attr]  # (one is open)
        await lea.presses("f7")
        assert lea.sees("in this draft: credit")
        await lea.presses("ctrl+x")
        assert len(granted(desk, number)) == 1
        await lea.presses("ctrl+x")
        assert lea.sees("Voided: €10.00 credit.", "voided")
        assert Actions.from_json(lea.page.composer.actions).granted == ()  # type: ignore[union-attr]  # (one is open)
        assert lea.words == ""
        assert lea.sees("Choose a gift first")
        await lea.presses("enter")
        assert granted(desk, number) == []
        await lea.presses("down")
        assert lea.sees("enter grants €15.00 voucher")
        await lea.presses("escape")
        await lea.types("Bonjour.")
        await lea.presses("ctrl+s")
    assert granted(desk, number) == []
    assert conversations.open_thread(desk, number).messages[-1].text == "Bonjour."


async def test_a_refused_void_says_why(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("r", "f7", "enter", "f7", "ctrl+x", "ctrl+x")
        assert lea.sees("NOT VOIDED", "Its code was shown already", "Choose a gift first")
    assert len(granted(desk, number)) == 1


async def test_a_closed_composer_keeps_what_was_granted_and_a_missing_code_is_told(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("r", "f7", "enter", "escape")
    [draft] = drafts.mine(desk)
    assert len(Actions.from_json(draft.actions).granted) == 1
    async with at_work(desk) as lea:
        await on(lea, "Paul Roy")
        await lea.presses("r", *["backspace"] * 12)
        await lea.types("rien.")
        await lea.presses("ctrl+s")
        assert lea.sees("CODE-0", "NOT SENT")


async def test_a_macro_with_a_gesture_is_a_matter_of_few_keys(desk: Desk) -> None:
    folder = desk.own_folder / "macros"
    folder.mkdir(parents=True)
    (folder / "zut.toml").write_text(MACRO, encoding="utf-8")
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("zut")
        await lea.presses("enter")
        await lea.reads("enter grants €15.00 voucher", "Late delivery")
        await lea.presses("enter")
        assert lea.words == "Désolé. 15,00\xa0€ pour vous : CODE-0."
        assert not lea.sees("gesture: voucher")
        await lea.presses("ctrl+s")
    thread = conversations.open_thread(desk, number)
    assert thread.tags == ("late",)
    assert [given.message for given in granted(desk, number)] == [thread.messages[-1].id]


async def test_a_macro_that_is_nothing_but_a_gesture_opens_the_panel(desk: Desk) -> None:
    folder = desk.own_folder / "macros"
    folder.mkdir(parents=True)
    only = 'title = "Zut alors"\n[actions]\ngesture = { kind = "credit", amount = "12", reason = "outage" }\n'
    (folder / "zut.toml").write_text(only, encoding="utf-8")
    async with at_work(desk) as lea:
        number = await on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("zut")
        await lea.presses("enter")
        await lea.reads("credit, from the macro", "enter grants €12.00 credit", "Outage")
        await lea.presses("enter")
        assert lea.words.startswith("12,00")
    assert [(given.amount, given.reason) for given in granted(desk, number)] == [(1200, "outage")]


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_do_nothing_but_stand_there(make_desk: MakeDesk, size: tuple[int, int]) -> None:
    desk = with_gestures(make_desk(hostile=True))
    async with at_work(desk, size) as lea:
        for _row in range(6):
            await lea.presses("g")
            assert lea.sees("Gesture for #", "my budget")
            assert "\x1b" not in lea.screen
            await lea.presses("escape", "j")


async def test_without_delegations_the_key_says_why(make_desk: MakeDesk) -> None:
    async with at_work(make_desk()) as lea:
        await lea.presses("g")
        assert lea.sees("no delegations")
        await lea.presses("G")
        assert lea.focus == "list"
