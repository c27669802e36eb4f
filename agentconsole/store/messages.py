"""Reading and writing messages, their originals and attachments."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from agentconsole.model.conversation import Delivery, Message, StoredAttachment
from agentconsole.model.message import Attachment, Direction, MessageKind
from agentconsole.store import blobs, search
from agentconsole.store.delivery_tables import outbox
from agentconsole.store.engine import Store
from agentconsole.store.tables import attachment, conversation, message, original
from agentconsole.store.team_tables import mention

_SHORT = 1_000
"""Characters of a subject or a name that can be found by their words."""
_COLUMNS = (
    message.c.seq, message.c.id, message.c.direction, message.c.kind, message.c.channel, message.c.author,
    message.c.author_name, message.c.at, message.c.subject, message.c.text, message.c.quoted, message.c.signature,
    message.c.public, message.c.warnings, message.c.external_id,
)  # fmt: skip
_DELIVERY = (outbox.c.state, outbox.c.error, outbox.c.attempt, outbox.c.not_before)
_ROWS = select(*_COLUMNS, *_DELIVERY).outerjoin(outbox, outbox.c.message_id == message.c.id)


def _message(found: Row[*tuple[Any, ...]], attachments: tuple[StoredAttachment, ...]) -> Message:
    values: list[Any] = list(found[: len(_COLUMNS)])
    values[2], values[3] = Direction(values[2]), MessageKind(values[3])
    values[13] = tuple(values[13].splitlines())
    state = found[len(_COLUMNS)]
    values += [attachments, Delivery(*found[len(_COLUMNS) :]) if state else None]
    return Message(*values)


def thread(connection: Connection, conversation_id: UUID, limit: int, before: int | None = None) -> list[Message]:
    """The latest ``limit`` messages (before the one of that seq), oldest first."""
    query = _ROWS.where(message.c.conversation_id == conversation_id)
    if before is not None:
        query = query.where(message.c.seq < before)
    rows = connection.execute(query.order_by(message.c.seq.desc()).limit(limit)).all()[::-1]
    files = attachments_of(connection, [row.id for row in rows])
    return [_message(row, files.get(row.id, ())) for row in rows]


def after(connection: Connection, conversation_id: UUID, seq: int) -> list[Message]:
    """What came after a message, oldest first."""
    query = _ROWS.where(message.c.conversation_id == conversation_id, message.c.seq > seq).order_by(message.c.seq)
    rows = connection.execute(query).all()
    files = attachments_of(connection, [row.id for row in rows])
    return [_message(row, files.get(row.id, ())) for row in rows]


def count(connection: Connection, conversation_id: UUID, before: int) -> int:
    """How many messages came before the one of that seq."""
    query = select(func.count()).where(message.c.conversation_id == conversation_id, message.c.seq < before)
    return connection.execute(query).scalar_one()


def attachments_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[StoredAttachment, ...]]:
    """The attachments of each message, in their order."""
    if not ids:
        return {}
    query = select(attachment).where(attachment.c.message_id.in_(ids)).order_by(attachment.c.position)
    found: dict[UUID, tuple[StoredAttachment, ...]] = {}
    for owner, *rest in connection.execute(query):
        found[owner] = (*found.get(owner, ()), StoredAttachment(*rest))
    return found


class Known(NamedTuple):
    """A message that the desk has already: which, of which conversation, and what tells it from another."""

    message_id: UUID
    conversation_id: UUID
    direction: Direction
    author: str
    text: str


def known(connection: Connection, channel: str, external_ids: Iterable[str]) -> dict[str, Known]:
    """Which of a channel's messages the desk already has, by external id."""
    m = message.c
    query = select(m.external_id, m.id, m.conversation_id, m.direction, m.author, m.text).where(
        m.channel == channel, m.external_id.in_(list(external_ids))
    )
    return {row[0]: Known(row[1], row[2], Direction(row[3]), row[4], row[5]) for row in connection.execute(query)}


