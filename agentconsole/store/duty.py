"""Who is at work."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Connection, select, update

from agentconsole.model.floor import DutyState
from agentconsole.model.people import Duty
from agentconsole.store.team_tables import duty
from agentconsole.store.upsert import insert_or

d = duty.c


def of(connection: Connection, agent: str, *, lock: bool = False) -> Duty | None:
    """What an agent said last; ``None`` where they have never been at work.

    :param lock: nobody else changes it until the transaction ends.
    """
    query = select(d.agent, d.state, d.since, d.at).where(d.agent == agent)
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return Duty(*found) if found else None


def everyone(connection: Connection) -> dict[str, Duty]:
    """What everybody said last, by agent."""
    return {row.agent: Duty(*row) for row in connection.execute(select(d.agent, d.state, d.since, d.at))}


def put(connection: Connection, agent: str, state: DutyState, since: datetime, at: datetime) -> None:
    """An agent's state, from ``since`` on."""
    values = {"state": state, "since": since, "at": at}
    statement = insert_or(connection, duty).values(agent=agent, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["agent"], set_=values))


def beat(connection: Connection, agent: str, at: datetime) -> DutyState | None:
    """A sign of life; answers the state that it is one of, ``None`` where there is none."""
    statement = update(duty).where(d.agent == agent).values(at=at).returning(d.state)
    return cast("DutyState | None", connection.execute(statement).scalar_one_or_none())
