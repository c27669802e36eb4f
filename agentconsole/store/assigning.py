"""Conversations that nobody has, and those that somebody has: what handing out and taking back look for."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select

from agentconsole.model.people import Offered, Wanted
from agentconsole.store.criteria import packed, unpacked
from agentconsole.store.tables import conversation, event, presence

c, e = conversation.c, event.c
FREE: ColumnElement[bool] = literal_column("state = 'open' AND assignee IS NULL")
"""Written as the partial index ``ix_conversation_free`` has it, so that both planners see that it applies."""
_OPEN: ColumnElement[bool] = c.state == "open"
ASSIGNMENT = "assignment"
"""Who hands out and takes back, in the audit trail."""


class Moved(NamedTuple):
    """A conversation that was given to somebody else: seq of the entry, number, from whom, to whom."""

    seq: int
    number: int
    before: str | None
    agent: str | None


def fits(wanted: Wanted) -> ColumnElement[bool]:
    """What somebody may be handed, as a condition over the table ``conversation``."""
    parts = [or_(c.team.is_(None), c.team.in_(wanted.teams)) if wanted.teams else c.team.is_(None)]
    if wanted.languages:
        parts.append(or_(c.language.is_(None), c.language.in_(wanted.languages)))
    if wanted.channels:
        parts.append(c.channel.in_(wanted.channels))
    return and_(*parts)


def best(connection: Connection, wanted: Wanted, without: Collection[UUID] = ()) -> UUID | None:
    """The first by rank of what nobody has and fits; one with a topic before all others.

    It is held until the transaction ends. What another transaction holds is passed over, so that two who ask at the
    same time never get the same.
    """
    query = select(c.id).where(FREE, fits(wanted)).order_by(c.rank, c.number).limit(1)
    if without:
        query = query.where(c.id.not_in(list(without)))
    ways = [query.where(_about(wanted.topics, connection)), query] if wanted.topics else [query]
    for way in ways:
        found: UUID | None = connection.execute(way.with_for_update(skip_locked=True)).scalar_one_or_none()
        if found is not None:
            return found
    return None


def free(connection: Connection, wanted: Sequence[Wanted], limit: int, without: Collection[UUID] = ()) -> list[Offered]:
    """The first by rank of what nobody has and fits any of these; held as by :func:`best`."""
    columns = (c.id, c.team, c.language, c.channel, c.tags)
    query = select(*columns).where(FREE, or_(*map(fits, wanted))).order_by(c.rank, c.number).limit(limit)
    if without:
        query = query.where(c.id.not_in(list(without)))
    return [
        Offered(i, team, language, channel, frozenset(unpacked(tags)))
        for i, team, language, channel, tags in connection.execute(query.with_for_update(skip_locked=True))
    ]


def is_free(connection: Connection, wanted: Sequence[Wanted], without: Collection[UUID] = ()) -> bool:
    """Whether anything that nobody has fits any of these, held by others or not; some left out."""
    query = select(c.id).where(FREE, or_(*map(fits, wanted))).limit(1)
    if without:
        query = query.where(c.id.not_in(list(without)))
    return connection.execute(query).first() is not None


def occupied(connection: Connection, agent: str | None, since: datetime) -> set[UUID]:
    """Conversations that anybody else was reading or writing in since then."""
    query = select(presence.c.conversation_id).where(presence.c.at > since)
    if agent is not None:
        query = query.where(presence.c.agent != agent)
    return set(connection.execute(query).scalars())


def _about(topics: Collection[str], connection: Connection) -> ColumnElement[bool]:
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return or_(*(place(c.tags, packed([topic])) > 0 for topic in topics))


def open_of(connection: Connection, agent: str, without: Collection[UUID] = ()) -> int:
    """How many open conversations an agent has, some left out."""
    query = select(func.count()).select_from(conversation).where(c.assignee == agent, _OPEN)
    if without:
        query = query.where(c.id.not_in(list(without)))
    return connection.execute(query).scalar_one()


def open_by_agent(connection: Connection, agents: Collection[str]) -> dict[str, tuple[int, int]]:
    """Of each of these agents: open conversations, and those of them whose customer waits for an answer."""
    query = select(c.assignee, func.count(), func.count(c.waiting_since)).where(c.assignee.in_(list(agents)), _OPEN)
    return {agent: (many, waiting) for agent, many, waiting in connection.execute(query.group_by(c.assignee))}


def holders(connection: Connection) -> set[str]:
    """Everybody who has a conversation in any state: one look at the index an agent."""
    start = select(func.min(c.assignee).label("agent")).cte("holder", recursive=True)
    following = select(func.min(c.assignee)).where(c.assignee > start.c.agent).scalar_subquery()
    walk = start.union_all(select(following).where(start.c.agent.is_not(None)))
    found = connection.execute(select(walk.c.agent).where(walk.c.agent.is_not(None)))
    return set(found.scalars())


def held(connection: Connection, agent: str, soon: datetime | None, limit: int) -> list[UUID]:
    """Open conversations of an agent, the first by rank first.

    :param soon: only those whose customer waits, or that have a clock that runs out before then; ``None`` for all.
    """
    query = select(c.id).where(c.assignee == agent, _OPEN).order_by(c.rank, c.number).limit(limit)
    if soon is not None:
        query = query.where(or_(c.waiting_since.is_not(None), c.due_at < soon))
    return list(connection.execute(query).scalars())


def touched(connection: Connection, ids: Collection[UUID], agent: str, since: datetime) -> set[UUID]:
    """Those of these that an agent is on, has done anything to since then, or was given since then."""
    on = select(presence.c.conversation_id).where(presence.c.agent == agent, presence.c.at >= since)
    done = select(e.conversation_id).where(
        e.conversation_id.in_(list(ids)), e.at >= since, or_(e.actor == agent, e.kind == "assigned")
    )
    return set(connection.execute(done).scalars()) | set(connection.execute(on).scalars())


def acted(connection: Connection, agent: str, since: datetime) -> bool:
    """Whether an agent has done anything since then, by whatever program."""
    return connection.execute(select(e.seq).where(e.actor == agent, e.at >= since).limit(1)).first() is not None


def put_back(connection: Connection, agent: str, since: datetime) -> set[UUID]:
    """What an agent has given away again since then, by undoing too."""
    query = select(e.conversation_id, e.detail, e.undone).where(e.actor == agent, e.at >= since, e.kind == "assigned")
    found = set()
    for conversation_id, detail, undone in connection.execute(query.order_by(e.seq)):
        said: dict[str, Any] = json.loads(detail)
        took = said.get("agent") == agent
        if took and not undone:
            found.discard(conversation_id)
        elif took or said.get("before") == agent:
            found.add(conversation_id)
    return found


def moved(connection: Connection, agent: str, colleagues: Collection[str], since: datetime) -> list[Moved]:
    """What was handed to an agent by itself or by a colleague since then, and what went back from them by itself."""
    query = (
        select(e.seq, c.number, e.actor, e.detail)
        .join(conversation, c.id == e.conversation_id)
        .where(e.actor.in_((ASSIGNMENT, *colleagues)), e.at >= since, e.kind == "assigned", ~e.undone)
        .where(e.detail.contains(json.dumps(agent, ensure_ascii=False), autoescape=True))
        .order_by(e.seq)
    )
    found = []
    for seq, number, actor, detail in connection.execute(query):
        said = json.loads(detail)
        one = Moved(seq, number, said.get("before"), said.get("agent"))
        if one.agent == agent or (actor == ASSIGNMENT and one.before == agent):
            found.append(one)
    return found
