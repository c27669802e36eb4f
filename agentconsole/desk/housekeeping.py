"""Chores about replies, approvals and clocks: :mod:`.chores` says when each is done."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk import gestures
from agentconsole.desk import standing as standings
from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused
from agentconsole.store import conversations, journal, outbox

_POLICY = "policy"
_STEP = 50
_FOLDED = ("due_at", "due_kind", "rank", "why", "state")


def take_back(desk: Desk) -> None:
    """Take back the replies that whoever delivered them let lapse."""
    with desk.store.read() as connection:
        lapsed = outbox.has_lapsed(connection, desk.now())
    if lapsed:
        with desk.store.write() as connection:
            outbox.sweep(connection, desk.now())


def expire(desk: Desk) -> None:
    """End approvals that have expired."""
    with suppress(RuleRefused):  # whoever is no agent of the ledger leaves it to those who are
        gestures.expire(desk)


def policy_mark(desk: Desk) -> str:
    """A short text that changes exactly when hours, SLAs, boosts or the media of channels do."""
    config = desk.config
    parts = [config.hours.model_dump_json()]
    parts += [item.model_dump_json() for item in (*config.sla, *config.boosts)]
    parts += [f"{c.id}={c.medium}" for c in config.channels]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def follow_policy(desk: Desk) -> int:
    """Compute all active conversations anew where the policy has changed since; answers how many stand otherwise now.

    Stopped half-way, it starts again, and nothing is lost. Once for each state of a console's rules (see
    :func:`agentconsole.desk.rules.keep`): two consoles with two policies would otherwise undo each other's work for
    ever.
    """
    mark = policy_mark(desk)
    with desk.store.read() as connection:
        before = journal.remembered(connection, _POLICY)
    if before == mark:
        return 0
    done = fold_active(desk) if before is not None else 0
    with desk.store.write() as connection:
        journal.remember(connection, _POLICY, mark)
    return done


def mark_policy(connection: Connection, desk: Desk) -> None:
    """Say that conversations are computed by the rules in force, where nobody has said by which: before others hold."""
    if journal.remembered(connection, _POLICY) is None:
        journal.remember(connection, _POLICY, policy_mark(desk))


def fold_active(desk: Desk) -> int:
    """Compute all active conversations anew by the rules in force; answers how many stand otherwise now.

    A few at a time, so that nobody waits. Those that stand as they stood are not written.
    """
    done, number = 0, 0
    while True:
        with desk.store.write() as connection:
            rows = conversations.active_after(connection, number, _STEP)
            if not rows:
                return done
            done, number = done + _fold(connection, desk, [row.id for row in rows]), rows[-1].number


def _fold(connection: Connection, desk: Desk, ids: list[UUID]) -> int:
    conversations.lock(connection, *ids)
    rows = {row.id: row for row in conversations.by_ids(connection, ids)}
    changed = []
    for standing in standings.load(connection, rows.values()).values():
        row, clocks = rows[standing.id], standing.clocks
        standings.refold(connection, desk, standing)
        becomes = standing.columns(desk)
        stands = (row.due_at, row.due_kind, row.rank, row.why, row.state)
        if standing.clocks != clocks or stands != tuple(becomes[name] for name in _FOLDED):
            changed.append(standing)
    standings.save(connection, desk, changed, "policy")
    return len(changed)
