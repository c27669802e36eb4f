"""Moving what belongs to a conversation to another one, and back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, update

from agentconsole.model.message import Direction
from agentconsole.store.delivery_tables import outbox
from agentconsole.store.tables import conversation, event, message, presence, promise

m = message.c


def followers(connection: Connection, numbers: Collection[int]) -> dict[int, UUID]:
    """The conversations whose messages these have, by number."""
    c = conversation.c
    query = select(c.number, c.id).where(c.merged_into.in_(list(numbers))).order_by(c.number)
    return dict(connection.execute(query).all())


def move(connection: Connection, source: UUID, target: UUID, others: Collection[UUID]) -> None:
    """All messages and deliveries of a conversation go to another, whoever is on it goes along.

    :param others: conversations whose messages it had; where their messages came from stays known.
    """
    mine = [source, *others]
    at_target = (m.conversation_id == target, m.came_from.in_(mine))
    connection.execute(update(message).where(*at_target).values(came_from=None))  # split off once: it stays
    own = (m.conversation_id == source, or_(m.came_from.is_(None), m.came_from.not_in(list(others))))
    connection.execute(update(message).where(*own).values(came_from=source))
    connection.execute(update(message).where(m.conversation_id == source).values(conversation_id=target))
    for table in (outbox, presence):
        moved = update(table).where(table.c.conversation_id == source)
        connection.execute(moved.values(conversation_id=target))


def give_back(connection: Connection, source: UUID, target: UUID, others: Collection[UUID]) -> None:
    """The messages that ``source`` has from ``target``, and from ``others``, go to ``target``."""
    theirs = (m.conversation_id == source, m.came_from.in_([target, *others]))
    connection.execute(update(message).where(*theirs).values(conversation_id=target))
    own = (m.conversation_id == target, m.came_from == target)
    connection.execute(update(message).where(*own).values(came_from=None))
    of_target = select(m.id).where(m.conversation_id == target)
    sent = update(outbox).where(outbox.c.conversation_id == source, outbox.c.message_id.in_(of_target))
    connection.execute(sent.values(conversation_id=target))


def move_message(connection: Connection, message_id: UUID, target: UUID, came_from: UUID | None) -> None:
    """One message, with its delivery, goes to another conversation."""
    moved = update(message).where(m.id == message_id)
    connection.execute(moved.values(conversation_id=target, came_from=came_from))
    connection.execute(update(outbox).where(outbox.c.message_id == message_id).values(conversation_id=target))


def place_of(connection: Connection, seq: int) -> tuple[UUID, UUID, UUID | None] | None:
    """A message's id, its conversation, and the one it was in before."""
    query = select(m.id, m.conversation_id, m.came_from).where(m.seq == seq)
    found = connection.execute(query).one_or_none()
    return (found.id, found.conversation_id, found.came_from) if found else None


def written(connection: Connection, conversation_id: UUID) -> int:
    """How many messages a conversation has, notes included."""
    query = select(func.count()).where(m.conversation_id == conversation_id)
    return connection.execute(query).scalar_one()


def unsent(connection: Connection, conversation_id: UUID) -> int:
    """How many of a conversation's replies are not known to be sent."""
    o = outbox.c
    query = select(func.count()).where(o.conversation_id == conversation_id, o.state != "sent")
    return connection.execute(query).scalar_one()


def latest_words(connection: Connection, conversation_id: UUID) -> str:
    """What was written last to or by the customer: its words, else its subject; empty where there is nothing."""
    query = (
        select(m.text, m.subject)
        .where(m.conversation_id == conversation_id, m.direction != str(Direction.NOTE))
        .order_by(m.seq.desc())
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return (found.text or found.subject) if found else ""


def promises(connection: Connection, conversation_id: UUID) -> list[UUID]:
    """All promises of a conversation, ended ones too."""
    query = select(promise.c.id).where(promise.c.conversation_id == conversation_id).order_by(promise.c.id)
    return list(connection.execute(query).scalars())


def promises_at(connection: Connection, ids: Collection[UUID], conversation_id: UUID) -> list[UUID]:
    """Those of these promises that a conversation has."""
    p = promise.c
    query = select(p.id).where(p.id.in_(list(ids)), p.conversation_id == conversation_id).order_by(p.id)
    return list(connection.execute(query).scalars())


def by_a_merge(connection: Connection, ids: Collection[UUID]) -> list[UUID]:
    """Those of these merged conversations that a merge brought there, and not the undo of a split."""
    return [i for i in ids if latest_entry(connection, i, "merged") is not None]


def latest_entry(connection: Connection, conversation_id: UUID, kind: str) -> str | None:
    """The detail (JSON) of a conversation's latest entry of that kind that is not undone."""
    e = event.c
    query = select(e.detail).where(e.conversation_id == conversation_id, e.kind == kind, ~e.undone)
    found: str | None = connection.execute(query.order_by(e.seq.desc()).limit(1)).scalar_one_or_none()
    return found
