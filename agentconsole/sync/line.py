"""One channel at work: a thread that pulls while the lease is ours, and one that delivers what it can claim."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from time import monotonic

from agentconsole.channels.base import Channel
from agentconsole.config import ChannelSettings
from agentconsole.desk import intake
from agentconsole.desk.dispatch import Outcome, claim, reconcile, record, wire
from agentconsole.errors import Ambiguous, ConsoleError, DeskError, LoginRefused, NotSent, Rejected
from agentconsole.i18n import N_
from agentconsole.store import cursors, pauses
from agentconsole.sync.workers import PAUSES, Work, Worker, pause

PAGE = 200
"""Messages of one pull."""
LEASE = timedelta(seconds=20)
"""How long a channel stays with a service that no longer renews its lease."""
LOOK = 2.0
"""Seconds between two looks whether a channel that somebody else pulls is free, or one that is paused goes on."""
IDLE_SECONDS = 25.0
"""How long a channel waits for news before it is asked again."""
_DELIVER_EVERY = 1.0
_RECONCILE_EVERY = 30.0

PULLING = N_("pulling")
WATCHING = N_("waiting for news")
ELSEWHERE = N_("pulled by another console")
PAUSED = N_("paused")
RETRYING = N_("trying again")
STOPPED = N_("stopped")

_log = logging.getLogger(__name__)


class Line:
    """A channel with its two threads.

    :ivar holds: whether the channel's lease was ours when it was last asked for.
    :ivar pulled_at: when the last pull ended well, on the monotonic clock; ``None`` before the first.
    """

    def __init__(self, work: Work, settings: ChannelSettings) -> None:
        self.work, self.settings, self.id = work, settings, settings.id
        self.holds = False
        self.pulled_at: float | None = None
        self._stop = threading.Event()
        self._turn = threading.Event()
        """Set when waiting for news has to end before news came."""
        self._kicked = threading.Event()
        self._channel: Channel | None = None
        self._opening = threading.Lock()
        self._said = ""
        for outcome in Outcome:  # a series that begins at its first failure would hide it from who counts increases
            work.tally.add("deliveries", self.id, str(outcome), by=0)
        for done in ("done", "failed"):
            work.tally.add("pulls", self.id, done, by=0)
        self._workers = [
            Worker(f"pull-{self.id}", self._pull_forever, self._stop, work.tally),
            Worker(f"deliver-{self.id}", self._deliver_forever, self._stop, work.tally),
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Begin nothing new; returns at once."""
        self._stop.set()
        self._turn.set()
        self._kicked.set()

    def end(self, seconds: float) -> bool:
        """After :meth:`stop`: let what is under way finish, at most so long, and let go of the service; whether all
        has ended."""
        until = monotonic() + seconds
        ended = [worker.join(until - monotonic()) for worker in self._workers]
        if self._channel is not None:
            self._channel.close()
        return all(ended)

    def kick(self) -> None:
        """A reply was queued."""
        self._kicked.set()

    def turn(self) -> None:
        """Do not wait for news any longer: the channel was paused."""
        self._turn.set()

    @property
    def puller(self) -> str:
        """The name under which its pulling gives signs of life."""
        return self._workers[0].name

    def once(self) -> tuple[int, int]:
        """Pull all there is and deliver all that is due, in this thread: (new messages, replies sent).

        :raises ConsoleError: it failed, and that was reported.
        """
        new, sent = 0, 0
        try:
            channel = self.channel()
            while (step := self.pull(channel)) is not None:
                new += step[0]
                if not step[1]:
                    break
            while (outcome := self.deliver(channel)) is not None:
                sent += outcome is Outcome.SENT
            if not self.paused():
                reconcile(self.work.desk, self.id, channel)
        except ConsoleError as error:
            self._report(RETRYING, error.what)
            raise
        return new, sent

    def channel(self) -> Channel:
        """The channel, opened when it is first needed. :raises ConsoleError: it cannot be, or has no secret."""
        with self._opening:
            if self._channel is None:
                self._channel = self.work.opener(self.settings, self.work.desk)
            return self._channel

    def paused(self) -> bool:
        """Whether a supervisor has paused the channel."""
        with self.work.desk.store.read() as connection:
            return self.id in pauses.paused(connection)

    # Pulling

    def pull(self, channel: Channel) -> tuple[int, bool] | None:
        """One page: (new messages, whether more waits); ``None`` while somebody else pulls it, or it is paused."""
        desk = self.work.desk
        with desk.store.write() as connection:
            held, now = self.holds, desk.now()
            self.holds = cursors.lease(connection, self.id, self.work.holder, now, LEASE)
            cursor = cursors.value(connection, self.id)
            stands = self.id in pauses.paused(connection)
        if self.holds and not held:
            _log.info("%s: pulled here", self.id)
        if not self.holds or stands:
            return None
        began = monotonic()
        page = channel.pull(cursor, PAGE)
        unchanged = page.cursor == cursor and not page.messages
        new = 0 if unchanged else intake.take(desk, self.settings, page, cursor)
        self.pulled_at = monotonic()
        self.work.tally.add("pulls", self.id, "done", seconds=self.pulled_at - began)
        self.work.tally.add("messages", self.id, by=new or 0)
        return None if new is None else (new, page.more)

    def _pull_forever(self) -> None:
        failures = 0
        self._said = ""
        while not self._stop.is_set():
            self.work.tally.beat(f"pull-{self.id}")
            try:
                channel = self.channel()
                self._turn.clear()
                step = self.pull(channel)
                failures = 0
                if step is not None and step[1]:
                    self._say(PULLING)
                elif step is not None:
                    self._say(WATCHING)
                    if not self._stop.is_set():
                        channel.wait(IDLE_SECONDS, self._turn)
                else:
                    self._stand_by()
            except DeskError:
                raise
            except ConsoleError as error:
                self.work.tally.add("pulls", self.id, "failed")
                self._say(RETRYING, error.what)
                failures = len(PAUSES) if isinstance(error, LoginRefused) else failures
                self._stop.wait(pause(failures))
                failures += 1

    def _stand_by(self) -> None:
        if self.holds and self.paused():
            self._say(PAUSED)
        else:
            self._said = ""
        self._stop.wait(LOOK)

    def _say(self, doing: str, error: str = "") -> None:
        if self._said != f"{doing}{error}":
            self._said = f"{doing}{error}"
            if error or doing == PAUSED:
                _log.warning("%s: %s", self.id, error or doing)
            self._report(doing, error)

    def _report(self, doing: str, error: str = "") -> None:
        desk = self.work.desk
        with desk.store.write() as connection:
            cursors.report(connection, self.id, self.work.holder, doing, error, desk.now())

    # Delivering

    def _deliver_forever(self) -> None:
        looked = monotonic()
        while not self._stop.is_set():
            self.work.tally.beat(f"deliver-{self.id}")
            try:
                channel = self.channel()
                while not self._stop.is_set() and self.deliver(channel) is not None:
                    self.work.tally.beat(f"deliver-{self.id}")
                if monotonic() - looked >= _RECONCILE_EVERY and not self.paused():
                    looked = monotonic()
                    reconcile(self.work.desk, self.id, channel)
            except DeskError:
                raise
            except ConsoleError as error:
                _log.warning("%s: %s", self.id, error.what)
                self._stop.wait(pause(2))
            if self._kicked.wait(_DELIVER_EVERY) and not self._stop.is_set():
                self._kicked.clear()

    def deliver(self, channel: Channel) -> Outcome | None:
        """Hand over the next reply that is due; ``None`` where there is none, or the channel is paused."""
        desk, holder = self.work.desk, self.work.holder
        claimed = claim(desk, self.id, holder)
        if claimed is None:
            return None
        entry, reply = claimed
        began = monotonic()
        try:
            receipt = channel.deliver(reply, lambda: wire(desk, entry, holder))
        except Rejected as error:
            outcome = record(desk, entry, Outcome.FAILED, error.what)
        except Ambiguous as error:
            outcome = record(desk, entry, Outcome.UNKNOWN, error.what)
        except (NotSent, LoginRefused) as error:
            outcome = record(desk, entry, Outcome.LATER, error.what)
        except DeskError as error:  # of wire(): the channel has sent nothing
            outcome = record(desk, entry, Outcome.LATER, error.what)
        except Exception as error:  # noqa: BLE001 (outermost guard of a channel's code: no fault ends the line)
            _log.exception("%s: a fault while delivering %s", self.id, entry.key)
            self.work.tally.add("errors", "fault")
            outcome = record(desk, entry, Outcome.UNKNOWN, f"{type(error).__name__}: {error}")
        else:
            outcome = record(desk, entry, Outcome.SENT, receipt.remark)
        self.work.tally.add("deliveries", self.id, str(outcome), seconds=monotonic() - began)
        return outcome
