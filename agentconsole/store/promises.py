"""Promises to customers: what was said, by when, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from agentconsole.model.conversation import Promise
from agentconsole.store.tables import conversation, promise

_COLUMNS = (promise.c.id, conversation.c.number, promise.c.at, promise.c.text, promise.c.author, promise.c.made_at)
_PROMISES = select(*_COLUMNS).join(conversation, conversation.c.id == promise.c.conversation_id)
_OPEN = promise.c.ended.is_(None)


def add(connection: Connection, conversation_id: UUID, made: Promise) -> None:
    """Keep a new promise; its ``number`` is not looked at."""
    values = {"at": made.at, "text": made.text, "author": made.author, "made_at": made.made_at}
    connection.execute(insert(promise).values(id=made.id, conversation_id=conversation_id, **values))


def end(connection: Connection, promise_id: UUID, how: str, at: datetime) -> bool:
    """It is kept, renewed or dropped; answers whether it was open until now."""
    mine = (promise.c.id == promise_id, _OPEN)
    return connection.execute(update(promise).where(*mine).values(ended=how, ended_at=at)).rowcount == 1


def reopen(connection: Connection, conversation_id: UUID, promise_id: UUID) -> bool:
    """It has not ended after all; answers whether it had, in that conversation."""
    mine = (promise.c.id == promise_id, promise.c.conversation_id == conversation_id, ~_OPEN)
    return connection.execute(update(promise).where(*mine).values(ended=None, ended_at=None)).rowcount == 1


def forget(connection: Connection, conversation_id: UUID, promise_id: UUID) -> bool:
    """It was never made; answers whether it was open, in that conversation."""
    mine = (promise.c.id == promise_id, promise.c.conversation_id == conversation_id, _OPEN)
    return connection.execute(delete(promise).where(*mine)).rowcount == 1


def reassign(connection: Connection, ids: Iterable[UUID], conversation_id: UUID) -> None:
    """These promises are another conversation's from now on; see :func:`earliest` for what follows."""
    wanted = list(ids)
    if wanted:
        connection.execute(update(promise).where(promise.c.id.in_(wanted)).values(conversation_id=conversation_id))


def get(connection: Connection, promise_id: UUID) -> tuple[Promise, bool] | None:
    """A promise, and whether it is open; ``None`` where there is none."""
    query = select(*_COLUMNS, _OPEN).join(conversation, conversation.c.id == promise.c.conversation_id)
    row = connection.execute(query.where(promise.c.id == promise_id)).first()
    return None if row is None else (Promise(*row[:-1]), bool(row[-1]))


def open_of(connection: Connection, conversation_ids: Iterable[UUID]) -> list[Promise]:
    """The open promises of conversations, the earliest first."""
    query = _PROMISES.where(promise.c.conversation_id.in_(list(conversation_ids)), _OPEN)
    return [Promise(*row) for row in connection.execute(query.order_by(promise.c.at, promise.c.id))]


def open_of_customers(connection: Connection, customer_ids: Iterable[UUID]) -> list[Promise]:
    """The open promises to customers, whichever conversation they were made in, the earliest first."""
    query = _PROMISES.where(
        conversation.c.customer_id.in_(list(customer_ids)), conversation.c.promised_at.is_not(None), _OPEN
    )
    return [Promise(*row) for row in connection.execute(query.order_by(promise.c.at, promise.c.id))]


def all_open(connection: Connection, limit: int) -> list[Promise]:
    """The open promises of the desk, the earliest first."""
    query = _PROMISES.where(conversation.c.promised_at.is_not(None), _OPEN).order_by(promise.c.at, promise.c.id)
    return [Promise(*row) for row in connection.execute(query.limit(limit))]


def earliest(connection: Connection, conversation_id: UUID) -> datetime | None:
    """When a conversation's first open promise is due: what its column ``promised_at`` must say."""
    query = select(func.min(promise.c.at)).where(promise.c.conversation_id == conversation_id, _OPEN)
    found: datetime | None = connection.execute(query).scalar_one()
    return found
