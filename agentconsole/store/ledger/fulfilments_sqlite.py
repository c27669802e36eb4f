"""What ``store/sql/postgresql/50_fulfilment.sql`` does, on SQLite: the same changes, by the clock of the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from agentconsole.store.ledger.base import refuse
from agentconsole.store.ledger.columns import StrictMoment
from agentconsole.store.ledger.tables import agent, entry, fulfilment
from agentconsole.store.tables import conversation, customer

f = fulfilment.c
_OPEN: ColumnElement[bool] = literal_column("ledger_fulfilment.state NOT IN ('done', 'cancelled')")
"""Written as the partial index has it, so that the planner sees that it applies."""
_EMPTY = {"wire": 0, "lease_by": None, "lease_until": None}


def clock(connection: Connection) -> datetime:
    """The database's time, UTC."""
    found: datetime = connection.execute(
        select(literal_column("at", StrictMoment)).select_from(text("ledger_clock"))
    ).scalar_one()
    return found


def due(connection: Connection, known: timedelta, lease: timedelta) -> bool:
    now = clock(connection)
    lapsed = and_(f.state == "sending", f.lease_until < now)
    query = select(f.entry_id).where(_OPEN, f.how == "shop", or_(lapsed, _claimable(now, known, lease))).limit(1)
    return connection.execute(query).first() is not None


def claim(connection: Connection, holder: str, known: timedelta, lease: timedelta) -> Row[Any] | None:
    now = clock(connection)
    first = (
        select(f.entry_id)
        .where(_OPEN, f.how == "shop", _claimable(now, known, lease))
        .order_by(f.not_before, f.queued_at, f.entry_id)
        .limit(1)
    )
    taken = connection.execute(first).scalar_one_or_none()
    if taken is None:
        return None
    connection.execute(
        update(fulfilment)
        .where(f.entry_id == taken)
        .values(
            state="sending",
            attempt=f.attempt + 1,
            wire=0,
            not_before=case(
                (f.first_wire_at.is_(None), literal(now, StrictMoment)),
                else_=func.max(literal(now, StrictMoment), f.first_wire_at + literal_column("1")),
            ),
            lease_by=holder,
            lease_until=now + lease,
            ended_at=None,
            ended_by=None,
        )
    )
    e = entry.c
    query: Select[Any] = (
        select(
            e.id, f.attempt, f.queued_at, e.kind, e.amount, e.currency, e.reason, e.customer_id, e.conversation_id,
            conversation.c.number, f.first_wire_at.is_not(None),
        )
        .join(fulfilment, f.entry_id == e.id)
        .join(conversation, conversation.c.id == e.conversation_id)
        .where(e.id == taken)
    )  # fmt: skip
    return connection.execute(query).one()


def wire(connection: Connection, entry_id: UUID, attempt: int, holder: str, margin: timedelta) -> bool:
    now = clock(connection)
    noted = connection.execute(
        update(fulfilment)
        .where(*_held(entry_id, attempt, holder), f.lease_until > now + margin)
        .values(wire=1, first_wire_at=func.coalesce(f.first_wire_at, literal(now, StrictMoment)))
    )
    return noted.rowcount == 1


def end(
    connection: Connection,
    entry_id: UUID,
    attempt: int,
    holder: str,
    outcome: str,
    *,
    said: str,
    reference: str,
    wait: timedelta,
) -> str | None:
    now = clock(connection)
    row = connection.execute(select(fulfilment).where(f.entry_id == entry_id, f.how == "shop")).one_or_none()
    if row is None or not 1 <= attempt <= row.attempt or row.state in ("done", "cancelled"):
        return "cancelled" if row is not None and (outcome, row.state) == ("done", "cancelled") else None
    if outcome != "done" and (row.state, row.attempt, row.lease_by) != ("sending", attempt, holder):
        return None
    state = _after(row, outcome)
    values: dict[str, Any] = {"state": state, "not_before": now + wait, "error": said[:500]} | _EMPTY
    if state in ("queued", "failed"):
        values["first_wire_at"] = None
    if state in ("done", "failed"):
        values |= {"ended_at": now, "ended_by": holder}
    if state == "done":
        values |= {"reference": reference[:200], "error": ""}
    connection.execute(update(fulfilment).where(f.entry_id == entry_id).values(**values))
    return state


