"""Delegations as a whole: nobody without one by accident, no ceiling that means nothing, somebody for every request.

Works on the plain data of the file as :mod:`.references` does, so that these mistakes are told together with all
others. What is wrong in itself is told elsewhere and passed over here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError

from agentconsole.config.amounts import minor, units
from agentconsole.config.gestures import Delegation, Gift, Kind, Limits, MomentOf, TeamBudget
from agentconsole.config.tables import Agent, Team
from agentconsole.config.values import Frozen
from agentconsole.model.gesture import FulfilmentHow, GestureKind, Purse, purse_of

NONE = "none"
"""An agent's ``delegation`` that says: none, and not by accident."""
_Table = TypeVar("_Table", bound=Frozen)
_Right = tuple[str, GestureKind]
"""A currency and a kind."""


def wrong_delegations(data: Mapping[str, Any]) -> Iterator[str]:
    """One line a mistake: ``key: found …; allowed are …``."""
    team = _Plan(data)
    for check in (_amounts, _doubles, _persons, _delegations, _holders, _budgets, _catalogue, _fulfilment):
        yield from check(team)


@dataclass(frozen=True)
class _Plan:
    """What the file says about gestures, as far as it is right in itself."""

    data: Mapping[str, Any]

    @cached_property
    def delegations(self) -> dict[str, Delegation]:
        return {delegation.id: delegation for delegation in self._read("delegations", Delegation)}

    @cached_property
    def agents(self) -> tuple[Agent, ...]:
        return self._read("agents", Agent)

    @cached_property
    def teams(self) -> tuple[Team, ...]:
        return self._read("teams", Team)

    @cached_property
    def catalogue(self) -> tuple[Gift, ...]:
        return self._read("catalogue", Gift)

    @cached_property
    def moments(self) -> tuple[MomentOf, ...]:
        return self._read("moments", MomentOf)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        return self._read("kinds", Kind)

    @cached_property
    def whole(self) -> bool:
        """Whether all agents and delegations are right in themselves: else who may approve what is not known."""
        counts = [len(self._items(key)) for key in ("delegations", "agents")]
        return counts == [len(self.delegations), len(self.agents)] and not list(_amounts(self))

    def of(self, agent: Agent) -> Delegation | None:
        """An agent's delegation, as :func:`agentconsole.desk.policy.delegation_of` has it."""
        if agent.delegation is not None:
            return self.delegations.get(agent.delegation)
        return next((d for d in self.delegations.values() if agent.role in d.roles), None)

    def _items(self, key: str) -> list[Any]:
        items = self.data.get(key)
        return list(items) if isinstance(items, list | tuple) else []

    def _read(self, key: str, model: type[_Table]) -> tuple[_Table, ...]:
        found = []
        for item in self._items(key):
            try:
                found.append(model.model_validate(item))
            except ValidationError:
                continue
        return tuple(found)


def _amounts(plan: _Plan) -> Iterator[str]:
    """Each fits its currency."""
    for place, limits in _limits(plan):
        for key in ("gesture", "customer", "proof", "budget"):
            yield from _amount(f"{place}.{key}", getattr(limits, key), limits.currency)
        for kind, amount in limits.kinds.items():
            yield from _amount(f"{place}.kinds.{kind}", amount, limits.currency)
    for team in plan.teams:
        for number, budget in enumerate(team.budgets, 1):
            yield from _amount(f"teams.{team.id}.budgets.{number}.budget", budget.budget, budget.currency)
    for gift in plan.catalogue:
        yield from _amount(f"catalogue.{gift.id}.amount", gift.amount, gift.currency)


def _amount(place: str, amount: str, currency: str) -> Iterator[str]:
    try:
        minor(amount, currency)
    except ValueError as error:
        yield f"{place}: found {amount!r}; allowed is {error}"


def _limits(plan: _Plan) -> Iterator[tuple[str, Limits]]:
    for delegation in plan.delegations.values():
        for number, limits in enumerate(delegation.limits, 1):
            yield f"delegations.{delegation.id}.limits.{number}", limits


def _doubles(plan: _Plan) -> Iterator[str]:
    """What would say two things about the same."""
    if NONE in plan.delegations:
        yield f'delegations.{NONE}.id: found {NONE!r}; allowed is another word, since an agent\'s "none" is: nothing'
    whose: dict[str, str] = {}
    for delegation in plan.delegations.values():
        yield from _twice(f"delegations.{delegation.id}.limits", delegation.limits)
        for role in delegation.roles:
            if whose.setdefault(role, delegation.id) != delegation.id:
                found = f"{str(role)!r}, which the delegation {whose[role]!r} has"
                yield f"delegations.{delegation.id}.roles: found {found}; allowed is each role once"
    for team in plan.teams:
        yield from _twice(f"teams.{team.id}.budgets", team.budgets)


