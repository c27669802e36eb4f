"""The pulse of a service: it renews the leases of the channels that are pulled here, and looks how the desk stands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from agentconsole.errors import DeskError
from agentconsole.store import cursors, outbox, pauses
from agentconsole.store.cursors import ChannelStatus
from agentconsole.store.outbox import Depth
from agentconsole.sync.line import LEASE, Line
from agentconsole.sync.workers import Work

_log = logging.getLogger(__name__)
EVERY = 5.0
"""Seconds between two beats: three of them may fail before a lease ends."""
FRESH = 3 * EVERY
"""Seconds for which a look at the desk counts."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the desk stood: when (UTC), how many seconds it took to see, channels, what waits, what is paused."""

    at: datetime
    took: float
    channels: tuple[ChannelStatus, ...]
    depths: tuple[Depth, ...]
    paused: frozenset[str]


class Pulse:
    """Beats every :data:`EVERY` seconds.

    :param stuck: seconds without a sign of life after which a channel's lease is not renewed: another may take over.
    """

    def __init__(self, work: Work, lines: Callable[[], tuple[Line, ...]], stuck: float) -> None:
        self._work, self._lines, self._stuck = work, lines, stuck
        self._seen: Look | None = None
        self._seen_at = float("-inf")
        self._away = False

    def look(self) -> Look | None:
        """The latest look at the desk; ``None`` where it could not be reached for :data:`FRESH` seconds."""
        return self._seen if monotonic() - self._seen_at < FRESH else None

    def forever(self, stop: Event) -> None:
        """Beat until ``stop``. :raises DeskError: the desk cannot be reached."""
        while not stop.is_set():
            self._work.tally.beat("pulse")
            try:
                self.beat()
            except DeskError:
                self._away = True
                raise
            if self._away and self._work.tally.is_over():
                _log.info("the desk is reached again")
            self._away = False
            stop.wait(EVERY)

    def beat(self) -> None:
        """Renew and look, once. :raises DeskError: the desk cannot be reached."""
        desk, lines = self._work.desk, self._lines()
        dead = set(self._work.tally.silent(self._stuck))
        held = [line for line in lines if line.holds and line.puller not in dead]
        if held:
            with desk.store.write() as connection:
                for line in held:
                    cursors.renew(connection, line.id, self._work.holder, self._pulled_at(line), desk.now() + LEASE)
        began = monotonic()
        with desk.store.read() as connection:
            now = desk.now()
            channels, depths = cursors.statuses(connection), outbox.depths(connection, now)
            paused = frozenset(pauses.paused(connection))
        self._seen = Look(now, monotonic() - began, tuple(channels), tuple(depths), paused)
        self._seen_at = monotonic()
        for line in lines:
            if line.id in paused:
                line.turn()

    def _pulled_at(self, line: Line) -> datetime | None:
        """When it was last pulled, on the desk's clock."""
        if line.pulled_at is None:
            return None
        return self._work.desk.now() - timedelta(seconds=monotonic() - line.pulled_at)
