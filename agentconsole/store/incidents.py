"""Bursts of similar conversations, and what a burst is told from: what customers write now, and what they used to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select, update

from agentconsole.model.floor import IncidentState
from agentconsole.model.message import Direction, MessageKind
from agentconsole.store.tables import conversation, message, setting
from agentconsole.store.team_tables import incident, incident_conversation, notice
from agentconsole.store.upsert import insert_or

_i, _of, _c, _m = incident.c, incident_conversation.c, conversation.c, message.c
_PART = 500
_CUSTOMERS = and_(_m.direction == str(Direction.IN), _m.kind == str(MessageKind.MESSAGE))
_LOOKED_AT = "crisis_at"


@dataclass(frozen=True, slots=True)
class Words:
    """What the conversations of an incident share, the most telling first.

    :param terms: folded, as they are compared. :param shown: the same as customers write them.
    :param alone: whether the first is enough to belong to it; else it takes two.
    """

    terms: tuple[str, ...]
    shown: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """An incident as it is kept. Times are UTC.

    :param usual: conversations of its kind that are usual in an hour. :param latest: when the latest one of it began.
    """

    id: UUID
    begins: datetime
    raised_at: datetime
    words: Words
    usual: float
    state: IncidentState
    macro: str | None
    notice_id: UUID | None
    banner: str | None
    actor: str | None
    ended_at: datetime | None
    count: int
    channels: tuple[str, ...]
    latest: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What a customer wrote in a conversation within the time looked at: its subject, and the words one after another.

    :param at: when the first of it was written.
    """

    id: UUID
    customer: UUID
    channel: str
    at: datetime
    text: str


def take_turn(connection: Connection, now: datetime, every: timedelta) -> bool:
    """Whether it is time to look, and nobody else was told so; a turn taken by a clock ahead of this one is none."""

    def said(at: datetime) -> str:
        return at.astimezone(UTC).isoformat(timespec="microseconds")

    value = setting.c.value
    taken = insert_or(connection, setting).values(name=_LOOKED_AT, value=said(now))
    free = or_(value <= said(now - every), value > said(now))
    taken = taken.on_conflict_do_update(index_elements=["name"], set_={"value": said(now)}, where=free)
    return connection.execute(taken.returning(setting.c.name)).first() is not None


def written(connection: Connection, since: datetime, until: datetime, limit: int) -> list[Written]:
    """What customers wrote from a moment on, by conversation, the oldest first; the latest messages where more."""
    query = (
        select(_c.id, _c.customer_id, _c.channel, _m.at, _c.subject, _m.text)
        .join(message, _m.conversation_id == _c.id)
        .where(_m.at >= since, _m.at <= until, _CUSTOMERS)
        .order_by(_m.at.desc())
        .limit(limit)
    )
    found: dict[UUID, Written] = {}
    for number, customer, channel, at, subject, text in connection.execute(query).all()[::-1]:
        before = found.get(number)
        if before is None:
            found[number] = Written(number, customer, channel, at, f"{subject}\n{text}")
        else:
            found[number] = Written(number, customer, channel, before.at, f"{before.text}\n{text}")
    return list(found.values())


def ordinary(connection: Connection, since: datetime, until: datetime, limit: int) -> list[UUID]:
    """Conversations that began from a moment on, the oldest first; those of incidents are left out, but not those of
    signals that were dismissed.
    """
    of_one = exists().where(_of.conversation_id == _c.id, _of.incident_id == _i.id, _i.state != "dismissed")
    within = (_c.opened_at >= since, _c.opened_at < until, ~of_one)
    query = select(_c.id).where(*within).order_by(_c.opened_at).limit(limit)
    return list(connection.execute(query).scalars())


def first_words(connection: Connection, ids: Sequence[UUID], length: int) -> Iterator[str]:
    """What customers wrote first in conversations, subject and all, cut at so many characters."""
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        first = select(func.min(_m.seq)).where(_m.conversation_id.in_(part), _CUSTOMERS).group_by(_m.conversation_id)
        query = (
            select(_c.subject, func.substr(_m.text, 1, length))
            .join(message, _m.conversation_id == _c.id)
            .where(_m.seq.in_(first))
        )
        for subject, text in connection.execute(query):
            yield f"{subject}\n{text}"


def count_begun(connection: Connection, since: datetime, until: datetime) -> int:
    """How many conversations began in a span."""
    query = select(func.count()).select_from(conversation).where(_c.opened_at >= since, _c.opened_at < until)
    return connection.execute(query).scalar_one()


