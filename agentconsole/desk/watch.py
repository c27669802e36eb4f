"""Noticing what others change on the same desk.

SQLite tells a connection through ``PRAGMA data_version`` whether another one has committed: asked four times a
second, outside transactions. PostgreSQL sends an empty NOTIFY with each commit; it is a hint that something is
new, and a lost connection counts as one.
"""

from __future__ import annotations

import threading

from agentconsole.desk.context import Desk
from agentconsole.store.changes import Changes, changes


class Watch:
    """Waits for commits of other connections, this process's own included. For use by one thread."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        self._changes: Changes | None = None

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """True as soon as something was committed since the last call; False after ``seconds`` or on ``stop``.

        :raises DeskError: the desk cannot be reached; the next call tries again.
        """
        if self._changes is None:
            self._changes = changes(self._store)
        return self._changes.wait(seconds, stop)

    def close(self) -> None:
        """Let go of the connection."""
        if self._changes is not None:
            self._changes.close()
            self._changes = None
