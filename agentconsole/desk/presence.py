"""Presence: who is on a conversation right now, reading or writing, so that two people do not answer at once.

A console says so when it opens a conversation, when its adviser begins to write, and again every while
(:data:`BEAT`); one that has not been heard of for :data:`agentconsole.desk.fitting.ALIVE` is gone. It is a
hint, never a lock: the stale-reply guard is what keeps two replies from crossing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find, hold
from agentconsole.desk.fitting import ALIVE
from agentconsole.model.conversation import Presence
from agentconsole.store import conversations, mentions, presence

BEAT = timedelta(seconds=20)
"""A sign of life no older than this is not repeated."""


def here(desk: Desk, number: int, doing: Literal["reading", "writing"] = "reading") -> None:
    """The agent is on a conversation, and nowhere else; nothing in it is unread any more, no note waits.

    At most one write; none where both are known already and the last sign of life is younger than :data:`BEAT`.

    :raises NotFound: there is none of that number.
    """
    now = desk.now()
    with desk.store.read() as connection:
        row = find(connection, number)
        known = presence.of_agent(connection, desk.agent.id)
        called = mentions.waits(connection, desk.agent.id, row.id)
    if known is not None and not row.unread and not called:
        place, before, at = known
        if (place, before) == (row.id, doing) and timedelta(0) <= now - at < BEAT:
            return
    with desk.store.write() as connection:
        row = hold(connection, number) if row.unread else find(connection, number)
        if row.unread:
            conversations.change(connection, row.id, unread=0)
        if called:
            mentions.see(connection, desk.agent.id, row.id, now)
        presence.put(connection, desk.agent.id, row.id, doing, now)


def elsewhere(desk: Desk) -> dict[int, tuple[Presence, ...]]:
    """The conversations that colleagues are on, by number; who is writing first."""
    with desk.store.read() as connection:
        found = presence.elsewhere(connection, desk.agent.id, desk.now() - ALIVE)
    return {number: tuple(who for other, who in found if other == number) for number, _who in found}


def gone(desk: Desk) -> None:
    """The agent has left: the console was closed, or shows no conversation."""
    with desk.store.read() as connection:
        known = presence.of_agent(connection, desk.agent.id)
    if known is None:
        return
    with desk.store.write() as connection:
        presence.drop(connection, desk.agent.id)
