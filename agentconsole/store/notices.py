"""What supervisors tell the consoles: banners and messages, and who has read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, or_, select, update

from agentconsole.store.team_tables import notice, notice_seen
from agentconsole.store.upsert import insert_or

_n, _s = notice.c, notice_seen.c
_COLUMNS = (_n.id, _n.kind, _n.recipient, _n.text, _n.author, _n.at, _n.until, _n.ended_at, _n.ended_by)


@dataclass(frozen=True, slots=True)
class Notice:
    """A banner or a message. Times are UTC.

    :param kind: "banner" or "message".
    :param recipient: an agent's id; everybody where ``None``.
    :param until: a banner is not shown from then on. :param ended_by: who took it back before.
    """

    id: UUID
    kind: str
    recipient: str | None
    text: str
    author: str
    at: datetime
    until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None


def add(connection: Connection, made: Notice) -> None:
    """Keep a new one."""
    values = {"id": made.id, "kind": made.kind, "recipient": made.recipient, "text": made.text}
    connection.execute(insert(notice).values(**values, author=made.author, at=made.at, until=made.until))


def banners(connection: Connection, now: datetime) -> list[Notice]:
    """Those that are shown now, the newest first."""
    query = select(*_COLUMNS).where(_n.kind == "banner", _n.ended_at.is_(None), or_(_n.until.is_(None), _n.until > now))
    return [Notice(*row) for row in connection.execute(query.order_by(_n.at.desc(), _n.id.desc()))]


def unread(connection: Connection, agent: str, since: datetime) -> list[Notice]:
    """Messages that an agent has not read, the oldest first: to them, or to everybody since then by others."""
    seen = select(_s.notice_id).where(_s.notice_id == _n.id, _s.agent == agent)
    theirs = or_(_n.recipient == agent, (_n.recipient.is_(None)) & (_n.at >= since) & (_n.author != agent))
    query = select(*_COLUMNS).where(_n.kind == "message", _n.ended_at.is_(None), theirs, ~seen.exists())
    return [Notice(*row) for row in connection.execute(query.order_by(_n.at, _n.id))]


def of(connection: Connection, ids: Collection[UUID]) -> list[Notice]:
    """Notices by their ids."""
    return [Notice(*row) for row in connection.execute(select(*_COLUMNS).where(_n.id.in_(list(ids))))]


def latest(connection: Connection, limit: int) -> list[Notice]:
    """Everything that was told, the newest first."""
    query = select(*_COLUMNS).order_by(_n.at.desc(), _n.id.desc()).limit(limit)
    return [Notice(*row) for row in connection.execute(query)]


def end(connection: Connection, notice_id: UUID, agent: str, now: datetime) -> bool:
    """Take one back; false where it was already."""
    query = update(notice).where(_n.id == notice_id, _n.ended_at.is_(None)).values(ended_at=now, ended_by=agent)
    return connection.execute(query).rowcount == 1


def see(connection: Connection, ids: Sequence[UUID], agent: str, now: datetime) -> None:
    """An agent has read these; those that they had read stay as they were."""
    if ids:
        rows = [{"notice_id": i, "agent": agent, "at": now} for i in ids]
        connection.execute(insert_or(connection, notice_seen).on_conflict_do_nothing(), rows)


def readers(connection: Connection, ids: Collection[UUID]) -> dict[UUID, list[tuple[str, datetime]]]:
    """Who has read each, and when, the first one first."""
    query = select(_s.notice_id, _s.agent, _s.at).where(_s.notice_id.in_(list(ids))).order_by(_s.at, _s.agent)
    found: dict[UUID, list[tuple[str, datetime]]] = {}
    for notice_id, agent, at in connection.execute(query):
        found.setdefault(notice_id, []).append((agent, at))
    return found
