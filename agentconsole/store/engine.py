"""Opening a desk, and its two doors: :meth:`Store.read` and :meth:`Store.write`."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from agentconsole.errors import DeskError, Outdated
from agentconsole.i18n import _
from agentconsole.store.clock import Clock
from agentconsole.store.faults import told
from agentconsole.store.server import arguments, of_server

BUSY_SECONDS = 5.0
NOTIFY_CHANNEL = "agentconsole_changed"
_REVISION = text("SELECT version_num FROM alembic_version")
_HINT = text(f"SELECT set_config('synchronous_commit', 'off', true), pg_notify('{NOTIFY_CHANNEL}', '')")
_ONE_LOOK: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Store:
    """An open desk. Safe to use from many threads; each call to a door borrows a connection for itself.

    :param url: where it is, with its password hidden when printed.
    :param files: folder of attachments; ``None`` where they are kept in the database.

    ``now`` tells the desk's time without asking: this machine's of a file, else the server's.
    """

    revision: str | None = None
    """The revision of the tables that this program opened it with, and writes by no other; ``None``: not looked at."""

    def __init__(self, engine: Engine, files: Path | None) -> None:
        self.engine = engine
        self.files = files
        self.now = Clock()
        event.listen(engine, "connect", self._connected)
        self._writing = threading.Lock()

    @property
    def sqlite(self) -> bool:
        """Whether the desk is a file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The desk's address as it may be shown: no password."""
        url = self.engine.url
        return str(url.database) if self.sqlite else url.set(drivername="postgresql").render_as_string()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the desk. Nothing written through it is kept.

        :raises DeskError: the desk cannot be used, said in a person's words.
        """
        with told(self.name), self.engine.connect() as connection:
            if self.sqlite:
                yield connection
            else:
                look = connection.execution_options(**_ONE_LOOK)
                self.now.follow(look)
                yield look

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, durably, when the block ends well, and nothing otherwise.

        Writers of this process wait for one another here rather than in the engine, so that SQLite's
        busy handler is left to other processes.

        On PostgreSQL having looked at the revision keeps others from changing it until the end.

        :raises Outdated: a newer program has changed the tables since.
        :raises DeskError: the desk cannot be used, said in a person's words.
        """
        with told(self.name), self._writing, self.engine.connect() as opened:
            connection = opened.execution_options(agentconsole_write=True)
            with connection.begin():
                if self.revision is not None and connection.execute(_REVISION).scalar() != self.revision:
                    raise outdated()
                if not self.sqlite:
                    self.now.follow(connection)
                yield connection
            if not self.sqlite:
                _tell(connection)

    def _connected(self, raw: Any, _record: ConnectionPoolEntry) -> None:
        """A program that was left open must not come back to a desk that a newer one has changed meanwhile."""
        if self.revision is None:
            return
        cursor = raw.cursor()
        try:
            cursor.execute(str(_REVISION))
            found = cursor.fetchone()
        finally:
            cursor.close()
            raw.rollback()
        if found is None or found[0] != self.revision:
            raw.close()
            raise outdated()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def outdated() -> Outdated:
    """What is said to who uses a program that is too old for the desk by now."""
    return Outdated(
        _("A newer agentconsole has brought this desk up to date."),
        _("Leave this one and start it again; your words are kept."),
    )


def _tell(connection: Connection) -> None:
    """Hint to other consoles that something changed, in a transaction of its own and one exchange with the server.

    Transactions that notify commit one after another, each waiting for the disk; whoever writes much would wait for
    all others. A hint that is lost is made up for by the poll, so it must not make a write look failed.
    """
    with suppress(SQLAlchemyError):
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(_HINT)


def address(desk: str, folder: Path) -> URL:
    """The engine's URL for a desk as agentconsole.toml names it: a file relative to ``folder``, or postgresql://.

    :raises DeskError: it is neither.
    """
    if "://" not in desk:
        return URL.create("sqlite+pysqlite", database=str((folder / Path(desk).expanduser()).absolute()))
    try:
        url = make_url(desk)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in ("postgresql", "sqlite"):
        raise DeskError(
            f"desk: {desk.rsplit('@', maxsplit=1)[-1]!r} is not a desk's address.",
            "Give a file's name, or postgresql://user@host/name.",
        )
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite+pysqlite")
    return of_server(url).set(drivername="postgresql+psycopg")


def connect(url: URL, files: Path | None = None, program: str = "agentconsole") -> Store:
    """A store on an address, without looking at what is there (see :func:`agentconsole.store.opening.open_desk`).

    :param program: what a PostgreSQL server says of who is connected (``application_name``).
    """
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(
                url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
            )  # in errors: customers' words and voucher codes are for no log
            event.listen(engine, "connect", _sqlite_connected)
            event.listen(engine, "begin", _sqlite_begin)
        else:
            engine = create_engine(url, hide_parameters=True, **arguments(url, program))
    except (NoSuchModuleError, ImportError) as error:
        raise DeskError(f"The desk's driver is missing: {error}.", "Install agentconsole again.") from None
    return Store(engine, files)


def asked_password(store: Store) -> bool:
    """Whether the PostgreSQL server asked for the password when it was connected to.

    Where it trusts an address, or knows a login by a certificate or the account, it takes any (libpq,
    ``PQconnectionUsedPassword``).

    :raises DeskError: it cannot be connected to; :class:`.NotLetIn` where login or password are wrong.
    """
    from psycopg import Connection as Psycopg

    with store.read() as connection:
        raw = connection.connection.driver_connection
        return isinstance(raw, Psycopg) and raw.pgconn.used_password


def _sqlite_connected(raw: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    raw.isolation_level = None  # transactions are begun in _sqlite_begin, not by the driver's guesses
    _write_ahead(raw)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "cache_size=-16384",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
        "trusted_schema=OFF",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _write_ahead(raw: sqlite3.Connection) -> None:
    """WAL mode. Of two programs that open a new file at once SQLite refuses one at once, so it waits here."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("agentconsole_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
