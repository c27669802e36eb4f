"""The latest messages of customers, whosever conversations they are in."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from agentconsole.model.message import Direction, MessageKind
from agentconsole.store.tables import conversation, message


class Arrived(NamedTuple):
    """A message of a customer's, the number of its conversation, and who has that."""

    seq: int
    number: int
    assignee: str | None


def latest(connection: Connection) -> int:
    """Seq of the latest message of all; 0 where there is none."""
    return connection.execute(select(func.max(message.c.seq))).scalar() or 0


def arrived(connection: Connection, after: int) -> list[Arrived]:
    """What customers wrote after the message of that seq; no bounces, no automatic replies."""
    query = (
        select(message.c.seq, conversation.c.number, conversation.c.assignee)
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .where(
            message.c.seq > after,
            message.c.direction == str(Direction.IN),
            message.c.kind == str(MessageKind.MESSAGE),
        )
    )
    return [Arrived(*row) for row in connection.execute(query)]
