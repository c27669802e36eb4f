"""When attentions are proposed to whoever serves a customer, and what says so: birthdays, first contacts, mishaps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from agentconsole.store.tables import attention, conversation_tag, customer
from agentconsole.store.tables import conversation as c
from agentconsole.store.upsert import insert_or

a = attention.c
_CHUNK = 500
"""Rows written, or looked for, by one statement: few enough for the parameters that SQLite takes."""


class Row(NamedTuple):
    """That an attention is proposed: to whom, at which moment, from when until when (UTC)."""

    customer_id: UUID
    moment: str
    begins: datetime
    ends: datetime


class Contact(NamedTuple):
    """A customer, whom they are linked to (themselves where to nobody), and since when the desk knows them (UTC)."""

    id: UUID
    root: UUID
    since: datetime


_ROOT = func.coalesce(customer.c.linked_to, customer.c.id)


def born_on(connection: Connection, days: Collection[str]) -> list[tuple[UUID, str]]:
    """Customers whose birthday is one of these days (``MM-DD``), as the one that they are linked to; one index."""
    day = customer.c.birthday
    query = select(_ROOT, day).where(day.in_(list(days)), day.is_not(None), customer.c.erased_at.is_(None))
    return [(root, birthday) for root, birthday in connection.execute(query)]


def met_in(connection: Connection, spans: Sequence[tuple[datetime, datetime]]) -> list[Contact]:
    """Customers whose first contact falls into one of these half-open spans (UTC); one walk over all customers."""
    if not spans:
        return []
    since = customer.c.since
    within = or_(*(and_(since >= start, since < end) for start, end in spans))
    query = select(customer.c.id, _ROOT, since).where(within, customer.c.erased_at.is_(None))
    return [Contact(*row) for row in connection.execute(query)]


def first_contact(connection: Connection) -> datetime | None:
    """When the desk met its first customer, UTC; ``None`` while it has none."""
    found: datetime | None = connection.execute(select(func.min(customer.c.since))).scalar_one()
    return found


def mishaps(
    connection: Connection, tags: Collection[str], since: datetime, lately: datetime
) -> list[tuple[UUID, datetime]]:
    """When conversations of customers with one of these tags (any where empty) began, oldest first: each with whom
    the customer is linked to, from ``since`` on, of those alone who have one that began after ``lately`` (both UTC).
    """
    counts = and_(c.c.merged_into.is_(None), customer.c.erased_at.is_(None))
    if tags:
        tagged = select(conversation_tag.c.conversation_id).where(conversation_tag.c.tag.in_(list(tags)))
        counts = and_(counts, c.c.id.in_(tagged))
    joined = c.join(customer, customer.c.id == c.c.customer_id)
    late = select(_ROOT).select_from(joined).where(counts, *_began(lately)).distinct()
    query = select(_ROOT.label("root"), c.c.opened_at).select_from(joined)
    found = query.where(counts, *_began(since), _ROOT.in_(late)).order_by(c.c.opened_at)
    return [(root, at) for root, at in connection.execute(found)]


def _began(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Nothing is changed before it began: the index of the latest changes leads to it."""
    return c.c.updated_at >= since, c.c.opened_at >= since


def members(connection: Connection, roots: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Everybody who is linked to each of these customers, themselves first."""
    wanted = list(dict.fromkeys(roots))
    found: dict[UUID, list[UUID]] = {root: [root] for root in wanted}
    for start in range(0, len(wanted), _CHUNK):
        query = select(customer.c.linked_to, customer.c.id)
        linked = query.where(customer.c.linked_to.in_(wanted[start : start + _CHUNK]))
        for root, customer_id in connection.execute(linked):
            found[root].append(customer_id)
    return found


def since(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Since when the desk knows each of these customers, UTC."""
    wanted, found = list(ids), dict[UUID, datetime]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(customer.c.id, customer.c.since).where(customer.c.id.in_(wanted[start : start + _CHUNK]))
        found |= dict(connection.execute(query).all())
    return found


def renew(
    connection: Connection, rows: Iterable[Row], moments: Collection[str], now: datetime, among: Collection[UUID] = ()
) -> None:
    """At these moments these are proposed from now on, and no others; what has ended is not proposed again.

    :param among: what is proposed to others than these customers stays; to all it changes where it is empty.
    """
    mine = (a.customer_id.in_(list(among)),) if among else ()
    connection.execute(delete(attention).where(a.ends > now, a.moment.in_(list(moments)), *mine))
    values = [row._asdict() for row in rows]
    statement = insert_or(connection, attention).on_conflict_do_nothing()
    for start in range(0, len(values), _CHUNK):
        connection.execute(statement, values[start : start + _CHUNK])


def forget(connection: Connection, moment: str, before: datetime) -> None:
    """What was proposed at a moment and began before then has no use any more."""
    connection.execute(delete(attention).where(a.moment == moment, a.begins < before))


def forget_others(connection: Connection, moments: Collection[str]) -> None:
    """Nothing is proposed at moments that are not among these."""
    connection.execute(delete(attention).where(a.moment.not_in(list(moments))))


def of(connection: Connection, customers: Collection[UUID], now: datetime) -> list[Row]:
    """What is proposed to these customers now, what ends first at the beginning."""
    query = select(a.customer_id, a.moment, a.begins, a.ends)
    current = query.where(a.customer_id.in_(list(customers)), a.begins <= now, a.ends > now)
    return [Row(*row) for row in connection.execute(current.order_by(a.ends, a.moment))]


def end(connection: Connection, customers: Collection[UUID], now: datetime) -> int:
    """They got one: nothing that is proposed to them now is any more. Answers how many proposals there were."""
    current = (a.customer_id.in_(list(customers)), a.begins <= now, a.ends > now)
    return connection.execute(update(attention).where(*current).values(ends=now)).rowcount


def birthdays(connection: Connection, customers: Collection[UUID]) -> dict[UUID, str]:
    """The birthday (``MM-DD``) of each of these customers; those of whom it is not known are left out."""
    query = select(customer.c.id, customer.c.birthday).where(customer.c.id.in_(list(customers)))
    return dict(connection.execute(query.where(customer.c.birthday.is_not(None))).all())


def set_birthdays(connection: Connection, customers: Collection[UUID], days: dict[UUID, str]) -> None:
    """Of these customers, these and no other birthdays are known."""
    connection.execute(update(customer).where(customer.c.id.in_(list(customers))).values(birthday=None))
    for customer_id, day in days.items():
        connection.execute(update(customer).where(customer.c.id == customer_id).values(birthday=day))
