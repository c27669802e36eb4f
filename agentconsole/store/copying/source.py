"""A desk that is kept still while it is read: consoles on it can look, and cannot write until it is let go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from agentconsole.store.copying.target import MOVED, as_owner, write_revision
from agentconsole.store.engine import Store
from agentconsole.store.faults import told
from agentconsole.store.ledger import grants
from agentconsole.store.tables import setting
from agentconsole.store.upsert import insert_or

_PATIENCE = "30s"
"""How long whoever writes may take to be done, on PostgreSQL; SQLite waits as it does for any writer."""


@contextmanager
def kept_still(store: Store, *, alone: bool = False) -> Iterator[Connection]:
    """One look at the desk as its owner, who sees all of it, and nobody writes until the block ends.

    :param alone: whoever wanted to write meanwhile looks again, after it, whether this is still the desk.
    :raises DeskError: it is somebody else's, or somebody writes without end.
    """
    with told(store.name), store.engine.connect() as opened:
        if store.sqlite:
            connection = opened.execution_options(agentconsole_write=True)
            with connection.begin():
                yield connection
            return
        owner, tables = grants.owner(opened), grants.desk_tables(opened)
        opened.rollback()
        connection = opened.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():  # the look is taken after the lock: none of these statements takes one
            run, quoted = connection.exec_driver_sql, connection.dialect.identifier_preparer.quote_identifier
            for name, value in (("lock_timeout", _PATIENCE), ("statement_timeout", "0")):
                run(f"SET LOCAL {name} = '{value}'")
            run("SET LOCAL idle_in_transaction_session_timeout = 0")
            if owner is not None:
                run(f"SET LOCAL ROLE {quoted(owner)}")
            if alone:  # first: whoever writes has looked at the revision, and would wait for us while we do for them
                run("LOCK TABLE public.alembic_version IN ACCESS EXCLUSIVE MODE")
            run(f"LOCK TABLE {', '.join(f'public.{quoted(table)}' for table in tables)} IN SHARE MODE")
            yield connection


def shut(connection: Connection, address: str) -> None:
    """Say that the desk has moved: from the end of the transaction on no console opens it or writes to it any more.

    :param connection: of :func:`kept_still`, alone.
    :param address: where it is now, without a password.
    """
    as_owner(connection)
    row = {"name": "moved_to", "value": address}
    made = insert_or(connection, setting).values(row)
    connection.execute(made.on_conflict_do_update(index_elements=["name"], set_={"value": address}))
    write_revision(connection, MOVED)
