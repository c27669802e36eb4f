"""The service: every channel's line, the shop, the house, and the pulse that renews leases."""

from __future__ import annotations

import logging
import os
import socket
import threading
from time import monotonic

from agentconsole.channels.base import Channel, open_channel
from agentconsole.config import ChannelSettings
from agentconsole.desk import orders
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, DeskError
from agentconsole.fulfilment.base import Fulfilment
from agentconsole.model.ids import new_id
from agentconsole.secrets import find_secret
from agentconsole.store import cursors
from agentconsole.sync.house import House
from agentconsole.sync.line import STOPPED, Line
from agentconsole.sync.pulse import Pulse
from agentconsole.sync.tally import Tally
from agentconsole.sync.workers import Opener, Work, Worker, pause

STUCK = 600.0
"""Seconds without a sign of life after which a worker counts as stuck: longer than any page or reply may take."""
_HAND_OVER_EVERY = 1.0
_HOUSE_EVERY = 5.0

_log = logging.getLogger(__name__)


def open_configured(settings: ChannelSettings, desk: Desk) -> Channel:
    """A channel with its secret."""
    return open_channel(settings, find_secret(settings.id, desk.folder), desk.folder)


class Service:
    """Pulling and delivering for all active channels, in threads of its own.

    :param holder: the name under which it holds leases; its own where left out.
    :param channels: the channels it works for; those of the desk's configuration, as it changes, where left out.
    :ivar tally: what it has done.
    """

    def __init__(
        self,
        desk: Desk,
        opener: Opener = open_configured,
        holder: str | None = None,
        channels: tuple[ChannelSettings, ...] | None = None,
    ) -> None:
        self.desk = desk
        self.holder = holder or f"{socket.gethostname()}:{os.getpid()}:{new_id().hex[-6:]}"
        self._work = Work(desk, self.holder, opener)
        self._own = channels
        self._stop = threading.Event()
        self._ordered = threading.Event()
        self._changing = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._shop: Fulfilment | None = None
        self._house = House(desk, self.tally)
        self.pulse = Pulse(self._work, lambda: self.lines, STUCK)
        self._workers = [
            Worker("shop", self._hand_over_forever, self._stop, self.tally),
            Worker("house", self._keep_house, self._stop, self.tally),
            Worker("pulse", lambda: self.pulse.forever(self._stop), self._stop, self.tally),
        ]

    @property
    def tally(self) -> Tally:
        """What it has done since it began."""
        return self._work.tally

    @property
    def lines(self) -> tuple[Line, ...]:
        """The channels at work."""
        return tuple(self._lines.values())

    @property
    def channels(self) -> tuple[ChannelSettings, ...]:
        """The channels it works for now."""
        found = self.desk.config.channels if self._own is None else self._own
        return tuple(settings for settings in found if settings.active)

    def stuck(self) -> list[str]:
        """The workers that have given no sign of life for :data:`STUCK` seconds; empty while all is well."""
        return self.tally.silent(STUCK)

    def start(self) -> None:
        """Begin; returns once it has looked at the desk."""
        try:
            self.pulse.beat()
        except DeskError as error:
            _log.warning("%s", error.what)
        self._follow_channels()
        for worker in self._workers:
            worker.start()

    def stop(self, seconds: float = 5.0) -> None:
        """End: nothing new is begun, what is under way may finish for ``seconds``, leases are given back."""
        self._stop.set()
        self._ordered.set()
        until = monotonic() + seconds
        with self._changing:
            lines = list(self._lines.values())
        for line in lines:
            line.stop()
        ended = [line.end(until - monotonic()) for line in lines]
        ended += [worker.join(until - monotonic()) for worker in self._workers]
        if not all(ended):
            _log.warning("not all that was under way has ended; leases say what becomes of it")
        try:
            with self.desk.store.write() as connection:
                cursors.release(connection, self.holder, STOPPED, self.desk.now())
        except DeskError as error:
            _log.warning("leases not given back: %s", error.what)

    def kick(self) -> None:
        """A reply was queued, or a gesture granted: look for them now rather than within a second."""
        for line in self.lines:
            line.kick()
        self._ordered.set()

    def once(self) -> tuple[int, int, list[str]]:
        """Keep house, pull all there is and deliver all that is due, in this thread.

        :returns: messages that were new, replies that were sent, and one line for each channel that failed.
        """
        new, sent, errors = 0, 0, []
        self._house.once()
        for settings in self.channels:
            line = self._lines.setdefault(settings.id, Line(self._work, settings))
            try:
                came, went = line.once()
            except ConsoleError as error:
                errors.append(f"{settings.id}: {error.what}")
            else:
                new, sent = new + came, sent + went
        try:
            self._hand_over()
        except ConsoleError as error:
            errors.append(f"{orders.SHOP}: {error.what}")
        return new, sent, errors

    def _follow_channels(self) -> None:
        """Begin what is new among the channels, end what is gone, and begin anew what is otherwise than it was."""
        wanted = {settings.id: settings for settings in self.channels}
        with self._changing:
            if self._stop.is_set():
                return
            gone = [line for line in self._lines.values() if wanted.get(line.id) != line.settings]
            for line in gone:
                line.stop()
                del self._lines[line.id]
            for line in gone:
                line.end(_HOUSE_EVERY)
                _log.info("%s: %s", line.id, "begun anew" if line.id in wanted else "not a channel any more")
            for settings in wanted.values():
                if settings.id not in self._lines:
                    self._lines[settings.id] = line = Line(self._work, settings)
                    line.start()

    def _keep_house(self) -> None:
        while not self._stop.is_set():
            self.tally.beat("house")
            self._house.keep()
            self._follow_channels()
            self._stop.wait(_HOUSE_EVERY)

    def _hand_over_forever(self) -> None:
        while not self._stop.is_set():
            self.tally.beat("shop")
            try:
                self._hand_over()
            except DeskError:
                raise
            except ConsoleError as error:
                _log.warning("%s: %s", orders.SHOP, error.what)
                self._stop.wait(pause(4))
            if self._ordered.wait(_HAND_OVER_EVERY) and not self._stop.is_set():
                self._ordered.clear()

    def _hand_over(self) -> None:
        """Hand over all gestures for the shop that are due.

        :raises SecretError: there are some, and this machine has no key to sign with.
        """
        while not self._stop.is_set() and orders.due(self.desk):
            if self._shop is None:
                self._shop = orders.opened(self.desk)
            if orders.hand_over(self.desk, self.holder, self._shop) is None:
                break  # another console was faster
