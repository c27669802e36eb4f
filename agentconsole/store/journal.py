"""What is written along with conversations: the audit trail, drafts, and what the desk itself remembers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, text, update

from agentconsole.model.conversation import Draft, DraftKind, Event
from agentconsole.store.tables import conversation, draft, event, setting
from agentconsole.store.upsert import insert_or

_EVENT = (event.c.seq, event.c.at, event.c.actor, event.c.kind, event.c.detail, event.c.step, event.c.undone)


def entry(
    conversation_id: UUID, at: datetime, actor: str, kind: str, /, *, step: UUID | None = None, **detail: Any
) -> dict[str, Any]:
    """One row of the audit trail, for :func:`record`; ``detail`` must be JSON."""
    return {
        "conversation_id": conversation_id,
        "at": at,
        "actor": actor,
        "kind": kind,
        "detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
        "step": step,
    }


def record(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add to the audit trail."""
    if entries:
        connection.execute(insert(event), list(entries))


def trail(connection: Connection, conversation_id: UUID, limit: int = 500) -> list[Event]:
    """The latest entries of a conversation's audit trail, oldest first."""
    query = select(*_EVENT).where(event.c.conversation_id == conversation_id).order_by(event.c.seq.desc()).limit(limit)
    return [Event(*row) for row in connection.execute(query)][::-1]


class Placed(NamedTuple):
    """An entry of the audit trail, and the conversation it is of."""

    conversation_id: UUID
    number: int
    event: Event


def of_step(connection: Connection, step: UUID) -> list[Placed]:
    """The entries of a step, oldest first."""
    query = (
        select(conversation.c.id, conversation.c.number, *_EVENT)
        .join(conversation, conversation.c.id == event.c.conversation_id)
        .where(event.c.step == step)
        .order_by(event.c.seq)
    )
    return [Placed(row[0], row[1], Event(*row[2:])) for row in connection.execute(query)]


def latest_step(connection: Connection, actor: str, since: datetime, without: Collection[UUID]) -> UUID | None:
    """The latest step that somebody has made since then, undone ones and undoing left out."""
    query = (
        select(event.c.step)
        .where(
            event.c.actor == actor,
            event.c.at >= since,
            event.c.step.is_not(None),
            event.c.step.not_in(list(without)),
            ~event.c.undone,
            event.c.kind != "undone",
        )
        .order_by(event.c.at.desc(), event.c.seq.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def mark_undone(connection: Connection, step: UUID) -> None:
    """The entries of a step count for nothing any more; they stay in the trail."""
    connection.execute(update(event).where(event.c.step == step).values(undone=True))


def latest_actor(connection: Connection, conversation_id: UUID, kind: str) -> str | None:
    """Who did this latest in a conversation, what was undone left out."""
    mine = (event.c.conversation_id == conversation_id, event.c.kind == kind, ~event.c.undone)
    query = select(event.c.actor).where(*mine).order_by(event.c.seq.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()


def keep_draft(connection: Connection, conversation_id: UUID, words: Draft) -> None:
    """Keep an agent's unsent words, in place of the ones of that kind before."""
    values: dict[str, Any] = {"text": words.text, "seen": words.seen, "updated_at": words.updated_at}
    values |= {"files": json.dumps(words.files, ensure_ascii=False), "actions": words.actions}
    key = {"conversation_id": conversation_id, "agent": words.agent, "kind": str(words.kind)}
    statement = insert_or(connection, draft).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def drop_draft(connection: Connection, conversation_id: UUID, agent: str, kind: DraftKind) -> None:
    """Forget an agent's unsent words: they were sent, or given up."""
    mine = (draft.c.conversation_id == conversation_id, draft.c.agent == agent, draft.c.kind == str(kind))
    connection.execute(delete(draft).where(*mine))


def move_drafts(connection: Connection, source: UUID, target: UUID) -> None:
    """All unsent words of a conversation go to another one of its customer, whosever they are: on PostgreSQL only."""
    connection.execute(text("SELECT desk.move_drafts(:source, :target)"), {"source": source, "target": target})


def drafts(connection: Connection, *, agent: str | None = None, conversation_id: UUID | None = None) -> list[Draft]:
    """Unsent words, latest first: an agent's, a conversation's, or all."""
    query = select(
        conversation.c.number,
        draft.c.agent,
        draft.c.kind,
        draft.c.text,
        draft.c.seen,
        draft.c.updated_at,
        draft.c.files,
        draft.c.actions,
    ).join(conversation, conversation.c.id == draft.c.conversation_id)
    if agent is not None:
        query = query.where(draft.c.agent == agent)
    if conversation_id is not None:
        query = query.where(draft.c.conversation_id == conversation_id)
    found = connection.execute(query.order_by(draft.c.updated_at.desc()))
    return [
        Draft(number, who, DraftKind(kind), words, seen, at, tuple(json.loads(files)), actions)
        for number, who, kind, words, seen, at, files, actions in found
    ]


def remembered(connection: Connection, name: str) -> str | None:
    """What the desk remembers under a name."""
    return connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def remember(connection: Connection, name: str, value: str) -> None:
    """Remember it, in place of what was there."""
    statement = insert_or(connection, setting).values(name=name, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


_OF_STATE = ("state", "merged", "unmerged", "split")


def state_changes(connection: Connection, conversation_id: UUID) -> list[tuple[datetime, dict[str, Any]]]:
    """When and to what the conversation's state was changed by hand, by merging too, oldest first."""
    query = (
        select(event.c.at, event.c.detail)
        .where(event.c.conversation_id == conversation_id, event.c.kind.in_(_OF_STATE), ~event.c.undone)
        .order_by(event.c.seq)
    )
    found = [(at, json.loads(detail)) for at, detail in connection.execute(query)]
    return [(at, detail) for at, detail in found if "state" in detail]
