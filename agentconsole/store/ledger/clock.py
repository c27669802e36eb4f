"""The ledger's clock, made to stand still: for tests, and for a history that a demo needs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from agentconsole.store.ledger import enforcement
from agentconsole.store.ledger.hashing import microseconds
from agentconsole.store.ledger.periods import cover

_FUNCTION = "CREATE OR REPLACE FUNCTION ledger.clock()"
_VIEW = "CREATE VIEW ledger_clock"


def stand_still(connection: Connection, at: datetime | None) -> None:
    """Make the ledger believe that it is ``at`` (UTC), until it is told otherwise; ``None``: the real time again.

    It takes the right to change the desk's schema: on PostgreSQL its owner's.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP VIEW IF EXISTS ledger_clock")
        connection.exec_driver_sql(_file(_VIEW) if at is None else f"{_VIEW} AS SELECT {microseconds(at)} AS at")
        cover(connection)
        return
    if at is None:
        connection.exec_driver_sql(_file(_FUNCTION))
        return
    moment = at.astimezone(UTC).isoformat()
    connection.exec_driver_sql(
        f"{_FUNCTION} RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER"
        f" SET search_path = pg_catalog, pg_temp AS $$SELECT timestamptz '{moment}'$$"
    )


def _file(beginning: str) -> str:
    """The statement that makes the clock, as the desk's files have it."""
    engine = "sqlite" if beginning == _VIEW else "postgresql"
    for path in sorted((Path(enforcement.__file__).parents[1] / "sql" / engine).glob("*.sql")):
        for statement in enforcement.statements(path.read_text("utf-8")):
            if beginning in statement:
                return statement
    raise LookupError(beginning)
