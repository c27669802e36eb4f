"""Noticing what others change on the same desk.

SQLite tells a connection through ``PRAGMA data_version`` whether another one has committed: asked four times a
second, outside transactions. PostgreSQL tells what was changed: see :mod:`agentconsole.store.changes`.
"""

from __future__ import annotations

import threading

from agentconsole.desk.context import Desk
from agentconsole.model.news import News
from agentconsole.store.changes import Changes, changes


class Watch:
    """Waits for commits of other connections, this process's own included. For use by one thread."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        self._changes: Changes | None = None

    def wait(self, seconds: float, stop: threading.Event) -> News | None:
        """What was committed since the last call, as soon as something was; ``None`` after ``seconds`` or on ``stop``.

        Anything may have been, where it cannot be told: on SQLite, at first on PostgreSQL, after a lost connection.

        :raises Outdated: a newer program has changed the desk's tables: this one must not go on.
        :raises DeskError: the desk cannot be reached; the next call tries again.
        """
        if self._changes is None:
            self._changes = changes(self._store)
        return self._changes.wait(seconds, stop)

    @property
    def unanswered(self) -> float:
        """Seconds for which the desk owes an answer: it may stand still without its connection being broken."""
        return self._changes.unanswered if self._changes is not None else 0.0

    def close(self) -> None:
        """Let go of the connection."""
        if self._changes is not None:
            self._changes.close()
            self._changes = None
