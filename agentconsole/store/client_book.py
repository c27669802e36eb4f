"""What the desk's own records say about who is who: links that people made, and what customers wrote themselves."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from agentconsole.model.message import Direction, MessageKind
from agentconsole.store.tables import conversation, event, identity, message

_CONVERSATIONS = 60
_MESSAGES = 200
_WORDS = 5_000
"""How much of what customers wrote is looked at: their latest conversations, messages, and characters of each."""


class Link(NamedTuple):
    """A person said that two customers are the same one; ``seq`` is that entry of the audit trail."""

    seq: int
    customer: UUID
    other: UUID


def links(connection: Connection, ids: Collection[UUID]) -> list[Link]:
    """The links that were made from these customers' conversations and still hold, in the order they were made."""
    e = event.c
    query = (
        select(e.seq, e.detail)
        .join(conversation, conversation.c.id == e.conversation_id)
        .where(conversation.c.customer_id.in_(list(ids)), e.kind == "linked", ~e.undone)
        .order_by(e.seq)
    )
    found = [(seq, json.loads(detail)) for seq, detail in connection.execute(query)]
    return [Link(seq, UUID(said["customer"]), UUID(said["other"])) for seq, said in found]


def count(connection: Connection, seqs: Collection[int], counts: bool) -> None:
    """These links hold again, or no more: as if they were undone, whoever made them."""
    entries = (event.c.seq.in_(list(seqs)), event.c.kind == "linked")
    connection.execute(update(event).where(*entries).values(undone=not counts))


def identities(connection: Connection, ids: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """What these customers are known by: whose it is, kind, value."""
    i = identity.c
    query = select(i.customer_id, i.kind, i.value).where(i.customer_id.in_(list(ids)))
    return list(connection.execute(query.order_by(i.kind, i.value)).all())


def texts(connection: Connection, ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """What these customers wrote lately, signatures included: whose it is, and the words; the latest first."""
    c, m = conversation.c, message.c
    recent = select(c.id, c.customer_id).where(c.customer_id.in_(list(ids)))
    owner = dict(connection.execute(recent.order_by(c.updated_at.desc()).limit(_CONVERSATIONS)).all())
    latest = (
        select(m.seq)
        .where(
            m.conversation_id.in_(list(owner)),
            m.direction == str(Direction.IN),
            m.kind == str(MessageKind.MESSAGE),
        )
        .order_by(m.seq.desc())
        .limit(_MESSAGES)
    )
    seqs = list(connection.execute(latest).scalars())
    words = func.substr(m.text, 1, _WORDS) + "\n" + func.substr(m.signature, 1, _WORDS)
    query = select(m.conversation_id, words).where(m.seq.in_(seqs)).order_by(m.seq.desc())
    return [(owner[conversation_id], text) for conversation_id, text in connection.execute(query)]
