"""Codes, words and replies: sent and granted belong together, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from agentconsole.desk import (
    acting,
    conversations,
    drafts,
    enclosing,
    gestures,
    replies,
    undo,
    wording_trail,
)
from agentconsole.desk.allowance import at_hand
from agentconsole.desk.context import Desk
from agentconsole.model.gesture import Code
from agentconsole.model.macro import Actions
from agentconsole.views.offers import Known, first_reason, offers
from tests.conftest import Time
from tests.incoming import only
from tests.ledger.giving import ask, give, refused, sole, trail, with_vouchers

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
    until = "valable jusqu’au dimanche 27 décembre"
    said = f"Voici un bon d’achat de 15,00\xa0€ pour vous\xa0: FERN-1, {until}."
    assert gestures.gift_text(stocked, None, given, code, "fr") == said
    assert gestures.gift_text(stocked, None, given, code, "de").startswith("Voucher 15,00")
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


def test_the_code_of_a_voided_voucher_is_refused_whatever_the_draft_says(stocked: Desk, open_gestures: Opens) -> None:
    number = only(stocked).number
    voucher = give(stocked, 1500, "voucher")
    code = gestures.reveal(stocked, voucher)
    assert code is not None
    gestures.void(open_gestures("sam"), voucher, uuid4(), "Wrong customer.")
    for granted in ((str(voucher),), ()):  # what the draft has can be left out; the code in the words cannot
        with pytest.raises(enclosing.Voided) as why:
            acting.send(stocked, number, f"Voici {code.code}.", Actions(granted=granted))
        assert why.value.entries == granted
    with pytest.raises(enclosing.Voided) as why:
        acting.send(stocked, number, "Bonjour.", Actions(granted=(str(voucher),)))
    assert why.value.entries == (str(voucher),)
    acting.send(stocked, number, "Bonjour.", Actions())
    assert conversations.open_thread(stocked, number).messages[-1].text == "Bonjour."


@pytest.mark.parametrize("kind", ["voucher", "credit", "refund", "item", "redelivery", "attention"])
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_what_is_in_no_catalogue_is_said_in_a_whole_sentence(stocked: Desk, kind: str, language: str) -> None:
    give(stocked, 1500, "voucher")
    given = replace(sole(stocked), kind=kind)
    code = Code("FERN-9", 1500, "EUR", date(2099, 5, 2)) if kind == "voucher" else None
    said = gestures.gift_text(stocked, None, given, code, language)
    assert "{" not in said
    assert (language == "de") != said.endswith(".")
    assert (code is None) != ("FERN-9" in said)


def test_a_voucher_without_a_last_day_promises_none(stocked: Desk) -> None:
    give(stocked, 1500, "voucher")
    given, code = sole(stocked), Code("FERN-9", 1500, "EUR", None)
    gift = next(gift for gift in stocked.config.catalogue if gift.id == "voucher-15")
    until = gift.model_copy(update={"text": {"en": "{{ gesture.code }}, until {{ gesture.expires | day }}."}})
    said = gestures.gift_text(stocked, until, given, code, "en")
    assert said == "Here is a voucher of €15.00 for you: FERN-9."
    macro = "{{ gesture.code }}, valable jusqu'au {{ gesture.expires | day }}"
    assert gestures.fill(stocked, macro, given, code, "fr") == "FERN-9, valable jusqu'au (sans date limite)"


def test_an_attention_out_of_turn_is_never_the_first_offer(stocked: Desk) -> None:
    number = only(stocked).number
    thread, fitting = conversations.open_thread(stocked, number), gestures.suggested(stocked, number)
    known = Known(thread, stocked.now(), gifts={reason: fitting(reason) for reason in ("", "delight")})
    known.standings["credit", "EUR", "delight"] = gestures.standing(stocked, number, "credit", "EUR", "delight")
    found = [each for each in offers(stocked, known, "delight") if each.what in ("gift", "kind")]
    assert found[0].kind != "attention"
    assert [each.gift.id for each in found if each.gift and each.kind == "attention"] == ["surprise"]
    known.now = frozenset({"surprise"})
    known.gifts["delight"] = replace(fitting, now=known.now)("delight")
    assert offers(stocked, known, "delight")[0].kind == "attention"


@pytest.mark.parametrize(
    ("tags", "reason", "guess"),
    [
        ((), "late_delivery", "late_delivery"),
        (("vip", "Late delivery"), "late_delivery", ""),
        (("outage",), "outage", ""),
    ],
)
def test_the_reason_is_what_tags_tell_else_a_guess(
    stocked: Desk, tags: tuple[str, ...], reason: str, guess: str
) -> None:
    number = only(stocked).number
    thread, fitting = conversations.open_thread(stocked, number), gestures.suggested(stocked, number)
    known = Known(replace(thread, tags=tags), stocked.now(), gifts={"": fitting("")})
    assert (first_reason(stocked, known, None), known.guess) == (reason, guess)


def test_a_refusal_is_at_hand_until_the_next_gesture(
    stocked: Desk, open_gestures: Opens, now: Time, still: Callable[..., None]
) -> None:
    asked, sam = ask(stocked), open_gestures("sam")
    assert at_hand(stocked).refused == ()
    gestures.refuse(sam, asked.approval, "Not without a photo.")
    (told,) = at_hand(stocked).refused
    assert (told.number, told.approver, told.answer) == (only(stocked).number, "sam", "Not without a photo.")
    assert at_hand(sam).refused == (), "it is whoever asked that is told"
    event = conversations.trail(stocked, only(stocked).number)[-1]
    assert (
        wording_trail.event(event.kind, event.detail, stocked)
        == "refused: credit €90.00 (Outage): Not without a photo."
    )
    now.passes(minutes=1)
    still(now.at)
    give(stocked)
    assert at_hand(stocked).refused == ()
