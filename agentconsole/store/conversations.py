"""Reading and writing conversations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, bindparam, case, delete, func, insert, select, true, update

from agentconsole.config import ClockKind, Priority, State
from agentconsole.model.conversation import ConversationRow, ViewCount
from agentconsole.model.criteria import Criteria, Order, Position
from agentconsole.store.criteria import ACTIVE, condition, joined, ordered, packed, plain
from agentconsole.store.tables import conversation as c
from agentconsole.store.tables import conversation_tag, customer
from agentconsole.store.upsert import insert_or

COUNTED = 10_000
"""A view that holds resolved conversations is counted up to here, and said to hold more."""
_PROMISED = 1_000
"""Promises due soon that are looked at in one go; the earliest first."""
_LATE = 1 << 32

_COLUMNS = (
    c.c.number, c.c.id, c.c.customer_id, customer.c.name.label("customer"), c.c.channel, c.c.subject, c.c.excerpt,
    c.c.state, c.c.assignee, c.c.team, c.c.priority, c.c.language, c.c.public, c.c.unread, c.c.opened_at,
    c.c.updated_at, c.c.waiting_since, c.c.snoozed_until, c.c.due_at, c.c.due_kind, c.c.rank, c.c.why,
    c.c.promised_at, c.c.escalated_to, c.c.escalation_due_at, c.c.approval_due_at,
    c.c.merged_into,
)  # fmt: skip
_ROWS = select(*_COLUMNS).join(customer, customer.c.id == c.c.customer_id)
_STATES = {str(state): state for state in State}
_PRIORITIES = {str(priority): priority for priority in Priority}
_KINDS = {str(kind): kind for kind in ClockKind} | {None: None}


def _row(found: Row[*tuple[Any, ...]]) -> ConversationRow:
    values = list(found)
    values[7] = _STATES[values[7]]
    values[10] = _PRIORITIES[values[10]]
    values[19] = _KINDS[values[19]]
    return ConversationRow(*values)


def page(
    connection: Connection, criteria: Criteria, limit: int, after: Position | None = None
) -> list[ConversationRow]:
    """The next ``limit`` conversations that meet the criteria, in their order: one indexed read."""
    query = _ROWS.where(condition(criteria, connection.dialect.name))
    return [_row(found) for found in connection.execute(ordered(query, criteria.order, after).limit(limit))]


def position(row: ConversationRow, order: Order) -> Position:
    """Where a page that ends with this row ends."""
    waiting = row.waiting_since or row.updated_at
    return Position({Order.RANK: row.rank, Order.WAITING: waiting, Order.UPDATED: row.updated_at}[order], row.number)


def counts(connection: Connection, views: Mapping[str, Criteria], now: datetime) -> dict[str, ViewCount]:
    """How many conversations each view holds, and how many of them are late.

    The active ones of all views that need no other table are counted in one walk over one index.
    """
    dialect = connection.dialect.name
    together = {name: criteria for name, criteria in views.items() if not list(joined(criteria, dialect))}
    found = _count_active(connection, together, now)
    for name, criteria in views.items():
        if name not in found:
            found[name] = _count_alone(connection, criteria, now)
        elif not criteria.active_only:
            found[name] = _with_resolved(connection, criteria, found[name])
    return found


def _count_active(connection: Connection, views: Mapping[str, Criteria], now: datetime) -> dict[str, ViewCount]:
    """In one walk: each condition is looked at once a conversation, what is late counting in the upper half."""
    if not views:
        return {}
    weight = case((c.c.due_at < now, _LATE + 1), else_=1)
    columns = [
        func.sum(case((and_(true(), *plain(criteria, connection.dialect.name, active=True)), weight), else_=0))
        for criteria in views.values()
    ]
    sums = connection.execute(select(*columns).select_from(c).where(ACTIVE)).one()
    pairs = (divmod(int(number or 0), _LATE) for number in sums)
    return {name: ViewCount(total, late) for name, (late, total) in zip(views, pairs, strict=True)}


def _with_resolved(connection: Connection, criteria: Criteria, active: ViewCount) -> ViewCount:
    """No clock runs on what is resolved, so none of it is late."""
    held = condition(criteria, connection.dialect.name)
    some = select(c.c.state).where(held, c.c.state == str(State.RESOLVED)).limit(COUNTED).subquery()
    resolved = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return ViewCount(active.total + resolved, active.late, more=resolved == COUNTED)


def _count_alone(connection: Connection, criteria: Criteria, now: datetime) -> ViewCount:
    query = select(c.c.due_at).where(condition(criteria, connection.dialect.name))
    some = query.limit(COUNTED).subquery()
    total, late = connection.execute(
        select(func.count(), func.count().filter(some.c.due_at < now)).select_from(some)
    ).one()
    return ViewCount(total, late, more=total == COUNTED)


def by_numbers(connection: Connection, numbers: Iterable[int]) -> list[ConversationRow]:
    """The conversations of these numbers; unknown ones are left out."""
    return [_row(found) for found in connection.execute(_ROWS.where(c.c.number.in_(list(numbers))))]


def by_ids(connection: Connection, ids: Iterable[UUID]) -> list[ConversationRow]:
    """The conversations of these identifiers; unknown ones are left out."""
    return [_row(found) for found in connection.execute(_ROWS.where(c.c.id.in_(list(ids))))]


def of_customers(connection: Connection, ids: Collection[UUID], limit: int) -> list[ConversationRow]:
    """The conversations of these customers, latest change first; merged ones are left out."""
    query = (
        _ROWS.where(c.c.customer_id.in_(list(ids)), c.c.merged_into.is_(None))
        .order_by(c.c.updated_at.desc())
        .limit(limit)
    )
    return [_row(found) for found in connection.execute(query)]


def active_of(connection: Connection, ids: Collection[UUID]) -> list[UUID]:
    """The conversations of these customers that are not resolved."""
    return list(connection.execute(select(c.c.id).where(c.c.customer_id.in_(list(ids)), ACTIVE)).scalars())


def count_of(connection: Connection, ids: Collection[UUID]) -> int:
    """How many conversations these customers have; merged ones are left out."""
    query = select(func.count()).where(c.c.customer_id.in_(list(ids)), c.c.merged_into.is_(None))
    return connection.execute(query).scalar_one()


def begun(connection: Connection, ids: Collection[UUID], since: datetime) -> list[datetime]:
    """When the conversations of these customers began, since then; merged ones are left out."""
    query = select(c.c.opened_at).where(c.c.customer_id.in_(list(ids)), c.c.merged_into.is_(None))
    return list(connection.execute(query.where(c.c.opened_at >= since)).scalars())


def tags_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The tags of each conversation, sorted."""
    query = select(conversation_tag).where(conversation_tag.c.conversation_id.in_(ids)).order_by(conversation_tag.c.tag)
    found: dict[UUID, tuple[str, ...]] = {}
    for tag, conversation_id in connection.execute(query):
        found[conversation_id] = (*found.get(conversation_id, ()), tag)
    return found


