"""Statements compiled once in a process, not once for every desk that a test opens: a tenth of a run went into that.

SQLAlchemy keeps a compiled statement by its engine and its dialect. Here all engines of one kind share both: by the
``compiled_cache`` of the execution options, and by dialects that are equal. They are made with the same options and
meet one server, so what they compile is the same.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_compiled: dict[Any, Any] = {}


class Postgres(PGDialect_psycopg):
    """Equal to every other of its kind."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_compiled)


class File(SQLiteDialect_pysqlite):
    """Equal to every other of its kind."""

    supports_statement_cache = True
    __eq__ = Postgres.__eq__
    __hash__ = Postgres.__hash__

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_compiled)


def share() -> None:
    """From now on new engines share what they compile."""
    registry.register("postgresql.psycopg", __name__, Postgres.__name__)
    registry.register("sqlite.pysqlite", __name__, File.__name__)
