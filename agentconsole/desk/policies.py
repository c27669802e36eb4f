"""The policy of gestures at a desk: applying what agentconsole.toml says, and what held when.

On SQLite it is applied by itself when the console is opened or a verb writes; on PostgreSQL by a supervisor:
`agentconsole policy apply`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconsole.desk.context import Desk
from agentconsole.desk.policy import Document, compile_policy, delegation_of, digest, to_json
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store.ledger import ledger_of, policies
from agentconsole.store.ledger.base import refuse
from agentconsole.store.ledger.policies import Applied

if TYPE_CHECKING:
    from agentconsole.desk.policy_changes import Change


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that holds or held: who applied it when, and its document (see :mod:`agentconsole.desk.policy`)."""

    applied: Applied
    document: Document


def written(desk: Desk) -> Document:
    """The document that the desk's configuration says; on PostgreSQL with all that other consoles take from there.

    :raises UsageError: a macro that cannot be passed on.
    """
    document = compile_policy(desk.config)
    if desk.store.sqlite:
        return document
    from agentconsole.desk.shared import shared_part

    return document | shared_part(desk)


def apply(desk: Desk) -> int:
    """Make what the configuration says the policy that holds; answers its version, which is as it was where nothing
    has changed.

    :raises UsageError: the configuration says nothing about who works here. Nothing was changed.
    :raises RuleRefused: ``not_supervisor``; on SQLite where the policy that holds names any.
    """
    if not desk.config.agents:
        raise UsageError(
            _("This configuration does not say who works here."),
            _("Give the one that does: agentconsole policy apply --config FILE"),
        )
    if desk.store.sqlite and not _may_apply(desk):
        refuse("not_supervisor")
    return _apply(desk)


def _may_apply(desk: Desk) -> bool:
    holds = current(desk)
    supervisors = {a["id"] for a in holds.document["agents"] if a["supervisor"] and a["active"]} if holds else set()
    return not supervisors or desk.agent.id in supervisors


def _apply(desk: Desk) -> int:
    document = written(desk)
    with desk.store.write() as connection:
        return ledger_of(connection).apply_policy(desk.agent.id, to_json(document), digest(document))


def ensure(desk: Desk) -> None:
    """On SQLite, make the configuration's policy hold where it does not; one short look where it does.

    Whoever is at the keyboard: who may change the file owns the desk.
    """
    if outdated(desk):
        _apply(desk)


def outdated(desk: Desk) -> bool:
    """On SQLite, whether :func:`ensure` would apply the configuration's policy."""
    if not desk.store.sqlite:
        return False
    with desk.store.read() as connection:
        holds = policies.latest(connection)
    if not desk.config.agents or (holds is None and not desk.config.delegations):
        return False
    return holds is None or holds.digest != digest(compile_policy(desk.config))


def current(desk: Desk) -> Policy | None:
    """The policy that holds; ``None`` where none was ever applied."""
    with desk.store.read() as connection:
        holds = policies.latest(connection)
        document = policies.document(connection, holds.version) if holds else None
    return Policy(holds, json.loads(document)) if holds and document else None


def history(desk: Desk) -> tuple[Policy, ...]:
    """Every policy there was, the oldest first."""
    with desk.store.read() as connection:
        return tuple(Policy(applied, json.loads(document)) for applied, document in policies.history(connection))


def diff(desk: Desk) -> list[Change]:
    """What would change if the configuration's policy were applied now."""
    from agentconsole.desk.policy_changes import changes

    holds = current(desk)
    whose = {agent.id: delegation_of(desk.config, agent) for agent in desk.config.agents}
    return changes(
        holds.document if holds else {}, written(desk), {who: found.id for who, found in whose.items() if found}
    )
