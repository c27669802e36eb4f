"""Escalations: a conversation is passed to somebody who can do more, with a reason and a clock of its own.

Whoever it is passed to has :attr:`Config.escalate_within` of open time to take it; an escalation that nobody took by
then is late like any other clock. It is taken by whoever assigns the conversation to themselves, and by a reply or a
note of anybody but the one who escalated it (:func:`.moves.taken`). Resolving ends it too.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from agentconsole.config import State
from agentconsole.desk import clocks, moves
from agentconsole.desk.context import Desk
from agentconsole.desk.replies import annotate
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, make
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow

TEAM = "team:"
"""Before a team's id, in what an escalation is passed to."""


def escalate(
    desk: Desk, number: int, reason: str, agent: str | None = None, team: str | None = None
) -> ConversationRow:
    """:func:`make_escalation`, as a step of its own.

    :raises NotFound: no such conversation, agent or team. :raises UsageError: no reason, or nobody to pass it to.
    """
    return make(desk, number, partial(make_escalation, reason=reason, agent=agent, team=team))


def take(desk: Desk, number: int) -> ConversationRow:
    """The conversation is mine now; where it was escalated, the escalation is taken.

    :raises NotFound: no such conversation.
    """
    return make(desk, number, take_it)


def make_escalation(
    doing: Doing, standing: Standing, reason: str, agent: str | None = None, team: str | None = None
) -> None:
    """Pass a conversation on: it is open, assigned, has the reason as a note, and a clock runs until it is taken.

    :param agent: an agent's id; the conversation stays their team's where ``team`` is left out.
    :param team: a team's id; nobody of it has the conversation where ``agent`` is left out.
    :raises NotFound: no such agent or team. :raises UsageError: no reason, nobody to pass it to, or oneself.
    """
    if not reason.strip():
        raise UsageError(_("An escalation without a reason."), _("Say what the next one should know."))
    if agent is None and team is None:
        raise UsageError(_("Nobody to escalate to."), _("Give an agent or a team."))
    if agent == doing.actor:
        raise UsageError(_("You cannot escalate to yourself."), _("Give a colleague or a team."))
    config = doing.desk.config
    if standing.state is not State.OPEN:
        moves.set_state(doing, standing, State.OPEN)
    moves.assign(doing, standing, agent, standing.team if team is None else team)
    who = doing.desk.agent_name(agent) if agent else _team_name(doing, team or "")
    annotate(doing, standing, _("Escalated to {who}: {reason}").format(who=who, reason=reason.strip()), part=True)
    _sla, calendar = clocks.policy(config, standing.channel, doing.desk.medium(standing.channel))
    to, due = agent or f"{TEAM}{team}", calendar.add(doing.now, config.escalate_within)
    before = standing.escalation_due_at
    doing.record(
        standing,
        "escalated",
        to=to,
        due=due.isoformat(),
        reason=reason.strip(),
        before=standing.escalated_to,
        due_before=before.isoformat() if before else None,
    )
    standing.escalated_to, standing.escalation_due_at = to, due
    doing.touch(standing)


def take_it(doing: Doing, standing: Standing) -> None:
    """:func:`take`, as a move: the team stays, the escalation ends."""
    moves.taken(doing, standing, by_anybody=True)
    moves.assign(doing, standing, doing.actor, standing.team)


def unescalate(_doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """Undo of "escalated"."""
    if (standing.escalated_to, standing.escalation_due_at) != (was["to"], datetime.fromisoformat(was["due"])):
        return _changed(standing)
    return _restore(standing, was)


def untake(_doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """Undo of "escalation_taken"."""
    if standing.escalated_to is not None or standing.state is State.RESOLVED:
        return _changed(standing)
    return _restore(standing, was)


def _restore(standing: Standing, was: dict[str, Any]) -> str:
    due = was["due_before"]
    standing.escalated_to, standing.escalation_due_at = was["before"], datetime.fromisoformat(due) if due else None
    return ""


def _changed(standing: Standing) -> str:
    return _("#{number} was changed again since.").format(number=standing.number)


def _team_name(doing: Doing, team_id: str) -> str:
    from agentconsole.desk import wording

    return wording.team(doing.desk, team_id)
