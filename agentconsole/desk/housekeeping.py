"""What has to be done now and then, by whichever console comes first."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from agentconsole.desk import attentions, gestures
from agentconsole.desk import standing as standings
from agentconsole.desk.context import Desk
from agentconsole.desk.handling import wake
from agentconsole.errors import RuleRefused
from agentconsole.store import conversations, journal, outbox

_POLICY = "policy"
_STEP = 200


def keep(desk: Desk) -> None:
    """Take back lapsed leases, open what has to be looked at, end approvals that have expired, work out attentions."""
    with desk.store.read() as connection:
        lapsed = outbox.has_lapsed(connection, desk.now())
    if lapsed:
        with desk.store.write() as connection:
            outbox.sweep(connection, desk.now())
    wake(desk)
    attentions.renew(desk)
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
    """Compute all active conversations anew where the policy has changed since; answers how many.

    In steps of a few hundred, so that nobody waits; stopped half-way, it starts again, and nothing is lost.
    Once for a console: two consoles with two policies would otherwise undo each other's work for ever.
    """
    mark = policy_mark(desk)
    with desk.store.read() as connection:
        before = journal.remembered(connection, _POLICY)
    if before == mark:
        return 0
    done, number = 0, 0
    while before is not None:
        with desk.store.write() as connection:
            rows = conversations.active_after(connection, number, _STEP)
            if not rows:
                break
            ids = [row.id for row in rows]
            conversations.lock(connection, *ids)
            found = list(standings.load(connection, conversations.by_ids(connection, ids)).values())
            for standing in found:
                standings.refold(connection, desk, standing)
            standings.save(connection, desk, found, "policy")
        done, number = done + len(found), rows[-1].number
    with desk.store.write() as connection:
        journal.remember(connection, _POLICY, mark)
    return done