def _twice(place: str, tables: tuple[Limits | TeamBudget, ...]) -> Iterator[str]:
    seen: set[tuple[str, Purse]] = set()
    for number, table in enumerate(tables, 1):
        if (table.currency, table.purse) in seen:
            found = f"a second table for {table.currency} and {str(table.purse)!r}"
            yield f"{place}.{number}: found {found}; allowed is one for each currency and purse"
        seen.add((table.currency, table.purse))


def _persons(plan: _Plan) -> Iterator[str]:
    """Who is the same person is a second agent of the file; a person of one login alone is a misspelt one."""
    if not plan.whole:
        return
    known = {agent.id for agent in plan.agents}
    whose = Counter(agent.person for agent in plan.agents)
    for agent in plan.agents:
        if agent.person is not None and agent.person not in known and whose[agent.person] == 1:
            found = f"{agent.person!r}, which no agent is, and no other agent's person"
            yield f"agents.{agent.id}.person: found {found}; allowed are {', '.join(sorted(known))}"


def _delegations(plan: _Plan) -> Iterator[str]:
    """Each in itself: kinds that can be given, and ceilings that its approvers reach."""
    for delegation in plan.delegations.values():
        place, purses = f"delegations.{delegation.id}", {limits.purse for limits in delegation.limits}
        for kind in delegation.kinds:
            if purse_of(kind) not in purses:
                found = f"{str(kind)!r}, and no limits with the purse {str(purse_of(kind))!r}"
                yield f"{place}.kinds: found {found}; allowed are kinds that limits are there for"
        for number, limits in enumerate(delegation.limits, 1):
            for kind in limits.kinds:
                if not _gives(delegation, limits, kind):
                    allowed = ", ".join(str(k) for k in GestureKind if _gives(delegation, limits, k)) or "none"
                    yield f"{place}.limits.{number}.kinds: found {str(kind)!r}; allowed are {allowed}"
        if plan.whole:
            yield from _above_customer(delegation)
            yield from _reached(plan, delegation)


def _above_customer(delegation: Delegation) -> Iterator[str]:
    """What may be given at once, one customer may get: a ceiling above that would never be reached."""
    for number, limits in enumerate(delegation.limits, 1):
        most = minor(limits.customer, limits.currency)
        for key, amount in [("gesture", limits.gesture), *((f"kinds.{k}", a) for k, a in limits.kinds.items())]:
            if minor(amount, limits.currency) > most:
                allowed = f"{_said(most, limits.currency)} at most, which `customer` is"
                yield f"delegations.{delegation.id}.limits.{number}.{key}: found {amount!r}; allowed is {allowed}"


def _reached(plan: _Plan, delegation: Delegation) -> Iterator[str]:
    """What may be given alone, some approver may give too; an attention need not be approvable."""
    others = [_ceilings(plan.delegations[name]) for name in delegation.approvers if name in plan.delegations]
    if not others:
        return
    for (currency, kind), ceiling in _ceilings(delegation).items():
        most = max((other.get((currency, kind), -1) for other in others), default=-1)
        if ceiling > most and (most >= 0 or purse_of(kind) is Purse.GOODWILL):
            found = f"a ceiling of {_said(ceiling, currency)} for {str(kind)!r}, above that of all its approvers"
            yield (
                f"delegations.{delegation.id}.approvers: found {found}; allowed is {_said(most, currency)} at most"
                if most >= 0
                else f"delegations.{delegation.id}.approvers: found none who may give {str(kind)!r} in {currency}; "
                "allowed are delegations of which one may"
            )


def _gives(delegation: Delegation, limits: Limits, kind: GestureKind) -> bool:
    return purse_of(kind) is limits.purse and (not delegation.kinds or kind in delegation.kinds)


def _ceilings(delegation: Delegation) -> dict[_Right, int]:
    """What may be given, with the ceiling of one gesture in minor units."""
    return {
        (limits.currency, kind): minor(limits.kinds.get(kind, limits.gesture), limits.currency)
        for limits in delegation.limits
        for kind in GestureKind
        if _gives(delegation, limits, kind)
    }


def _holders(plan: _Plan) -> Iterator[str]:
    """Each agent has a delegation or says "none", and somebody else for what is above its ceilings."""
    if not plan.delegations:
        return
    for agent in plan.agents:
        if agent.delegation is None and plan.of(agent) is None and not agent.disabled and plan.whole:
            allowed = ", ".join([*sorted(plan.delegations), NONE])
            found = f"nothing, and no delegation is for the role {str(agent.role)!r}"
            yield f"agents.{agent.id}.delegation: found {found}; allowed are {allowed}"
        if plan.whole and not agent.disabled:
            yield from _approvable(plan, agent)


