"""Handing over one reply of the outbox: claim it, note the point of no return, record what came of it."""

from __future__ import annotations

import random
from datetime import timedelta
from enum import StrEnum

from agentconsole.channels.base import Channel
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import held
from agentconsole.desk.delivery import answered, unanswered
from agentconsole.desk.replies import outgoing
from agentconsole.errors import DamagedError
from agentconsole.model.message import Outgoing
from agentconsole.store import journal, outbox
from agentconsole.store.outbox import Entry


class Outcome(StrEnum):
    """What came of one try."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    LATER = "later"


def claim(desk: Desk, channel: str, holder: str) -> tuple[Entry, Outgoing] | None:
    """The next reply that is due on a channel, now held by ``holder``; ``None`` where there is none."""
    now = desk.now()
    with desk.store.read() as connection:
        if not outbox.is_due(connection, channel, now):
            return None
    with desk.store.write() as connection:
        entry = outbox.claim(connection, channel, holder, now, desk.config.outbox.lease)
    if entry is None:
        return None
    try:
        with desk.store.read() as connection:
            return entry, outgoing(desk, connection, entry)
    except (DamagedError, ValueError) as error:  # an attachment is gone: it would stop all the replies behind it
        record(desk, entry, Outcome.FAILED, str(error).splitlines()[0])
        return claim(desk, channel, holder)


def wire(desk: Desk, entry: Entry, holder: str) -> bool:
    """Note, durably, that the point of no return is next.

    :returns: False where the lease is no longer ours, or too short to finish within: nothing may be sent.
    """
    margin = desk.config.outbox.lease / 4
    with desk.store.write() as connection:
        return outbox.wire(connection, entry.key, entry.attempt, holder, desk.now(), margin)


def record(desk: Desk, entry: Entry, outcome: Outcome, said: str) -> Outcome:
    """Record what came of a try, in the service's words. A late record of an attempt taken over changes nothing.

    What was certainly not taken is tried again, with pauses that double, until ``give_up_after``.
    """
    now, rules = desk.now(), desk.config.outbox
    if outcome is Outcome.LATER and now - entry.queued_at > rules.give_up_after:
        outcome = Outcome.FAILED
    with desk.store.write() as connection:
        place = held(connection, [entry.conversation_id])[
            entry.conversation_id
        ].id  # before the outbox's row, as intake
        if outcome is Outcome.SENT:
            before = outbox.get(connection, entry.key)
            recorded = outbox.sent(connection, entry.key, now, said)
            if recorded and before and before.state == "failed":
                answered(connection, desk, place)
        elif outcome is Outcome.UNKNOWN:
            recorded = outbox.unknown(connection, entry.key, entry.attempt, now, said)
        elif outcome is Outcome.LATER:
            again = now + pause(entry.attempt, rules.retry_after, rules.retry_at_most)
            return _told(outbox.later(connection, entry.key, entry.attempt, again, said), outcome)
        else:
            recorded = outbox.failed(connection, entry.key, entry.attempt, now, said)
            if recorded:
                unanswered(connection, desk, place, "not_delivered", entry.key, said)
        if recorded and outcome is not Outcome.FAILED:
            trail = journal.entry(place, now, entry.channel, str(outcome), key=entry.key, said=said)
            journal.record(connection, [trail])
    return _told(recorded, outcome)


def reconcile(desk: Desk, channel_id: str, channel: Channel) -> int:
    """Ask the channel about replies that may have been sent; only a positive answer settles one.

    Where absence proves it too (``find`` answers False), the reply is tried again.

    :returns: how many were settled.
    """
    with desk.store.read() as connection:
        open_questions = outbox.unknowns(connection, channel_id)
    settled = 0
    for entry in open_questions:
        taken = channel.find(entry.key)
        if taken is None:
            continue
        with desk.store.write() as connection:
            now = desk.now()
            change = outbox.sent if taken else outbox.unsent_after_all
            if change(connection, entry.key, now):
                kind = "found_sent" if taken else "found_unsent"
                journal.record(connection, [journal.entry(entry.conversation_id, now, channel_id, kind, key=entry.key)])
                settled += 1
    return settled


def _told(recorded: bool, outcome: Outcome) -> Outcome:
    return outcome if recorded else Outcome.LATER


def pause(attempt: int, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait before the next try: doubled each time, up to the longest, spread by chance."""
    doubled: timedelta = first * (1 << min(attempt - 1, 16))
    return min(doubled, longest) * random.uniform(0.8, 1.2)  # noqa: S311 (no secret: it spreads retries)
