"""The single changes of a conversation that steps are made of: each folds into a standing and says what was before.

A move that would change nothing does nothing, and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from agentconsole.config import Config, Priority, State
from agentconsole.desk.clocks import Event
from agentconsole.desk.fitting import bounded, capacity
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _, moment, ngettext
from agentconsole.model.message import Direction
from agentconsole.store import assigning, journal, messages

MAX_TAG = 60
"""Characters of a tag."""


def assign(doing: Doing, standing: Standing, agent: str | None, team: str | None = None) -> None:
    """Give a conversation to an agent, a team, both, or (``None``, ``None``) nobody.

    Giving it to oneself takes an escalation.

    :raises NotFound: no such agent or team. :raises UsageError: one has as many as one may have.
    """
    _known(doing, agent, team)
    if agent == doing.actor:
        _has_room(doing, standing)
        taken(doing, standing, by_anybody=True)
    if (standing.assignee, standing.team) == (agent, team):
        return
    doing.record(standing, "assigned", agent=agent, team=team, before=standing.assignee, team_before=standing.team)
    standing.assignee, standing.team = agent, team
    doing.touch(standing)


def set_state(
    doing: Doing, standing: Standing, state: State, until: datetime | None = None, *, reply: bool = False
) -> None:
    """Change where a conversation stands.

    :param until: for SNOOZED, when it comes back (UTC); ``None`` when the customer writes.
    :param reply: it is part of the latest reply: where that fails, it did not happen.
    :raises UsageError: ``until`` with another state or in the past; RESOLVED while a promise is open, or a gesture
        waits to be decided on or given.
    """
    if until is not None and (state is not State.SNOOZED or until <= doing.now):
        raise UsageError(_("A conversation can only be snoozed until a time to come."), _("Give a later time."))
    if standing.state is state and standing.snoozed_until == until:
        return
    if state is State.RESOLVED and standing.promised_at is not None:
        at = moment(standing.promised_at, doing.desk.config.zone, doing.now, time=True)
        raise UsageError(
            _("Something is promised on #{number} for {at}.").format(number=standing.number, at=at),
            _("Keep the promise, renew or drop it first."),
        )
    if state is State.RESOLVED and standing.approval_due_at is not None:
        raise UsageError(
            _("A gesture that was asked for on #{number} is not settled yet.").format(number=standing.number),
            _("Wait for the answer, give what was approved, or withdraw the request first."),
        )
    if state is State.RESOLVED:
        taken(doing, standing, by_anybody=True)
    before, snoozed = standing.state, standing.snoozed_until
    standing.happens(doing.desk, Event(state.value), doing.now)
    standing.snoozed_until = until
    doing.record(
        standing,
        "state",
        state=str(state),
        before=str(before),
        after=messages.latest_seq(doing.connection, standing.id, Direction.OUT if reply else None),
        **({"reply": True} if reply else {}),
        **({"until": until.isoformat()} if until else {}),
        **({"until_before": snoozed.isoformat()} if snoozed else {}),
    )
    doing.touch(standing)


def tag(doing: Doing, standing: Standing, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
    """Tag a conversation, and take tags off it, as they are written there or as :func:`tag_of` has them.

    :raises UsageError: a tag that is none.
    """
    added = tuple(t for t in dict.fromkeys(map(tag_of, add)) if t not in standing.tags)
    gone = dict.fromkeys(t if t in standing.tags else _folded(t) for t in remove)
    removed = tuple(t for t in gone if t in standing.tags and t not in added)
    if not added and not removed:
        return
    doing.record(standing, "tagged", added=added, removed=removed)
    standing.tags = tuple(sorted({*standing.tags, *added} - {*removed}))
    doing.touch(standing)


def tag_of(text: str) -> str:
    """A tag as it is kept: one word, in lower case.

    :raises UsageError: it has no or too many characters, or such as no tag can have.
    """
    found = _folded(text)
    if not found or len(found) > MAX_TAG or not found.isprintable():
        raise UsageError(
            _("{text!r} cannot be a tag.").format(text=text[: MAX_TAG * 2]),
            _("A tag is one word of at most {n} characters.").format(n=MAX_TAG),
        )
    return found


def _folded(tag: str) -> str:
    return "-".join(tag.lower().split())


def prioritise(doing: Doing, standing: Standing, priority: Priority) -> None:
    """Say how much a conversation matters."""
    if standing.priority is priority:
        return
    doing.record(standing, "priority", priority=str(priority), before=str(standing.priority))
    standing.priority = priority
    doing.touch(standing)


def taken(doing: Doing, standing: Standing, *, by_anybody: bool = False) -> None:
    """Somebody deals with what was escalated: its clock ends. Does nothing where nothing is escalated.

    :param by_anybody: also where it is the one who escalated it.
    """
    to, due = standing.escalated_to, standing.escalation_due_at
    if to is None or due is None:
        return
    if not by_anybody and journal.latest_actor(doing.connection, standing.id, "escalated") == doing.actor:
        return
    doing.record(standing, "escalation_taken", before=to, due_before=due.isoformat())
    standing.escalated_to = standing.escalation_due_at = None
    doing.touch(standing)


def _has_room(doing: Doing, standing: Standing) -> None:
    """Nobody hoards: who has as many open conversations as they may have takes no other one.

    An escalation can be taken all the same, and what is answered in the same step is no load.
    """
    agent, config = doing.desk.agent, doing.desk.config
    if (
        standing.assignee == agent.id
        or standing.state is not State.OPEN
        or standing.escalated_to is not None
        or not bounded(config, agent)
        or any(doing.has_recorded(standing, kind) for kind in ("replied", "escalation_taken"))
    ):
        return
    held = [other for other in doing.held if other.id != standing.id]
    has = assigning.open_of(doing.connection, agent.id, [other.id for other in held])
    has += sum(other.assignee == agent.id and other.state is State.OPEN for other in held)
    if has >= capacity(config, agent):
        said = ngettext(
            "You have {n} open conversation, and may have no more.",
            "You have {n} open conversations, and may have no more.",
            has,
        )
        raise UsageError(said.format(n=has), _("Answer or give back one first; a supervisor can assign it to you."))


def _known(doing: Doing, agent: str | None, team: str | None) -> None:
    config = doing.desk.config
    agents = {a.id for a in config.agents} | {doing.desk.agent.id}
    if agent is not None and agent not in agents:
        raise NotFound(
            _("There is no agent {name!r}.").format(name=agent),
            _("Use one of: {names}.").format(names=", ".join(sorted(agents))),
        )
    if team is not None:
        must_be_team(config, team)


def must_be_team(config: Config, team: str) -> None:
    """:raises NotFound: there is no such team."""
    teams = sorted(t.id for t in config.teams)
    if team not in teams:
        raise NotFound(
            _("There is no team {name!r}.").format(name=team),
            _("Use one of: {names}.").format(names=", ".join(teams) or "-"),
        )
