"""Taking away what is known of customers and what was written with them, for good.

What stays: that there were conversations, when, on which channel, in which state, how they were tagged; that a message
came and went, under its external id (a channel that tells it again is not believed); and who among the staff did what.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, delete, func, literal, select, text, update

from agentconsole.store import blobs, messages
from agentconsole.store.delivery_tables import outbox
from agentconsole.store.engine import Store
from agentconsole.store.faults import told
from agentconsole.store.journal import remember, remembered
from agentconsole.store.ledger.tables import entry
from agentconsole.store.tables import (
    attachment,
    attention,
    blob,
    consent,
    conversation,
    customer,
    customer_note,
    customer_tag,
    draft,
    event,
    identity,
    message,
    original,
    promise,
)
from agentconsole.store.types import Moment
from agentconsole.text import fold

_FILES = "erase_files"
"""Under which name the desk remembers files that are to be deleted once it is certain that nothing needs them."""
_SAID = frozenset({"text", "said", "why", "remark", "answer"})
_WORDS = re.compile(r"[\s@]")
_AT_ONCE = 500


class Extent(NamedTuple):
    """What an erasure is about: the customers' conversations by id, and how many messages they hold."""

    conversations: tuple[UUID, ...]
    messages: int


def extent(connection: Connection, customers: Collection[UUID]) -> Extent:
    """The conversations of these customers, merged ones too."""
    c = conversation.c
    ids = tuple(connection.execute(select(c.id).where(c.customer_id.in_(list(customers))).order_by(c.number)).scalars())
    held = sum(
        connection.execute(select(func.count()).where(message.c.conversation_id.in_(some))).scalar_one()
        for some in _parts(ids)
    )
    return Extent(ids, held)


def undelivered(connection: Connection, conversations: Sequence[UUID]) -> list[int]:
    """Numbers of those of these conversations with a reply in the outbox."""
    found: set[int] = set()
    for some in _parts(conversations):
        query = select(conversation.c.number).join(outbox, outbox.c.conversation_id == conversation.c.id)
        found |= set(connection.execute(query.where(conversation.c.id.in_(some), outbox.c.state != "sent")).scalars())
    return sorted(found)


def given(connection: Connection, customers: Collection[UUID]) -> bool:
    """Whether the ledger has anything about these customers."""
    query = select(entry.c.id).where(entry.c.customer_id.in_(list(customers))).limit(1)
    return connection.execute(query).first() is not None


def is_new(connection: Connection, customers: Collection[UUID]) -> bool:
    """Whether one of these customers was not erased before."""
    c = customer.c
    query = select(c.id).where(c.id.in_(list(customers)), c.erased_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def erase(connection: Connection, customers: Collection[UUID], name: str, at: datetime) -> Extent:
    """Take it all away; what the ledger holds is :meth:`.Ledger.erase`'s. Files are :func:`delete_files`'s.

    :param name: what the customers are called from now on.
    """
    if connection.dialect.name == "sqlite":  # what is deleted is overwritten, not only let go of
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    whom = list(customers)
    found = extent(connection, whom)
    since = func.coalesce(customer.c.erased_at, literal(at, Moment))
    nobody = {"name": name, "folded": fold(name), "language": None, "birthday": None, "erased_at": since}
    connection.execute(update(customer).where(customer.c.id.in_(whom)).values(nobody))
    for table in (identity, customer_note, customer_tag, attention):
        connection.execute(delete(table).where(table.c.customer_id.in_(whom)))
    connection.execute(update(consent).where(consent.c.customer_id.in_(whom)).values(source=""))
    for some in _parts(found.conversations):
        _erase_messages(connection, some)
        _erase_conversations(connection, some)
    if found.messages and connection.dialect.name == "sqlite":  # else the words stay in older parts of the index
        connection.execute(text("INSERT INTO message_search (message_search) VALUES ('optimize')"))
    return found


def _erase_messages(connection: Connection, conversations: list[UUID]) -> None:
    m = message.c
    ids = list(connection.execute(select(m.id).where(m.conversation_id.in_(conversations))).scalars())
    for some in _parts(ids):
        messages.forget(connection, some)
        digests = {
            digest
            for table in (attachment, original)
            for digest in connection.execute(select(table.c.digest).where(table.c.message_id.in_(some))).scalars()
            if digest
        }
        _to_be_deleted(connection, digests)
        for table in (attachment, original):
            connection.execute(delete(table).where(table.c.message_id.in_(some)))
        words = dict.fromkeys(("subject", "text", "quoted", "signature", "warnings"), "")
        connection.execute(update(message).where(m.id.in_(some)).values(words))
        theirs = (m.id.in_(some), m.direction == "in")
        connection.execute(update(message).where(*theirs).values(author="", author_name=""))
        messages.find_again(connection, some)
        sent = outbox.c.message_id.in_(some)
        connection.execute(update(outbox).where(sent).values(envelope="{}", error="", remark=""))


def _erase_conversations(connection: Connection, ids: list[UUID]) -> None:
    connection.execute(update(conversation).where(conversation.c.id.in_(ids)).values(subject="", excerpt=""))
    connection.execute(delete(draft).where(draft.c.conversation_id.in_(ids)))
    connection.execute(update(promise).where(promise.c.conversation_id.in_(ids)).values(text=""))
    e = event.c
    entries = connection.execute(select(e.seq, e.kind, e.detail).where(e.conversation_id.in_(ids))).all()
    for seq, kind, detail in entries:
        left = {} if kind == "birthday" else _wordless(json.loads(detail), kind == "escalated")
        wordless = json.dumps(left, separators=(",", ":"))
        connection.execute(update(event).where(e.seq == seq).values(detail=wordless, step=None))


def _wordless(value: Any, reasoned: bool) -> Any:
    """The detail of an entry of the audit trail without what anybody wrote: identifiers, times and codes stay."""
    if isinstance(value, dict):
        gone = _SAID | {"reason"} if reasoned else _SAID
        return {key: "" if key in gone else _wordless(held, reasoned) for key, held in value.items()}
    if isinstance(value, list):
        return [_wordless(held, reasoned) for held in value]
    return "" if isinstance(value, str) and _WORDS.search(value) else value


# Attachments and large originals


def _to_be_deleted(connection: Connection, digests: Collection[str]) -> None:
    if digests:
        before = json.loads(remembered(connection, _FILES) or "[]")
        remember(connection, _FILES, json.dumps(sorted({*before, *digests})))


def delete_files(store: Store, connection: Connection) -> None:
    """Delete the bytes that nothing refers to any more, those an earlier erasure left when it was cut short too.

    In a transaction after that of :func:`erase`: a file that is gone cannot be rolled back.
    """
    digests = json.loads(remembered(connection, _FILES) or "[]")
    needed = {
        digest
        for table in (attachment, original)
        for some in _parts(digests)
        for digest in connection.execute(select(table.c.digest).where(table.c.digest.in_(some))).scalars()
    }
    gone = [digest for digest in digests if digest not in needed]
    for some in _parts(gone):
        connection.execute(delete(blob).where(blob.c.digest.in_(some)))
    for digest in gone if store.files is not None else ():
        blobs.remove(store, digest)
    if digests:
        remember(connection, _FILES, "[]")


def overwrite(store: Store) -> None:
    """On SQLite the log of what was written is emptied into the file: it held the words still."""
    if store.sqlite:
        with told(store.name), closing(store.engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _parts(ids: Sequence[Any]) -> Iterator[list[Any]]:
    for begin in range(0, len(ids), _AT_ONCE):
        yield list(ids[begin : begin + _AT_ONCE])
