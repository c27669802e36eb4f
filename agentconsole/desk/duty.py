"""Duty: who is at work. *Here* takes conversations, *away* does not for a while, *gone* has left.

A console says that its adviser is here when it begins and gone when it ends, and gives a sign of life every
:data:`BEAT`, unless no key was pressed for a while. In line mode one says it oneself (``agentconsole duty here``).
What follows from it is in :mod:`.assigning`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agentconsole.config import Role
from agentconsole.desk import fitting
from agentconsole.desk.context import Desk
from agentconsole.model.floor import DutyState
from agentconsole.store import assigning, presence
from agentconsole.store import duty as store

BEAT = timedelta(seconds=20)
"""A sign of life no older than this is not repeated."""
_LOOKS_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the desk.

    :param since: since when they are so, UTC; ``None`` for who was never here.
    :param number: the conversation they are on. :param doing: "reading", "writing" or empty.
    :param open: conversations of theirs that wait for us. :param waiting: those of them whose customer waits for an
        answer. :param capacity: how many they have before they are handed no more.
    """

    id: str
    name: str
    role: Role
    teams: tuple[str, ...]
    state: DutyState
    since: datetime | None
    number: int | None
    doing: str
    open: int
    waiting: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Back:
    """What happened while somebody was not here: numbers of conversations that went back, and that were handed."""

    returned: tuple[int, ...] = ()
    handed: tuple[int, ...] = ()


def here(desk: Desk) -> Back:
    """The agent is at work; answers what became of their conversations meanwhile."""
    now = desk.now()
    with desk.store.write() as connection:
        before = store.of(connection, desk.agent.id, lock=True)
        state, before_at = fitting.stands(before, now, desk.config.assignment.return_after)
        begins = before_at if state == "here" and before_at is not None else now
        store.put(connection, desk.agent.id, "here", begins, now)
        if before is None or state == "here":
            return Back()
        return since(moved(desk, connection, max(before.at, now - _LOOKS_BACK)), desk.agent.id)


def away(desk: Desk) -> None:
    """The agent is not to be handed anything for a while; what they have goes back when it takes long."""
    _say(desk, "away")


def gone(desk: Desk) -> None:
    """The agent has left; what they have goes back, if they are not back soon."""
    with desk.store.read() as connection:
        known = store.of(connection, desk.agent.id)
    if known is not None and known.state != "gone":
        _say(desk, "gone")


def _say(desk: Desk, state: DutyState) -> None:
    now = desk.now()
    with desk.store.write() as connection:
        before = store.of(connection, desk.agent.id, lock=True)
        same = before is not None and before.state == state
        store.put(connection, desk.agent.id, state, before.since if before and same else now, now)


def beat(desk: Desk) -> DutyState:
    """A sign of life of the agent's console: who was taken for gone is here again, who said away stays so.

    At most one write; none where the last sign is younger than :data:`BEAT`.
    """
    now = desk.now()
    with desk.store.read() as connection:
        known = store.of(connection, desk.agent.id)
    if known is not None and known.state != "gone" and timedelta(0) <= now - known.at < BEAT:
        return known.state
    state, _since = fitting.stands(known, now, desk.config.assignment.return_after)
    if known is None or known.state == "gone" or (known.state == "here" and state != "here"):
        here(desk)
        return "here"
    with desk.store.write() as connection:
        return store.beat(connection, desk.agent.id, now) or "here"


def people(desk: Desk) -> list[Person]:
    """Everybody who works at the desk: who is here first, then who is away, then the others, each by name."""
    config, now = desk.config, desk.now()
    agents = [agent for agent in config.agents if not agent.disabled] or [desk.agent]
    with desk.store.read() as connection:
        said = store.everyone(connection)
        busy = assigning.open_by_agent(connection, [agent.id for agent in agents])
        on = presence.everywhere(connection, now - fitting.ALIVE)
    found = []
    for agent in agents:
        state, since = fitting.stands(said.get(agent.id), now, config.assignment.return_after)
        number, doing = on.get(agent.id, (None, "")) if state != "gone" else (None, "")
        many, waiting = busy.get(agent.id, (0, 0))
        found.append(
            Person(
                agent.id, agent.name, agent.role, agent.teams, state, since, number, doing,
                many, waiting, fitting.capacity(config, agent),
            )
        )  # fmt: skip
    order = {"here": 0, "away": 1, "gone": 2}
    return sorted(found, key=lambda person: (order[person.state], person.name.casefold(), person.id))


def moved(desk: Desk, connection: Connection, begins: datetime) -> list[assigning.Moved]:
    """What others, or nobody in person, gave to whoever is at the desk since then, and what went back from them."""
    colleagues = [agent.id for agent in desk.config.agents if agent.id != desk.agent.id]
    return assigning.moved(connection, desk.agent.id, colleagues, begins)


def since(moved: list[assigning.Moved], agent: str) -> Back:
    """What of these moves holds in the end: what went back and came again is neither."""
    last = {one.number: one for one in moved}
    return Back(
        tuple(sorted(n for n, one in last.items() if one.before == agent and one.agent != agent)),
        tuple(sorted(n for n, one in last.items() if one.agent == agent)),
    )
