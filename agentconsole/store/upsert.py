"""INSERT … ON CONFLICT, which both engines spell alike but SQLAlchemy keeps in each dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert_or(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that takes ``on_conflict_do_update`` and ``on_conflict_do_nothing`` on this engine.

    The dialects are fetched when needed: the one that is not costs a console a fiftieth of a second at its start.
    """
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects.postgresql import insert as insert_postgresql

    return insert_postgresql(table)
