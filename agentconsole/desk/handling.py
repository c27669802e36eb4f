"""Handling a conversation: who has it, and where it stands."""

from __future__ import annotations

from datetime import datetime

from agentconsole.config import State
from agentconsole.desk import standing as standings
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find, hold
from agentconsole.desk.replies import change_state
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import conversations, journal

TIMER = "timer"
"""Who opened what was snoozed, in the audit trail."""


def assign(desk: Desk, number: int, agent: str | None, team: str | None = None) -> ConversationRow:
    """Give a conversation to an agent, a team, both, or (``None``, ``None``) nobody.

    :raises NotFound: no such conversation, agent or team.
    """
    _known(desk, agent, team)
    with desk.store.write() as connection:
        row = hold(connection, number)
        if (row.assignee, row.team) == (agent, team):
            return row
        now = desk.now()
        conversations.change(connection, row.id, assignee=agent, team=team, updated_at=max(now, row.updated_at))
        detail = {"agent": agent, "team": team, "before": row.assignee, "team_before": row.team}
        journal.record(connection, [journal.entry(row.id, now, desk.agent.id, "assigned", **detail)])
        return find(connection, number)


def set_state(desk: Desk, number: int, state: State, until: datetime | None = None) -> ConversationRow:
    """Change where a conversation stands.

    :param until: for SNOOZED, when it comes back (UTC); ``None`` when the customer writes.
    :raises UsageError: ``until`` with another state, or in the past.
    """
    if until is not None and (state is not State.SNOOZED or until <= desk.now()):
        raise UsageError(_("A conversation can only be snoozed until a time to come."), _("Give a later time."))
    with desk.store.write() as connection:
        row = hold(connection, number)
        if row.state is state and row.snoozed_until == until:
            return row
        standing = standings.load(connection, [row])[row.id]
        event = change_state(connection, desk, standing, state)
        standing.snoozed_until = until
        standing.updated_at = max(desk.now(), standing.updated_at)
        standings.save(connection, desk, [standing])
        journal.record(connection, [event])
        return find(connection, number)


def wake(desk: Desk, limit: int = 100) -> int:
    """Open the snoozed conversations whose time has come; answers how many there were."""
    with desk.store.read() as connection:
        if not conversations.snoozed_until(connection, desk.now(), 1):
            return 0
    with desk.store.write() as connection:
        now = desk.now()
        ids = [row.id for row in conversations.snoozed_until(connection, now, limit)]
        conversations.lock(connection, *ids)
        due = [row for row in conversations.by_ids(connection, ids) if row.snoozed_until and row.snoozed_until <= now]
        found = list(standings.load(connection, due).values())
        events = [change_state(connection, desk, standing, State.OPEN, actor=TIMER) for standing in found]
        journal.record(connection, events)
        standings.save(connection, desk, found)
    return len(found)


def _known(desk: Desk, agent: str | None, team: str | None) -> None:
    agents = {a.id for a in desk.config.agents} | {desk.agent.id}
    teams = {t.id for t in desk.config.teams}
    if agent is not None and agent not in agents:
        raise NotFound(
            _("There is no agent {name!r}.").format(name=agent),
            _("Use one of: {names}.").format(names=", ".join(sorted(agents))),
        )
    if team is not None and team not in teams:
        raise NotFound(
            _("There is no team {name!r}.").format(name=team),
            _("Use one of: {names}.").format(names=", ".join(sorted(teams)) or "-"),
        )
