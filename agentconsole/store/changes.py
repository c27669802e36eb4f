"""Commits of others, as each engine tells of them."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any, Protocol

from sqlalchemy import Connection, text

from agentconsole.store.engine import NOTIFY_CHANNEL, Store
from agentconsole.store.faults import as_desk_error, told

_EVERY = 0.25
_SLICE = 0.5


class Changes(Protocol):
    """See :class:`agentconsole.desk.watch.Watch`."""

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Whether something was committed since the last call; returns after ``seconds`` at the latest."""

    def close(self) -> None:
        """Let go of the connection."""


def changes(store: Store) -> Changes:
    """What tells of commits on this desk.

    :raises DeskError: it cannot be reached.
    """
    return _Versions(store) if store.sqlite else _Notifications(store)


class _Versions:
    def __init__(self, store: Store) -> None:
        self._name = store.name
        with told(self._name):
            self._connection = sqlite3.connect(store.name, isolation_level=None, check_same_thread=False)
            self._version = self._read()

    def _read(self) -> int:
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        end = time.monotonic() + seconds
        while True:
            with told(self._name):
                version = self._read()
            if version != self._version:
                self._version = version
                return True
            left = end - time.monotonic()
            if left <= 0 or stop.wait(min(_EVERY, left)):
                return False

    def close(self) -> None:
        self._connection.close()


class _Notifications:
    """Listens on a connection of its own; after losing it, the next wait says that something may be new."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._listen()

    def _listen(self) -> None:
        with told(self._store.name):
            connection = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text(f"LISTEN {NOTIFY_CHANNEL}"))
            self._connection = connection

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        if self._connection is None:
            self._listen()
            return True
        from psycopg import Error  # not before: a desk in a file does without

        end = time.monotonic() + seconds
        try:
            with told(self._store.name):
                driver: Any = self._connection.connection.driver_connection
                while not stop.is_set():
                    left = end - time.monotonic()
                    if left <= 0:
                        break
                    if list(driver.notifies(timeout=min(left, _SLICE), stop_after=1)):
                        list(driver.notifies(timeout=0))
                        return True
        except Error as error:
            self.close()
            raise as_desk_error(error, self._store.name) from error
        except BaseException:
            self.close()
            raise
        return False

    def close(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
