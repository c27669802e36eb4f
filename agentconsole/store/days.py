"""What an agent did in a stretch of time, as the audit trail and the messages tell."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from agentconsole.model.message import Direction, MessageKind
from agentconsole.model.states import State
from agentconsole.store.tables import event, message

e, m = event.c, message.c


class Handled(NamedTuple):
    """A reply ("replied"), or a resolution ("state"); ``after`` is the seq of the latest message of then."""

    conversation_id: UUID
    at: datetime
    kind: str
    after: int


def handled(connection: Connection, actor: str, since: datetime) -> list[Handled]:
    """What somebody replied to and resolved since then, oldest first; what was undone is left out."""
    query = select(e.conversation_id, e.at, e.kind, e.detail).where(
        e.actor == actor, e.at >= since, e.kind.in_(("replied", "state")), ~e.undone
    )
    found = []
    for conversation_id, at, kind, detail in connection.execute(query.order_by(e.at, e.seq)):
        said = json.loads(detail) if kind == "state" else {}
        if kind == "replied" or said.get("state") == State.RESOLVED:
            found.append(Handled(conversation_id, at, kind, int(said.get("after", 0))))
    return found


def first_answers(connection: Connection, ids: Collection[UUID]) -> dict[UUID, tuple[str, datetime]]:
    """Who answered each of these conversations first, and when; an answer from elsewhere is its channel's."""
    answers = (e.conversation_id.in_(list(ids)), e.kind.in_(("replied", "answered_elsewhere")), ~e.undone)
    first = select(func.min(e.seq)).where(*answers).group_by(e.conversation_id)
    query = select(e.conversation_id, e.actor, e.at).where(e.seq.in_(first.scalar_subquery()))
    return {row.conversation_id: (row.actor, row.at) for row in connection.execute(query)}


def customers_latest(connection: Connection, ids: Collection[UUID]) -> dict[UUID, int]:
    """Seq of the customer's latest message in each of these conversations."""
    query = select(m.conversation_id, func.max(m.seq)).where(
        m.conversation_id.in_(list(ids)),
        m.direction == str(Direction.IN),
        m.kind == str(MessageKind.MESSAGE),
    )
    return dict(connection.execute(query.group_by(m.conversation_id)).all())
