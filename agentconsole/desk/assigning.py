"""Handing out: whoever asks is given the best conversation for them, and what somebody leaves behind goes back.

Two who ask at the same time never get the same: what another transaction holds is passed over (SKIP LOCKED), and on
SQLite there is one writer. What is handed out or goes back by itself is told to whom it concerns, stands in the audit
trail under :data:`ASSIGNMENT`, and is undone by nobody. The rules are in :mod:`.fitting`, docs/team.md tells them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.config import Agent, Role, State
from agentconsole.desk import fitting, moves
from agentconsole.desk.context import Desk
from agentconsole.desk.fitting import Worker
from agentconsole.desk.steps import step
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.people import Duty, Wanted
from agentconsole.store import assigning as store
from agentconsole.store import duty
from agentconsole.store.assigning import ASSIGNMENT

__all__ = ["ASSIGNMENT", "Taken", "WhyNot", "keep", "take_next"]

_PUT_BACK_FOR = timedelta(hours=1)
"""What somebody has put back is not handed to them again for so long."""
_AT_ONCE = 50
"""Conversations that are handed out, or go back from one agent, in one transaction."""


class WhyNot(StrEnum):
    """Why nothing was handed out."""

    FULL = "full"
    """They have as many as they may have."""
    AWAY = "away"
    """They said that they are away."""
    PUT_BACK = "put_back"
    """There is only what they have put back themselves."""
    OCCUPIED = "occupied"
    """Colleagues are on all there is, or are being handed it right now."""
    NOTHING = "nothing"
    """Nothing that nobody has fits them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of asking for the next one.

    :param row: the conversation, which is the agent's now; ``None`` where ``why_not`` says why there is none.
    :param open: how many open conversations they have now. :param capacity: how many they may have.
    """

    row: ConversationRow | None
    why_not: WhyNot | None
    open: int
    capacity: int


def take_next(desk: Desk) -> Taken:
    """The best conversation for whoever is at the keyboard is theirs now; a step that they can undo.

    It is the first by rank of those that are open, that nobody has and no colleague is on, of their teams or of none,
    in their languages and on their channels; one with a topic of theirs comes before all others.
    """
    agent = desk.agent
    capacity = fitting.capacity(desk.config, agent)
    with step(desk) as doing:
        connection = doing.connection
        said = duty.of(connection, agent.id)
        if said is not None and said.state == "away":
            return Taken(None, WhyNot.AWAY, store.open_of(connection, agent.id), capacity)
        begins = said.since if said is not None and said.state == "here" else doing.now
        duty.put(connection, agent.id, "here", begins, doing.now)  # also lets another console of theirs wait
        has = store.open_of(connection, agent.id)
        if fitting.bounded(desk.config, agent) and has >= capacity:
            return Taken(None, WhyNot.FULL, has, capacity)
        wanted = fitting.wanted(desk.config, agent)
        put_back = store.put_back(connection, agent.id, doing.now - _PUT_BACK_FOR)
        occupied = store.occupied(connection, agent.id, doing.now - fitting.ALIVE)
        found = store.best(connection, wanted, put_back | occupied)
        if found is None:
            return Taken(None, _why_not(connection, wanted, put_back), has, capacity)
        standing = doing.hold_all([found])[0]
        moves.assign(doing, standing, agent.id, standing.team)
    return Taken(next(iter(doing.rows.values())), None, has + 1, capacity)


def _why_not(connection: Connection, wanted: Wanted, put_back: set[UUID]) -> WhyNot:
    if store.is_free(connection, [wanted], put_back):
        return WhyNot.OCCUPIED
    return WhyNot.PUT_BACK if put_back and store.is_free(connection, [wanted]) else WhyNot.NOTHING


def keep(desk: Desk) -> tuple[int, int]:
    """Take back what people have left behind, and hand out where that is wished; for whoever keeps house.

    :returns: how many conversations went back, and how many were handed out.
    """
    return _take_back(desk), _hand_out(desk) if desk.config.assignment.push else 0


# Taking back


def _take_back(desk: Desk) -> int:
    config = desk.config
    if not config.agents:  # whoever works here is not known
        return 0
    with desk.store.read() as connection:
        said = duty.everyone(connection)
        absent = [i for i in sorted(store.holders(connection)) if _left(connection, desk, i, said.get(i))[1]]
    return sum(_back(desk, agent_id) for agent_id in absent)


def _left(
    connection: Connection, desk: Desk, agent_id: str, said: Duty | None
) -> tuple[fitting.Back | None, list[UUID]]:
    """What an agent has that goes back now, and why: it waits for us, and they have done nothing about it.

    What is open although the customer has their answer stays with them, unless a clock of it is about to run out.
    """
    config, now = desk.config, desk.now()
    found = fitting.goes_back(config, config.agent_of(agent_id), said, now)
    if found is None:
        return None, []
    why, patience = found
    if why in (fitting.Back.AWAY, fitting.Back.GONE) and store.acted(connection, agent_id, patience):
        return None, []  # in line mode there is no console to give signs of life
    soon = None if why is fitting.Back.LEFT else now + config.due_within
    ids = store.held(connection, agent_id, soon, _AT_ONCE)
    if why is fitting.Back.SHIFT and ids:
        touched = store.touched(connection, ids, agent_id, patience)
        ids = [i for i in ids if i not in touched]
    return why, ids


def _back(desk: Desk, agent_id: str) -> int:
    """In one transaction, for one agent, looked at once more: they may have come back meanwhile."""
    with step(desk, actor=ASSIGNMENT, cause="timer") as doing:
        said = duty.of(doing.connection, agent_id, lock=True)
        why, ids = _left(doing.connection, desk, agent_id, said)
        behind = [s for s in doing.hold_all(ids) if s.assignee == agent_id and s.state is State.OPEN]
        for standing in behind:
            before = {"before": agent_id, "team_before": standing.team}
            doing.record(standing, "assigned", agent=None, team=standing.team, **before, why=str(why))
            standing.assignee = None
            doing.touch(standing)
    return len(behind)


# Handing out


def _hand_out(desk: Desk) -> int:
    agents = {a.id: a for a in desk.config.agents if not a.disabled and a.role is not Role.SUPERVISOR}
    with desk.store.read() as connection:
        workers = _able(connection, desk, agents.values())
        if not workers or not store.is_free(connection, [w.wanted for w in workers]):
            return 0
    with step(desk, actor=ASSIGNMENT, cause="timer") as doing:
        for worker in sorted(workers, key=lambda w: w.id):  # whoever asks for the next one, or deals too, waits
            duty.of(doing.connection, worker.id, lock=True)
        workers = _able(doing.connection, desk, [agents[worker.id] for worker in workers])
        occupied = store.occupied(doing.connection, None, doing.now - fitting.ALIVE)
        offered = store.free(doing.connection, [w.wanted for w in workers], _AT_ONCE, occupied) if workers else []
        dealt = dict(fitting.deal(offered, workers))
        for standing in doing.hold_all(dealt):
            moves.assign(doing, standing, dealt[standing.id], standing.team)
    return len(dealt)


def _able(connection: Connection, desk: Desk, agents: Iterable[Agent]) -> list[Worker]:
    """Those of these agents who are here, within their shift, and have room."""
    config, now, said = desk.config, desk.now(), duty.everyone(connection)
    here = [
        agent
        for agent in agents
        if fitting.stands(said.get(agent.id), now, config.assignment.return_after)[0] == "here"
        and fitting.shift_over(agent, now, config.zone) is None
    ]
    has = store.open_by_agent(connection, [agent.id for agent in here])
    all_ = [
        Worker(a.id, fitting.wanted(config, a), has.get(a.id, (0, 0))[0], fitting.capacity(config, a)) for a in here
    ]
    return [worker for worker in all_ if worker.open < worker.capacity]
