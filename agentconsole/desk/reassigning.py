"""Giving away all that somebody has: when they leave, fall ill, or have too much."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from agentconsole.config import State
from agentconsole.desk import bulk, moves
from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing
from agentconsole.desk.supervisor import must_supervise, must_work_here
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store import conversations, floor_trail


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has: how many that are open, and how many that sleep or wait for the customer."""

    open: int
    others: int

    @property
    def total(self) -> int:
        """All that :func:`everything_of` would move."""
        return self.open + self.others


def held_by(desk: Desk, agent: str) -> Held:
    """How many active conversations an agent has."""
    with desk.store.read() as connection:
        rows = conversations.by_numbers(connection, conversations.assigned_to(connection, agent))
    count = sum(row.state is State.OPEN for row in rows)
    return Held(count, len(rows) - count)


def everything_of(desk: Desk, agent: str, to: str | None, team: str | None = None) -> int:
    """Give all active conversations of an agent to another one, to a team, or back to the team each of them is of.

    One step: whoever did it undoes it in one.

    :param agent: who has them; need not work here any more. :param to: who gets them; ``None``: nobody yet.
    :param team: which team gets them; ``None``: each stays where it is.
    :returns: how many there were.
    :raises UsageError: not a supervisor; it is theirs already. :raises NotFound: no such agent or team.
    """
    must_supervise(desk)
    if to is not None:
        must_work_here(desk, to)
    if team is not None:
        moves.must_be_team(desk.config, team)
    with desk.store.read() as connection:
        numbers = conversations.assigned_to(connection, agent)
    if not numbers and desk.config.agent_of(agent) is None:
        must_work_here(desk, agent)
    if agent == to:
        raise UsageError(
            _("Nothing moves: {name} has them already.").format(name=desk.agent_name(agent)),
            _("Name somebody else, a team (team:ID), or nobody."),
        )
    outcome = bulk.apply(desk, numbers, [partial(_give, of=agent, to=to, team=team)])
    count = sum(row.assignee != agent for row in outcome.rows)
    if count:
        with desk.store.write() as connection:
            said = {"agent": agent, "to": to, "team": team, "count": count, "step": str(outcome.step)}
            floor_trail.record(connection, desk.now(), desk.agent.id, "reassigned", **said)
    return count


def _give(doing: Doing, standing: Standing, of: str, to: str | None, team: str | None) -> None:
    if standing.assignee == of:  # else somebody was faster
        moves.assign(doing, standing, to, team or standing.team)
