"""From a channel's page to the desk: whose message it is, which conversation it belongs to, what follows.

One page is one transaction, together with the channel's cursor: it is in the desk wholly, once, or not at all.
What the desk has to know is read for the whole page at once; then each message is decided in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.channels.base import Page
from agentconsole.config import ChannelSettings, State
from agentconsole.desk import clocks as clock
from agentconsole.desk import standing as standings
from agentconsole.desk import threshold
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import held
from agentconsole.desk.delivery import came_back
from agentconsole.desk.language import language_of
from agentconsole.desk.standing import Standing
from agentconsole.model.customer import identity_kind
from agentconsole.model.ids import new_id
from agentconsole.model.message import Address, Direction, Incoming, MessageKind
from agentconsole.store import conversations, cursors, customers, journal, messages, outbox
from agentconsole.store.types import storable

_NO_SUBJECT_WORDS = 8


@dataclass(slots=True)
class _Batch:
    """What a page changes, gathered before it is written."""

    now: datetime
    threads: dict[str, UUID] = field(default_factory=dict)
    by_number: dict[int, UUID] = field(default_factory=dict)
    owners: dict[tuple[str, str], UUID] = field(default_factory=dict)
    customer_tags: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    standings: dict[UUID, Standing] = field(default_factory=dict)
    customers: list[dict[str, Any]] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    taken: list[tuple[UUID, Incoming]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    bounces: list[tuple[Incoming, UUID, str]] = field(default_factory=list)


def take(desk: Desk, channel: ChannelSettings, page: Page, before: str | None) -> int | None:
    """Store a page and move the channel's cursor.

    :param before: the cursor that the page was pulled from.
    :returns: how many messages were new; ``None``, and nothing stored, where somebody else has moved on from there.
    """
    with desk.store.write() as connection:
        if not cursors.advance(connection, channel.id, before, page.cursor):
            return None
        return store(connection, desk, channel, page.messages)


def store(connection: Connection, desk: Desk, channel: ChannelSettings, incoming: Iterable[Incoming]) -> int:
    """Store messages within a transaction; those the desk has already are passed over.

    :returns: how many were new.
    """
    kept = [threshold.kept(item, desk.now()) for item in incoming]
    had = messages.known(connection, channel.id, {item.external_id for item in kept})
    unique = {item.external_id: item for item in _told_apart(kept, had)}
    had |= messages.known(connection, channel.id, unique.keys() - had.keys())
    outbox.seen_elsewhere(connection, list(had), desk.now())
    new = [item for item in unique.values() if item.external_id not in had]
    if not new:
        return 0
    batch = _prepare(connection, desk, channel, new)
    for item in new:
        _decide(desk, channel, batch, item)
    _write(connection, desk, batch)
    return len(new)


def _told_apart(items: Iterable[Incoming], had: Mapping[str, messages.Known]) -> Iterator[Incoming]:
    """Messages under the id of another one get an id of their own: broken senders, and people who want one lost.

    Only what customers wrote is compared: a copy of our own reply differs from it in signature and quotation.
    """
    first: dict[str, tuple[str, str] | None] = {
        known: (row.author, row.text) if row.direction is Direction.IN and row.author else None  # or it was erased
        for known, row in had.items()
    }
    for item in items:
        words = (item.author.value, storable(item.text)) if item.direction is Direction.IN else None
        before = first.setdefault(item.external_id, words)
        if before is None and item.external_id not in had:
            first[item.external_id] = words
        if words is None or before is None or words == before:
            yield item
        else:
            mark = hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
            yield replace(item, external_id=threshold.key(f"{item.external_id}~{mark}"))


def _prepare(connection: Connection, desk: Desk, channel: ChannelSettings, new: list[Incoming]) -> _Batch:
    """Read all that deciding the page takes."""
    batch = _Batch(desk.now())
    people = {_identity(channel, who) for item in new for who in _people(item)}
    batch.owners = customers.known_or_mine(connection, people)
    wanted = {reference for item in new for reference in (*item.references, *filter(None, [item.bounce_of]))}
    known = messages.known(connection, channel.id, wanted)
    batch.threads = {external_id: stored.conversation_id for external_id, stored in known.items()}
    numbers = conversations.by_numbers(connection, {item.number for item in new if item.number})
    places = held(connection, [*(row.id for row in numbers), *batch.threads.values()])
    batch.threads = {external_id: places[i].id for external_id, i in batch.threads.items()}
    batch.by_number = {row.number: places[row.id].id for row in numbers}
    batch.standings = standings.load(connection, places.values())
    everybody = {*batch.owners.values(), *(s.customer_id for s in batch.standings.values())}
    batch.customer_tags = customers.tags_of(connection, list(everybody))
    batch.groups = customers.groups(connection, everybody)
    return batch


def _people(item: Incoming) -> tuple[Address, ...]:
    return item.recipients if item.direction is Direction.OUT else (item.author,)


def _identity(channel: ChannelSettings, who: Address) -> tuple[str, str]:
    """Kind and value that somebody on a channel is known by."""
    return identity_kind(channel.medium), threshold.key(who.value)


def _decide(desk: Desk, channel: ChannelSettings, batch: _Batch, item: Incoming) -> None:
    """Which conversation a message belongs to, and what it does to it."""
    standing = _conversation(batch, channel, item)
    if standing is None:
        standing = _begin(desk, channel, batch, item)
    message_id = new_id()
    inbound = item.direction is Direction.IN
    event = clock.event_of(item.direction, item.kind)
    if event is not None:
        standing.happens(desk, event, item.at, f"{item.subject}\n{item.text}")
    if standing.public and not (item.public or channel.public):
        standing.public = False
    standing.shows(item.text or item.subject, item.at)
    batch.messages.append(_row(channel, standing, message_id, item))
    batch.taken.append((message_id, item))
    batch.threads[item.external_id] = standing.id
    if item.kind is MessageKind.BOUNCE and item.bounce_of in batch.threads:
        batch.bounces.append((item, standing.id, item.bounce_of or ""))
    if not inbound:
        batch.events.append(journal.entry(standing.id, batch.now, channel.id, "answered_elsewhere"))


def _conversation(batch: _Batch, channel: ChannelSettings, item: Incoming) -> Standing | None:
    """By what it refers to, nearest first; then by the number in its subject; never by the subject's words.

    Anybody can write a number into a subject, so it counts only where the sender is that conversation's customer.
    """
    for reference in (*filter(None, [item.bounce_of]), *item.references):
        if reference in batch.threads:
            return batch.standings[batch.threads[reference]]
    named = batch.by_number.get(item.number) if item.number else None
    if named is None:
        return None
    standing = batch.standings[named]
    people = {batch.owners.get(_identity(channel, who)) for who in _people(item)}
    return standing if people.intersection(batch.groups[standing.customer_id]) else None


def _begin(desk: Desk, channel: ChannelSettings, batch: _Batch, item: Incoming) -> Standing:
    """A new conversation, of a known customer or a new one."""
    who = next(iter(_people(item)), item.author)
    kind, value = _identity(channel, who)
    customer_id = batch.owners.get((kind, value))
    language = language_of(f"{item.subject}\n{item.text}", desk.config)
    if customer_id is None:
        customer_id = new_id()
        name = who.name.strip() or who.value
        batch.customers.append({"id": customer_id, "name": name[:200], "language": language, "since": item.at})
        known_as = {
            "kind": kind,
            "value": value,
            "customer_id": customer_id,
            "name": who.name,
            "since": item.at,
        }
        batch.identities.append(known_as)
        batch.owners[kind, value] = customer_id
    moves_clocks = clock.event_of(item.direction, item.kind) is not None
    standing = Standing(
        id=new_id(),
        customer_id=customer_id,
        channel=channel.id,
        subject=item.subject.strip() or " ".join(item.text.split()[:_NO_SUBJECT_WORDS]),
        excerpt="",
        state=State.OPEN if item.direction is Direction.IN else State.PENDING,
        opened_at=item.at,
        updated_at=item.at,
        public=item.public or channel.public,
        language=language,
        customer_tags=batch.customer_tags.get(customer_id, ()),
        unread=0 if moves_clocks or item.direction is Direction.OUT else 1,
    )
    batch.standings[standing.id] = standing
    batch.events.append(journal.entry(standing.id, batch.now, channel.id, "opened", message=item.external_id))
    return standing


def _row(channel: ChannelSettings, standing: Standing, message_id: UUID, item: Incoming) -> dict[str, Any]:
    return {
        "id": message_id,
        "conversation_id": standing.id,
        "direction": str(item.direction),
        "kind": str(item.kind),
        "channel": channel.id,
        "external_id": item.external_id,
        "author": item.author.value,
        "author_name": item.author.name or item.author.value,
        "at": item.at,
        "subject": item.subject,
        "text": item.text,
        "quoted": item.quoted,
        "signature": item.signature,
        "public": item.public or channel.public,
        "warnings": "\n".join(item.warnings),
    }


def _write(connection: Connection, desk: Desk, batch: _Batch) -> None:
    customers.add(connection, batch.customers, batch.identities)
    touched = dict.fromkeys(row["conversation_id"] for row in batch.messages)  # numbers follow the order of arrival
    standings.save(connection, desk, [batch.standings[i] for i in touched], "customer")
    messages.add(connection, batch.messages)
    messages.keep_originals(desk.store, connection, [(message_id, item.raw) for message_id, item in batch.taken])
    files = [(message_id, item.attachments) for message_id, item in batch.taken if item.attachments]
    messages.keep_attachments(desk.store, connection, files)
    journal.record(connection, batch.events)
    for item, conversation_id, key in batch.bounces:
        came_back(connection, desk, conversation_id, key, item.bounce_reason)
