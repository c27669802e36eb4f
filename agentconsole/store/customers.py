"""Reading and writing customers and what they are known by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, text

from agentconsole.model.customer import Customer, CustomerNote, Identity
from agentconsole.store.tables import customer, customer_note, customer_tag, identity
from agentconsole.store.upsert import insert_or
from agentconsole.text import fold

_NEW_IDENTITIES = 7_146_022
"""Two channels that meet the same stranger at once add one customer: the second one waits and finds them."""


def known(connection: Connection, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Whom each (kind, value) belongs to; unknown ones are left out."""
    values: dict[str, list[str]] = {}
    for kind, value in identities:
        values.setdefault(kind, []).append(value)
    found: dict[tuple[str, str], UUID] = {}
    for kind, wanted in values.items():  # pairs in one list would make SQLite read every identity there is
        query = select(identity.c.value, identity.c.customer_id).where(
            identity.c.kind == kind, identity.c.value.in_(wanted)
        )
        found |= {(kind, value): customer_id for value, customer_id in connection.execute(query)}
    return found


def known_or_mine(connection: Connection, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """:func:`known`; where some are unknown, nobody else can add any until the transaction ends."""
    wanted = set(identities)
    found = known(connection, wanted)
    if len(found) == len(wanted) or connection.dialect.name == "sqlite":
        return found
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NEW_IDENTITIES})
    return known(connection, wanted)


def get(connection: Connection, customer_id: UUID) -> Customer:
    """A customer with tags and identities.

    :raises sqlalchemy.exc.NoResultFound: no such customer; foreign keys make that impossible for a conversation's.
    """
    row = connection.execute(select(customer).where(customer.c.id == customer_id)).one()
    known_by = select(identity).where(identity.c.customer_id == customer_id).order_by(identity.c.since)
    identities = tuple(Identity(i.kind, i.value, i.name) for i in connection.execute(known_by))
    tags = tags_of(connection, [customer_id]).get(customer_id, ())
    notes = notes_of(connection, [customer_id])
    return Customer(row.id, row.name, row.language, row.since, tags, identities, notes)


def notes_of(connection: Connection, ids: Sequence[UUID]) -> tuple[CustomerNote, ...]:
    """What the client book says of these customers, latest first."""
    n = customer_note.c
    query = select(n.id, n.at, n.author, n.text).where(n.customer_id.in_(ids), n.dropped_at.is_(None))
    return tuple(CustomerNote(*row) for row in connection.execute(query.order_by(n.at.desc(), n.id.desc())))


def add_notes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New entries of the client book: id, customer_id, at, author, text."""
    if rows:
        connection.execute(insert(customer_note), list(rows))


def tags_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The tags of each customer, sorted."""
    query = select(customer_tag).where(customer_tag.c.customer_id.in_(ids)).order_by(customer_tag.c.tag)
    found: dict[UUID, tuple[str, ...]] = {}
    for customer_id, tag in connection.execute(query):
        found[customer_id] = (*found.get(customer_id, ()), tag)
    return found


def add(
    connection: Connection, customers: Sequence[Mapping[str, Any]], identities: Sequence[Mapping[str, Any]]
) -> None:
    """New customers, and new identities of new or known ones."""
    if customers:
        connection.execute(insert(customer), [{**row, "folded": fold(row["name"])} for row in customers])
    if identities:
        connection.execute(insert(identity), list(identities))


def add_tags(connection: Connection, tags: Sequence[tuple[UUID, str]]) -> None:
    """Tag customers; a tag already there is left alone."""
    if tags:
        statement = insert_or(connection, customer_tag).on_conflict_do_nothing()
        connection.execute(statement, [{"customer_id": i, "tag": tag} for i, tag in tags])
