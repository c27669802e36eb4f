"""The outbox: ``queued → sending → sent | failed | unknown``, fenced by attempt, with a lease and a wire flag.

Every change of state is one conditional UPDATE that names the attempt it belongs to, so a console that was
frozen for an hour and goes on cannot undo what another has done since. ``sent`` is accepted late, whatever the
state: a fact is a fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from agentconsole.store.delivery_tables import outbox
from agentconsole.store.tables import conversation, customer, message
from agentconsole.store.team_tables import channel_pause
from agentconsole.store.types import Moment

o = outbox.c
_OPEN: ColumnElement[bool] = literal_column("outbox.state <> 'sent'")
"""Written as the partial index has it, so that both planners see that it applies."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reply in the outbox; ``envelope`` is JSON, ``attempt`` the fencing token, ``customer`` a name."""

    key: str
    message_id: UUID
    conversation_id: UUID
    number: int
    channel: str
    envelope: str
    state: str
    attempt: int
    wire: bool
    first_wire_at: datetime | None
    queued_at: datetime
    not_before: datetime
    error: str
    remark: str
    text: str
    author: str
    customer: str


_ENTRIES = (
    select(
        o.key, o.message_id, o.conversation_id, conversation.c.number, o.channel, o.envelope, o.state, o.attempt,
        o.wire, o.first_wire_at, o.queued_at, o.not_before, o.error, o.remark, message.c.text, message.c.author,
        customer.c.name,
    )
    .join(conversation, conversation.c.id == o.conversation_id)
    .join(message, message.c.id == o.message_id)
    .join(customer, customer.c.id == conversation.c.customer_id)
)  # fmt: skip


def _entries(connection: Connection, query: Select[Any]) -> list[Entry]:
    return [Entry(*row) for row in connection.execute(query)]


def enqueue(connection: Connection, row: Mapping[str, Any]) -> None:
    """A reply to be delivered; in the same transaction as the message itself."""
    connection.execute(insert(outbox), [dict(row)])


def get(connection: Connection, key: str) -> Entry | None:
    """The entry of that key."""
    return next(iter(_entries(connection, _ENTRIES.where(o.key == key))), None)


def unsent(connection: Connection, limit: int = 1000) -> list[Entry]:
    """All that is not known to be sent, oldest first."""
    return _entries(connection, _ENTRIES.where(_OPEN).order_by(o.queued_at).limit(limit))


