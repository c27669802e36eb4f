"""Where each channel's pulling stands, who pulls it, and what it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select, update

from agentconsole.store.delivery_tables import cursor
from agentconsole.store.upsert import insert_or


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """What a channel is doing, since when (UTC), which error it met, who pulls it, and when a pull last ended well."""

    channel: str
    doing: str
    since: datetime | None
    error: str
    lease_by: str | None
    lease_until: datetime | None
    pulled_at: datetime | None = None


def lease(connection: Connection, channel: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Become, or stay, the one who pulls a channel. False while somebody else does."""
    connection.execute(insert_or(connection, cursor).values(channel=channel).on_conflict_do_nothing())
    taken = connection.execute(
        update(cursor)
        .where(cursor.c.channel == channel, _free(holder, now))
        .values(lease_by=holder, lease_until=now + span)
    )
    return taken.rowcount == 1


def _free(holder: str, now: datetime) -> ColumnElement[bool]:
    return or_(cursor.c.lease_by.is_(None), cursor.c.lease_by == holder, cursor.c.lease_until < now)


def renew(connection: Connection, channel: str, holder: str, pulled_at: datetime | None, until: datetime) -> bool:
    """Stay the one who pulls a channel until then, and say when a pull last ended well. False where somebody else does
    by now: nothing is changed."""
    said = {} if pulled_at is None else {"pulled_at": pulled_at}
    kept = connection.execute(
        update(cursor).where(cursor.c.channel == channel, cursor.c.lease_by == holder).values(lease_until=until, **said)
    )
    return kept.rowcount == 1


def release(connection: Connection, holder: str, doing: str, now: datetime) -> None:
    """Let others pull at once what this one pulled, and say what becomes of it meanwhile."""
    connection.execute(
        update(cursor)
        .where(cursor.c.lease_by == holder)
        .values(lease_by=None, lease_until=None, doing=doing, error="", since=now)
    )


def value(connection: Connection, channel: str) -> str | None:
    """Where pulling goes on; ``None`` before the first page."""
    return connection.execute(select(cursor.c.value).where(cursor.c.channel == channel)).scalar_one_or_none()


def advance(connection: Connection, channel: str, before: str | None, new: str) -> bool:
    """Go on from ``new`` next time; False, and nothing changed, where somebody else has moved on from ``before``.

    It does not ask who holds the lease: of two consoles that pull at once, because a page took longer than a
    lease, the first one to be done counts, so that one of them always is.
    """
    moved = connection.execute(
        update(cursor).where(cursor.c.channel == channel, cursor.c.value.is_not_distinct_from(before)).values(value=new)
    )
    return moved.rowcount == 1


def report(connection: Connection, channel: str, holder: str, doing: str, error: str, now: datetime) -> None:
    """Say what a channel is doing; ``since`` moves only when that changes.

    While somebody else pulls the channel, what they say counts: nothing is changed.
    """
    connection.execute(insert_or(connection, cursor).values(channel=channel).on_conflict_do_nothing())
    changed = or_(cursor.c.doing != doing, cursor.c.error != error)
    connection.execute(
        update(cursor)
        .where(cursor.c.channel == channel, changed, _free(holder, now))
        .values(doing=doing, error=error, since=now)
    )


def statuses(connection: Connection) -> list[ChannelStatus]:
    """What every channel is doing."""
    query = select(
        cursor.c.channel,
        cursor.c.doing,
        cursor.c.since,
        cursor.c.error,
        cursor.c.lease_by,
        cursor.c.lease_until,
        cursor.c.pulled_at,
    ).order_by(cursor.c.channel)
    return [ChannelStatus(*row) for row in connection.execute(query)]
