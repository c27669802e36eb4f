"""Setting a table's triggers aside for a transaction that puts rows there as they were elsewhere.

What guards the ledger takes only what is decided now. Of a transaction that fails, or whose program is killed, nothing
is left, so no desk is ever without its guards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

_ENABLED = {"O": "ENABLE TRIGGER", "A": "ENABLE ALWAYS TRIGGER", "R": "ENABLE REPLICA TRIGGER"}
"""How PostgreSQL's ``tgenabled`` is set again; "D" was out of use before."""


@contextmanager
def unguarded(connection: Connection, table: str) -> Iterator[None]:
    """Within it the triggers of a table of the desk do nothing. Constraints and foreign keys hold all the same."""
    set_again = _dropped(connection, table) if connection.dialect.name == "sqlite" else _disabled(connection, table)
    yield
    if set_again and connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")  # no ALTER TABLE while checks of its rows wait
    for statement in set_again:
        connection.exec_driver_sql(statement)


def _dropped(connection: Connection, table: str) -> list[str]:
    found = connection.execute(
        text("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = :table"), {"table": table}
    ).all()
    for name, _sql in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return [sql for _name, sql in found]


def _disabled(connection: Connection, table: str) -> list[str]:
    quoted = connection.dialect.identifier_preparer.quote_identifier
    found = connection.execute(
        text(
            "SELECT tgname, tgenabled::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid = to_regclass('public.' || quote_ident(:table))"
        ),
        {"table": table},
    ).all()
    if found:
        connection.exec_driver_sql(f"ALTER TABLE public.{quoted(table)} DISABLE TRIGGER USER")
    return [
        f"ALTER TABLE public.{quoted(table)} {_ENABLED[state]} {quoted(name)}"
        for name, state in found
        if state in _ENABLED
    ]
