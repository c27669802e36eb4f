"""Reading and writing customers and what they are known by.

A person may be several customers of the desk, linked by hand: their *group*. What is read of one is read of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, insert, literal_column, select, text, update
from sqlalchemy.exc import NoResultFound

from agentconsole.model.customer import Consent, Customer, CustomerNote, Identity
from agentconsole.store.tables import consent, customer, customer_note, customer_tag, identity
from agentconsole.store.upsert import insert_or
from agentconsole.text import fold

_NEW_IDENTITIES = 7_146_022
"""Two channels that meet the same stranger at once add one customer: the second one waits and finds them."""
_LINKS = 7_146_023


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


def groups(connection: Connection, ids: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """All customers whom a person said to be the same one, of each of these: itself first, then the others."""
    c = customer.c
    root = dict(connection.execute(select(c.id, func.coalesce(c.linked_to, c.id)).where(c.id.in_(list(ids)))).all())
    query = select(c.linked_to, c.id).where(c.linked_to.in_(set(root.values())))
    followers: dict[UUID, list[UUID]] = {}
    for linked_to, customer_id in connection.execute(query.order_by(c.since, c.id)):
        followers.setdefault(linked_to, []).append(customer_id)
    return {i: tuple(dict.fromkeys((i, root[i], *followers.get(root[i], ())))) for i in root}


def get(connection: Connection, customer_id: UUID) -> Customer:
    """A customer with all that is known of their group.

    :raises sqlalchemy.exc.NoResultFound: no such customer; foreign keys make that impossible for a conversation's.
    """
    return by_ids(connection, [customer_id], groups(connection, [customer_id]))[0]


def by_ids(
    connection: Connection, ids: Sequence[UUID], members: Mapping[UUID, tuple[UUID, ...]] | None = None
) -> list[Customer]:
    """Customers in that order, each with all that is known of its group; a few reads for all of them.

    :param members: the :func:`groups` of these customers, where they were read already.
    :raises sqlalchemy.exc.NoResultFound: one of them does not exist.
    """
    members = groups(connection, ids) if members is None else members
    everybody = list(dict.fromkeys(i for group in members.values() for i in group))
    rows = {row.id: row for row in connection.execute(select(customer).where(customer.c.id.in_(everybody)))}
    known_by: dict[UUID, list[Identity]] = {}
    for i in connection.execute(
        select(identity).where(identity.c.customer_id.in_(everybody)).order_by(identity.c.since, identity.c.value)
    ):
        known_by.setdefault(i.customer_id, []).append(Identity(i.kind, i.value, i.name))
    tags = _own_tags(connection, everybody)
    found = []
    for customer_id in ids:
        if customer_id not in rows:
            raise NoResultFound
        group, row = members[customer_id], rows[customer_id]
        found.append(
            Customer(
                id=row.id,
                name=row.name,
                language=row.language or next((rows[i].language for i in group if rows[i].language), None),
                since=min(rows[i].since for i in group),
                tags=tuple(sorted({tag for i in group for tag in tags.get(i, ())})),
                identities=tuple(known for i in group for known in known_by.get(i, ())),
                notes=notes_of(connection, group),
                consents=consents_of(connection, group),
                linked=group[1:],
                birthday=next((rows[i].birthday for i in group if rows[i].birthday), ""),
            )
        )
    return found


def named_like(connection: Connection, name: str, limit: int) -> list[UUID]:
    """Customers whose folded name begins with the same 60 characters: one read of an index."""
    wanted = bindparam("folded", fold(name)[:60], type_=customer.c.folded.type)
    return list(connection.execute(select(customer.c.id).where(wanted == _FOLDED).limit(limit)).scalars())


_FOLDED: Any = literal_column("substr(folded, 1, 60)")
"""Written as the index has it, so that both planners see that it applies; names have no bound, entries of it do."""


def names(connection: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """The name of each of these customers."""
    query = select(customer.c.id, customer.c.name).where(customer.c.id.in_(list(ids)))
    return dict(connection.execute(query).all())


def with_identity(connection: Connection, values: Collection[str]) -> dict[str, UUID]:
    """Whom each value belongs to, whatever kind it is of; unknown ones are left out."""
    if not values:
        return {}
    kinds = known_kinds(connection)
    query = select(identity.c.value, identity.c.customer_id)
    both = query.where(identity.c.kind.in_(kinds), identity.c.value.in_(list(values)))
    return dict(connection.execute(both).all()) if kinds else {}


def known_kinds(connection: Connection) -> list[str]:
    """The kinds of identities that there are: one step in the primary key for each, not a walk over all."""
    found: list[str] = []
    while True:
        query = select(func.min(identity.c.kind))
        kind = connection.execute(query.where(identity.c.kind > found[-1]) if found else query).scalar()
        if kind is None:
            return found
        found.append(kind)


def notes_of(connection: Connection, ids: Sequence[UUID]) -> tuple[CustomerNote, ...]:
    """What the client book says of these customers, latest first."""
    n = customer_note.c
    query = select(n.id, n.at, n.author, n.text).where(n.customer_id.in_(ids), n.dropped_at.is_(None))
    return tuple(CustomerNote(*row) for row in connection.execute(query.order_by(n.at.desc(), n.id.desc())))


def add_notes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New entries of the client book: id, customer_id, at, author, text."""
    if rows:
        connection.execute(insert(customer_note), list(rows))


