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

from agentconsole.errors import DeskError
from agentconsole.store.faults import told

BUSY_SECONDS = 5.0
NOTIFY_CHANNEL = "agentconsole_changed"
_ONE_LOOK: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Store:
    """An open desk. Safe to use from many threads; each call to a door borrows a connection for itself.

    :param url: where it is, with its password hidden when printed.
    :param files: folder of attachments; ``None`` where they are kept in the database.
    """

    def __init__(self, engine: Engine, files: Path | None) -> None:
        self.engine = engine
        self.files = files
        self._writing = threading.Lock()

    @property
    def sqlite(self) -> bool:
        """Whether the desk is a file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The desk's address as it may be shown: no password."""
        url = self.engine.url
        return str(url.database) if self.sqlite else url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the desk. Nothing written through it is kept.

        :raises DeskError: the desk cannot be used, said in a person's words.
        """
        with told(self.name), self.engine.connect() as connection:
            yield connection if self.sqlite else connection.execution_options(**_ONE_LOOK)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, durably, when the block ends well, and nothing otherwise.

        Writers of this process wait for one another here rather than in the engine, so that SQLite's
        busy handler is left to other processes.

        :raises DeskError: the desk cannot be used, said in a person's words.
        """
        with told(self.name), self._writing, self.engine.connect() as opened:
            connection = opened.execution_options(agentconsole_write=True)
            with connection.begin():
                yield connection
            if not self.sqlite:
                _tell(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _tell(connection: Connection) -> None:
    """Hint to other consoles that something changed, in a transaction of its own.

    Transactions that notify commit one after another, each waiting for the disk; whoever writes much would wait for
    all others. A hint that is lost is made up for by the poll, so it must not make a write look failed.
    """
    with suppress(SQLAlchemyError), connection.begin():
        connection.execute(text("SET LOCAL synchronous_commit TO off"))
        connection.execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))


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
    loopback = url.host in (None, "", "localhost", "127.0.0.1", "::1") or str(url.host).startswith("/")
    if not loopback and "sslmode" not in url.query:
        url = url.update_query_dict({"sslmode": "verify-full", "sslrootcert": "system"})
    return url.set(drivername="postgresql+psycopg")


def connect(url: URL, files: Path | None = None) -> Store:
    """A store on an address, without looking at what is there (see :func:`agentconsole.store.opening.open_desk`)."""
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(
                url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
            )  # in errors: customers' words and voucher codes are for no log
            event.listen(engine, "connect", _sqlite_connected)
            event.listen(engine, "begin", _sqlite_begin)
        else:
            engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10}, hide_parameters=True)
    except (NoSuchModuleError, ImportError) as error:
        raise DeskError(f"The desk's driver is missing: {error}.", "Install agentconsole again.") from None
    return Store(engine, files)


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