def _after(row: Row[Any], outcome: str) -> str:
    """What an outcome makes of it: where an earlier attempt may have arrived, only ``done`` ends that."""
    earlier = row.first_wire_at is not None and row.first_wire_at < row.not_before
    if outcome == "done":
        return "done"
    if outcome == "unknown":
        return "queued" if row.first_wire_at is None else "unknown"
    return "unknown" if earlier else {"failed": "failed", "later": "queued"}[outcome]


def sweep(connection: Connection, said: str) -> Sequence[Row[Any]]:
    untouched = f.first_wire_at.is_(None)
    swept = connection.execute(
        update(fulfilment)
        .where(_OPEN, f.state == "sending", f.lease_until < clock(connection))
        .values(
            state=case((untouched, "queued"), else_="unknown"),
            error=case((untouched, f.error), else_=said),
            **_EMPTY,
        )
        .returning(
            f.entry_id,
            f.state,
            select(entry.c.conversation_id).where(entry.c.id == f.entry_id).scalar_subquery(),
        )
    )
    return swept.all()


_CHOSEN = {
    ("done", "queued", "shop"): "done", ("done", "queued", "task"): "done", ("done", "unknown", "shop"): "done",
    ("done", "failed", "shop"): "done", ("done", "failed", "task"): "done",
    ("again", "failed", "shop"): "queued", ("again", "failed", "task"): "queued", ("again", "queued", "shop"): "queued",
    ("again", "unknown", "shop"): "unknown",
    ("give_up", "unknown", "shop"): "failed", ("give_up", "queued", "task"): "failed",
}  # fmt: skip


def choose(connection: Connection, who: str, entry_id: UUID, choice: str, words: str, known: timedelta) -> str | None:
    now = clock(connection)
    me = connection.execute(select(agent).where(agent.c.id == who, agent.c.active == 1)).one_or_none()
    if me is None:
        refuse("unknown_agent")
    row = connection.execute(select(fulfilment).where(f.entry_id == entry_id, f.how != "voucher")).one_or_none()
    if row is None:
        refuse("no_entry")
    state = _CHOSEN.get((choice, row.state, row.how))
    if state is None:
        return None
    forgotten = row.state == "unknown" and row.first_wire_at + known <= now
    if (choice == "give_up" and row.state == "unknown") or (choice == "again" and forgotten):
        _another_supervisor(connection, me, entry_id)
    values: dict[str, Any] = {"state": state} | _EMPTY
    if state in ("queued", "failed"):
        values["first_wire_at"] = None
    if choice == "again":
        values |= {"not_before": now, "queued_at": now, "ended_at": None, "ended_by": None}
        values |= {"first_wire_at": now} if forgotten else {}
    else:
        values |= {"ended_at": now, "ended_by": who}
        values |= {"reference": words[:200], "error": ""} if choice == "done" else {"error": words[:500]}
    connection.execute(update(fulfilment).where(f.entry_id == entry_id).values(**values))
    return state


def _another_supervisor(connection: Connection, me: Row[Any], entry_id: UUID) -> None:
    if not me.supervisor:
        refuse("not_supervisor")
    granter = select(agent.c.person).join(entry, entry.c.agent == agent.c.id).where(entry.c.id == entry_id)
    if connection.execute(granter).scalar_one() == me.person:
        refuse("self_void")


def unfulfilled(connection: Connection) -> Sequence[Row[Any]]:
    e = entry.c
    query: Select[Any] = (
        select(
            f.entry_id, f.how, f.state, f.attempt, f.first_wire_at, f.queued_at, f.not_before, f.error, e.agent, e.kind,
            e.amount, e.currency, e.reason, e.at, e.conversation_id, conversation.c.number, customer.c.name,
        )
        .join(entry, e.id == f.entry_id)
        .join(conversation, conversation.c.id == e.conversation_id)
        .join(customer, customer.c.id == e.customer_id)
        .where(_OPEN)
        .order_by(e.at, f.entry_id)
    )  # fmt: skip
    return connection.execute(query).all()


def _claimable(now: datetime, known: timedelta, lease: timedelta) -> ColumnElement[bool]:
    return and_(
        f.state.in_(("queued", "unknown")),
        f.not_before <= now,
        or_(f.first_wire_at.is_(None), f.first_wire_at > now - known + lease),
    )


def _held(entry_id: UUID, attempt: int, holder: str) -> tuple[ColumnElement[bool], ...]:
    return f.entry_id == entry_id, f.state == "sending", f.attempt == attempt, f.lease_by == holder