def has_note(connection: Connection, note_id: UUID) -> bool:
    """Whether the client book has an entry of that identifier, dropped or not."""
    query = select(customer_note.c.id).where(customer_note.c.id == note_id)
    return connection.execute(query).first() is not None


def set_dropped(connection: Connection, note_id: UUID, among: Collection[UUID], at: Any) -> bool:
    """An entry of the client book of one of these customers is dropped (``at``), or is there again (``None``).

    :returns: False where there is no such entry, or it is so already.
    """
    n = customer_note.c
    other = n.dropped_at.is_(None) if at is not None else n.dropped_at.is_not(None)
    where = (n.id == note_id, n.customer_id.in_(list(among)), other)
    return connection.execute(update(customer_note).where(*where).values(dropped_at=at)).rowcount == 1


def consents_of(connection: Connection, ids: Sequence[UUID], *, history: bool = False) -> tuple[Consent, ...]:
    """What these customers agree to: the latest word on each purpose, by purpose; or all words ever, latest first."""
    c = consent.c
    query = select(c.purpose, c.given, c.at, c.source, c.author).where(c.customer_id.in_(ids))
    found = [Consent(*row) for row in connection.execute(query.order_by(c.at.desc(), c.customer_id))]
    if history:
        return tuple(found)
    latest: dict[str, Consent] = {}
    for item in found:
        latest.setdefault(item.purpose, item)
    return tuple(latest[purpose] for purpose in sorted(latest))


def add_consents(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New words on consent: customer_id, purpose, at, given, source, author."""
    if rows:
        connection.execute(insert(consent), list(rows))


def remove_consent(connection: Connection, customer_id: UUID, purpose: str, at: Any) -> bool:
    """One word on consent was a mistake: it was never said. False: it is not there."""
    c = consent.c
    where = (c.customer_id == customer_id, c.purpose == purpose, c.at == at)
    return connection.execute(delete(consent).where(*where)).rowcount == 1


def tags_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The tags of each customer's group, sorted; customers without any are left out."""
    if not ids:
        return {}
    members = groups(connection, ids)
    own = _own_tags(connection, {i for group in members.values() for i in group})
    found = {i: tuple(sorted({tag for m in group for tag in own.get(m, ())})) for i, group in members.items()}
    return {i: tags for i, tags in found.items() if tags}


def _own_tags(connection: Connection, ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    query = select(customer_tag).where(customer_tag.c.customer_id.in_(list(ids))).order_by(customer_tag.c.tag)
    found: dict[UUID, tuple[str, ...]] = {}
    for customer_id, tag in connection.execute(query):
        found[customer_id] = (*found.get(customer_id, ()), tag)
    return found


def hold_links(connection: Connection) -> None:
    """Until the transaction ends nobody else changes which customers are linked (SQLite has one writer anyway)."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LINKS})


def link(connection: Connection, roots: Mapping[UUID, UUID | None]) -> None:
    """Say of each of these customers whom it is linked to; ``None``: nobody."""
    for customer_id, root in roots.items():
        connection.execute(update(customer).where(customer.c.id == customer_id).values(linked_to=root))


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
