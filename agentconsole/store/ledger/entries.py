"""Reading the ledger's entries: as they are, as gestures that a customer got, and summed.

On PostgreSQL row-level security shows an agent only their own entries. What anybody gave to a customer comes from the
function ``ledger.entries_of``; everything else answers what whoever asks may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    column,
    func,
    select,
)
from sqlalchemy.sql.selectable import TableValuedAlias

from agentconsole.model.gesture import Entry, EntryKind, FulfilmentHow, FulfilmentState, Given, Purse
from agentconsole.store.ledger import tables as t
from agentconsole.store.tables import conversation
from agentconsole.store.types import Id

e = t.entry.c
_f = t.fulfilment.c
_COLUMNS = (
    e.id, e.agent, e.seq, e.entry, e.conversation_id, e.customer_id, e.kind, e.purse, e.amount, e.currency, e.reason,
    e.team, e.charged_to, e.period, e.team_period, e.at, e.key, e.approval_id, e.refers, e.policy, e.text_digest,
    e.prev, e.hash,
)  # fmt: skip
_NUMBER = func.coalesce(conversation.c.merged_into, conversation.c.number)
"""Of a merged conversation the number of the one that has its messages now."""
_AT_ONCE = 2_000
_ASKED = 500
"""Identifiers in one query, at most: engines have bounds."""


def entry_of(row: Row[*tuple[Any, ...]]) -> Entry:
    """An entry from a row of all columns of ledger_entry, in their order."""
    values = list(row)
    values[3], values[7] = EntryKind(values[3]), Purse(values[7])
    return Entry(*values)


def entries(connection: Connection, since: datetime | None = None, until: datetime | None = None) -> Iterator[Entry]:
    """All entries from ``since`` on and before ``until`` (UTC), oldest first; streamed."""
    query = select(*_COLUMNS).where(*_between(since, until)).order_by(e.at, e.agent, e.seq)
    found = connection.execute(query, execution_options={"stream_results": True, "max_row_buffer": _AT_ONCE})
    for rows in found.partitions(_AT_ONCE):
        yield from map(entry_of, rows)


def one(connection: Connection, entry_id: UUID) -> Entry | None:
    """An entry by its id; ``None`` where there is none that whoever asks may see."""
    row = connection.execute(select(*_COLUMNS).where(e.id == entry_id)).one_or_none()
    return None if row is None else entry_of(row)


def _between(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    return [*([e.at >= since] if since else []), *([e.at < until] if until else [])]


def numbers(connection: Connection, conversations: Sequence[UUID]) -> dict[UUID, int]:
    """The number of each conversation."""
    return {i: row[0] for i, row in _looked_up(connection, conversation.c.id, conversations, _NUMBER).items()}


def words(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Proof and remark of each entry; without those whose customer was erased."""
    found = _looked_up(connection, t.words.c.entry_id, ids, t.words.c.proof, t.words.c.remark)
    return {i: (row[0], row[1]) for i, row in found.items()}


# Gestures


def given_to(connection: Connection, customers: Collection[UUID]) -> list[Given]:
    """What these customers got, by anybody, voided gestures too; newest first."""
    return _given(connection, _of_customers(connection, customers), customers)


def given_by(connection: Connection, ids: Collection[UUID]) -> list[Given]:
    """The grants of these ids that whoever asks may see; newest first."""
    rows: list[Row[*tuple[Any, ...]]] = []
    for some in _parts(list(ids)):
        rows += connection.execute(select(*_COLUMNS).where(e.id.in_(some)))
        rows += connection.execute(select(*_COLUMNS).where(e.refers.in_(some)))
    return _given(connection, rows)


def given_between(connection: Connection, since: datetime, until: datetime) -> list[Given]:
    """The grants made from ``since`` on and before ``until`` (UTC) that whoever asks may see; newest first."""
    rows = list(connection.execute(select(*_COLUMNS).where(e.entry == "grant", *_between(since, until))))
    for some in _parts([row.id for row in rows]):
        rows += connection.execute(select(*_COLUMNS).where(e.refers.in_(some)))
    return _given(connection, rows)


def _of_customers(connection: Connection, customers: Collection[UUID]) -> list[Row[*tuple[Any, ...]]]:
    """Grants, voids and reveals of these customers, each once."""
    kinds = ("grant", "void", "reveal")
    rows: dict[UUID, Row[*tuple[Any, ...]]] = {}
    if connection.dialect.name == "sqlite":
        for some in _parts(list(customers)):
            query = select(*_COLUMNS).where(e.customer_id.in_(some), e.entry.in_(kinds))
            rows |= {row.id: row for row in connection.execute(query)}
        return list(rows.values())
    for customer_id in customers:
        found = _of(t.entry, "entries_of", customer_id)
        query = select(*(found.c[c.name] for c in _COLUMNS)).where(found.c.entry.in_(kinds))
        rows |= {row.id: row for row in connection.execute(query)}
    return list(rows.values())


