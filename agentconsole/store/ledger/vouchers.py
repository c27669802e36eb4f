"""How many voucher codes there are, without the codes; and which of those that somebody brings are there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, case, column, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from agentconsole.store.ledger.columns import Day
from agentconsole.store.ledger.fulfilments import refusing
from agentconsole.store.ledger.tables import voucher
from agentconsole.store.types import Words

v = voucher.c
_AT_ONCE = 500
"""Codes that one question names on SQLite."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Codes of one amount and currency in a pool.

    :param amount: minor units. :param free: that can be given today. :param given: that customers have.
    :param burnt: shown, then voided. :param expired: never given, and worth nothing any more.
    :param soonest: last day of the one that is given next; ``None`` where none expires.
    """

    pool: str
    amount: int
    currency: str
    free: int = 0
    given: int = 0
    burnt: int = 0
    expired: int = 0
    soonest: date | None = None


def stock(connection: Connection, today: date) -> list[Stock]:
    """What there is, by pool, currency and amount. PostgreSQL tells ``today`` by its own clock."""
    if connection.dialect.name == "sqlite":
        return [Stock(*row) for row in connection.execute(_counted(today))]
    counts = ("amount", "currency", "free", "given", "burnt", "expired")
    made = func.ledger.voucher_stock().table_valued("pool", *counts, column("soonest", Day))
    with refusing():
        return [Stock(*row) for row in connection.execute(select(*made.c))]


def known(connection: Connection, pool: str, codes: Sequence[str]) -> set[str]:
    """Which of these codes a pool has already.

    :raises RuleRefused: ``not_supervisor``, on PostgreSQL.
    """
    if connection.dialect.name != "sqlite":
        with refusing():
            asked = func.ledger.voucher_known(pool, literal(list(codes), ARRAY(Words)))
            return set(connection.execute(select(asked)).scalars())
    found: set[str] = set()
    for start in range(0, len(codes), _AT_ONCE):
        these = v.code.in_(codes[start : start + _AT_ONCE])
        found.update(connection.execute(select(v.code).where(v.pool == pool, these)).scalars())
    return found


def _counted(today: date) -> Select[Any]:
    there = and_(v.entry_id.is_(None), v.burnt == 0)
    usable = and_(there, or_(v.expires.is_(None), v.expires >= today))

    def many(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    return (
        select(
            v.pool, v.amount, v.currency, many(usable), many(and_(v.entry_id.is_not(None), v.burnt == 0)),
            many(v.burnt == 1), many(and_(there, v.expires < today)),
            func.min(case((usable, v.expires)), type_=Day()),
        )
        .group_by(v.pool, v.currency, v.amount)
        .order_by(v.pool, v.currency, v.amount)
    )  # fmt: skip
