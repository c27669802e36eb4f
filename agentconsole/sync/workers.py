"""Threads that go on whatever happens, and what all of a service's share."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from agentconsole.channels.base import Channel
from agentconsole.config import ChannelSettings
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError, Outdated
from agentconsole.sync.tally import Tally

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before a channel that failed is tried again."""
DESK_PAUSES = (1.0, 2.0, 5.0)
"""Seconds before a desk that could not be reached is tried again: shorter, since everybody waits for it."""

_log = logging.getLogger(__name__)
Opener = Callable[[ChannelSettings, Desk], Channel]


@dataclass(eq=False)
class Work:
    """What the workers of a service share.

    :ivar holder: the name under which the service holds leases and claims.
    """

    desk: Desk
    holder: str
    opener: Opener
    tally: Tally = field(default_factory=Tally)


class Worker:
    """A thread that does its work until it is told to stop, and begins anew where it failed; it ends where a newer
    program has brought the desk up to date.

    :param work: returns when ``stop`` is set; called again where it raises.
    """

    def __init__(self, name: str, work: Callable[[], None], stop: threading.Event, tally: Tally) -> None:
        self.name, self._work, self._stop, self._tally = name, work, stop, tally
        self._thread = threading.Thread(target=self._guarded, name=name, daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._tally.beat(self.name)
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        if self._thread.ident is not None:
            self._thread.join(max(seconds, 0))
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self._tally.beat(self.name)
            try:
                self._work()
            except Outdated as error:
                self._tally.outdated = error
                break
            except DeskError as error:
                self._tally.add("errors", "desk")
                if self._tally.is_news(error.what):
                    _log.warning("%s: %s", self.name, error.what)
                self._stop.wait(pause(failures, DESK_PAUSES))
            except Exception:  # noqa: BLE001 (outermost guard of a thread: a fault silences no channel)
                self._tally.add("errors", "fault")
                _log.exception("%s stopped by a fault of its own", self.name)
                self._stop.wait(pause(failures))
            failures += 1
        self._tally.forget(self.name)


def pause(failures: int, steps: tuple[float, ...] = PAUSES) -> float:
    """Seconds to wait after so many failures, spread by chance so that many do not come back at once."""
    return steps[min(failures, len(steps) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 (no secret: it spreads retries)
