"""The obvious model of the outbox, and what consoles do to it: claim, crash, freeze, say late what they know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agentconsole.desk import delivery, dispatch, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.dispatch import Outcome
from agentconsole.errors import UsageError
from agentconsole.model.message import Address
from agentconsole.store import outbox
from agentconsole.store.outbox import Entry
from tests.conftest import Time, wipe
from tests.incoming import arrives, bounce, message, opened, sent_elsewhere
from tests.keeping import keep_house

CONSOLES = ("a", "b", "c")
THREADS = 2
T = TypeVar("T")


@dataclass
class Reply:
    """What the ledger says of one reply."""

    thread: int
    queued_at: datetime
    serial: int
    not_before: datetime
    state: str = "queued"
    attempt: int = 0
    lease_until: datetime | None = None
    wire: bool = False
    wired_ever: bool = False
    bounced: bool = False
    copies: int = 0
    """How often its service has taken it."""
    chances: int = 1
    """How often it may be taken at most: once, and once more for each time a person says "again"."""


@dataclass
class Try:
    """A console that holds, or thinks that it holds, a reply."""

    console: str
    entry: Entry
    wired: bool = False
    handed_over: bool = False


def when(test: Callable[[Outbox], object]) -> Callable[[Any], Any]:
    """A rule only for when it has something to do."""
    return precondition(lambda self: bool(test(self)))  # type: ignore[arg-type]  # (the machine is an Outbox)


nths = st.integers(0, 9)


class Outbox(RuleBasedStateMachine):
    desk: Desk
    time: Time

    def __init__(self) -> None:
        super().__init__()
        wipe(self.desk.store)
        self.replies: dict[str, Reply] = {}
        self.tries: list[Try] = []
        arrives(self.desk, *(message(str(n), author=Address(f"{n}@x.example")) for n in range(THREADS)))
        for thread in (1, 1, 2):
            self.queue(thread)

    def holds(self, tried: Try) -> bool:
        reply = self.replies[tried.entry.key]
        return reply.state == "sending" and reply.attempt == tried.entry.attempt

    def due(self) -> list[str]:
        """What may be claimed, in its order."""
        now = self.time()
        queued = {key: reply for key, reply in self.replies.items() if reply.state == "queued"}
        found = [
            (reply.not_before, reply.queued_at, key)
            for key, reply in queued.items()
            if reply.not_before <= now and not self._overtakes(reply)
        ]
        return [key for *_, key in sorted(found)]

    def _overtakes(self, reply: Reply) -> bool:
        return any(
            other.thread == reply.thread
            and other.state in ("queued", "sending")
            and (other.queued_at, other.serial) < (reply.queued_at, reply.serial)
            for other in self.replies.values()
        )

    def keys(self, *states: str) -> list[str]:
        return [key for key, reply in self.replies.items() if reply.state in states]

    def taken(self) -> list[str]:
        return [key for key, reply in self.replies.items() if reply.copies]

    def ends(self, reply: Reply, state: str) -> None:
        reply.state, reply.lease_until = state, None

    @when(lambda self: len(self.replies) < 5)
    @rule(thread=st.integers(1, THREADS))
    def queue(self, thread: int) -> None:
        now = self.time.passes(milliseconds=1)
        key = replies.reply(self.desk, thread, "hello", state=None).key
        self.replies[key] = Reply(thread, now, len(self.replies), now)

    @when(lambda self: not self.due())
    @rule(console=st.sampled_from(CONSOLES))
    def claim_nothing(self, console: str) -> None:
        assert dispatch.claim(self.desk, "mail", console) is None

    @when(lambda self: self.due())
    @rule(console=st.sampled_from(CONSOLES), handed_over=st.booleans())
    def claim(self, console: str, handed_over: bool) -> None:
        expected = self.due()[0]
        claimed = dispatch.claim(self.desk, "mail", console)
        assert claimed is not None
        entry, out = claimed
        assert entry.key == out.key == expected
        reply = self.replies[entry.key]
        reply.state, reply.attempt, reply.wire, reply.bounced = "sending", reply.attempt + 1, False, False
        reply.lease_until = self.time() + self.desk.config.outbox.lease
        assert entry.attempt == reply.attempt
        self.tries.append(Try(console, entry))
        if handed_over:
            self.wire(-1)
            self.hand_over(-1)

    @when(lambda self: [t for t in self.tries if not t.wired])
    @rule(nth=nths)
    def wire(self, nth: int) -> None:
        tried = _nth([t for t in self.tries if not t.wired], nth)
        reply = self.replies[tried.entry.key]
        margin = self.desk.config.outbox.lease / 4
        may = self.holds(tried) and reply.lease_until is not None and reply.lease_until > self.time() + margin
        assert dispatch.wire(self.desk, tried.entry, tried.console) is may
        if may:
            tried.wired = reply.wire = reply.wired_ever = True

    @when(lambda self: [t for t in self.tries if t.wired and not t.handed_over])
    @rule(nth=nths)
    def hand_over(self, nth: int) -> None:
        """The service takes it; a frozen console may do so long after its lease has lapsed."""
        tried = _nth([t for t in self.tries if t.wired and not t.handed_over], nth)
        tried.handed_over = True
        self.replies[tried.entry.key].copies += 1

    @when(lambda self: self.tries)
    @rule(nth=nths, refused=st.booleans())
    def answer(self, nth: int, refused: bool) -> None:
        """The console records what it knows for certain, perhaps too late."""
        tried = self.tries.pop(nth % len(self.tries))
        reply = self.replies[tried.entry.key]
        held, now = self.holds(tried), self.time()
        if tried.handed_over:
            dispatch.record(self.desk, tried.entry, Outcome.SENT, "250")
            if reply.state != "sent" and not reply.bounced:
                self.ends(reply, "sent")
            return
        given_up = now - tried.entry.queued_at > self.desk.config.outbox.give_up_after
        dispatch.record(self.desk, tried.entry, Outcome.FAILED if refused else Outcome.LATER, "no")
        if held and (refused or given_up):
            self.ends(reply, "failed")
        elif held:
            self.ends(reply, "queued")
            reply.not_before = self._stored(tried.entry.key).not_before
            assert reply.not_before > now

    @when(lambda self: [t for t in self.tries if t.wired])
    @rule(nth=nths)
    def connection_breaks(self, nth: int) -> None:
        tried = _nth([t for t in self.tries if t.wired], nth)
        self.tries.remove(tried)
        held = self.holds(tried)
        dispatch.record(self.desk, tried.entry, Outcome.UNKNOWN, "lost")
        if held:
            self.ends(self.replies[tried.entry.key], "unknown")

    @when(lambda self: self.tries)
    @rule(nth=nths)
    def crash(self, nth: int) -> None:
        """Nobody hears of that try again."""
        self.tries.pop(nth % len(self.tries))

    @rule(span=st.sampled_from([timedelta(seconds=100), timedelta(minutes=3), timedelta(hours=2), timedelta(days=1)]))
    def time_passes(self, span: timedelta) -> None:
        self.time.at += span

    @when(lambda self: self.keys("sending"))
    @rule(late=st.booleans())
    def sweep(self, late: bool) -> None:
        if late:
            self.time.passes(minutes=3)
        keep_house(self.desk)
        for reply in self.replies.values():
            if reply.state == "sending" and reply.lease_until and reply.lease_until < self.time():
                self.ends(reply, "unknown" if reply.wire else "queued")

    @when(lambda self: self.keys("failed", "unknown"))
    @rule(nth=nths)
    def person_says_again(self, nth: int) -> None:
        key = _nth(self.keys("failed", "unknown"), nth)
        delivery.again(self.desk, key)
        reply = self.replies[key]
        reply.state, reply.queued_at, reply.not_before = "queued", self.time(), self.time()
        reply.wire, reply.chances = False, reply.chances + 1

    @when(lambda self: self.keys("failed", "unknown"))
    @rule(nth=nths)
    def person_marks_sent(self, nth: int) -> None:
        key = _nth(self.keys("failed", "unknown"), nth)
        delivery.mark_sent(self.desk, key)
        self.replies[key].state, self.replies[key].bounced = "sent", False

    @when(lambda self: self.keys("unknown"))
    @rule(nth=nths)
    def person_gives_up(self, nth: int) -> None:
        key = _nth(self.keys("unknown"), nth)
        delivery.give_up(self.desk, key)
        self.replies[key].state = "failed"

    @when(lambda self: self.keys("queued", "sending", "sent"))
    @rule(nth=nths, choice=st.sampled_from([delivery.again, delivery.mark_sent, delivery.give_up]))
    def person_has_nothing_to_decide(self, nth: int, choice: Callable[[Desk, str], None]) -> None:
        with pytest.raises(UsageError):
            choice(self.desk, _nth(self.keys("queued", "sending", "sent"), nth))

    @when(lambda self: self.taken())
    @rule(nth=nths)
    def comes_back(self, nth: int) -> None:
        key = _nth(self.taken(), nth)
        arrives(self.desk, bounce(key, at=self.time()))
        reply = self.replies[key]
        if reply.state != "failed":
            self.ends(reply, "failed")
            reply.bounced = True

    @when(lambda self: self.taken())
    @rule(nth=nths)
    def turns_up_in_sent(self, nth: int) -> None:
        key = _nth(self.taken(), nth)
        arrives(self.desk, sent_elsewhere(external_id=key))
        reply = self.replies[key]
        unclear = reply.state == "unknown" or (reply.state == "queued" and reply.wired_ever)
        if unclear and not reply.bounced:
            self.ends(reply, "sent")

    def _stored(self, key: str) -> Entry:
        with self.desk.store.read() as connection:
            entry = outbox.get(connection, key)
        assert entry is not None
        return entry

    @invariant()
    def the_desk_says_what_the_ledger_says(self) -> None:
        stored = {key: self._stored(key) for key in self.replies}
        assert {key: (e.state, e.attempt) for key, e in stored.items()} == {
            key: (reply.state, reply.attempt) for key, reply in self.replies.items()
        }
        unsent = [key for key, reply in self.replies.items() if reply.state != "sent"]
        assert {entry.key for entry in delivery.undelivered(self.desk)} == set(unsent)

    @invariant()
    def nobody_gets_a_reply_more_often_than_people_wanted(self) -> None:
        assert all(reply.copies <= reply.chances for reply in self.replies.values())

    def teardown(self) -> None:
        """Nothing is lost: every reply is in its conversation, however it ended."""
        for thread in range(1, THREADS + 1):
            kept = [m.external_id for m in opened(self.desk, thread).messages if m.delivery]
            assert kept == [key for key, reply in self.replies.items() if reply.thread == thread]


def _nth(of: list[T], nth: int) -> T:
    return of[nth % len(of)]
