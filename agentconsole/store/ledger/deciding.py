"""Whose requests somebody may decide on, how many wait, and what was answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, or_, select

from agentconsole.model.gesture import ApprovalState
from agentconsole.store.ledger.tables import agent, approval, approver
from agentconsole.store.tables import conversation

_a = approval.c


def decided_for(connection: Connection, me: str) -> frozenset[str]:
    """Agents whose requests ``me`` may decide on: as the policy says, but for those of the same person."""
    other, own = agent.alias("other"), agent.alias("own")
    query = (
        select(approver.c.agent)
        .join(other, other.c.id == approver.c.agent)
        .join(own, own.c.id == approver.c.approver)
        .where(approver.c.approver == me, other.c.person != own.c.person)
    )
    return frozenset(connection.execute(query).scalars())


def count(connection: Connection, me: str, requesters: Collection[str], now: datetime) -> tuple[int, int]:
    """How many requests of these requesters nobody has decided on, and how many of mine are approved and not used.

    :param now: UTC; what has expired by then does not count.
    """
    waits = _a.state == str(ApprovalState.REQUESTED), _a.requester.in_(list(requesters))
    granted = _a.state == str(ApprovalState.APPROVED), _a.requester == me
    query = select(func.count().filter(*waits), func.count().filter(*granted))
    found = connection.execute(query.where(_a.state.in_(("requested", "approved")), _a.expires_at > now)).one()
    return int(found[0]), int(found[1])


def answers(
    connection: Connection, me: str, before: Collection[tuple[UUID, ApprovalState]]
) -> tuple[frozenset[tuple[UUID, ApprovalState]], list[tuple[int, ApprovalState]]]:
    """What became of requests of mine.

    :param before: those that were open, and how they stood.
    :returns: those that are open now; and of those that stand otherwise than before the number of the conversation and
        how they stand, the first asked for first.
    """
    known = dict(before)
    wanted = _a.state.in_(("requested", "approved"))
    query = (
        select(_a.id, func.coalesce(conversation.c.merged_into, conversation.c.number), _a.state)
        .join(conversation, conversation.c.id == _a.conversation_id)
        .where(_a.requester == me, or_(wanted, _a.id.in_(list(known))) if known else wanted)
        .order_by(_a.requested_at, _a.id)
    )
    rows = [(i, number, ApprovalState(state)) for i, number, state in connection.execute(query)]
    opened = frozenset(
        (i, state) for i, _n, state in rows if state in (ApprovalState.REQUESTED, ApprovalState.APPROVED)
    )
    return opened, [(number, state) for i, number, state in rows if i in known and known[i] is not state]
