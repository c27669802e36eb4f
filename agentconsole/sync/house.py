"""Keeping house: what has to be done now and then, each chore guarded so that one that fails stops no other."""

from __future__ import annotations

import logging
from time import monotonic

from agentconsole.desk.chores import CHORES, Chore
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, DeskError
from agentconsole.sync.tally import Tally

_log = logging.getLogger(__name__)


class House:
    """Does each chore when its time has come. Used by one thread."""

    def __init__(self, desk: Desk, tally: Tally, chores: tuple[Chore, ...] = CHORES) -> None:
        self._desk, self._tally, self._chores = desk, tally, chores
        self._next: dict[str, float] = {}

    def keep(self) -> None:
        """Do what is due.

        :raises DeskError: the desk cannot be used: two chores found it so. What was not done is due again.
        """
        refused: list[str] = []
        for chore in self._chores:
            if monotonic() < self._next.get(chore.name, 0.0):
                continue
            self._tally.beat("house")
            try:
                self._do(chore)
            except DeskError as error:
                refused.append(f"{chore.name}: {error.what}")
                if len(refused) > 1:
                    raise
            self._next[chore.name] = monotonic() + chore.every.total_seconds()
        for what in refused:
            if self._tally.is_news(what):
                _log.error("house: %s", what)

    def once(self) -> None:
        """Do everything now. :raises DeskError: as :meth:`keep`."""
        self._next.clear()
        self.keep()

    def _do(self, chore: Chore) -> None:
        began = monotonic()
        try:
            chore.do(self._desk)
        except ConsoleError as error:
            self._fails(chore, error)
            if isinstance(error, DeskError):
                raise
        except Exception as error:  # noqa: BLE001 (outermost guard of a chore: its fault stops no other chore)
            self._fails(chore, error)
        else:
            self._tally.add("chores", chore.name, "done", seconds=monotonic() - began)

    def _fails(self, chore: Chore, error: Exception) -> None:
        self._tally.add("chores", chore.name, "failed")
        known = isinstance(error, ConsoleError)
        if not isinstance(error, DeskError) and self._tally.is_news(f"{chore.name}: {error}"):
            _log.error("house: %s: %s", chore.name, error, exc_info=None if known else error)
