"""What is written along with conversations: the audit trail, drafts, and what the desk itself remembers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from agentconsole.model.conversation import Draft, DraftKind, Event
from agentconsole.store.tables import conversation, draft, event, setting
from agentconsole.store.upsert import insert_or


def entry(conversation_id: UUID, at: datetime, actor: str, kind: str, **detail: Any) -> dict[str, Any]:
    """One row of the audit trail, for :func:`record`; ``detail`` must be JSON."""
    return {
        "conversation_id": conversation_id,
        "at": at,
        "actor": actor,
        "kind": kind,
        "detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
    }


def record(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add to the audit trail."""
    if entries:
        connection.execute(insert(event), list(entries))


def trail(connection: Connection, conversation_id: UUID, limit: int = 500) -> list[Event]:
    """The latest entries of a conversation's audit trail, oldest first."""
    query = (
        select(event.c.seq, event.c.at, event.c.actor, event.c.kind, event.c.detail)
        .where(event.c.conversation_id == conversation_id)
        .order_by(event.c.seq.desc())
        .limit(limit)
    )
    return [Event(*row) for row in connection.execute(query)][::-1]


def keep_draft(connection: Connection, conversation_id: UUID, words: Draft) -> None:
    """Keep an agent's unsent words, in place of the ones of that kind before."""
    values = {"text": words.text, "seen": words.seen, "updated_at": words.updated_at}
    key = {"conversation_id": conversation_id, "agent": words.agent, "kind": str(words.kind)}
    statement = insert_or(connection, draft).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def drop_draft(connection: Connection, conversation_id: UUID, agent: str, kind: DraftKind) -> None:
    """Forget an agent's unsent words: they were sent, or given up."""
    mine = (draft.c.conversation_id == conversation_id, draft.c.agent == agent, draft.c.kind == str(kind))
    connection.execute(delete(draft).where(*mine))


def drafts(connection: Connection, *, agent: str | None = None, conversation_id: UUID | None = None) -> list[Draft]:
    """Unsent words, latest first: an agent's, a conversation's, or all."""
    query = select(
        conversation.c.number, draft.c.agent, draft.c.kind, draft.c.text, draft.c.seen, draft.c.updated_at
    ).join(conversation, conversation.c.id == draft.c.conversation_id)
    if agent is not None:
        query = query.where(draft.c.agent == agent)
    if conversation_id is not None:
        query = query.where(draft.c.conversation_id == conversation_id)
    found = connection.execute(query.order_by(draft.c.updated_at.desc()))
    return [Draft(number, who, DraftKind(kind), *rest) for number, who, kind, *rest in found]


def remembered(connection: Connection, name: str) -> str | None:
    """What the desk remembers under a name."""
    return connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def remember(connection: Connection, name: str, value: str) -> None:
    """Remember it, in place of what was there."""
    statement = insert_or(connection, setting).values(name=name, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def state_changes(connection: Connection, conversation_id: UUID) -> list[tuple[datetime, dict[str, Any]]]:
    """When and to what the conversation's state was changed by hand, oldest first."""
    query = (
        select(event.c.at, event.c.detail)
        .where(event.c.conversation_id == conversation_id, event.c.kind == "state")
        .order_by(event.c.seq)
    )
    return [(at, json.loads(detail)) for at, detail in connection.execute(query)]
