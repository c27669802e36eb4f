"""The obvious model of the ledger: lists of what happened, and every sum taken anew from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
Budget = tuple[str, str, str, str, str, date]
"""Scope, holder, purse, currency, period, first day."""


@dataclass
class Grant:
    """A grant; ``budgets`` are those it counts in."""

    id: UUID
    key: UUID
    proof: str
    at: datetime
    agent: str
    conversation: int
    person: str
    kind: str
    purse: str
    amount: int
    currency: str
    reason: str
    budgets: list[Budget]
    approval: UUID | None = None
    voided: bool = False
    shown_to: set[str] = field(default_factory=set)


@dataclass
class Request:
    """A request, and what became of it; ``budgets`` are those that hold money for it while it is open."""

    id: UUID
    at: datetime
    agent: str
    conversation: int
    person: str
    kind: str
    purse: str
    amount: int
    currency: str
    reason: str
    budgets: list[Budget]
    expires: datetime
    state: str = "requested"
    granted: int | None = None

    @property
    def open(self) -> bool:
        """Whether it holds money back."""
        return self.state in ("requested", "approved")

    @property
    def holds(self) -> int:
        """How much."""
        return self.amount if self.granted is None else self.granted


@dataclass(frozen=True)
class Gesture:
    """What somebody tries: to a person (linked customers are one), in a conversation by its number."""

    agent: str
    conversation: int
    person: str
    kind: str
    amount: int
    currency: str
    reason: str
    proof: str

    @property
    def purse(self) -> str:
        """What pays."""
        return "attention" if self.kind == "attention" else "goodwill"


class Model:
    """What must be so, by the policy's document (:func:`agentconsole.desk.policy.compile_policy`)."""

    def __init__(self, policy: dict[str, Any], vouchers: int, now: datetime) -> None:
        self.now = now
        self.agents = {each["id"]: each for each in policy["agents"]}
        self.rules = {(each["agent"], each["currency"], each["kind"]): each for each in policy["rules"]}
        self.teams = {(each["team"], each["currency"], each["purse"]): each for each in policy["teams"]}
        self.reasons = {(each["agent"], each["reason"]) for each in policy["reasons"]}
        self.approvers = {(each["agent"], each["approver"]) for each in policy["approvers"]}
        self.how = {each["kind"]: each["how"] for each in policy["kinds"]}
        self.grace, self.lasts = timedelta(seconds=policy["grace"]), timedelta(seconds=policy["expires"])
        self.vouchers = vouchers
        self.grants: list[Grant] = []
        self.requests: list[Request] = []

    # sums

    def begins(self, period: str) -> date:
        """First day of the period that runs."""
        today = self.now.astimezone(PARIS).date()
        first = {"day": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}
        return first[period]

    def given(self, person: str, purse: str, currency: str, within: int) -> int:
        """What a person got, and what waits for them."""
        since = self.now - timedelta(seconds=within)
        got = sum(
            each.amount
            for each in self.grants
            if not each.voided
            and each.at > since
            and (each.person, each.purse, each.currency) == (person, purse, currency)
        )  # fmt: skip
        return got + sum(
            each.holds
            for each in self.requests
            if each.state == "approved" and each.expires > self.now
            and (each.person, each.purse, each.currency) == (person, purse, currency)
        )  # fmt: skip

    def used(self, budget: Budget) -> tuple[int, int, int, int]:
        """Spent, reserved, count, reserved count."""
        spent = [each.amount for each in self.grants if not each.voided and budget in each.budgets]
        held = [each.holds for each in self.requests if each.open and budget in each.budgets]
        return sum(spent), sum(held), len(spent), len(held)

    def agents_budget(self, agent: str, kind: str, currency: str) -> Budget:
        """The budget that an agent's own gestures count in now."""
        rule = self.rules[agent, currency, kind]
        return "agent", agent, rule["purse"], currency, rule["period"], self.begins(rule["period"])

    def teams_budget(self, gesture: Gesture) -> Budget | None:
        """The team's; ``None`` where it has none."""
        team = self.agents[gesture.agent]["team"]
        rule = self.teams.get((team, gesture.currency, gesture.purse))
        return rule and ("team", team, gesture.purse, gesture.currency, rule["period"], self.begins(rule["period"]))

    # verdicts

    def trained(self, agent: str) -> bool:
        """Whether the training that is asked for is valid today."""
        one = self.agents[agent]
        until = date.fromisoformat(one["trained_until"]) if one["trained_until"] else date.min
        return not one["training"] or until >= self.now.astimezone(PARIS).date()

    def _never(self, gesture: Gesture) -> Iterator[str]:
        """What nobody's approval helps against."""
        of = [key for key in self.rules if key[0] == gesture.agent]
        if not 1 <= gesture.amount <= 10**9:
            yield "amount"
        if not of:
            yield "no_delegation"
        if gesture.currency not in {currency for _agent, currency, _kind in of}:
            yield "currency"
        rule = self.rules.get((gesture.agent, gesture.currency, gesture.kind))
        if rule is None:
            yield "kind_not_allowed"
            return
        if (gesture.agent, gesture.reason) not in self.reasons:
            yield "reason_not_allowed"
        if not self.trained(gesture.agent):
            yield "training_expired"

    def _over(self, agent: str, gesture: Gesture) -> Iterator[str]:
        rule = self.rules[agent, gesture.currency, gesture.kind]
        spent, held, count, held_count = self.used(self.agents_budget(agent, gesture.kind, gesture.currency))
        if gesture.amount > rule["ceiling"]:
            yield "over_ceiling"
        if self._given(agent, gesture) + gesture.amount > rule["customer"]:
            yield "over_customer_ceiling"
        if spent + held + gesture.amount > rule["budget"]:
            yield "over_budget"
        if count + held_count >= rule["count"]:
            yield "over_count"

    def _given(self, agent: str, gesture: Gesture) -> int:
        within = self.rules[agent, gesture.currency, gesture.kind]["within"]
        return self.given(gesture.person, gesture.purse, gesture.currency, within)

    def _alone(self, gesture: Gesture) -> Iterator[str]:
        proof = self.rules[gesture.agent, gesture.currency, gesture.kind]["proof"]
        if self._given(gesture.agent, gesture) + gesture.amount > proof and not gesture.proof.strip():
            yield "proof_required"
        yield from self._over(gesture.agent, gesture)
        if self._over_team(gesture):
            yield "over_team_budget"

    def _over_team(self, gesture: Gesture) -> bool:
        budget = self.teams_budget(gesture)
        if budget is None:
            return False
        spent, held, _count, _held_count = self.used(budget)
        most: int = self.teams[budget[1], budget[3], budget[2]]["budget"]
        return spent + held + gesture.amount > most

    def _stock(self, gesture: Gesture) -> Iterator[str]:
        fits = gesture.amount == 1500 and gesture.currency == "EUR" and self.vouchers > 0
        if self.how[gesture.kind] == "voucher" and not fits:
            yield "out_of_stock"

    def granting(self, gesture: Gesture) -> str:
        """The code with which a grant is refused; empty where it is not."""
        never = next(self._never(gesture), "")
        return never or next((code for found in (self._alone, self._stock) for code in found(gesture)), "")

    def requesting(self, gesture: Gesture) -> str:
        """The code with which a request is refused; empty where it is not."""
        never = next(self._never(gesture), "")
        if never:
            return never
        alone = list(self._alone(gesture))
        if not alone:
            return "not_needed"
        if "proof_required" in alone:
            return "proof_required"
        if "over_team_budget" in alone:
            return "over_team_budget"
        return "" if any(self._suffices(other, gesture) for other in self.agents) else "no_approver"

    def _suffices(self, other: str, gesture: Gesture) -> bool:
        mine = (gesture.agent, other) in self.approvers and (other, gesture.currency, gesture.kind) in self.rules
        if not mine or self.agents[other]["person"] == self.agents[gesture.agent]["person"]:
            return False
        return self.trained(other) and next(self._over(other, gesture), None) is None

    def using(self, gesture: Gesture, request: Request) -> str:
        """The code with which a grant with an approval is refused."""
        never = next(self._never(gesture), "")
        if never:
            return never
        asked = (request.agent, request.person, request.kind, request.currency, request.reason, request.holds)
        wanted = (gesture.agent, gesture.person, gesture.kind, gesture.currency, gesture.reason, gesture.amount)
        if asked != wanted:
            return "approval_mismatch"
        if request.state == "expired":
            return "approval_expired"
        if request.state != "approved":
            return "approval_state"
        if request.expires <= self.now:
            return "approval_expired"
        return next(self._stock(gesture), "")

    def deciding(self, agent: str, request: Request, amount: int | None) -> str:
        """The code with which an approval of that amount, or a refusal (``None``), is refused."""
        gesture = Gesture(
            agent, request.conversation, request.person, request.kind, amount or 1, request.currency, "", ""
        )
        if request.state != "requested":
            return "no_request"
        if request.expires <= self.now:
            return "approval_expired"
        if self.agents[agent]["person"] == self.agents[request.agent]["person"]:
            return "self_approval"
        if (request.agent, agent) not in self.approvers or (agent, request.currency, request.kind) not in self.rules:
            return "not_approver"
        if not self.trained(agent):
            return "training_expired"
        if amount is None:
            return ""
        if not 1 <= amount <= request.amount:
            return "amount"
        return next(self._over(agent, gesture), "")

    def voiding(self, agent: str, grant: Grant) -> str:
        """The code with which a void is refused."""
        one = self.agents[agent]
        if grant.voided:
            return "voided"
        if grant.agent == agent:
            return "grace_over" if self.now > grant.at + self.grace else "revealed" if grant.shown_to else ""
        if not one["supervisor"]:
            return "not_supervisor"
        return "self_void" if one["person"] == self.agents[grant.agent]["person"] else ""

    def revealing(self, agent: str, grant: Grant) -> str:
        """The code with which a reveal is refused."""
        if grant.agent != agent and not self.agents[agent]["supervisor"]:
            return "no_entry"
        if grant.voided:
            return "voided"
        return "" if self.how[grant.kind] == "voucher" else "no_code"

    # what happened

    def granted(self, gesture: Gesture, entry: UUID, key: UUID, request: Request | None = None) -> None:
        """A grant was made."""
        if request is None:
            budgets = [self.agents_budget(gesture.agent, gesture.kind, gesture.currency), self.teams_budget(gesture)]
        else:
            budgets, request.state = [*request.budgets], "used"
        self.grants.append(
            Grant(
                entry, key, gesture.proof, self.now, gesture.agent, gesture.conversation, gesture.person, gesture.kind,
                gesture.purse, gesture.amount, gesture.currency, gesture.reason, [b for b in budgets if b],
                request.id if request else None,
            )
        )  # fmt: skip
        self.vouchers -= self.how[gesture.kind] == "voucher"

    def requested(self, gesture: Gesture, approval: UUID) -> None:
        """A request was made."""
        team = self.teams_budget(gesture)
        self.requests.append(
            Request(
                approval, self.now, gesture.agent, gesture.conversation, gesture.person, gesture.kind, gesture.purse,
                gesture.amount, gesture.currency, gesture.reason, [team] if team else [], self.now + self.lasts,
            )
        )  # fmt: skip

    def approved(self, agent: str, request: Request, amount: int) -> None:
        """A request was approved."""
        request.state, request.granted, request.expires = "approved", amount, self.now + self.lasts
        request.budgets.append(self.agents_budget(agent, request.kind, request.currency))

    def voided(self, grant: Grant) -> None:
        """A grant was voided; its code goes back unless somebody saw it."""
        grant.voided = True
        self.vouchers += self.how[grant.kind] == "voucher" and not grant.shown_to
