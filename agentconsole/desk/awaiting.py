"""The clock of a gesture that was asked for: from the request until it is given, refused, withdrawn or expired.

While nobody has decided, it says by when somebody should; once it is approved, by when it should be given:
:attr:`Gestures.approve_within` of open time each, and never later than it expires. A conversation's
``approval_due_at`` is always the earliest of its open approvals; while it has one it cannot be resolved
(:func:`.moves.set_state`). What was decided comes back to whoever asked: a conversation that waits is opened.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.config import State
from agentconsole.desk import clocks, moves
from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing
from agentconsole.store import merging
from agentconsole.store.ledger.awaited import awaited


def asked(doing: Doing, standing: Standing) -> None:
    """A gesture was just asked for: what was resolved is open again, and the clock runs."""
    if standing.state is State.RESOLVED:
        moves.set_state(doing, standing, State.OPEN)
    follow(doing, standing)


def answered(doing: Doing, standing: Standing) -> None:
    """A request was just approved or refused, or has expired: what waits is open, and the clock follows."""
    if standing.state in (State.PENDING, State.SNOOZED):
        moves.set_state(doing, standing, State.OPEN)
    follow(doing, standing)


def follow(doing: Doing, standing: Standing) -> None:
    """The conversation's clock is that of its open approvals as the ledger has them now."""
    followers = merging.followers(doing.connection, [standing.number or 0])
    standing.approval_due_at = earliest(doing.connection, doing.desk, standing, [standing.id, *followers.values()])
    doing.touch(standing)


def earliest(connection: Connection, desk: Desk, standing: Standing, ids: Collection[UUID]) -> datetime | None:
    """When the first open approval of these conversations is due, in the open time of ``standing``'s channel, UTC."""
    found = awaited(connection, ids)
    if not found:
        return None
    _sla, calendar = clocks.policy(desk.config, standing.channel, desk.medium(standing.channel))
    within = desk.config.gestures.approve_within
    return min(min(calendar.add(each.since, within), each.expires_at) for each in found)
