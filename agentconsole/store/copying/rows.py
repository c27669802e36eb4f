"""The rows of a desk's tables, read in an order in which they can be written, and written as they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from agentconsole.store import messages
from agentconsole.store.copying.guards import unguarded
from agentconsole.store.indexes import metadata
from agentconsole.store.ledger.tables import login
from agentconsole.store.tables import attachment, blob, message, original

Row = Sequence[Any]

OF_THE_SERVER = frozenset({login.name})
"""Tables that are not copied: roles of one server are nobody on another, or somebody else."""
_AT_ONCE = 500


def tables() -> list[Table]:
    """The tables that are copied, each after those that it refers to. Attachments' bytes are apart: :func:`digests`."""
    return [table for table in metadata.sorted_tables if table.name not in OF_THE_SERVER and table is not blob]


def count(connection: Connection, table: Table) -> int:
    """How many rows there are."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def read(connection: Connection, table: Table) -> Iterator[Row]:
    """All rows of a table by its primary key; those that refer to others of the same table after those.

    None of these refers to one that refers on: a linked customer is linked to one that is not, and so on.
    """
    inside = [key.parent for key in table.foreign_keys if key.column.table is table]
    query = select(table).order_by(*(column.is_not(None) for column in inside), *table.primary_key.columns)
    yield from connection.execute(query, execution_options={"yield_per": _AT_ONCE})


def put(connection: Connection, table: Table, some: Sequence[Row]) -> None:
    """Write rows as :func:`read` reads them, in the transaction that runs; messages are made findable."""
    with unguarded(connection, table.name):
        if connection.dialect.name == "sqlite":
            names = [column.name for column in table.columns]
            connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in some])
        else:
            _copied_in(connection, table, some)
    if table is message:
        places = {column.name: place for place, column in enumerate(table.columns)}
        messages.index(connection, [{name: row[place] for name, place in places.items()} for row in some])


def _copied_in(connection: Connection, table: Table, some: Sequence[Row]) -> None:
    """By COPY, several times as fast as INSERT. Its text form takes 0 and 1 for truth values, as SQLite has them."""
    quoted = connection.dialect.identifier_preparer.quote_identifier
    columns = ", ".join(quoted(column.name) for column in table.columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY public.{quoted(table.name)} ({columns}) FROM STDIN") as copy:
        for row in some:
            copy.write_row(row)


def digests(connection: Connection) -> list[str]:
    """Names of the bytes that messages refer to, kept as files or in the database; sorted."""
    found: set[str] = set()
    for column in (attachment.c.digest, original.c.digest):
        found |= set(connection.execute(select(column).where(column.is_not(None)).distinct()).scalars())
    return sorted(found)


def counters(connection: Connection) -> dict[str, int]:
    """The last number that each table with numbers of its own gave away: none is ever given again."""
    found = {}
    for table in tables():
        column = _numbered(table)
        if column is None:
            continue
        if connection.dialect.name == "sqlite":
            query = "SELECT seq FROM sqlite_sequence WHERE name = :name"
            last = connection.execute(text(query), {"name": table.name}).scalar()
        else:
            given = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "
            last = connection.exec_driver_sql(given + _sequence(connection, table.name, column)).scalar()
        found[table.name] = int(last or 0)
    return found


def count_on(connection: Connection, last: dict[str, int]) -> None:
    """Let numbers go on where :func:`counters` says that they have come to."""
    for table in tables():
        column, reached = _numbered(table), last.get(table.name, 0)
        if column is None or not reached:
            continue
        if connection.dialect.name == "sqlite":
            values = {"name": table.name, "last": reached}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)
        else:
            sequence = _sequence(connection, table.name, column)
            connection.execute(text("SELECT setval(CAST(:it AS regclass), :last)"), {"it": sequence, "last": reached})


def kin(connection: Connection) -> list[Row]:
    """Customers who were ever linked, and the name that they share; a desk in a file does not keep it."""
    if connection.dialect.name == "sqlite":
        return []
    return list(connection.execute(text("SELECT customer_id, kin FROM ledger.kin")))


def put_kin(connection: Connection, some: Sequence[Row]) -> None:
    """Write what :func:`kin` found, in place of what is there. In a desk in a file links count as they are."""
    if connection.dialect.name == "sqlite":
        return
    connection.execute(text("DELETE FROM ledger.kin"))
    if some:
        values = [{"customer": customer, "kin": shared} for customer, shared in some]
        connection.execute(text("INSERT INTO ledger.kin (customer_id, kin) VALUES (:customer, :kin)"), values)


def _numbered(table: Table) -> str | None:
    column = table.autoincrement_column
    return column.name if column is not None and column.autoincrement is True else None


def _sequence(connection: Connection, table: str, column: str) -> str:
    query = text("SELECT pg_get_serial_sequence('public.' || quote_ident(:table), :column)")
    return str(connection.execute(query, {"table": table, "column": column}).scalar_one())