def add(
    connection: Connection, incident_id: UUID, begins: datetime, raised_at: datetime, words: Words, usual: float
) -> None:
    """Keep a new one. :param usual: see :class:`Kept`."""
    said = json.dumps(asdict(words), ensure_ascii=False)
    values = {"id": incident_id, "begins": begins, "raised_at": raised_at, "words": said, "usual": round(usual * 1000)}
    connection.execute(insert(incident).values(values))


def join(connection: Connection, incident_id: UUID, conversations: Collection[UUID]) -> None:
    """Conversations belong to an incident; those that did before still do."""
    rows = [{"incident_id": incident_id, "conversation_id": i} for i in conversations]
    if rows:
        connection.execute(insert_or(connection, incident_conversation).on_conflict_do_nothing(), rows)


def known(connection: Connection, since: datetime) -> list[Kept]:
    """Those that go on, and those that ended from a moment on; the newest first."""
    return _kept(connection, or_(_i.ended_at.is_(None), _i.ended_at >= since))


def live(connection: Connection) -> list[Kept]:
    """Those that go on, the newest first."""
    return _kept(connection, _i.ended_at.is_(None))


def latest(connection: Connection, limit: int) -> list[Kept]:
    """All there were, the newest first."""
    ids = select(_i.id).order_by(_i.raised_at.desc(), _i.id.desc()).limit(limit)
    return _kept(connection, _i.id.in_(list(connection.execute(ids).scalars())))


def get(connection: Connection, incident_id: UUID, *, lock: bool = False) -> Kept | None:
    """The incident of an id. :param lock: nobody else changes it until the transaction ends."""
    if lock and connection.dialect.name != "sqlite":
        connection.execute(select(_i.id).where(_i.id == incident_id).with_for_update())
    return next(iter(_kept(connection, _i.id == incident_id)), None)


def _kept(connection: Connection, which: ColumnElement[bool]) -> list[Kept]:
    mine = select(_c.opened_at).join(incident_conversation, _of.conversation_id == _c.id)
    latest_one = mine.where(_of.incident_id == _i.id).with_only_columns(func.max(_c.opened_at)).scalar_subquery()
    count = select(func.count()).where(_of.incident_id == _i.id).scalar_subquery()
    query = (
        select(incident, notice.c.text, count, latest_one)
        .outerjoin(notice, notice.c.id == _i.notice_id)
        .where(which)
        .order_by(_i.raised_at.desc(), _i.id.desc())
    )
    rows = connection.execute(query).all()
    channels = _channels(connection, [row.id for row in rows])
    found = []
    for row in rows:
        said = json.loads(row.words)
        found.append(
            Kept(
                row.id,
                row.begins,
                row.raised_at,
                Words(tuple(said["terms"]), tuple(said["shown"]), said["alone"]),
                row.usual / 1000,
                row.state,
                row.macro,
                row.notice_id,
                row.text,
                row.actor,
                row.ended_at,
                row[-2],
                channels.get(row.id, ()),
                row[-1] or row.begins,
            )
        )
    return found


def _channels(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    query = (
        select(_of.incident_id, _c.channel)
        .distinct()
        .join(conversation, _c.id == _of.conversation_id)
        .where(_of.incident_id.in_(list(ids)))
        .order_by(_of.incident_id, _c.channel)
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for incident_id, channel in connection.execute(query):
        found[incident_id] = (*found.get(incident_id, ()), channel)
    return found


def change(connection: Connection, incident_id: UUID, **values: object) -> None:
    """Set columns of an incident."""
    connection.execute(update(incident).where(_i.id == incident_id).values(**values))


def numbers(connection: Connection, incident_id: UUID, limit: int) -> list[int]:
    """The conversations of an incident by number, the newest first."""
    query = (
        select(_c.number)
        .join(incident_conversation, _of.conversation_id == _c.id)
        .where(_of.incident_id == incident_id)
        .order_by(_c.number.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def belonging(connection: Connection, ids: Collection[UUID], since: datetime) -> set[UUID]:
    """Which of these conversations belong to an incident that goes on, or that ended from a moment on."""
    which = exists().where(_i.id == _of.incident_id, or_(_i.ended_at.is_(None), _i.ended_at >= since))
    query = select(_of.conversation_id).where(_of.conversation_id.in_(list(ids)), which)
    return set(connection.execute(query).scalars())


def of_number(connection: Connection, number: int) -> list[Kept]:
    """The incidents that go on and that a conversation belongs to, by its number; the newest first."""
    mine = (
        select(_of.incident_id).join(conversation, _c.id == _of.conversation_id).where(_c.number == number).subquery()
    )
    return _kept(connection, and_(_i.ended_at.is_(None), _i.id.in_(select(mine))))


def age(kept: Kept, now: datetime) -> timedelta:
    """How long nothing more has come of it."""
    return now - max(kept.latest, kept.raised_at)
