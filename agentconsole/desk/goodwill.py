"""What comes of a gesture, told before anything is committed. Pure: no store, no screen.

The verdicts, and the order in which they are looked for, are those of :class:`agentconsole.store.ledger.Ledger`;
the ledger decides again, and alone, when the gesture is made. What only it knows (stock, keys) is not told here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentconsole.config.amounts import MOST
from agentconsole.model.gesture import Answer, Giver, Rule, Standing, Wanted

_NOBODY: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of each ceiling after a gesture, in minor units; less than nothing is over it.

    :param gesture: of the ceiling for one gesture; ``None`` where there is no rule at all.
    :param customer: of what this customer may get. :param budget: of the giver's period; :param count: in gestures.
    :param team: of the team's period; ``None`` where the team has no budget of its own.
    """

    gesture: int | None = None
    customer: int = 0
    budget: int = 0
    count: int = 0
    team: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What would come of a gesture.

    :param reason: why it is not granted at once, a code of :data:`agentconsole.store.ledger.refusals.REFUSALS`; else
        empty. With NEEDS_APPROVAL it is the first ceiling that does not suffice.
    :param left: each ceiling's remainder after it.
    :param approvers: agents who could approve it, with the lowest ceiling first; empty where none is needed.
    :param proof_needed: a proof must be given, whether it was or not.
    :param given: what the customer already got within the span of the rule, in minor units.
    """

    answer: Answer
    reason: str
    left: Left
    approvers: tuple[str, ...] = ()
    proof_needed: bool = False
    given: int = 0


def decide(wanted: Wanted, standing: Standing) -> Decision:
    """What would come of it now.

    :param standing: read for the kind, currency and reason that are wanted.
    """
    me = standing.me
    left, proof_needed = _left(wanted.amount, me), me.rule is not None and me.given + wanted.amount > me.rule.proof
    reason, approvers = next(_refusals(wanted, standing, proof_needed), ""), _NOBODY
    answer = Answer.REFUSED if reason else Answer.GRANTED
    if not reason and me.rule is not None:
        reason = next(over(wanted.amount, me, me.rule), "")
        short_of_team = left.team is not None and left.team < 0
        if reason or short_of_team:
            approvers = _NOBODY if short_of_team else _approvers(wanted, standing)
            answer = Answer.NEEDS_APPROVAL if approvers else Answer.REFUSED
            reason = "over_team_budget" if short_of_team else reason if approvers else "no_approver"
    return Decision(answer, reason, left, approvers, proof_needed, me.given)


def over(amount: int, giver: Giver, rule: Rule) -> Iterator[str]:
    """Codes of the ceilings of one giver that do not suffice, in the ledger's order."""
    if amount > rule.ceiling:
        yield "over_ceiling"
    if giver.given + amount > rule.customer:
        yield "over_customer_ceiling"
    if giver.spent.bound + amount > rule.budget:
        yield "over_budget"
    if giver.spent.count + giver.spent.reserved_count + 1 > rule.count:
        yield "over_count"


def _refusals(wanted: Wanted, standing: Standing, proof_needed: bool) -> Iterator[str]:
    """What no approval helps against, in the ledger's order."""
    me = standing.me
    if not 0 < wanted.amount <= MOST:
        yield "amount"
    if not standing.currencies:
        yield "no_delegation"
    if wanted.currency not in standing.currencies:
        yield "currency"
    if me.rule is None:
        yield "kind_not_allowed"
    if not me.reason_allowed:
        yield "reason_not_allowed"
    if not me.trained:
        yield "training_expired"
    if proof_needed and not wanted.proof.strip():
        yield "proof_required"


def _left(amount: int, giver: Giver) -> Left:
    rule = giver.rule
    team = giver.team.budget - giver.team_spent.bound - amount if giver.team else None
    if rule is None:
        return Left(team=team)
    return Left(
        gesture=rule.ceiling - amount,
        customer=rule.customer - giver.given - amount,
        budget=rule.budget - giver.spent.bound - amount,
        count=rule.count - giver.spent.count - giver.spent.reserved_count - 1,
        team=team,
    )


def _approvers(wanted: Wanted, standing: Standing) -> tuple[str, ...]:
    suffice = [
        (giver.rule.ceiling, giver.agent)
        for giver in standing.approvers
        if giver.person != standing.me.person
        and giver.trained
        and giver.rule is not None
        and next(over(wanted.amount, giver, giver.rule), None) is None
    ]
    return tuple(agent for _ceiling, agent in sorted(suffice))
