"""Gestures as the desk makes them, on both engines: what comes of one, its reply, its approval, its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from agentconsole.config import State
from agentconsole.desk import (
    conversations,
    gestures,
    handling,
    merging,
    undo,
    wording_trail,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, RuleRefused
from agentconsole.model.gesture import Answer, ApprovalState
from agentconsole.store.engine import Store
from tests.conftest import Time
from tests.incoming import arrives, everything, message, only
from tests.ledger.giving import ask, give, refused, sole, trail, with_a_conversation, with_vouchers

Opens = Callable[[str], Desk]


@pytest.fixture
def desk(open_gestures: Opens) -> Desk:
    """Léa's console, with one conversation."""
    return with_a_conversation(open_gestures)


@pytest.fixture
def stocked(open_gestures: Opens) -> Desk:
    """The same, with two voucher codes."""
    return with_vouchers(open_gestures)


def test_an_offer_tells_what_a_grant_will_do_and_commits_nothing(desk: Desk) -> None:
    number = only(desk).number
    wanted = gestures.wanted(desk, number, "credit", 1500, "EUR", "outage")
    offer = gestures.offer(desk, number, wanted)
    assert (offer.answer, offer.left.gesture, offer.left.team) == (Answer.GRANTED, 3500, 98500)
    assert gestures.given(desk, number) == ()
    assert trail(desk) == []
    gestures.grant(desk, number, wanted, uuid4())
    after = gestures.offer(desk, number, wanted)
    assert (after.answer, after.reason, after.given) == (Answer.REFUSED, "proof_required", 1500)
    assert (after.left.customer, after.left.budget, after.left.count, after.left.team) == (9000, 57000, 38, 97000)


def test_what_anybody_gave_counts_for_everybody(desk: Desk, open_gestures: Opens) -> None:
    give(desk, 4000)
    tom = open_gestures("tom")
    number = only(desk).number
    wanted = gestures.wanted(tom, number, "voucher", 100, "EUR", "outage", "photo")
    assert gestures.offer(tom, number, wanted).given == 4000
    (found,) = gestures.given(tom, number)
    assert (found.agent, found.amount, found.kind, found.number) == ("lea", 4000, "credit", number)


def test_the_same_key_gives_once_and_is_told_once(desk: Desk) -> None:
    number, key = only(desk).number, uuid4()
    wanted = gestures.wanted(desk, number, "credit", 1000, "EUR", "outage")
    assert gestures.look_up(desk, key) is None
    first = gestures.grant(desk, number, wanted, key)
    again = gestures.grant(desk, number, wanted, key)
    assert (first.entry, first.replayed) == (again.entry, not again.replayed)
    assert gestures.look_up(desk, key) == first.entry
    assert trail(desk) == ["gesture_granted"]
    event = conversations.trail(desk, number)[-1]
    facts = {"entry": str(first.entry), "kind": "credit", "amount": 1000, "currency": "EUR", "reason": "outage"}
    assert json.loads(event.detail) == facts
    assert wording_trail.event(event.kind, event.detail, desk) == "granted: credit €10.00 (Outage)"


def test_a_refused_gesture_leaves_no_trace(desk: Desk) -> None:
    number = only(desk).number
    for kind, amount, code in (("refund", 100, "kind_not_allowed"), ("credit", 5001, "over_ceiling")):
        wanted = gestures.wanted(desk, number, kind, amount, "EUR", "outage", "photo")
        assert gestures.offer(desk, number, wanted).reason == code
        with refused(code):
            gestures.grant(desk, number, wanted, uuid4())
    assert trail(desk) == []
    assert gestures.given(desk, number) == ()


def test_who_is_not_in_the_policy_is_told(open_gestures: Opens, desk: Desk) -> None:
    number = only(desk).number
    bot, ana = open_gestures("bot"), open_gestures("ana")
    wanted = gestures.wanted(bot, number, "credit", 100, "EUR", "outage")
    assert gestures.offer(bot, number, wanted).reason == "no_delegation"
    assert gestures.offer(ana, number, wanted).reason == "training_expired"
    assert gestures.reasons(ana) == ("late_delivery", "outage", "delight")
    assert gestures.reasons(bot) == ()


def test_a_void_gives_back_and_is_told(desk: Desk) -> None:
    number, key = only(desk).number, uuid4()
    entry = give(desk, 4000)
    gestures.void(desk, entry, key)
    gestures.void(desk, entry, key)
    assert sole(desk).voided_at is not None
    assert gestures.standing(desk, number, "credit", "EUR", "outage").me.given == 0
    assert trail(desk) == ["gesture_granted", "gesture_voided"]
    with refused("voided"):
        gestures.void(desk, entry, uuid4())


def test_a_void_is_repeated_only_in_the_same_words(desk: Desk) -> None:
    key, entry = uuid4(), give(desk, 4000)
    gestures.void(desk, entry, key, "a slip")
    gestures.void(desk, entry, key, "a slip")
    with refused("duplicate"):
        gestures.void(desk, entry, key, "something else")


@pytest.mark.parametrize("blank", ["", "  ", "\t", " \r\n"])
def test_what_cannot_be_read_is_no_proof(desk: Desk, blank: str) -> None:
    number = only(desk).number
    wanted = gestures.wanted(desk, number, "credit", 4000, "EUR", "outage", blank)
    assert gestures.offer(desk, number, wanted).reason == "proof_required"
    with refused("proof_required"):
        gestures.grant(desk, number, wanted, uuid4())


def test_others_cannot_void_or_look(stocked: Desk, open_gestures: Opens) -> None:
    entry = give(stocked, 1500, "voucher")
    tom = open_gestures("tom")
    with refused("not_supervisor"):
        gestures.void(tom, entry, uuid4())
    with pytest.raises(RuleRefused):
        gestures.reveal(tom, entry)
    with refused("no_entry"):
        gestures.void(tom, uuid4(), uuid4())
    assert trail(stocked) == ["gesture_granted"]


