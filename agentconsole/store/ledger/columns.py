"""What the columns of the ledger's tables are made of: types that STRICT tables know, and their constraints."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from agentconsole.store.types import Moment

MOST = 1_000_000_000
"""Minor units of one gesture, at most."""
KINDS = ("voucher", "credit", "refund", "item", "redelivery", "attention")


class StrictMoment(Moment):
    """A :class:`Moment` whose type STRICT tables know."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer()) if dialect.name == "sqlite" else super().load_dialect_impl(dialect)


class Day(TypeDecorator[object]):
    """A day: ``date`` on PostgreSQL, ISO 8601 text on SQLite."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: object, dialect: Dialect) -> object:
        return value.isoformat() if dialect.name == "sqlite" and hasattr(value, "isoformat") else value

    def process_result_value(self, value: object, dialect: Dialect) -> object:
        return date.fromisoformat(value) if dialect.name == "sqlite" and isinstance(value, str) else value


Minor = BigInteger().with_variant(Integer(), "sqlite")
Yes = Boolean().with_variant(Integer(), "sqlite")


def money(column: str) -> CheckConstraint:
    """A column has an amount that can be given, in minor units."""
    return CheckConstraint(f"{column} BETWEEN 1 AND {MOST}", name=column)
