"""What an agent looks at all day: what is left of the own budget, and what they granted that is in no reply."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, select

from agentconsole.model.gesture import Given, Period, Purse, Spent
from agentconsole.store.ledger import entries
from agentconsole.store.ledger import tables as t

Budget = tuple[Period, int]
"""A budget's period, and its amount in minor units."""


def budget(connection: Connection, agent: str, currency: str) -> Budget | None:
    """The largest budget for compensation that an agent has in a currency; ``None`` without any."""
    r = t.rule.c
    query = (
        select(r.period, r.budget)
        .where(r.agent == agent, r.currency == currency, r.purse == str(Purse.GOODWILL))
        .order_by(r.budget.desc())
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else (Period(found.period), found.budget)


def spent(connection: Connection, agent: str, currency: str, period: Period, begins: date) -> Spent:
    """The counter of that budget in the period that began then."""
    b = t.budget.c
    query = select(b.spent, b.reserved, b["count"], b.reserved_count).where(
        b.scope == "agent", b.holder == agent, b.purse == str(Purse.GOODWILL), b.currency == currency,
        b.period == str(period), b.begins == begins,
    )  # fmt: skip
    found = connection.execute(query).one_or_none()
    return Spent() if found is None else Spent(*found)


def zone(connection: Connection) -> str | None:
    """The time zone of the policy; ``None`` where no policy holds."""
    found: str | None = connection.execute(select(t.settings.c.zone)).scalar_one_or_none()
    return found


def unsent(connection: Connection, agent: str, since: datetime) -> list[Given]:
    """What an agent granted since then (UTC) that was not voided and is in no reply, the newest first."""
    e, void = t.entry.c, t.entry.alias("void").c
    voided = select(void.id).where(void.refers == e.id, void.entry == "void").exists()
    sent = select(t.gift.c.entry_id).where(t.gift.c.entry_id == e.id).exists()
    query = select(e.id).where(e.agent == agent, e.entry == "grant", e.at >= since, ~voided, ~sent)
    ids = list(connection.execute(query).scalars())
    return entries.given_by(connection, ids) if ids else []