def clocks_of(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The stored state of each conversation's clocks (JSON)."""
    query = select(c.c.id, c.c.clocks).where(c.c.id.in_(list(ids)))
    return {row.id: row.clocks for row in connection.execute(query)}


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New conversations; ``number`` is given by the desk."""
    if rows:
        connection.execute(insert(c), list(rows))


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change conversations, each row by its ``id``; whose they are and where they came from stays."""
    if rows:
        names = [name for name in rows[0] if name not in _FIXED]
        values = {name: bindparam(f"new_{name}", type_=c.c[name].type) for name in names}
        statement = update(c).where(c.c.id == bindparam("this", type_=c.c.id.type)).values(values)
        changes = [{"this": row["id"]} | {f"new_{name}": row[name] for name in names} for row in rows]
        connection.execute(statement, changes)


_FIXED = frozenset(("id", "customer_id", "channel"))


def resolved_at(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, datetime | None]:
    """When each conversation was resolved."""
    if not ids:
        return {}
    return {
        row.id: row.resolved_at for row in connection.execute(select(c.c.id, c.c.resolved_at).where(c.c.id.in_(ids)))
    }


def add_tags(connection: Connection, tags: Sequence[tuple[UUID, str]]) -> None:
    """Tag conversations; a tag already there is left alone."""
    if tags:
        statement = insert_or(connection, conversation_tag).on_conflict_do_nothing()
        connection.execute(statement, [{"conversation_id": i, "tag": tag} for i, tag in tags])
        held = tags_of(connection, list({i for i, _tag in tags}))
        put(connection, [{"id": i, "tags": packed(held[i])} for i in held])


def set_tags(connection: Connection, conversation_id: UUID, tags: Iterable[str]) -> None:
    """A conversation has these tags from now on, and no others."""
    wanted = sorted(set(tags))
    mine = conversation_tag.c.conversation_id == conversation_id
    connection.execute(delete(conversation_tag).where(mine))
    if wanted:
        connection.execute(
            insert(conversation_tag), [{"conversation_id": conversation_id, "tag": tag} for tag in wanted]
        )
    change(connection, conversation_id, tags=packed(wanted))


def known_tags(connection: Connection, limit: int = 500) -> list[tuple[str, int]]:
    """The tags that conversations have, with how many, the most used first."""
    many = func.count()
    query = select(conversation_tag.c.tag, many).group_by(conversation_tag.c.tag).order_by(many.desc()).limit(limit)
    return [(tag, count) for tag, count in connection.execute(query)]


def change(connection: Connection, conversation_id: UUID, **values: Any) -> None:
    """Set columns of one conversation."""
    connection.execute(update(c).where(c.c.id == conversation_id).values(**values))


def lock(connection: Connection, *ids: UUID) -> None:
    """Until the transaction ends nobody else changes these conversations (SQLite has one writer anyway).

    What is read of them afterwards is up to date; what was read before may not be. A message gets its seq under
    this lock, so that within a conversation no lower one appears later.
    """
    if ids and connection.dialect.name != "sqlite":
        connection.execute(select(c.c.id).where(c.c.id.in_(ids)).order_by(c.c.id).with_for_update())


def active_after(connection: Connection, number: int, limit: int) -> list[ConversationRow]:
    """Active conversations by number, for walking all of them in small transactions."""
    query = _ROWS.where(ACTIVE, c.c.number > number).order_by(c.c.number).limit(limit)
    return [_row(found) for found in connection.execute(query)]


def assigned_to(connection: Connection, agent: str) -> list[int]:
    """The active conversations that an agent has, by number."""
    query = select(c.c.number).where(c.c.assignee == agent, ACTIVE).order_by(c.c.number)
    return list(connection.execute(query).scalars())


def to_wake(connection: Connection, now: datetime, within: timedelta, limit: int) -> list[UUID]:
    """Snoozed conversations whose time has come, those not open whose promise calls (:func:`promise_calls`), and
    those not open for which a gesture was asked that nobody has decided on in time.

    One that is to come back by itself before its promise is due sleeps until then.
    """
    snoozed = select(c.c.id).where(c.c.snoozed_until <= now).order_by(c.c.snoozed_until).limit(limit)
    waits = c.c.state.in_((str(State.PENDING), str(State.SNOOZED)))
    by_itself = and_(c.c.snoozed_until.is_not(None), c.c.snoozed_until <= c.c.promised_at)
    promised = select(c.c.id, c.c.promised_at, c.c.updated_at).where(waits, ~by_itself).order_by(c.c.promised_at)
    due = promised.where(c.c.promised_at <= now, c.c.updated_at < c.c.promised_at).limit(limit)
    soon = promised.where(c.c.promised_at > now, c.c.promised_at <= now + within).limit(_PROMISED)
    asked = select(c.c.id).where(waits, c.c.approval_due_at <= now, c.c.updated_at < c.c.approval_due_at)
    found = [i for (i,) in connection.execute(snoozed)]
    found += [i for i, *_times in connection.execute(due)]
    found += [i for (i,) in connection.execute(asked.order_by(c.c.approval_due_at).limit(limit))]
    found += [i for i, at, updated_at in connection.execute(soon) if promise_calls(at, updated_at, now, within)]
    return list(dict.fromkeys(found))[:limit]


def promise_calls(promised_at: datetime, updated_at: datetime, now: datetime, within: timedelta) -> bool:
    """Whether a promise asks that its conversation be opened: when it is due soon, and once more when it is due.

    What was changed since then stays as it was put: somebody knew of the promise.
    """
    return any(updated_at < at <= now for at in (promised_at - within, promised_at))