def _approvable(plan: _Plan, agent: Agent) -> Iterator[str]:
    delegation = plan.of(agent)
    if delegation is None or not delegation.approvers:
        return
    asked = [plan.delegations[name] for name in delegation.approvers if name in plan.delegations]
    could = {right for other in asked for right in _ceilings(other)}  # what nobody could is told of the delegation
    can = {right for other in plan.agents if _decides(plan, agent, other, delegation) for right in _of(plan, other)}
    for currency in sorted({currency for currency, _kind in _ceilings(delegation)}):
        missing = sorted(k for c, k in _ceilings(delegation) if c == currency and (c, k) in could - can)
        if missing:
            kinds, names = ", ".join(map(str, missing)), ", ".join(map(repr, delegation.approvers))
            found = f"{delegation.id!r}, and nobody else of {names} who could approve {kinds} in {currency}"
            allowed = "a delegation that another person who works here can approve for"
            yield f"agents.{agent.id}.delegation: found {found}; allowed is {allowed}"


def _decides(plan: _Plan, agent: Agent, other: Agent, delegation: Delegation) -> bool:
    found = plan.of(other)
    same = (other.person or other.id) == (agent.person or agent.id)
    return found is not None and found.id in delegation.approvers and not other.disabled and not same


def _of(plan: _Plan, agent: Agent) -> dict[_Right, int]:
    delegation = plan.of(agent)
    return _ceilings(delegation) if delegation else {}


def _budgets(plan: _Plan) -> Iterator[str]:
    """None below a ceiling, which would then be none."""
    if not plan.whole:
        return
    for delegation in plan.delegations.values():
        for number, limits in enumerate(delegation.limits, 1):
            ceilings = [c for (cur, k), c in _ceilings(delegation).items() if _pays(limits, cur, k)]
            yield from _below(f"delegations.{delegation.id}.limits.{number}", limits, max(ceilings, default=0))
    for team in plan.teams:
        members = [agent for agent in plan.agents if agent.teams[:1] == (team.id,) and not agent.disabled]
        for number, budget in enumerate(team.budgets, 1):
            ceilings = [c for agent in members for (cur, k), c in _of(plan, agent).items() if _pays(budget, cur, k)]
            yield from _below(f"teams.{team.id}.budgets.{number}", budget, max(ceilings, default=0))


def _pays(table: Limits | TeamBudget, currency: str, kind: GestureKind) -> bool:
    return table.currency == currency and purse_of(kind) is table.purse


def _below(place: str, table: Limits | TeamBudget, ceiling: int) -> Iterator[str]:
    if minor(table.budget, table.currency) < ceiling:
        allowed = f"{_said(ceiling, table.currency)} or more, the highest ceiling of one gesture"
        yield f"{place}.budget: found {table.budget!r}; allowed is {allowed}"


def _catalogue(plan: _Plan) -> Iterator[str]:
    """Somebody may give each gift alone; moments propose attentions."""
    known = {gift.id: gift for gift in plan.catalogue}
    for moment in plan.moments:
        gift = known.get(moment.gift)
        if gift and gift.kind is not GestureKind.ATTENTION:
            found = f"{gift.id!r}, which is of the kind {str(gift.kind)!r}"
            yield f'moments.{moment.id}.gift: found {found}; allowed is a gesture of the kind "attention"'
    if not plan.delegations or not plan.whole:
        return
    for gift in plan.catalogue:
        ceilings = [_ceilings(d).get((gift.currency, gift.kind), -1) for d in plan.delegations.values()]
        most = max(ceilings, default=-1)
        if most < 0:
            found = f"{str(gift.kind)!r} in {gift.currency}, which no delegation allows"
            yield f"catalogue.{gift.id}.kind: found {found}; allowed is what somebody may give"
            continue
        theirs = [_of(plan, agent).get((gift.currency, gift.kind), -1) for agent in plan.agents if not agent.disabled]
        reached = max(theirs, default=-1)
        most = reached if reached >= 0 else most  # of what nobody holds, what the delegations say is told
        if minor(gift.amount, gift.currency) > most:
            allowed = f"{_said(most, gift.currency)} at most, the highest ceiling"
            yield f"catalogue.{gift.id}.amount: found {gift.amount!r}; allowed is {allowed}"


def _fulfilment(plan: _Plan) -> Iterator[str]:
    """The shop is there where it is asked; gestures have reasons."""
    for kind in plan.kinds:
        if kind.fulfil is FulfilmentHow.SHOP and plan.data.get("shop") is None:
            yield f'kinds.{kind.id}.fulfil: found "shop", and no table [shop]; allowed are "voucher", "task"'
    if plan.data.get("delegations") and not plan.data.get("reasons"):
        yield "reasons: found none; allowed is one or more, since each gesture has one"


def _said(minor_units: int, currency: str) -> str:
    return repr(units(minor_units, currency))
