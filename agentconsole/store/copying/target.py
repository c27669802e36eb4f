"""Where a copy goes: an empty desk, or one that an earlier copy did not end at and this one goes on with.

Until it is whole its revision is no revision: every program refuses to open it, those of other versions too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, column, delete, inspect, select, table, text, update
from sqlalchemy.exc import SQLAlchemyError

from agentconsole.store.copying.guards import unguarded
from agentconsole.store.copying.rows import tables
from agentconsole.store.engine import Store
from agentconsole.store.faults import told
from agentconsole.store.ledger import grants
from agentconsole.store.ledger.periods import cover
from agentconsole.store.opening import COPYING, HEAD, MOVED, UNFINISHED
from agentconsole.store.tables import blob

_revision = table("alembic_version", column("version_num"))
_progress = table("desk_copy", column("name"), column("rows"), column("digest"))
_MAKE = "CREATE TABLE desk_copy (name text PRIMARY KEY, rows bigint NOT NULL, digest text NOT NULL)"

__all__ = ["MOVED", "Place", "Target", "as_owner", "look_at", "write_revision"]


class Place(StrEnum):
    """What is at an address."""

    NEW = "new"  # nothing at all
    EMPTY = "empty"  # a desk with nothing in it
    UNFINISHED = "unfinished"  # a copy by this version that has not come to its end
    DESK = "desk"  # a desk in use, of whatever version
    MOVED = "moved"
    OTHER = "other"  # an unfinished copy by another version, or something that is no desk


def look_at(store: Store) -> Place:
    """What is there. A file that does not exist is made, empty."""
    with told(store.name), store.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        if not there:
            return Place.NEW
        revision = None
        if "alembic_version" in there:
            revision = connection.execute(select(_revision.c.version_num)).scalar()
        if revision in (UNFINISHED, MOVED):
            return Place(revision if revision == MOVED else Place.UNFINISHED)
        if revision is None or "conversation" not in there or str(revision).startswith(COPYING):
            return Place.OTHER
        if revision != HEAD:
            return Place.DESK
        connection.rollback()
        with connection.begin():
            as_owner(connection)
            held = any(connection.execute(select(one).limit(1)).first() for one in (*tables(), blob))
        return Place.DESK if held else Place.EMPTY


def as_owner(connection: Connection) -> None:
    """Be the owner of the desk's tables until the transaction ends; on SQLite everybody is."""
    if connection.dialect.name == "sqlite":
        return
    owner = grants.owner(connection)
    if owner is not None:
        connection.exec_driver_sql(f"SET LOCAL ROLE {grants.quoted(connection, owner)}")


def write_revision(connection: Connection, revision: str) -> None:
    """Say what the desk is, in the transaction that runs."""
    connection.execute(update(_revision).values(version_num=revision))


class Target:
    """The desk that is written, over one connection of its own. Nobody else uses it: none can open it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with told(store.name):
            self._connection = store.engine.connect().execution_options(agentconsole_write=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(SQLAlchemyError):
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, as the desk's owner."""
        with told(self.store.name), self._connection.begin():
            as_owner(self._connection)
            if not self.store.sqlite:
                self._connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield self._connection

    def begin(self) -> None:
        """Say that a copy has begun: from now on nobody opens this desk."""
        with self.writing() as connection:
            connection.exec_driver_sql(_MAKE)
            write_revision(connection, UNFINISHED)

    def done(self) -> dict[str, tuple[int, str]]:
        """Of each table that was begun, how many rows are here and their digest."""
        with self.writing() as connection:
            return {name: (rows, digest) for name, rows, digest in connection.execute(select(_progress))}

    def note(self, connection: Connection, name: str, state: tuple[int, str]) -> None:
        """Write down how far a table has come, in the transaction that brought it there."""
        connection.execute(delete(_progress).where(_progress.c.name == name))
        connection.execute(_progress.insert().values(name=name, rows=state[0], digest=state[1]))

    def empty(self) -> None:
        """Take away everything that a copy brought here: the next one begins anew."""
        with self.writing() as connection:
            for one in (*reversed(tables()), blob):
                with unguarded(connection, one.name):
                    connection.execute(delete(one))
            forget = "INSERT INTO message_search (message_search) VALUES ('delete-all')"
            connection.execute(text(forget if self.store.sqlite else "DELETE FROM public.message_search"))
            connection.execute(delete(_progress))

    def finish(self) -> None:
        """What only this engine keeps is set, and the desk is one that can be opened."""
        with self.writing() as connection:
            if self.store.sqlite:
                cover(connection)
            else:
                _show_again(connection)
            connection.exec_driver_sql(f"DROP TABLE {_progress.name}")
            write_revision(connection, HEAD)
        if not self.store.sqlite:  # what the planner knows is of an empty desk
            with self.writing() as connection:
                connection.exec_driver_sql("ANALYZE")


def _show_again(connection: Connection) -> None:
    """Every reveal that was copied is committed: whoever made it is shown the code again without another one.

    3 is the first number that a transaction can have (``FirstNormalTransactionId``): none that runs has it.
    """
    connection.exec_driver_sql(
        "INSERT INTO ledger.shown (entry_id, xid) SELECT e.id, '3'::xid8 FROM public.ledger_entry e"
        " WHERE e.entry = 'reveal' AND NOT EXISTS (SELECT FROM ledger.shown s WHERE s.entry_id = e.id)"
    )