def test_asking_waits_with_a_clock_until_it_is_used(desk: Desk, open_gestures: Opens, now: Time) -> None:
    number, asked = only(desk).number, ask(desk)
    assert only(desk).approval_due_at == now() + timedelta(hours=1)
    sam = open_gestures("sam")
    (found,) = gestures.approvals(sam)
    assert (found.id, found.number, found.requester, found.amount) == (asked.approval, number, "lea", 9000)
    assert (found.proof, found.remark, found.state) == ("photo", "A week without net.", ApprovalState.REQUESTED)
    with refused("self_approval"):
        gestures.approve(desk, asked.approval, 9000)
    gestures.approve(sam, asked.approval, 7000, "Less will do.")
    (mine,) = gestures.approvals(desk, mine=True)
    assert (mine.state, mine.approver, mine.granted, mine.answer) == (
        ApprovalState.APPROVED, "sam", 7000, "Less will do.",
    )  # fmt: skip
    with refused("approval_mismatch"):
        give(desk, 9000, approval=asked.approval)
    entry = give(desk, 7000, approval=asked.approval)
    assert only(desk).approval_due_at is None
    assert gestures.approvals(desk) == ()
    (given,) = gestures.given(desk, number)
    assert (given.id, given.charged_to, given.approval) == (entry, "sam", asked.approval)
    assert trail(desk) == ["gesture_requested", "gesture_approved", "gesture_granted"]


def test_the_same_key_asks_once(desk: Desk) -> None:
    number, key = only(desk).number, uuid4()
    wanted = gestures.wanted(desk, number, "credit", 9000, "EUR", "outage", "photo")
    first = gestures.request(desk, number, wanted, key, "Please.")
    again = gestures.request(desk, number, wanted, key, "Please.")
    assert (first.approval, again.replayed) == (again.approval, True)
    assert gestures.look_up(desk, key) == first.approval
    assert trail(desk) == ["gesture_requested"]


@pytest.mark.parametrize("end", ["refused", "withdrawn", "expired"])
def test_what_is_not_approved_ends_with_its_clock(
    desk: Desk, open_gestures: Opens, still: Callable[..., None], end: str
) -> None:
    asked, sam = ask(desk), open_gestures("sam")
    handling.set_state(desk, asked.row.number, State.PENDING)
    team = gestures.standing(desk, asked.row.number, "credit", "EUR", "outage").me.team_spent
    assert team.reserved == 9000
    if end == "refused":
        gestures.refuse(sam, asked.approval, "Too much.")
    elif end == "withdrawn":
        gestures.withdraw(desk, asked.approval)
    else:
        still(desk.now() + timedelta(days=3))
        assert gestures.expire(desk) == 1
        assert gestures.expire(desk) == 0
    assert only(desk).approval_due_at is None
    assert only(desk).state is (State.PENDING if end == "withdrawn" else State.OPEN)
    assert gestures.approval(desk, asked.approval).state == end
    assert gestures.approvals(desk) == ()
    assert gestures.standing(desk, asked.row.number, "credit", "EUR", "outage").me.team_spent.reserved == 0
    assert trail(desk) == ["gesture_requested", f"gesture_{end}"]
    with refused("no_request"):
        gestures.approve(sam, asked.approval, 9000)


def test_undo_leaves_money_alone_and_says_what_to_do(desk: Desk) -> None:
    handling.tag(desk, only(desk).number, ["panne"])
    entry = give(desk)
    with pytest.raises(undo.TooLate) as told:
        undo.undo(desk)
    assert told.value.what == "Money is not undone."
    assert str(entry) in told.value.do
    assert sole(desk).voided_at is None
    found = undo.latest(desk, [told.value.step])
    assert found is not None
    assert [event.kind for _n, event in found.entries] == ["tagged"]


def test_a_gesture_follows_its_conversation_when_that_is_merged(desk: Desk) -> None:
    first = only(desk).number
    entry = give(desk, 1000)
    arrives(desk, message("Encore moi.", subject="Autre chose"))
    second = next(row.number for row in everything(desk) if row.number != first)
    merging.merge(desk, [first], second)
    assert [given.id for given in gestures.unsent(desk, second)] == [entry]
    gestures.void(desk, entry, uuid4())
    assert gestures.unsent(desk, second) == ()
    kinds = [event.kind for event in conversations.trail(desk, second)]
    assert "gesture_voided" in kinds


def test_nothing_is_told_of_what_there_is_not(desk: Desk) -> None:
    with pytest.raises(NotFound):
        gestures.given(desk, 999)
    with refused("no_request"):
        gestures.approval(desk, uuid4())
    assert gestures.look_up(desk, uuid4()) is None


def test_a_policy_that_changes_is_read_at_once(
    desk: Desk, owner: Store, apply_config: Callable[..., int], ledger_config: object
) -> None:
    """The standing goes by what the database holds, not by the console's own file."""
    number = only(desk).number
    before = gestures.standing(desk, number, "credit", "EUR", "outage")
    halved = desk.config.model_copy(
        update={
            "delegations": tuple(
                each.model_copy(
                    update={"limits": tuple(one.model_copy(update={"gesture": "25"}) for one in each.limits)}
                )
                for each in desk.config.delegations
            )
        }
    )
    apply_config(halved)
    after = gestures.standing(desk, number, "credit", "EUR", "outage")
    assert before.me.rule is not None
    assert after.me.rule is not None
    assert (before.me.rule.ceiling, after.me.rule.ceiling, after.policy) == (5000, 2500, before.policy + 1)
