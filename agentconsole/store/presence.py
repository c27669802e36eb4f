"""Who is on which conversation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select

from agentconsole.model.conversation import Presence
from agentconsole.store.tables import conversation, presence
from agentconsole.store.upsert import insert_or

p = presence.c


def of_agent(connection: Connection, agent: str) -> tuple[UUID, str, datetime] | None:
    """Where an agent was seen last: conversation, "reading" or "writing", when."""
    found = connection.execute(select(p.conversation_id, p.doing, p.at).where(p.agent == agent)).one_or_none()
    return (found.conversation_id, found.doing, found.at) if found else None


def others(connection: Connection, conversation_id: UUID, agent: str, since: datetime) -> list[Presence]:
    """Who else was on a conversation since then; who is writing first."""
    query = select(p.agent, p.doing).where(p.conversation_id == conversation_id, p.agent != agent, p.at > since)
    return [Presence(*row) for row in connection.execute(query.order_by(p.doing.desc(), p.agent))]


def elsewhere(connection: Connection, agent: str, since: datetime) -> list[tuple[int, Presence]]:
    """Everybody else who was on a conversation since then, each with its number."""
    query = select(conversation.c.number, p.agent, p.doing).join(conversation, conversation.c.id == p.conversation_id)
    found = connection.execute(query.where(p.agent != agent, p.at > since).order_by(p.doing.desc(), p.agent))
    return [(number, Presence(who, doing)) for number, who, doing in found]


def latest(connection: Connection) -> list[tuple[str, UUID, str]]:
    """Where each agent was last, however long ago: agent, conversation, "reading" or "writing"."""
    return [tuple(row) for row in connection.execute(select(p.agent, p.conversation_id, p.doing))]


def everywhere(connection: Connection, since: datetime) -> dict[str, tuple[int, str]]:
    """Where everybody was since then: number of the conversation, "reading" or "writing"."""
    query = select(p.agent, conversation.c.number, p.doing).join(conversation, conversation.c.id == p.conversation_id)
    return {agent: (number, doing) for agent, number, doing in connection.execute(query.where(p.at > since))}


def put(connection: Connection, agent: str, conversation_id: UUID, doing: str, at: datetime) -> None:
    """An agent is there now, and nowhere else."""
    values = {"conversation_id": conversation_id, "doing": doing, "at": at}
    statement = insert_or(connection, presence).values(agent=agent, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["agent"], set_=values))


def drop(connection: Connection, agent: str) -> None:
    """An agent is on no conversation."""
    connection.execute(delete(presence).where(p.agent == agent))
