"""How things stand right now: what the channels are doing, and how many replies are on their way."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.store import cursors, outbox
from agentconsole.store.cursors import ChannelStatus


def channels(desk: Desk) -> list[ChannelStatus]:
    """What every channel of the desk is doing, whichever console pulls it."""
    with desk.store.read() as connection:
        return cursors.statuses(connection)


def replies(desk: Desk) -> dict[str, int]:
    """How many replies are queued, sending, failed or unknown; those that were sent are not counted."""
    with desk.store.read() as connection:
        return outbox.counts(connection)
