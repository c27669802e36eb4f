"""Reading requests and what became of them. Whose they are is decided by row-level security on PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from agentconsole.model.gesture import Approval, ApprovalState
from agentconsole.store.ledger.tables import approval, entry, words
from agentconsole.store.tables import conversation

_OPEN = (str(ApprovalState.REQUESTED), str(ApprovalState.APPROVED))
_a, _c = approval.c, conversation.c
_asked, _answered = entry.alias("asked"), entry.alias("answered")
_said, _reply = words.alias("said"), words.alias("reply")
_of_it = and_(_answered.c.conversation_id == _a.conversation_id, _answered.c.approval_id == _a.id)  # indexed so
_ALL = (
    select(
        approval,
        func.coalesce(_c.merged_into, _c.number).label("number"),
        _said.c.proof,
        _said.c.remark,
        _reply.c.remark.label("answer"),
    )
    .join(conversation, _c.id == _a.conversation_id)
    .outerjoin(_asked, and_(_asked.c.agent == _a.requester, _asked.c.key == _a.key))
    .outerjoin(_said, _said.c.entry_id == _asked.c.id)
    .outerjoin(_answered, and_(_of_it, _answered.c.entry.in_(("approve", "refuse"))))
    .outerjoin(_reply, _reply.c.entry_id == _answered.c.id)
)


def get(connection: Connection, approval_id: UUID, now: datetime) -> Approval | None:
    """A request; ``None`` where there is none, or none that may be seen.

    :param now: UTC; what has expired by then is EXPIRED, swept or not.
    """
    found = connection.execute(_ALL.where(_a.id == approval_id)).one_or_none()
    return None if found is None else _read(found, now)


def some(
    connection: Connection,
    now: datetime,
    *,
    open_only: bool = True,
    requester: str | None = None,
    since: datetime | None = None,
) -> list[Approval]:
    """Requests, the oldest first.

    :param open_only: only what nobody decided on, and what was approved and not used, while it has not expired.
    :param since: UTC; only what was asked for from then on.
    """
    wanted: list[ColumnElement[bool]] = []
    if open_only:
        wanted += [_a.state.in_(_OPEN), _a.expires_at > now]
    if requester is not None:
        wanted.append(_a.requester == requester)
    if since is not None:
        wanted.append(_a.requested_at >= since)
    found = connection.execute(_ALL.where(*wanted).order_by(_a.requested_at, _a.id))
    return [_read(row, now) for row in found]


def refused(connection: Connection, now: datetime, requester: str, since: datetime) -> list[Approval]:
    """What an agent asked for that was refused since then (UTC), the newest first; not what they followed up in that
    conversation, with a gesture or another request.
    """
    later = entry.alias("later").c
    followed = select(later.id).where(
        later.agent == requester,
        later.conversation_id == _a.conversation_id,
        later.entry.in_(("grant", "request")),
        later.at > _a.decided_at,
    )
    query = _ALL.where(
        _a.requester == requester,
        _a.state == str(ApprovalState.REFUSED),
        _a.decided_at >= since,
        ~followed.exists(),
    )
    return [_read(row, now) for row in connection.execute(query.order_by(_a.decided_at.desc(), _a.id))]


def _read(row: Row[Any], now: datetime) -> Approval:
    lapsed = row.state in _OPEN and row.expires_at <= now
    return Approval(
        id=row.id,
        number=row.number,
        conversation=row.conversation_id,
        customer=row.customer_id,
        requester=row.requester,
        kind=row.kind,
        amount=row.amount,
        currency=row.currency,
        reason=row.reason,
        proof=row.proof or "",
        remark=row.remark or "",
        team=row.team,
        period=row.period,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        state=ApprovalState.EXPIRED if lapsed else ApprovalState(row.state),
        approver=row.approver,
        granted=row.granted,
        decided_at=row.decided_at,
        answer=row.answer or "",
    )
