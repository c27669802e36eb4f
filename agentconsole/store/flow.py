"""The log of conversations that came to wait for us, and ceased to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    and_,
    cast,
    extract,
    func,
    insert,
    or_,
    select,
    type_coerce,
)

from agentconsole.store.team_tables import flow

QUARTER = timedelta(minutes=15)
_UNDONE_WITHIN = timedelta(hours=3)
"""An undoing is looked for this long after what it undoes: people have an hour."""
_BY_HAND = ("pending", "resolved")
"""What it went to by being handled: neither put off nor left without the answer that is owed."""


def record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of the table ``flow``."""
    if rows:
        connection.execute(insert(flow), list(rows))


def arrived(of: FromClause = flow) -> ColumnElement[bool]:
    """A customer made it wait for us."""
    return and_(of.c.kind == "in", of.c.cause == "customer")


def handled(of: FromClause = flow) -> ColumnElement[bool]:
    """A person made it cease to wait for us, and did not put it off; it may have been undone since."""
    return and_(of.c.kind == "out", of.c.cause == "agent", of.c.state.in_(_BY_HAND))


def came_back(of: FromClause = flow) -> ColumnElement[bool]:
    """A customer made it wait for us again after it had been resolved."""
    return and_(arrived(of), of.c.state == "resolved")


class Moved(NamedTuple):
    """So many conversations arrived ("in"), or were handled ("out") by an agent, in the quarter that begins then."""

    begins: datetime
    kind: str
    agent: str | None
    many: int


def quarters(connection: Connection, since: datetime, until: datetime) -> list[Moved]:
    """What arrived and was handled from ``since`` on and before ``until`` (UTC), less what was undone."""
    f, quarter = flow.c, _quarter(connection)
    query = (
        select(quarter, f.kind, f.agent, func.count())
        .where(f.at >= since, f.at < until, or_(arrived(), handled()))
        .group_by(quarter, f.kind, f.agent)
    )
    found = [
        Moved(_begins(int(number)), kind, agent, count) for number, kind, agent, count in connection.execute(query)
    ]
    taken = [Moved(quarter_of(row.at), "out", row.agent, -1) for row in undone(connection, since, until)]
    return found + taken


def quarter_of(at: datetime) -> datetime:
    """When the quarter of an hour began that a moment is in."""
    return _begins(int(at.timestamp()) // int(QUARTER.total_seconds()))


def _begins(number: int) -> datetime:
    return datetime.fromtimestamp(number * int(QUARTER.total_seconds()), UTC)


def _quarter(connection: Connection) -> ColumnElement[int]:
    """The number of the quarter of an hour since 1970 in which a row lies."""
    if connection.dialect.name == "sqlite":
        return type_coerce(flow.c.at, BigInteger) // (int(QUARTER.total_seconds()) * 1_000_000)
    return cast(func.floor(extract("epoch", flow.c.at) / int(QUARTER.total_seconds())), BigInteger)


class Row(NamedTuple):
    """A row of the table."""

    seq: int
    conversation_id: UUID
    at: datetime
    channel: str
    team: str | None
    agent: str | None


def undone(connection: Connection, since: datetime, until: datetime) -> list[Row]:
    """What was handled in that time and undone later."""
    u, before = flow.alias("u"), flow.alias("before")
    query = (
        select(*_row(before))
        .join_from(u, before, before.c.seq == _latest_before(u))
        .where(u.c.kind == "in", u.c.cause == "undo", u.c.at >= since, u.c.at < until + _UNDONE_WITHIN)
        .where(handled(before), before.c.at >= since, before.c.at < until)
    )
    return [Row(*row) for row in connection.execute(query)]


def returned(connection: Connection, since: datetime, until: datetime) -> list[Row]:
    """What came back in that time after it had been resolved; ``agent`` is who had made it cease to wait last."""
    back, before = flow.alias("back"), flow.alias("before")
    seq, conversation_id, at, channel, team, _agent = _row(back)
    query = (
        select(seq, conversation_id, at, channel, team, before.c.agent)
        .select_from(back.outerjoin(before, before.c.seq == _latest_before(back)))
        .where(came_back(back), back.c.at >= since, back.c.at < until)
    )
    return [Row(*row) for row in connection.execute(query)]


def _row(of: Any) -> tuple[ColumnElement[Any], ...]:
    return of.c.seq, of.c.conversation_id, of.c.at, of.c.channel, of.c.team, of.c.agent


def _latest_before(of: Any) -> Any:
    """The seq of the row of the same conversation that comes just before."""
    q = flow.alias("q").c
    return (
        select(func.max(q.seq))
        .where(q.conversation_id == of.c.conversation_id, q.seq < of.c.seq)
        .correlate(of)
        .scalar_subquery()
    )


def changes(connection: Connection, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    """How many conversations came to wait for us, and ceased to, by kind and cause."""
    f = flow.c
    query = select(f.kind, f.cause, func.count()).where(f.at >= since, f.at < until).group_by(f.kind, f.cause)
    return {(kind, cause): count for kind, cause, count in connection.execute(query)}
