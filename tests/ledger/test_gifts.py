"""Codes, words and replies: sent and granted belong together, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from agentconsole.desk import (
    acting,
    conversations,
    drafts,
    gestures,
    replies,
    undo,
)
from agentconsole.desk.context import Desk
from agentconsole.model.macro import Actions
from tests.incoming import only
from tests.ledger.giving import give, refused, sole, trail, with_vouchers

Opens = Callable[[str], Desk]


@pytest.fixture
def stocked(open_gestures: Opens) -> Desk:
    """The same, with two voucher codes."""
    return with_vouchers(open_gestures)


def test_a_code_is_shown_after_it_was_granted_and_that_is_told(stocked: Desk) -> None:
    entry = give(stocked, 1500, "voucher")
    code = gestures.reveal(stocked, entry)
    assert code is not None
    assert code.code == "FERN-1"
    assert gestures.reveal(stocked, entry) == code
    assert trail(stocked) == ["gesture_granted", "gesture_revealed"]
    assert gestures.codes(stocked, [str(entry), "nonsense"]) == {str(entry): "FERN-1"}
    assert gestures.reveal(stocked, give(stocked, 100)) is None


def test_a_gift_in_words(stocked: Desk) -> None:
    number, catalogue = only(stocked).number, stocked.config.catalogue
    entry = give(stocked, 1500, "voucher")
    code, given = gestures.reveal(stocked, entry), sole(stocked)
    voucher = next(gift for gift in catalogue if gift.id == "voucher-15")
    assert gestures.gift_text(stocked, voucher, given, code, "fr") == "Voici 15,00\xa0€ : FERN-1."
    assert gestures.gift_text(stocked, voucher, given, code, "en") == "Here is €15.00: FERN-1."
    assert gestures.gift_text(stocked, None, given, code, "fr") == "Bon d’achat 15,00\xa0€: FERN-1"
    text = "Bonjour {{ customer.first_name }}, {{ gesture.code }} jusqu'au {{ gesture.expires | day }} {% if %}"
    filled = gestures.fill(stocked, text, given, code, "fr")
    assert filled == "Bonjour {{ customer.first_name }}, FERN-1 jusqu'au dimanche 27 décembre {% if %}"
    unknown = gestures.fill(stocked, "{{ gesture.code }}", given, None, "fr")
    assert unknown == "{{ gesture.code }}", "what is not known stays, and no reply is sent with it"
    assert number == given.number


def test_suggestions_are_what_the_delegation_allows(stocked: Desk, open_gestures: Opens) -> None:
    desk, number = stocked, only(stocked).number
    assert [gift.id for gift in gestures.suggestions(desk, number, "late_delivery")] == ["voucher-15", "credit-10"]
    give(desk, 1500, "voucher")
    give(desk, 1500, "voucher")
    out_of_stock = ["credit-10", "voucher-15"]
    assert [gift.id for gift in gestures.suggestions(desk, number, "late_delivery")] == out_of_stock
    assert [gift.id for gift in gestures.suggestions(desk, number, "outage")] == ["credit-10"]
    assert gestures.suggestions(desk, number)[-1].id == "surprise", "its moment has not come"
    assert gestures.suggestions(open_gestures("bot"), number) == ()


def test_sent_and_granted_belong_together(stocked: Desk) -> None:
    number = only(stocked).number
    voucher, credit = give(stocked, 1500, "voucher"), give(stocked, 1000)
    code = gestures.reveal(stocked, voucher)
    assert code is not None
    assert {given.id for given in gestures.unsent(stocked, number)} == {voucher, credit}
    actions = Actions(granted=(str(voucher), str(credit)))
    text = f"Voici {code.code}, et 10 € sur votre facture."
    drafts.keep(stocked, number, text, 1, actions=actions.to_json())
    acting.send(stocked, number, text, actions, hold=timedelta(seconds=8))
    assert gestures.unsent(stocked, number) == ()
    assert all(given.message for given in gestures.given(stocked, number))
    undo.undo(stocked)
    assert {given.id for given in gestures.unsent(stocked, number)} == {voucher, credit}
    (draft,) = drafts.mine(stocked)
    assert (draft.text, Actions.from_json(draft.actions).granted) == (text, (str(voucher), str(credit)))


def test_a_code_that_is_not_in_the_words_is_in_no_reply(stocked: Desk) -> None:
    number = only(stocked).number
    voucher = give(stocked, 1500, "voucher")
    gestures.reveal(stocked, voucher)
    acting.send(stocked, number, "Bonjour.", Actions(granted=(str(voucher),)))
    assert [given.id for given in gestures.unsent(stocked, number)] == [voucher]


def test_a_code_in_the_words_is_in_the_reply_whatever_the_draft_says(stocked: Desk) -> None:
    number = only(stocked).number
    voucher = give(stocked, 1500, "voucher")
    code = gestures.reveal(stocked, voucher)
    assert code is not None
    replies.reply(stocked, number, f"Votre code : {code.code}", hold=timedelta(seconds=8))
    assert gestures.unsent(stocked, number) == ()
    undo.undo(stocked)
    assert Actions.from_json(drafts.mine(stocked)[0].actions).granted == (str(voucher),)


def test_no_reply_promises_what_was_voided(stocked: Desk, open_gestures: Opens) -> None:
    number = only(stocked).number
    credit = give(stocked, 1000)
    drafts.keep(stocked, number, "10 €", 1, actions=Actions(granted=(str(credit),)).to_json())
    gestures.void(open_gestures("sam"), credit, uuid4(), "Wrong customer.")
    with refused("voided"):
        acting.send(stocked, number, "10 €", Actions(granted=(str(credit),)))
    assert drafts.mine(stocked)[0].text == "10 €", "nothing is lost"
    assert len(conversations.open_thread(stocked, number).messages) == 1