def counts(connection: Connection) -> dict[str, int]:
    """How many there are in each state but ``sent``."""
    query = select(o.state, func.count().label("replies")).where(_OPEN).group_by(o.state)
    return {row.state: row.replies for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Depth:
    """How many replies of a channel are in a state other than ``sent``; ``due`` since when (UTC) the first that is
    queued could have been handed over, ``None`` where none is due."""

    channel: str
    state: str
    replies: int
    due: datetime | None


def depths(connection: Connection, now: datetime) -> list[Depth]:
    """What waits, by channel and state."""
    due = func.min(case((and_(o.state == "queued", o.not_before <= now), o.not_before), else_=None))
    query = select(o.channel, o.state, func.count(), due).where(_OPEN).group_by(o.channel, o.state)
    return [Depth(*row) for row in connection.execute(query.order_by(o.channel, o.state))]


def claim(connection: Connection, channel: str, holder: str, now: datetime, lease: timedelta) -> Entry | None:
    """Take the next reply that is due on a channel, with a new attempt and a lease."""
    due = (
        select(o.key)
        .where(_due(channel, now))
        .order_by(o.not_before, o.queued_at, o.key)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = connection.execute(
        update(outbox)
        .where(o.key == due.scalar_subquery(), o.state == "queued")
        .values(
            state="sending",
            attempt=o.attempt + 1,
            wire=False,
            bounced=False,
            lease_by=holder,
            lease_until=now + lease,
        )
        .returning(o.key)
    ).scalar_one_or_none()
    return get(connection, taken) if taken is not None else None


_earlier = outbox.alias()
_NOT_OVERTAKING = ~(
    select(_earlier.c.key)
    .where(
        _earlier.c.conversation_id == o.conversation_id,
        _earlier.c.state.in_(("queued", "sending")),
        or_(
            _earlier.c.queued_at < o.queued_at,
            and_(_earlier.c.queued_at == o.queued_at, _earlier.c.key < o.key),
        ),
    )
    .correlate(outbox)
    .exists()
)
"""A customer gets the replies of a conversation in the order they were written."""


def wire(connection: Connection, key: str, attempt: int, holder: str, now: datetime, margin: timedelta) -> bool:
    """Note that the point of no return is next. False: somebody else has taken over, nothing may be sent."""
    noted = connection.execute(
        update(outbox)
        .where(_held(key, attempt), o.lease_by == holder, o.lease_until > now + margin)
        .values(wire=True, first_wire_at=func.coalesce(o.first_wire_at, literal(now, Moment)))
    )
    return noted.rowcount == 1


def sent(connection: Connection, key: str, now: datetime, remark: str = "") -> bool:
    """It was taken. Accepted from every state but ``sent`` itself, and unless it came back already: a bounce may
    be pulled before the console that sent the reply has noted that it was taken.
    """
    return _end(connection, and_(o.key == key, _OPEN, ~o.bounced), "sent", now, remark=remark, error="")


def marked_sent(connection: Connection, key: str, now: datetime) -> bool:
    """A person says that it arrived (from ``failed`` or ``unknown``)."""
    where = and_(o.key == key, o.state.in_(("failed", "unknown")))
    return _end(connection, where, "sent", now, error="", bounced=False)


def seen_elsewhere(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """These were found where only what was sent can be: whatever may have been sent, was.

    One that a person has queued again meanwhile is not sent a second time.
    """
    unclear = or_(o.state == "unknown", and_(o.state == "queued", o.first_wire_at.is_not(None)))
    if keys:
        where = and_(o.key.in_(keys), unclear, ~o.bounced)
        _end(connection, where, "sent", now, error="", remark="found among sent mail")


def failed(connection: Connection, key: str, attempt: int, now: datetime, error: str) -> bool:
    """It was refused for good, in the service's words."""
    return _end(connection, _held(key, attempt), "failed", now, error=error)


def bounced(connection: Connection, key: str, now: datetime, error: str) -> bool:
    """It was taken, but came back: a later fact than ``sent``."""
    return _end(connection, and_(o.key == key, o.state != "failed"), "failed", now, error=error, bounced=True)


def given_up(connection: Connection, key: str, now: datetime, error: str) -> bool:
    """A person says that what may have been sent was not, and shall not be."""
    return _end(connection, and_(o.key == key, o.state == "unknown"), "failed", now, error=error)


def unknown(connection: Connection, key: str, attempt: int, now: datetime, error: str) -> bool:
    """No clear answer after the point of no return."""
    return _end(connection, _held(key, attempt), "unknown", now, error=error)


def take_back(connection: Connection, key: str) -> bool:
    """Its writer takes it back before anybody tried to deliver it. False: too late."""
    taken = connection.execute(delete(outbox).where(o.key == key, o.state == "queued", o.attempt == 0))
    return taken.rowcount == 1


def later(connection: Connection, key: str, attempt: int, not_before: datetime, error: str) -> bool:
    """It was certainly not taken: again at ``not_before``."""
    put = connection.execute(
        update(outbox)
        .where(_held(key, attempt))
        .values(state="queued", not_before=not_before, error=error, lease_by=None, lease_until=None)
    )
    return put.rowcount == 1


def again(connection: Connection, key: str, now: datetime) -> bool:
    """A person says: send it again (from ``failed`` or ``unknown``). The time to give up starts afresh."""
    return _requeued(connection, key, now, ("failed", "unknown"), queued_at=now)


def unsent_after_all(connection: Connection, key: str, now: datetime) -> bool:
    """Its channel knows that it was not taken: what was ``unknown`` is tried again."""
    return _requeued(connection, key, now, ("unknown",))


def _requeued(connection: Connection, key: str, now: datetime, states: tuple[str, ...], **values: Any) -> bool:
    put = connection.execute(
        update(outbox)
        .where(o.key == key, o.state.in_(states))
        .values(state="queued", not_before=now, ended_at=None, wire=False, **values)
    )
    return put.rowcount == 1


def sweep(connection: Connection, now: datetime) -> Sequence[tuple[str, str]]:
    """Take back what its holder let lapse: to ``queued`` before the point of no return, else to ``unknown``.

    :returns: (key, new state) of each.
    """
    swept = connection.execute(
        update(outbox)
        .where(_OPEN, o.state == "sending", o.lease_until < now)
        .values(
            state=case((o.wire, "unknown"), else_="queued"),
            error=case((o.wire, "the console that sent it stopped before the answer came"), else_=o.error),
            lease_by=None,
            lease_until=None,
        )
        .returning(o.key, o.state)
    )
    return [(row.key, row.state) for row in swept]


def unknowns(connection: Connection, channel: str) -> list[Entry]:
    """A channel's replies that may have been sent."""
    return _entries(connection, _ENTRIES.where(_OPEN, o.channel == channel, o.state == "unknown").order_by(o.queued_at))


def _due(channel: str, now: datetime) -> ColumnElement[bool]:
    paused = select(channel_pause.c.channel).where(channel_pause.c.channel == channel).exists()
    return and_(_OPEN, o.channel == channel, o.state == "queued", o.not_before <= now, _NOT_OVERTAKING, ~paused)


def _held(key: str, attempt: int) -> Any:
    return and_(o.key == key, o.attempt == attempt, o.state == "sending")


def _end(connection: Connection, where: Any, state: str, now: datetime, **values: Any) -> bool:
    ended = connection.execute(
        update(outbox).where(where).values(state=state, ended_at=now, lease_by=None, lease_until=None, **values)
    )
    return ended.rowcount == 1


def is_due(connection: Connection, channel: str, now: datetime) -> bool:
    """Whether a claim on that channel may find something: a look that locks nobody out."""
    query = select(o.key).where(_due(channel, now)).limit(1)
    return connection.execute(query).first() is not None


def has_lapsed(connection: Connection, now: datetime) -> bool:
    """Whether a :func:`sweep` would find something."""
    query = select(o.key).where(_OPEN, o.state == "sending", o.lease_until < now).limit(1)
    return connection.execute(query).first() is not None
