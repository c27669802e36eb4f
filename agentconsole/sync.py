"""Channels fill the desk, the outbox empties it: pull page → decide → commit; claim → deliver → record.

Each channel has a thread that pulls and one that delivers; one more hands gestures over to the shop, and one keeps
house. Every console may run the service: a channel is pulled by whoever holds its lease, a reply is delivered, and a
gesture handed over, by whoever claimed it.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
from collections.abc import Callable
from datetime import timedelta

from agentconsole.channels.base import Channel, open_channel
from agentconsole.config import ChannelSettings
from agentconsole.desk import housekeeping, intake, orders
from agentconsole.desk.context import Desk
from agentconsole.desk.dispatch import Outcome, claim, reconcile, record, wire
from agentconsole.errors import Ambiguous, ChannelError, ConsoleError, DeskError, LoginRefused, NotSent, Rejected
from agentconsole.fulfilment.base import Fulfilment
from agentconsole.i18n import N_
from agentconsole.model.ids import new_id
from agentconsole.secrets import find_secret
from agentconsole.store import cursors

PAGE = 200
"""Messages of one pull."""
LEASE = timedelta(seconds=90)
"""How long a channel stays with a console that no longer renews it."""
IDLE_SECONDS = 25.0
"""How long a channel waits for news before its lease is renewed."""
_DELIVER_EVERY = 1.0
_RECONCILE_EVERY = 30.0
_HOUSE_EVERY = 5.0
_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

_log = logging.getLogger(__name__)
Opener = Callable[[ChannelSettings, Desk], Channel]

PULLING = N_("pulling")
WATCHING = N_("waiting for news")
ELSEWHERE = N_("pulled by another console")
RETRYING = N_("trying again")
STOPPED = N_("stopped")


def open_configured(settings: ChannelSettings, desk: Desk) -> Channel:
    """A channel with its secret."""
    return open_channel(settings, find_secret(settings.id, desk.folder), desk.folder)


class Service:
    """Pulling and delivering for all active channels, in threads of its own.

    :param holder: the name under which it holds leases; its own where left out.
    """

    def __init__(self, desk: Desk, opener: Opener = open_configured, holder: str | None = None) -> None:
        self.desk = desk
        self.holder = holder or f"{socket.gethostname()}:{os.getpid()}:{new_id().hex[-6:]}"
        self._opener = opener
        self._stop = threading.Event()
        self._kick = threading.Event()
        self._ordered = threading.Event()
        self._threads: list[threading.Thread] = []
        self._channels: dict[str, Channel] = {}
        self._shop: Fulfilment | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        for settings in self.desk.config.channels:
            if settings.active:
                self._run(f"pull-{settings.id}", self._pull_forever, settings)
                self._run(f"deliver-{settings.id}", self._deliver_forever, settings)
        if self.desk.config.shop is not None and self.desk.hands_over:
            self._run("shop", self._hand_over_forever)
        self._run("house", self._keep_house)

    def stop(self, seconds: float = 5.0) -> None:
        """End: nothing new is begun, what is under way may finish for ``seconds``, leases are given back."""
        self._stop.set()
        self.kick()
        for thread in self._threads:
            thread.join(seconds)
        for channel in self._channels.values():
            channel.close()
        try:
            with self.desk.store.write() as connection:
                cursors.release(connection, self.holder, STOPPED, self.desk.now())
        except DeskError as error:
            _log.warning("leases not given back: %s", error.what)

    def kick(self) -> None:
        """A reply was queued, or a gesture granted: look for them now rather than within a second."""
        self._kick.set()
        self._ordered.set()

    def once(self) -> tuple[int, int, list[str]]:
        """Pull all there is and deliver all that is due, in this thread.

        :returns: messages that were new, replies that were sent, and one line for each channel that failed.
        """
        new, sent, errors = 0, 0, []
        housekeeping.follow_policy(self.desk)
        housekeeping.keep(self.desk)
        for settings in self.desk.config.channels:
            if not settings.active:
                continue
            try:
                channel = self._channel(settings)
                while (step := self._pull(settings, channel)) is not None:
                    new += step[0]
                    if not step[1]:
                        break
                while (outcome := self._deliver(settings, channel)) is not None:
                    sent += outcome is Outcome.SENT
                reconcile(self.desk, settings.id, channel)
            except (ChannelError, ConsoleError) as error:
                errors.append(f"{settings.id}: {error.what}")
                self._report(settings, RETRYING, error.what)
        try:
            self._hand_over()
        except ConsoleError as error:
            errors.append(f"{orders.SHOP}: {error.what}")
        return new, sent, errors

    def _run(self, name: str, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=self._guarded, args=(name, target, *args), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guarded(self, name: str, target: Callable[..., None], *args: object) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                target(*args)
            except DeskError as error:
                _log.warning("%s: %s", name, error.what)
            except Exception:  # noqa: BLE001 (outermost: a fault of ours must not silence a channel for the day)
                _log.exception("%s stopped by a fault of its own", name)
            self._stop.wait(_pause(failures))
            failures += 1

    def _channel(self, settings: ChannelSettings) -> Channel:
        if settings.id not in self._channels:
            self._channels[settings.id] = self._opener(settings, self.desk)
        return self._channels[settings.id]

    def _report(self, settings: ChannelSettings, doing: str, error: str = "") -> None:
        with self.desk.store.write() as connection:
            cursors.report(connection, settings.id, self.holder, doing, error, self.desk.now())

    def _pull(self, settings: ChannelSettings, channel: Channel) -> tuple[int, bool] | None:
        """One page: (new messages, whether more waits); ``None`` while somebody else pulls the channel."""
        with self.desk.store.write() as connection:
            if not cursors.lease(connection, settings.id, self.holder, self.desk.now(), LEASE):
                return None
            cursor = cursors.value(connection, settings.id)
        page = channel.pull(cursor, PAGE)
        if page.cursor == cursor and not page.messages:
            return 0, page.more
        new = intake.take(self.desk, settings, page, cursor)
        return None if new is None else (new, page.more)

    def _pull_forever(self, settings: ChannelSettings) -> None:
        failures, doing = 0, ""

        def say(what: str, error: str = "") -> None:
            nonlocal doing
            if doing != f"{what}{error}":
                doing = f"{what}{error}"
                self._report(settings, what, error)

        while not self._stop.is_set():
            try:
                channel = self._channel(settings)
                step = self._pull(settings, channel)
                failures = 0
                if step is None:
                    doing = ""
                    self._stop.wait(IDLE_SECONDS / 5)
                elif step[1]:
                    say(PULLING)
                else:
                    say(WATCHING)
                    channel.wait(IDLE_SECONDS, self._stop)
            except DeskError:
                raise
            except ConsoleError as error:
                say(RETRYING, error.what)
                failures = len(_PAUSES) if isinstance(error, LoginRefused) else failures
                self._stop.wait(_pause(failures))
                failures += 1

    def _deliver_forever(self, settings: ChannelSettings) -> None:
        looked = 0.0
        while not self._stop.is_set():
            try:
                channel = self._channel(settings)
                while not self._stop.is_set() and self._deliver(settings, channel) is not None:
                    pass
                looked += _DELIVER_EVERY
                if looked >= _RECONCILE_EVERY:
                    looked = 0.0
                    reconcile(self.desk, settings.id, channel)
            except DeskError:
                raise
            except ConsoleError as error:
                _log.warning("%s: %s", settings.id, error.what)
                self._stop.wait(_pause(2))
            self._kick.wait(_DELIVER_EVERY)
            if self._kick.is_set() and not self._stop.is_set():
                self._kick.clear()

    def _deliver(self, settings: ChannelSettings, channel: Channel) -> Outcome | None:
        """Hand over the next reply that is due; ``None`` where there is none."""
        claimed = claim(self.desk, settings.id, self.holder)
        if claimed is None:
            return None
        entry, reply = claimed
        try:
            receipt = channel.deliver(reply, lambda: wire(self.desk, entry, self.holder))
        except Rejected as error:
            return record(self.desk, entry, Outcome.FAILED, error.what)
        except Ambiguous as error:
            return record(self.desk, entry, Outcome.UNKNOWN, error.what)
        except (NotSent, LoginRefused) as error:
            return record(self.desk, entry, Outcome.LATER, error.what)
        except Exception as error:  # noqa: BLE001 (a channel's fault of its own: nobody knows how far it came)
            _log.exception("%s: a fault while delivering %s", settings.id, entry.key)
            return record(self.desk, entry, Outcome.UNKNOWN, f"{type(error).__name__}: {error}")
        return record(self.desk, entry, Outcome.SENT, receipt.remark)

    def _hand_over_forever(self) -> None:
        while not self._stop.is_set():
            try:
                self._hand_over()
            except DeskError:
                raise
            except ConsoleError as error:
                _log.warning("%s: %s", orders.SHOP, error.what)
                self._stop.wait(_pause(4))
            self._ordered.wait(_DELIVER_EVERY)
            if self._ordered.is_set() and not self._stop.is_set():
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

    def _keep_house(self) -> None:
        housekeeping.follow_policy(self.desk)
        while not self._stop.is_set():
            housekeeping.keep(self.desk)
            self._stop.wait(_HOUSE_EVERY)


def _pause(failures: int) -> float:
    return _PAUSES[min(failures, len(_PAUSES) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 (no secret: it spreads retries)
