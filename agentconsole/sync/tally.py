"""What one service has done since it began, counted: numbers and channels' ids, never a word of a customer."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

from agentconsole.errors import Outdated

Labels = tuple[str, ...]
AGAIN = 600.0
"""Seconds after which what goes on failing in the same way is told of again."""


@dataclass
class Tally:
    """Counts of a service. Safe to use from many threads.

    :ivar counts: by name and labels, such as ``("deliveries", "mail", "sent")``.
    :ivar seconds: time spent, by the same names.
    :ivar beats: when each worker last said that it is alive, on the monotonic clock, in seconds.
    :ivar outdated: set where this program is too old for the desk by now: it has to be begun anew.
    """

    counts: Counter[Labels] = field(default_factory=Counter)
    seconds: dict[Labels, float] = field(default_factory=dict)
    beats: dict[str, float] = field(default_factory=dict)
    outdated: Outdated | None = None
    _told: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *labels: str, by: int = 1, seconds: float = 0.0) -> None:
        """Count something."""
        with self._lock:
            self.counts[labels] += by
            if seconds:
                self.seconds[labels] = self.seconds.get(labels, 0.0) + seconds

    def beat(self, worker: str) -> None:
        """A worker is alive."""
        self.beats[worker] = monotonic()

    def forget(self, worker: str) -> None:
        """A worker has ended, as it should."""
        self.beats.pop(worker, None)

    def silent(self, longer_than: float) -> list[str]:
        """The workers that have not been heard of for so many seconds."""
        now = monotonic()
        return sorted(name for name, at in dict(self.beats).items() if now - at > longer_than)

    def is_news(self, what: str) -> bool:
        """Whether something is worth a line of the log: several workers meet the same, and again and again."""
        now = monotonic()
        with self._lock:
            news = now - self._told.get(what, -AGAIN) >= AGAIN
            if news:
                self._told[what] = now
            return news

    def is_over(self) -> bool:
        """All is well again: whether there was anything that was told; it is news again from now on."""
        with self._lock:
            had, self._told = bool(self._told), {}
            return had

    def of(self, name: str) -> dict[Labels, float]:
        """The counts of one name, by the labels that follow it."""
        with self._lock:
            return {labels[1:]: count for labels, count in self.counts.items() if labels[0] == name}

    def seconds_of(self, name: str) -> dict[Labels, float]:
        """The time spent, likewise."""
        with self._lock:
            return {labels[1:]: spent for labels, spent in self.seconds.items() if labels[0] == name}
