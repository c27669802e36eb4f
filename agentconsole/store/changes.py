"""Commits of others, as each engine tells of them.

PostgreSQL: triggers write what each transaction changes into ``desk.change`` (store/sql/team/postgresql/80_feed.sql),
with the transaction's number. Numbers are given when transactions begin to write, not when they commit, so who read
"what is newer than the newest I have seen" would miss those that committed late. So each look asks for all from the
oldest transaction on that was still running at the look before (its snapshot's xmin), and drops what it knows already:
PostgreSQL documentation, "Transaction ID and snapshot information functions". A NOTIFY is a hint to look sooner.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, text

from agentconsole.model.news import EVERYTHING, News, Told
from agentconsole.store.engine import NOTIFY_CHANNEL, Store, outdated
from agentconsole.store.faults import as_desk_error, told

_EVERY = 0.25
_SLICE = 0.5
POLL = 1.5
"""Seconds between two looks where no hint comes."""
_AT_MOST = 0.1
"""Seconds between two looks however many hints come."""
_FORGOTTEN = timedelta(minutes=5)
"""On the server's clock: after a longer pause some of what changed may be forgotten, which is after ten minutes."""
_MANY = 2_000
"""Of more changes it is not told which they were."""
_NONE = UUID(int=0)
_LOOK = """
SELECT pg_snapshot_xmin(n.s)::text, clock_timestamp(), (SELECT version_num FROM public.alembic_version),
  c.xid::text, c.about, c.subject, c.agent
FROM (SELECT pg_current_snapshot() AS s) n LEFT JOIN desk.change c ON c.xid >= CAST(%s AS xid8)
LIMIT %s
"""


class Changes(Protocol):
    """See :class:`agentconsole.desk.watch.Watch`."""

    def wait(self, seconds: float, stop: threading.Event) -> News | None:
        """What was committed since the last call, as soon as something was; returns after ``seconds`` at the latest."""

    @property
    def unanswered(self) -> float:
        """Seconds for which the desk owes an answer; 0 where it owes none."""

    def close(self) -> None:
        """Let go of the connection."""


def changes(store: Store) -> Changes:
    """What tells of commits on this desk.

    :raises DeskError: it cannot be reached.
    """
    return _Versions(store) if store.sqlite else _Feed(store)


def prune(connection: Connection) -> int:
    """On PostgreSQL, forget what every console that was there in the last ten minutes has read; answers how many
    changes."""
    return int(connection.execute(text("SELECT desk.prune()")).scalar_one())


class _Versions:
    """SQLite tells that something was committed, and nothing else."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with told(store.name):
            self._connection = sqlite3.connect(store.name, isolation_level=None, check_same_thread=False)
            self._version = self._read()

    def _read(self) -> int:
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found

    def wait(self, seconds: float, stop: threading.Event) -> News | None:
        end = time.monotonic() + seconds
        while True:
            with told(self._store.name):
                version = self._read()
                if version != self._version:
                    self._same_program()
                    self._version = version
                    return EVERYTHING
            left = end - time.monotonic()
            if left <= 0 or stop.wait(min(_EVERY, left)):
                return None

    @property
    def unanswered(self) -> float:
        return 0.0

    def _same_program(self) -> None:
        if self._store.revision is not None:
            (revision,) = self._connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if revision != self._store.revision:
                raise outdated()

    def close(self) -> None:
        self._connection.close()


class _Feed:
    """Reads the changes on a connection of its own; whatever may have been missed counts as everything."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._opened: Connection | None = None
        self._connection: Any = None
        """The driver's, which ``_opened`` keeps open."""
        self._from = 0
        self._known: frozenset[tuple[int, Told]] = frozenset()
        self._looked = 0.0
        self._asked: float | None = None
        self._looked_at: datetime | None = None

    def wait(self, seconds: float, stop: threading.Event) -> News | None:
        end = time.monotonic() + seconds
        with told(self._store.name):
            try:
                return self._wait(end, stop)
            except BaseException as error:
                self.close()
                from psycopg import Error  # not before: a desk in a file does without

                if isinstance(error, Error):
                    raise as_desk_error(error, self._store.name) from error
                raise

    def _wait(self, end: float, stop: threading.Event) -> News | None:
        if self._connection is None:
            self._connect()
            return EVERYTHING
        while not stop.is_set():
            news = self._look()
            left = end - time.monotonic()
            if news is not None or left <= 0:
                return news
            self._hint(min(left, POLL), stop)
        return None

    @property
    def unanswered(self) -> float:
        asked = self._asked
        return 0.0 if asked is None else time.monotonic() - asked

    def _connect(self) -> None:
        opened = self._store.engine.connect()
        self._connection = opened.connection.driver_connection
        opened.detach()  # it is none of those that looks and writes take turns with
        self._opened = opened
        opened.commit()
        self._connection.autocommit = True
        self._connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
        self._look(self._connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()[0])

    def _look(self, since: str = "") -> News | None:
        self._asked = time.monotonic()
        rows = self._connection.execute(_LOOK, [since or str(self._from), _MANY + 1]).fetchall()
        self._asked, self._looked = None, time.monotonic()
        xmin, at, revision = rows[0][:3]
        if self._store.revision is not None and revision != self._store.revision:
            raise outdated()
        paused = self._looked_at is not None and not timedelta(0) <= at - self._looked_at < _FORGOTTEN
        self._from, self._looked_at = int(xmin), at
        found = frozenset(
            (int(xid), Told(about, subject if subject != _NONE else None, agent))
            for *_here, xid, about, subject, agent in rows
            if xid is not None
        )
        fresh = frozenset(each for _xid, each in found - self._known)
        self._known = frozenset((xid, each) for xid, each in found if xid >= self._from)
        if paused or len(rows) > _MANY:
            return EVERYTHING
        return News(fresh) if fresh else None

    def _hint(self, seconds: float, stop: threading.Event) -> None:
        """Return when it is time to look again."""
        end = time.monotonic() + seconds
        while not stop.is_set() and (left := end - time.monotonic()) > 0:
            if list(self._connection.notifies(timeout=min(left, _SLICE), stop_after=1)):
                stop.wait(max(0.0, self._looked + _AT_MOST - time.monotonic()))
                list(self._connection.notifies(timeout=0))
                return

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = self._opened = self._looked_at = self._asked = None
