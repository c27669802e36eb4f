"""Keeping house: what has to be done now and then, each chore guarded so that one that fails stops no other."""

from __future__ import annotations

import logging
from time import monotonic

from agentconsole.desk.chores import CHORES, Chore
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, DeskError
from agentconsole.sync.tally import Tally

_AGAIN = 600.0
"""Seconds after which a chore that still fails in the same way is told of again."""

_log = logging.getLogger(__name__)


class House:
    """Does each chore when its time has come. Used by one thread."""

    def __init__(self, desk: Desk, tally: Tally, chores: tuple[Chore, ...] = CHORES) -> None:
        self._desk, self._tally, self._chores = desk, tally, chores
        self._next: dict[str, float] = {}
        self._failed: dict[str, tuple[str, float]] = {}

    def keep(self) -> None:
        """Do what is due.

        :raises DeskError: the desk cannot be used: two chores found it so. What was not done is due again.
        """
        refused = 0
        for chore in self._chores:
            if monotonic() < self._next.get(chore.name, 0.0):
                continue
            self._tally.beat("house")
            try:
                self._do(chore)
            except DeskError:
                refused += 1
                if refused > 1:
                    raise
            self._next[chore.name] = monotonic() + chore.every.total_seconds()

    def once(self) -> None:
        """Do everything now. :raises DeskError: as :meth:`keep`."""
        self._next.clear()
        self.keep()

    def _do(self, chore: Chore) -> None:
        began = monotonic()
        try:
            chore.do(self._desk)
        except ConsoleError as error:
            self._fails(chore, error.what)
            if isinstance(error, DeskError):
                raise
        except Exception as error:  # noqa: BLE001 (outermost for a chore: the next ones are others' work)
            self._fails(chore, type(error).__name__, error)
        else:
            self._failed.pop(chore.name, None)
            self._tally.add("chores", chore.name, "done", seconds=monotonic() - began)

    def _fails(self, chore: Chore, what: str, fault: Exception | None = None) -> None:
        self._tally.add("chores", chore.name, "failed")
        before, at = self._failed.get(chore.name, ("", 0.0))
        if before != what or monotonic() - at > _AGAIN:
            self._failed[chore.name] = what, monotonic()
            _log.error("house: %s: %s", chore.name, what, exc_info=fault)
