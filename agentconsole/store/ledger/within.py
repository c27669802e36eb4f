"""Whether each grant was within what held when it was made: rule, ceilings, budgets, training, proof, period.

Sums are taken over what was never voided, so that the order of a void and of a grant at the same moment cannot be
mistaken: they are what a budget or a customer bore at least. A customer's are that customer's own, since who was linked
with whom then is not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple, Protocol

from agentconsole.model.gesture import purse_of
from agentconsole.store.ledger.bygone import Policy, Row
from agentconsole.store.ledger.findings import Finding
from agentconsole.store.ledger.lines import Line

_SECOND = 1_000_000
_SLACK = 60 * _SECOND
"""Microseconds that clocks and transactions that cross may be apart."""


class Decision(NamedTuple):
    """An approval as its entry in the approver's chain tells it."""

    approver: str
    at: int
    amount: int
    policy: int


class Decisions(Protocol):
    """Where the decision that a grant was made with is found, once all entries were seen."""

    def decision(self, approval: str) -> Decision | None: ...


class Charge(NamedTuple):
    """A grant as sums need it: keys of the sums it is in, when it was made, and the agent's own rule at that time."""

    place: str
    customer: tuple[str, str, str]
    holder: tuple[str, str, str, str]
    team: tuple[str, str, str, str] | None
    kind: str
    currency: str
    amount: int
    at: int
    approval: str | None
    policy: int
    proof: bool
    rule: Row | None


