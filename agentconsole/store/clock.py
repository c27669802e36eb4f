"""The time that a desk goes by: on PostgreSQL the server's, so that all consoles mean the same by "now"."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

EVERY = 60.0
"""Seconds after which the server is asked again, along with the next look or write."""
_SLOW = 2.0
_ASK = text("SELECT clock_timestamp()")
_TICKS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps, where there is such a clock; no one sets it."""


@dataclass(frozen=True, slots=True)
class _Measured:
    at: datetime
    ticks: float


class Clock:
    """Tells the time without asking anybody; :meth:`follow` asks. For use by many threads.

    Half the time that an answer took is what it may be wrong by. What this machine's own clock says does not matter,
    and its being set neither: between two answers a counter of the machine goes on.
    """

    def __init__(self) -> None:
        self._measured: _Measured | None = None

    def __call__(self) -> datetime:
        """The time, UTC: the server's; this machine's own until it was asked."""
        known = self._measured
        return datetime.now(UTC) if known is None else known.at + timedelta(seconds=_ticks() - known.ticks)

    @property
    def ahead(self) -> timedelta:
        """By how much this machine's own clock is ahead of the desk's; negative where it is behind."""
        return timedelta() if self._measured is None else datetime.now(UTC) - self()

    def follow(self, connection: Connection) -> None:
        """Ask the server over a connection that is being used anyway, where it was not asked lately."""
        known = self._measured
        if known is not None and _ticks() - known.ticks < EVERY:
            return
        began = _ticks()
        at: datetime = connection.execute(_ASK).scalar_one()
        took = _ticks() - began
        if known is None or took < _SLOW:  # an answer that was long under way says little
            self._measured = _Measured(at.astimezone(UTC), began + took / 2)


def _ticks() -> float:
    return time.clock_gettime(_TICKS)