def _of(table: Table, function: str, customer_id: UUID) -> TableValuedAlias:
    """The rows of a table about a customer, as a function of the ledger shows them to everybody on PostgreSQL."""
    called = getattr(func.ledger, function)(bindparam(None, customer_id, Id))
    columns: TableValuedAlias = called.table_valued(*(column(c.name, c.type) for c in table.c))
    return columns


def _given(
    connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]], customers: Collection[UUID] = ()
) -> list[Given]:
    """Grants with what became of them, from entries that hold their voids and reveals too.

    :param customers: whose they are, where anybody may see them.
    """
    voided = {row.refers: row.at for row in rows if row.entry == "void"}
    revealed = {row.refers for row in rows if row.entry == "reveal"}
    grants = {row.id: row for row in rows if row.entry == "grant"}
    ids = list(grants)
    places = numbers(connection, [row.conversation_id for row in grants.values()])
    replies = _looked_up(connection, t.gift.c.entry_id, ids, t.gift.c.message_id)
    said, fulfilled = words(connection, ids), _looked_up(connection, _f.entry_id, ids, _f.how, _f.state, _f.error)
    for customer_id in customers if ids and connection.dialect.name != "sqlite" else ():
        texts, done = _of(t.words, "texts_of", customer_id).c, _of(t.fulfilment, "fulfilments_of", customer_id).c
        said |= {
            row[0]: (row[1], row[2]) for row in connection.execute(select(texts.entry_id, texts.proof, texts.remark))
        }
        query = select(done.entry_id, done.how, done.state, done.error)
        fulfilled |= {row[0]: tuple(row[1:]) for row in connection.execute(query)}
    usual = {row.kind: row.how for row in connection.execute(select(t.kind.c.kind, t.kind.c.how))}
    found = []
    for row in grants.values():
        how, state, error = fulfilled.get(row.id) or (usual.get(row.kind, "task"), "done", "")
        found.append(
            Given(
                id=row.id, number=places[row.conversation_id], customer=row.customer_id, agent=row.agent,
                charged_to=row.charged_to, approval=row.approval_id, kind=row.kind, purse=Purse(row.purse),
                amount=row.amount, currency=row.currency, reason=row.reason, proof=said.get(row.id, ("",))[0],
                at=row.at, period=row.period, voided_at=voided.get(row.id), revealed=row.id in revealed,
                message=replies.get(row.id, (None,))[0], how=FulfilmentHow(how), fulfilment=FulfilmentState(state),
                problem=error,
            )
        )  # fmt: skip
    return sorted(found, key=lambda given: (given.at, given.id), reverse=True)


def _looked_up(
    connection: Connection, key: ColumnElement[Any], ids: Sequence[UUID], *values: ColumnElement[Any]
) -> dict[UUID, tuple[Any, ...]]:
    found: dict[UUID, tuple[Any, ...]] = {}
    for some in _parts(list(dict.fromkeys(ids))):
        found |= {row[0]: tuple(row[1:]) for row in connection.execute(select(key, *values).where(key.in_(some)))}
    return found


def _parts(ids: list[UUID]) -> Iterator[list[UUID]]:
    for begin in range(0, len(ids), _ASKED):
        yield ids[begin : begin + _ASKED]


# Sums


class Sum(NamedTuple):
    """What was given and voided, in minor units, and how often, of one agent, reason, kind, customer and currency.

    What it was added up over is empty, or ``None``.
    """

    agent: str
    reason: str
    kind: str
    customer: UUID | None
    currency: str
    given: int
    voided: int
    gestures: int
    voids: int

    @property
    def net(self) -> int:
        """What is left of it, in minor units."""
        return self.given - self.voided


def sums(connection: Connection, since: datetime, until: datetime) -> list[Sum]:
    """Grants and voids written from ``since`` on and before ``until`` (UTC), each counted where it was written.

    A void counts for whoever had granted, whoever voided it, in the span in which it was made: what was told of a
    span that is over stays true.
    """
    grant = t.entry.alias("granted")
    agent = func.coalesce(grant.c.agent, e.agent).label("who")
    by = (agent, e.reason, e.kind, e.customer_id, e.currency)
    is_grant, is_void = e.entry == "grant", e.entry == "void"
    query: Select[Any] = (
        select(*by, _total(is_grant, e.amount), _total(is_void, e.amount), _total(is_grant, 1), _total(is_void, 1))
        .outerjoin(grant, and_(is_void, grant.c.id == e.refers))
        .where(e.entry.in_(("grant", "void")), *_between(since, until))
        .group_by(*by)
    )
    return [Sum(*row[:5], *map(int, row[5:])) for row in connection.execute(query)]


def _total(where: ColumnElement[bool], value: Any) -> ColumnElement[int]:
    return func.sum(case((where, value), else_=0))


def earliest(connection: Connection) -> datetime | None:
    """When the first entry that whoever asks may see was made, UTC."""
    return connection.execute(select(e.at).order_by(e.at).limit(1)).scalar_one_or_none()
