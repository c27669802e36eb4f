"""Who is to read a note."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, insert, select, update

from agentconsole.store.tables import conversation, message
from agentconsole.store.team_tables import mention

m = mention.c


@dataclass(frozen=True, slots=True)
class Mention:
    """A note that somebody is to read: in which conversation, by whom, when (UTC), and its words."""

    message_id: UUID
    number: int
    author: str
    at: datetime
    text: str


_WAITS = m.seen_at.is_(None)


def add(connection: Connection, message_id: UUID, author: str, agents: Collection[str], at: datetime) -> None:
    """These agents are to read a note."""
    if agents:
        row = {"message_id": message_id, "author": author, "at": at}
        connection.execute(insert(mention), [row | {"agent": agent} for agent in agents])


def waiting(connection: Connection, agent: str, limit: int) -> list[Mention]:
    """What an agent has not opened yet, the latest first."""
    columns = (m.message_id, conversation.c.number, m.author, m.at, message.c.text)
    query = _placed(*columns).where(m.agent == agent, _WAITS).order_by(m.at.desc(), m.message_id)
    return [Mention(*row) for row in connection.execute(query.limit(limit))]


def waiting_ids(connection: Connection, agent: str) -> dict[UUID, int]:
    """The notes that an agent has not opened yet, each with its conversation's number."""
    found = connection.execute(_placed(m.message_id, conversation.c.number).where(m.agent == agent, _WAITS))
    return dict(found.all())


def _placed(*columns: Any) -> Select[Any]:
    """A note is where its message is, in whichever conversation that is by now."""
    joined = mention.join(message, message.c.id == m.message_id)
    return select(*columns).select_from(joined.join(conversation, conversation.c.id == message.c.conversation_id))


def waits(connection: Connection, agent: str, conversation_id: UUID) -> bool:
    """Whether a conversation has notes that an agent has not opened yet."""
    query = _placed(m.message_id).where(m.agent == agent, _WAITS, conversation.c.id == conversation_id)
    return connection.execute(query.limit(1)).first() is not None


def see(connection: Connection, agent: str, conversation_id: UUID, at: datetime) -> None:
    """An agent has opened a conversation."""
    here = select(message.c.id).where(message.c.conversation_id == conversation_id)
    mine = (m.agent == agent, _WAITS, m.message_id.in_(here))
    connection.execute(update(mention).where(*mine).values(seen_at=at))
