"""Giving away all that somebody has: when they leave, fall ill, or have too much."""

from __future__ import annotations

from functools import partial

from agentconsole.desk import bulk, moves
from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing
from agentconsole.desk.supervisor import must_supervise, must_work_here
from agentconsole.store import conversations, floor_trail


def everything_of(desk: Desk, agent: str, to: str | None, team: str | None = None) -> int:
    """Give all active conversations of an agent to another one, to a team, or back to the team each of them is of.

    One step: whoever did it undoes it in one.

    :param agent: who has them; need not work here any more. :param to: who gets them; ``None``: nobody yet.
    :param team: which team gets them; ``None``: each stays where it is.
    :returns: how many there were.
    :raises UsageError: not a supervisor. :raises NotFound: no such agent or team.
    """
    must_supervise(desk)
    if to is not None:
        must_work_here(desk, to)
    if team is not None:
        moves.must_be_team(desk.config, team)
    with desk.store.read() as connection:
        numbers = conversations.assigned_to(connection, agent)
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
