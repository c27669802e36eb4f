"""The conversations behind a figure: each answer is a page of rows, and how many there are in all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from agentconsole.model.conversation import ConversationRow
from agentconsole.model.criteria import Criteria
from agentconsole.model.gesture import ApprovalState, EntryKind, Purse
from agentconsole.store import conversations, figures, flow
from agentconsole.store.criteria import condition
from agentconsole.store.ledger import tables as ledger
from agentconsole.store.tables import conversation, event
from agentconsole.store.team_tables import flow as flow_table
from agentconsole.store.team_tables import incident, incident_conversation

_c = conversation.c


class Page(NamedTuple):
    """The first rows, how many conversations there are in all, and how often what is counted happened in them."""

    rows: list[ConversationRow]
    total: int
    times: int


def active(
    connection: Connection,
    criteria: Criteria,
    where: Collection[ColumnElement[bool]],
    limit: int,
    *,
    oldest: bool = False,
) -> Page:
    """Active conversations, what to do first at the top; those that wait longest where ``oldest``.

    :param criteria: names the states, none of them resolved.
    """
    order = [_c.waiting_since, _c.number] if oldest else [_c.rank, _c.number]
    return _page(connection, [meets(connection, criteria), *where], order, limit)


def meets(connection: Connection, criteria: Criteria) -> ColumnElement[bool]:
    """Of conversations that meet the criteria."""
    return condition(criteria, connection.dialect.name)


def took(
    connection: Connection, name: str, where: Collection[ColumnElement[bool]], limit: int, *, late: bool = False
) -> Page:
    """Conversations that were answered first, or resolved; those that took longest at the top.

    :param name: "answered" or "resolved". :param late: only those that took too long.
    """
    at, seconds, was_late = figures.spans(name)
    wanted = [at.is_not(None), seconds.is_not(None), *where, *([was_late.is_(True)] if late else [])]
    return _page(connection, wanted, [seconds.desc(), _c.number], limit)


def lasted(connection: Connection, name: str, rows: Collection[ConversationRow]) -> dict[int, tuple[int, bool | None]]:
    """How long that took in each conversation, by number: seconds, and whether too long (``None``: nothing promised).

    :param name: as of :func:`took`.
    """
    _at, seconds, late = figures.spans(name)
    wanted = select(_c.number, seconds, late).where(_c.id.in_([row.id for row in rows]), seconds.is_not(None))
    return {number: (lasting, was_late) for number, lasting, was_late in connection.execute(wanted)}


def first_answered(agent: str, actors: Collection[str], since: datetime, until: datetime) -> ColumnElement[bool]:
    """Of conversations whose first answer in that time an agent wrote.

    :param actors: as of :func:`agentconsole.store.figures.first_answers`.
    """
    e = event.c
    mine = select(e.conversation_id).where(*figures.first_replies(actors, since, until), e.actor == agent)
    return _c.id.in_(mine)


def moved(
    connection: Connection, which: str, since: datetime, until: datetime, where: Collection[ColumnElement[bool]],
    limit: int,
) -> Page:  # fmt: skip
    """Conversations that arrived or were handled in that time, the latest at the top.

    :param which: "arrived" or "handled". :param where: over the table ``flow``.
    """
    f = flow_table.c
    wanted = [f.at >= since, f.at < until, *where, flow.arrived() if which == "arrived" else flow.handled()]
    if which == "handled" and (taken := [row.seq for row in flow.undone(connection, since, until)]):
        wanted.append(f.seq.not_in(taken))
    latest = func.max(f.seq)
    ids = select(f.conversation_id).where(*wanted).group_by(f.conversation_id).order_by(latest.desc()).limit(limit)
    times, total = connection.execute(
        select(func.count(), func.count(f.conversation_id.distinct())).where(*wanted)
    ).one()
    return Page(by_ids(connection, list(connection.execute(ids).scalars())), total, times)


def given(connection: Connection, since: datetime, until: datetime, currency: str | None, limit: int) -> Page:
    """Conversations with gestures granted in that time, the latest at the top."""
    e = ledger.entry.c
    wanted = [e.at >= since, e.at < until, e.entry == str(EntryKind.GRANT), e.purse == str(Purse.GOODWILL)]
    wanted += [e.currency == currency] if currency else []
    ids = select(e.conversation_id).where(*wanted).group_by(e.conversation_id).order_by(func.max(e.at).desc())
    count = select(func.count(), func.count(e.conversation_id.distinct())).where(*wanted)
    times, total = connection.execute(count).one()
    return Page(by_ids(connection, list(connection.execute(ids.limit(limit)).scalars())), total, times)


def asked(connection: Connection, now: datetime, limit: int) -> Page:
    """Conversations with a request for a gesture that nobody has decided on, the oldest request at the top."""
    a = ledger.approval.c
    wanted = (a.state == str(ApprovalState.REQUESTED), a.expires_at > now)
    ids = select(a.conversation_id).where(*wanted).group_by(a.conversation_id).order_by(func.min(a.requested_at))
    times, total = connection.execute(
        select(func.count(), func.count(a.conversation_id.distinct())).where(*wanted)
    ).one()
    return Page(by_ids(connection, list(connection.execute(ids.limit(limit)).scalars())), total, times)


def of_incident(connection: Connection, incident_id: UUID, limit: int) -> Page:
    """The conversations of an incident, the latest at the top."""
    mine = select(incident_conversation.c.conversation_id).where(incident_conversation.c.incident_id == incident_id)
    return _page(connection, [_c.id.in_(mine)], [_c.opened_at.desc(), _c.number], limit)


def in_incidents(connection: Connection, ids: Collection[UUID]) -> dict[UUID, int]:
    """How many of these conversations belong to each incident that goes on, the one with most first."""
    of, count = incident_conversation.c, func.count()
    query = (
        select(of.incident_id, count)
        .join(incident, incident.c.id == of.incident_id)
        .where(of.conversation_id.in_(list(ids)), incident.c.ended_at.is_(None))
        .group_by(of.incident_id)
        .order_by(count.desc(), of.incident_id)
    )
    return {row.incident_id: row[1] for row in connection.execute(query)}


def by_ids(connection: Connection, ids: list[UUID]) -> list[ConversationRow]:
    """Conversations in the order of their ids."""
    rows = {row.id: row for row in conversations.by_ids(connection, ids)}
    return [rows[i] for i in ids if i in rows]


def _page(connection: Connection, where: list[ColumnElement[bool]], order: list[Any], limit: int) -> Page:
    ids = list(connection.execute(select(_c.id).where(*where).order_by(*order).limit(limit)).scalars())
    total = len(ids)
    if total == limit:
        total = connection.execute(select(func.count()).select_from(conversation).where(*where)).scalar_one()
    return Page(by_ids(connection, ids), total, total)