class Within:
    """Takes grants and voids in any order, and says at the end what went beyond.

    :param known: the policies there were. :param wrong: findings are added here.
    """

    def __init__(self, known: dict[int, Policy], decisions: Decisions, wrong: list[Finding]) -> None:
        self._known, self._decisions, self._wrong = known, decisions, wrong
        self.grants: dict[str, Charge] = {}
        self.voids: set[str] = set()

    def grant(self, line: Line) -> None:
        """A grant: what can be said of it alone is said now."""
        purse, currency = line.purse, line.currency
        team = (line.team, purse, currency, line.team_period) if line.team and line.team_period else None
        policy = self._known.get(line.policy)
        rule = policy.rules.get((line.agent, currency, line.kind)) if policy else None
        self.grants[line.id] = Charge(
            line.place, (line.customer_id, purse, currency), (line.charged_to, purse, currency, line.period), team,
            line.kind, currency, line.amount, line.at, line.approval_id, line.policy,
            line.salt is None or bool(line.proof), rule,
        )  # fmt: skip
        if purse != purse_of(line.kind):
            self._tell("purse", line.place)
        if policy is None:
            self._tell("policy", line.place, str(line.policy))
            return
        if policy.ends is not None and line.at > policy.ends + _SLACK:
            self._tell("policy_late", line.place, str(line.policy))
        self._agent(line, policy)
        if line.approval_id is None:
            self._alone(line, policy, rule)

    def _agent(self, line: Line, policy: Policy) -> None:
        agent = policy.agents.get(line.agent, {})
        if (line.agent, line.reason) not in policy.reasons:
            self._tell("reason", line.place, line.reason)
        if agent.get("training"):
            until = agent.get("trained_until")
            if until is None or date.fromisoformat(until) < policy.day(line.at):
                self._tell("training", line.place, until or "")

    def _alone(self, line: Line, policy: Policy, rule: Row | None) -> None:
        """What holds for a grant without an approval."""
        if line.charged_to != line.agent or line.team != policy.agents.get(line.agent, {}).get("team"):
            self._tell("charged", line.place, line.charged_to)
        if rule is None:
            self._tell("no_rule", line.place)
            return
        if line.amount > rule["ceiling"]:
            self._tell("ceiling", line.place, f"{line.amount} > {rule['ceiling']}")
        self._period(line, line.period, policy, rule)
        team = policy.teams.get((line.team or "", line.currency, line.purse))
        if (team is None) != (line.team_period is None):
            self._tell("period", line.place, line.team_period or "")
        elif team is not None:
            self._period(line, line.team_period or "", policy, team)

    def _period(self, line: Line, said: str, policy: Policy, rule: Row) -> None:
        if said != policy.begins(line.at, rule["period"]) and said not in (
            policy.begins(line.at - _SLACK, rule["period"]),
            policy.begins(line.at + _SLACK, rule["period"]),
        ):
            self._tell("period", line.place, said)

    def void(self, line: Line) -> None:
        """A void: its grant may come later, in another chain."""
        if line.refers in self.voids:
            self._tell("voided_twice", line.place)
        self.voids.add(line.refers or "")

    def end(self) -> None:
        """Everything was taken: what needs the whole is said now."""
        kept = [charge for grant, charge in self.grants.items() if grant not in self.voids]
        self._customers(kept)
        self._budgets(kept)

    def _customers(self, kept: list[Charge]) -> None:
        by_customer: defaultdict[tuple[str, str, str], list[Charge]] = defaultdict(list)
        for charge in kept:
            by_customer[charge.customer].append(charge)
        for charges in by_customer.values():
            moments = ((self._decided(charge), self._most(charge), place) for place, charge in enumerate(charges))
            self._customer([(at, charges[place]) for at, _most, place in sorted(moments)])

    def _most(self, charge: Charge) -> int:
        """Of two at the same moment the one with the lower ceiling came first: the other order may not have been."""
        rule = self._rule(charge)
        return rule["customer"] if rule else 0

    def _customer(self, charges: list[tuple[int, Charge]]) -> None:
        """What one customer had got each time, in the order of who decided when."""
        first = total = 0
        for at, charge in charges:
            rule = self._rule(charge)
            if rule is None:
                continue
            while charges[first][0] <= at - rule["within"] * _SECOND:
                total -= charges[first][1].amount if self._rule(charges[first][1]) else 0
                first += 1
            total += charge.amount
            if total > rule["customer"]:
                self._tell("customer_ceiling", charge.place, f"{total} > {rule['customer']}")
            if charge.approval is None and total > rule["proof"] and not charge.proof:
                self._tell("proof", charge.place)

    def _decided(self, charge: Charge) -> int:
        """When somebody decided on it: approving it held the money back from then on."""
        decision = self._decisions.decision(charge.approval) if charge.approval else None
        return decision.at if decision else charge.at

    def _budgets(self, kept: list[Charge]) -> None:
        budgets: defaultdict[tuple[str, ...], list[tuple[int, int, int, int | None, str]]] = defaultdict(list)
        for charge in kept:
            rule, at, policy = self._rule(charge), self._decided(charge), self._known.get(charge.policy)
            if rule is not None:
                budgets["agent", *charge.holder].append(
                    (at, charge.amount, rule["budget"], rule["count"], charge.place)
                )
            if charge.team and policy and charge.approval is None:
                team, purse, currency, _begins = charge.team
                limit = policy.teams.get((team, currency, purse))
                if limit is not None:
                    budgets["team", *charge.team].append((at, charge.amount, limit["budget"], None, charge.place))
        for charges in budgets.values():
            charges.sort(key=lambda charge: charge[0])
            total = 0
            for count, (_at, amount, budget, most, place) in enumerate(charges, 1):
                total += amount
                if total > budget:
                    self._tell("budget", place, f"{total} > {budget}")
                if most is not None and count > most:
                    self._tell("count", place, f"{count} > {most}")

    def _rule(self, charge: Charge) -> Row | None:
        """The rule that a grant was made under: the agent's own, or the approver's when they approved."""
        if charge.approval is None:
            return charge.rule
        decision = self._decisions.decision(charge.approval)
        policy = self._known.get(decision.policy) if decision else None
        return policy.rules.get((charge.holder[0], charge.currency, charge.kind)) if policy else None

    def _tell(self, code: str, place: str, detail: str = "") -> None:
        self._wrong.append(Finding(code, place, detail))
