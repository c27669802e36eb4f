"""Channels that are neither pulled nor delivered to until somebody goes on with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from agentconsole.store.team_tables import channel_pause
from agentconsole.store.upsert import insert_or

_p = channel_pause.c


@dataclass(frozen=True, slots=True)
class Pause:
    """Who paused a channel, when (UTC), and why; the reason may be empty."""

    author: str
    at: datetime
    reason: str


def paused(connection: Connection) -> dict[str, Pause]:
    """The channels that are paused, by id."""
    found = connection.execute(select(_p.channel, _p.author, _p.at, _p.reason).order_by(_p.channel))
    return {channel: Pause(author, at, reason) for channel, author, at, reason in found}


def put(connection: Connection, channel: str, pause: Pause) -> bool:
    """Pause a channel; false, and nothing is changed, where it is already."""
    values = {"channel": channel, "author": pause.author, "at": pause.at, "reason": pause.reason}
    made = insert_or(connection, channel_pause).values(values).on_conflict_do_nothing().returning(_p.channel)
    return connection.execute(made).first() is not None


def drop(connection: Connection, channel: str) -> bool:
    """Go on with a channel; false where it was not paused."""
    return connection.execute(delete(channel_pause).where(_p.channel == channel)).rowcount == 1
