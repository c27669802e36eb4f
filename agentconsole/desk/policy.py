"""The policy of gestures: what agentconsole.toml says, compiled to one row a rule, as the ledger holds it.

The document is JSON and whole: an entry's version tells every rule it was decided under. Its keys::

    zone       the brand's time zone
    grace      seconds; expires: seconds
    agents     [{id, name, person, supervisor, team, training, trained_until, active}]
    rules      [{agent, currency, kind, purse, ceiling, customer, within, proof, period, budget, count}]
    reasons    [{agent, reason}]
    approvers  [{agent, approver}]
    teams      [{team, currency, purse, period, budget}]
    kinds      [{kind, how, pool}]

Amounts are minor units, spans are seconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from agentconsole.config import Agent, Config, Role
from agentconsole.config.amounts import minor
from agentconsole.config.delegations import NONE
from agentconsole.config.gestures import Delegation, Limits
from agentconsole.model.gesture import FulfilmentHow, GestureKind, Purse, purse_of

Document = dict[str, Any]


def compile_policy(config: Config) -> Document:
    """The policy that a configuration says; of one without delegations a document without rules.

    Rows are sorted, so that the same configuration always gives the same document.
    """
    return {
        "zone": config.hours.zone,
        "grace": int(config.gestures.grace.total_seconds()),
        "expires": int(config.gestures.expires.total_seconds()),
        "agents": [_agent(config, agent) for agent in sorted(config.agents, key=lambda a: a.id)],
        "rules": sorted(_rules(config), key=lambda r: (r["agent"], r["currency"], r["kind"])),
        "reasons": sorted(_reasons(config), key=lambda r: (r["agent"], r["reason"])),
        "approvers": sorted(_approvers(config), key=lambda r: (r["agent"], r["approver"])),
        "teams": [
            {
                "team": team.id,
                "currency": b.currency,
                "purse": str(b.purse),
                "period": str(b.period),
                "budget": minor(b.budget, b.currency),
            }
            for team in sorted(config.teams, key=lambda t: t.id)
            for b in sorted(team.budgets, key=lambda b: (b.currency, b.purse))
        ],
        "kinds": list(_kinds(config)),
    }


def to_json(document: Document) -> str:
    """The document as it is kept: the same text for the same policy."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(document: Document) -> str:
    """SHA-256 of :func:`to_json`, hexadecimal."""
    return hashlib.sha256(to_json(document).encode()).hexdigest()


def delegation_of(config: Config, agent: Agent) -> Delegation | None:
    """What an agent may give: their own delegation, else that of their role; ``None`` where there is none."""
    if agent.delegation == NONE:
        return None
    if agent.delegation is not None:
        return next((d for d in config.delegations if d.id == agent.delegation), None)
    return next((d for d in config.delegations if agent.role in d.roles), None)


def person_of(agent: Agent) -> str:
    """Who an agent is; two logins of one human being are the same person."""
    return agent.person or agent.id


def _agent(config: Config, agent: Agent) -> Document:
    delegation = delegation_of(config, agent)
    return {
        "id": agent.id,
        "name": agent.name,
        "person": person_of(agent),
        "supervisor": agent.role is Role.SUPERVISOR,
        "team": agent.teams[0] if agent.teams else None,
        "training": delegation is not None and delegation.training,
        "trained_until": agent.trained_until.isoformat() if agent.trained_until else None,
        "active": not agent.disabled,
    }


def _rules(config: Config) -> Iterator[Document]:
    for agent in config.agents:
        delegation = delegation_of(config, agent)
        if delegation is None or agent.disabled:
            continue
        for limits in delegation.limits:
            for kind in GestureKind:
                if purse_of(kind) is limits.purse and (not delegation.kinds or kind in delegation.kinds):
                    yield _rule(agent, delegation, limits, kind)


def _rule(agent: Agent, delegation: Delegation, limits: Limits, kind: GestureKind) -> Document:
    def amount(text: str) -> int:
        return minor(text, limits.currency)

    return {
        "agent": agent.id,
        "currency": limits.currency,
        "kind": str(kind),
        "purse": str(Purse(limits.purse)),
        "ceiling": amount(limits.kinds.get(kind, limits.gesture)),
        "customer": amount(limits.customer),
        "within": int(limits.within.total_seconds()),
        "proof": amount(limits.proof),
        "period": str(delegation.period),
        "budget": amount(limits.budget),
        "count": limits.count,
    }


def _reasons(config: Config) -> Iterator[Document]:
    for agent in config.agents:
        delegation = delegation_of(config, agent)
        for reason in (r.id for r in config.reasons) if delegation and not agent.disabled else ():
            if delegation and (not delegation.reasons or reason in delegation.reasons):
                yield {"agent": agent.id, "reason": reason}


def _approvers(config: Config) -> Iterator[Document]:
    active = [(agent, delegation_of(config, agent)) for agent in config.agents if not agent.disabled]
    for agent, delegation in active:
        for other, others in active:
            wanted = delegation is not None and others is not None and others.id in delegation.approvers
            if wanted and person_of(agent) != person_of(other):
                yield {"agent": agent.id, "approver": other.id}


def _kinds(config: Config) -> Iterator[Document]:
    known = {kind.id: kind for kind in config.kinds}
    for kind in sorted(GestureKind):
        found = known.get(kind)
        yield {
            "kind": str(kind),
            "how": str(found.fulfil if found else FulfilmentHow.TASK),
            "pool": found.pool if found and found.pool else str(kind),
        }
