"""Approvals that are open, as far as the clocks of their conversations go by them: readable for everybody at the desk,
whoever may see what was asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Connection, column, func, select, text

from agentconsole.model.gesture import ApprovalState
from agentconsole.store.ledger.tables import approval
from agentconsole.store.types import Id, Moment, Words

_OPEN = (str(ApprovalState.REQUESTED), str(ApprovalState.APPROVED))


@dataclass(frozen=True, slots=True)
class Awaited:
    """A request nobody has decided on, or an approval not used.

    :param conversation: id of the one it was asked for in, which may be merged into another since.
    :param since: when it was asked for, or approved, UTC.
    :param lapsed: it is worth nothing any more, by the database's clock, and not swept yet.
    """

    id: UUID
    conversation: UUID
    requester: str
    state: ApprovalState
    since: datetime
    expires_at: datetime
    lapsed: bool


def awaited(connection: Connection, conversations: Collection[UUID] | None = None) -> list[Awaited]:
    """What is open, the oldest first; of these conversations alone where they are given."""
    if connection.dialect.name == "sqlite":
        a = approval.c
        now = text("(SELECT at FROM ledger_clock)")
        query = select(
            a.id, a.conversation_id, a.requester, a.state, func.coalesce(a.decided_at, a.requested_at, type_=Moment()),
            a.expires_at, (a.expires_at <= now).label("lapsed"),
        ).where(a.state.in_(_OPEN))  # fmt: skip
        of = column("conversation_id", Id)
    else:
        found = func.ledger.awaited().table_valued(
            column("id", Id), column("conversation_id", Id), column("requester", Words), column("state", Words),
            column("since", Moment), column("expires_at", Moment), column("lapsed", Boolean),
        )  # fmt: skip
        query, of = select(*found.c), column("conversation_id", Id)
    if conversations is not None:
        query = query.where(of.in_(list(conversations)))
    rows = [
        Awaited(i, conversation, requester, ApprovalState(state), since, expires_at, bool(lapsed))
        for i, conversation, requester, state, since, expires_at, lapsed in connection.execute(query)
    ]
    return sorted(rows, key=lambda each: (each.since, each.id.bytes))
