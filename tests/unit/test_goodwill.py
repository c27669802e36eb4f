"""What would come of a gesture: the ceilings one by one, who could approve, and what is left."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk.goodwill import Decision, Left, decide
from agentconsole.model.gesture import (
    Answer,
    Giver,
    Period,
    Purse,
    Rule,
    Spent,
    Standing,
    TeamRule,
    Wanted,
)

RULE = Rule("lea", "EUR", "credit", Purse.GOODWILL, 5000, 12000, 90 * 86400, 1500, Period.MONTH, 60000, 40)
LEA = Giver("lea", "lea", RULE, trained=True, reason_allowed=True, spent=Spent(), given=0)
_HIGHER = replace(RULE, agent="sam", ceiling=20000, customer=30000, budget=200000)
SAM = Giver("sam", "sam", _HIGHER, True, True, Spent(), 0)
EVE = replace(SAM, agent="eve", person="eve", rule=replace(RULE, agent="eve", ceiling=18000, customer=30000))
STANDING = Standing(LEA, (SAM, EVE), ("EUR",), ("credit", "voucher"), 1)
WANTED = Wanted(UUID(int=1), "credit", 1500, "EUR", "outage")


def of(amount: int = 1500, proof: str = "photo", standing: Standing = STANDING, **more: str) -> Decision:
    return decide(replace(WANTED, amount=amount, proof=proof, **more), standing)


def me(**changed: object) -> Standing:
    return replace(STANDING, me=replace(LEA, **changed))


def test_within_all_ceilings() -> None:
    assert of(1500, proof="") == Decision(
        Answer.GRANTED, "", Left(gesture=3500, customer=10500, budget=58500, count=39, team=None)
    )


def test_left_counts_what_was_given_and_what_is_held_back() -> None:
    team = TeamRule("instant", "EUR", Purse.GOODWILL, Period.MONTH, 100_000)
    spent = Spent(spent=10_000, reserved=5_000, count=3, reserved_count=2)
    standing = me(spent=spent, given=2000, team=team, team_spent=Spent(40_000, 10_000))
    decision = of(1000, standing=standing)
    assert decision.left == Left(gesture=4000, customer=9000, budget=44_000, count=34, team=49_000)
    assert decision.given == 2000


@pytest.mark.parametrize(
    ("standing", "amount", "code"),
    [
        (STANDING, 5001, "over_ceiling"),
        (me(given=11_000), 1001, "over_customer_ceiling"),
        (me(spent=Spent(spent=50_000, reserved=9_000)), 1001, "over_budget"),
        (me(spent=Spent(count=39, reserved_count=1)), 1, "over_count"),
        (me(given=12_000, spent=Spent(60_000, count=40)), 5001, "over_ceiling"),
        (me(given=12_000, spent=Spent(60_000, count=40)), 5000, "over_customer_ceiling"),
    ],
)
def test_above_a_ceiling_somebody_may_approve(standing: Standing, amount: int, code: str) -> None:
    decision = of(amount, standing=standing)
    assert (decision.answer, decision.reason) == (Answer.NEEDS_APPROVAL, code)
    assert decision.approvers == ("eve", "sam"), "the lowest ceiling first"


@pytest.mark.parametrize(
    ("standing", "changed", "code"),
    [
        (STANDING, {"amount": 0}, "amount"),
        (STANDING, {"amount": 1_000_000_001}, "amount"),
        (replace(me(rule=None), currencies=(), kinds=()), {}, "no_delegation"),
        (me(rule=None), {"currency": "USD"}, "currency"),
        (me(rule=None), {"kind": "refund"}, "kind_not_allowed"),
        (me(reason_allowed=False, trained=False), {}, "reason_not_allowed"),
        (me(trained=False), {"proof": ""}, "training_expired"),
        (STANDING, {"amount": 1501, "proof": " "}, "proof_required"),
        (me(given=1), {"amount": 1500, "proof": ""}, "proof_required"),
        (STANDING, {"amount": 5001, "proof": ""}, "proof_required"),
        (STANDING, {"amount": 20_001}, "no_approver"),
    ],
)
def test_no_approval_helps(standing: Standing, changed: dict[str, object], code: str) -> None:
    decision = decide(replace(WANTED, **{"amount": 1500, "proof": "photo", **changed}), standing)
    assert (decision.answer, decision.reason, decision.approvers) == (Answer.REFUSED, code, ())


def test_the_teams_budget_is_final() -> None:
    team = TeamRule("instant", "EUR", Purse.GOODWILL, Period.MONTH, 1000)
    for amount in (1001, 5001):
        decision = of(amount, standing=me(team=team))
        assert (decision.answer, decision.reason) == (Answer.REFUSED, "over_team_budget")
    assert of(1000, standing=me(team=team)).answer is Answer.GRANTED


@pytest.mark.parametrize(
    "eve",
    [
        replace(EVE, person="lea"),
        replace(EVE, trained=False),
        replace(EVE, rule=None),
        replace(EVE, given=30_000),
        replace(EVE, spent=Spent(spent=60_000)),
        replace(EVE, spent=Spent(count=40)),
        replace(EVE, rule=replace(RULE, ceiling=5000, customer=30_000)),
    ],
)
def test_only_those_can_approve_whose_own_ceilings_suffice(eve: Giver) -> None:
    assert of(5001, standing=replace(STANDING, approvers=(SAM, eve))).approvers == ("sam",)


@settings(deadline=None)
@given(
    amount=st.integers(1, 30_000),
    given=st.integers(0, 20_000),
    spent=st.integers(0, 70_000),
    count=st.integers(0, 45),
    team=st.integers(0, 30_000),
)
def test_granted_exactly_where_nothing_is_over(amount: int, given: int, spent: int, count: int, team: int) -> None:
    rule = TeamRule("instant", "EUR", Purse.GOODWILL, Period.MONTH, team)
    decision = of(amount, standing=me(given=given, spent=Spent(spent=spent, count=count), team=rule))
    left = decision.left
    within = min(left.gesture or 0, left.customer, left.budget, left.count, left.team or 0) >= 0
    assert (decision.answer is Answer.GRANTED) == within
    assert (decision.answer is Answer.GRANTED) == (decision.reason == "")
    assert (decision.answer is Answer.NEEDS_APPROVAL) == bool(decision.approvers)
