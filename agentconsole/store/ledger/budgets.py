"""Reading the counters of budgets, as a report has them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from agentconsole.store.ledger.tables import budget


class Used(NamedTuple):
    """How much of a budget is used, in minor units; ``scope`` is ``agent`` or ``team``, ``holder`` their id.

    ``cap`` is the budget under which it was last added to.
    """

    scope: str
    holder: str
    purse: str
    currency: str
    period: str
    begins: date
    spent: int
    reserved: int
    gestures: int
    cap: int


def used(connection: Connection, since: date, until: date) -> list[Used]:
    """The budgets of periods that began from ``since`` on and before ``until``, by scope, holder and currency."""
    b = budget.c
    query = (
        select(b.scope, b.holder, b.purse, b.currency, b.period, b.begins, b.spent, b.reserved, b["count"], b.cap)
        .where(b.begins >= since, b.begins < until)
        .order_by(b.scope, b.holder, b.currency, b.purse.desc(), b.begins)
    )
    return [Used._make(row) for row in connection.execute(query)]
