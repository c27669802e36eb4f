"""INSERT … ON CONFLICT, which both engines spell alike but SQLAlchemy keeps in each dialect."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that takes ``on_conflict_do_update`` and ``on_conflict_do_nothing`` on this engine."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