def answered(connection: Connection, conversation_id: UUID, channel: str, customer_id: UUID) -> Message | None:
    """The customer's latest message of a conversation on one channel: what a reply there answers.

    What came by merging from a conversation of another customer, though a linked one, is not theirs.
    """
    theirs = select(conversation.c.id).where(conversation.c.customer_id == customer_id)
    query = _ROWS.where(
        message.c.conversation_id == conversation_id,
        message.c.channel == channel,
        message.c.direction == str(Direction.IN),
        message.c.kind == str(MessageKind.MESSAGE),
        or_(message.c.came_from.is_(None), message.c.came_from.in_(theirs)),
    )
    row = connection.execute(query.order_by(message.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else _message(row, ())


def external_ids(connection: Connection, conversation_id: UUID, channel: str, limit: int = 50) -> list[str]:
    """External ids of a conversation's latest messages on a channel, seen or sent by the customer, oldest first."""
    query = (
        select(message.c.external_id)
        .where(
            message.c.conversation_id == conversation_id,
            message.c.channel == channel,
            message.c.external_id.is_not(None),
            message.c.kind == str(MessageKind.MESSAGE),
        )
        .order_by(message.c.seq.desc())
        .limit(limit)
    )
    return [found for (found,) in connection.execute(query)][::-1]


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[UUID, int]:
    """New messages, made findable; answers the seq each got."""
    if not rows:
        return {}
    connection.execute(insert(message), list(rows))
    ids = [row["id"] for row in rows]
    numbered = connection.execute(select(message.c.id, message.c.seq).where(message.c.id.in_(ids)))
    seqs: dict[UUID, int] = {row.id: row.seq for row in numbered}
    search.index(connection, [(seqs[row["id"]], _words(row)) for row in rows])
    return seqs


def index(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make messages findable that are there already: whole rows of the table."""
    search.index(connection, [(row["seq"], _words(row)) for row in rows])


def _words(row: Mapping[str, Any]) -> str:
    """What a message is found by."""
    short = (row.get("subject", ""), row["author_name"], row["author"])
    return search.words_of(*(text[:_SHORT] for text in short), row["text"], row.get("quoted", ""))


def text_of(connection: Connection, message_id: UUID) -> str:
    """A message's words."""
    found: str = connection.execute(select(message.c.text).where(message.c.id == message_id)).scalar_one()
    return found


def written(connection: Connection, message_id: UUID) -> tuple[str, str] | None:
    """A message's idempotency key (empty for a note) and words, where there is one of that identifier."""
    query = select(func.coalesce(message.c.external_id, ""), message.c.text).where(message.c.id == message_id)
    found = connection.execute(query).first()
    return None if found is None else (found[0], found[1])


def remove(connection: Connection, message_id: UUID) -> None:
    """A message that was written here and taken back: it is as if it had never been."""
    forget(connection, [message_id])
    for table in (attachment, original, mention):
        connection.execute(delete(table).where(table.c.message_id == message_id))
    connection.execute(delete(message).where(message.c.id == message_id))


def forget(connection: Connection, ids: Sequence[UUID]) -> None:
    """These messages are not found by their words any more."""
    rows = connection.execute(select(message).where(message.c.id.in_(list(ids)))).all()
    search.forget(connection, [(row.seq, _words(dict(row._mapping))) for row in rows])


def find_again(connection: Connection, ids: Sequence[UUID]) -> None:
    """These messages, forgotten before, are found by the words that they hold now."""
    rows = connection.execute(select(message).where(message.c.id.in_(list(ids)))).all()
    search.index(connection, [(row.seq, _words(dict(row._mapping))) for row in rows])


def keep_originals(store: Store, connection: Connection, raws: Sequence[tuple[UUID, bytes]]) -> None:
    """Keep messages as their channel sent them; large ones where attachments are kept."""
    rows: list[dict[str, Any]] = []
    for message_id, raw in raws:
        if len(raw) > blobs.LARGE:
            rows.append({"message_id": message_id, "raw": None, "digest": blobs.keep(store, connection, raw)})
        else:
            rows.append({"message_id": message_id, "raw": zlib.compress(raw, 1), "digest": None})
    if rows:
        connection.execute(insert(original), rows)


def read_original(store: Store, connection: Connection, message_id: UUID) -> bytes | None:
    """A message as its channel sent it; ``None`` where there is none (notes, replies)."""
    row = connection.execute(select(original).where(original.c.message_id == message_id)).one_or_none()
    if row is None:
        return None
    return zlib.decompress(row.raw) if row.raw is not None else blobs.read(store, connection, row.digest)


def keep_attachments(store: Store, connection: Connection, files: Sequence[tuple[UUID, Sequence[Attachment]]]) -> None:
    """Keep the attachments of new messages."""
    rows = [
        {
            "message_id": message_id,
            "position": position,
            "name": item.name,
            "media_type": item.media_type,
            "size": item.size,
            "digest": blobs.keep(store, connection, item.data),
        }
        for message_id, items in files
        for position, item in enumerate(items)
    ]
    if rows:
        connection.execute(insert(attachment), rows)


def read_attachments(store: Store, connection: Connection, message_id: UUID) -> tuple[Attachment, ...]:
    """A message's attachments with their bytes."""
    kept = attachments_of(connection, [message_id]).get(message_id, ())
    return tuple(Attachment(a.name, a.media_type, blobs.read(store, connection, a.digest)) for a in kept)


WEIGHED = 20_000
"""Characters of a message that weigh in its conversation's rank."""
_WEIGHED = (message.c.subject + "\n" + func.substr(message.c.text, 1, WEIGHED)).label("text")


def waiting_texts(connection: Connection, waiting: Mapping[UUID, int]) -> dict[UUID, list[str]]:
    """What customers wrote last, by conversation, oldest first: subject and beginning of each message.

    :param waiting: how many messages of each conversation.
    """
    if not waiting:
        return {}
    newest = func.row_number().over(partition_by=message.c.conversation_id, order_by=message.c.seq.desc())
    ranked = (
        select(message.c.conversation_id, message.c.seq, newest.label("nth"))
        .where(
            message.c.conversation_id.in_(list(waiting)),
            message.c.direction == str(Direction.IN),
            message.c.kind == str(MessageKind.MESSAGE),
        )
        .subquery()
    )
    query = (
        select(message.c.conversation_id, _WEIGHED, ranked.c.nth)
        .join(ranked, ranked.c.seq == message.c.seq)
        .where(ranked.c.nth <= max(waiting.values()))
        .order_by(message.c.seq)
    )
    found: dict[UUID, list[str]] = {}
    for row in connection.execute(query):
        if row.nth <= waiting[row.conversation_id]:
            found.setdefault(row.conversation_id, []).append(row.text)
    return found


def history(
    connection: Connection, conversation_id: UUID
) -> list[tuple[int, Direction, MessageKind, datetime, str, str | None]]:
    """All that was written, as clocks see it: seq, direction, kind, at, text, state of the delivery."""
    query = (
        select(message.c.seq, message.c.direction, message.c.kind, message.c.at, _WEIGHED, outbox.c.state)
        .outerjoin(outbox, outbox.c.message_id == message.c.id)
        .where(message.c.conversation_id == conversation_id)
        .order_by(message.c.seq)
    )
    return [
        (seq, Direction(direction), MessageKind(kind), at, text, state)
        for seq, direction, kind, at, text, state in connection.execute(query)
    ]


def latest_seq(connection: Connection, conversation_id: UUID, direction: Direction | None = None) -> int:
    """Seq of a conversation's latest message, of one direction where one is given; 0 where it has none."""
    query = select(func.max(message.c.seq)).where(message.c.conversation_id == conversation_id)
    if direction is not None:
        query = query.where(message.c.direction == str(direction))
    return connection.execute(query).scalar() or 0
