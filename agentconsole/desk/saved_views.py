"""Saved views: which conversations they let through, with ``me`` and ``now`` filled in when they are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from agentconsole.config import Agent, ClockState, Config, State, View
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound
from agentconsole.i18n import N_, _
from agentconsole.model.criteria import Criteria, Order, Span
from agentconsole.text import fold

_BUILT_IN = (
    View(id="open", name={"en": N_("All open"), "fr": "Toutes les ouvertes"}),
    View(id="mine", name={"en": N_("Mine"), "fr": "Les miennes"}, assignee="me"),
    View(
        id="pending",
        name={"en": N_("Waiting for the customer"), "fr": "Client attendu"},
        states=(State.PENDING, State.SNOOZED),
        order="updated",
    ),
    View(
        id="resolved", name={"en": N_("Resolved"), "fr": "Résolues"}, states=(State.RESOLVED,), order="updated"
    ),
)  # fmt: skip

NOTHING = ""
"""No channel's and no team's id: a filter that lets nothing through."""


def views(config: Config) -> tuple[View, ...]:
    """The desk's saved views; a few that every desk can use where none are configured."""
    return config.views or _BUILT_IN


def view(config: Config, name: str) -> View:
    """The view of that id, or of that number as the screen shows it (from 1).

    :raises NotFound: there is none; says which there are.
    """
    known = views(config)
    if name.isdecimal() and 1 <= int(name) <= len(known):
        return known[int(name) - 1]
    for candidate in known:
        if candidate.id == name:
            return candidate
    raise NotFound(
        _("There is no view {name!r}.").format(name=name),
        _("Use one of: {names}.").format(names=", ".join(v.id for v in known)),
    )


def bind(view: View, desk: Desk, now: datetime | None = None) -> Criteria:
    """A view's filters with ``me``, ``team`` and ``now`` filled in."""
    now = now or desk.now()
    config, agent = desk.config, desk.agent
    order = Order(view.order)
    if order is Order.RANK and (not view.states or State.RESOLVED in view.states):
        order = Order.UPDATED  # what is resolved has no deadline
    return Criteria(
        states=view.states,
        channels=channels_of(config, view.channels),
        assignees=_assignees(view, agent),
        nobody=view.assignee in ("nobody", "team"),
        teams=_teams(view, agent),
        tags=view.tags,
        without_tags=view.without_tags,
        priorities=view.priority,
        languages=view.languages,
        due=clock_spans(view.clock, now, config),
        due_kinds=view.clock_kind,
        opened=Span(
            start=now - view.newer_than if view.newer_than else None,
            end=now - view.older_than if view.older_than else None,
        ),
        promised=view.promised,
        escalated=view.escalated,
        words=tuple(fold(view.text).split()),
        order=order,
    )


def channels_of(config: Config, names: Iterable[str]) -> tuple[str, ...]:
    """Channels by id or medium, as ids; :data:`NOTHING` where they are named but not (yet) configured."""
    wanted = set(names)
    found = tuple(c.id for c in config.channels if wanted & {c.id, c.medium})
    return found if found or not wanted else (NOTHING,)


def clock_spans(states: Iterable[ClockState], now: datetime, config: Config) -> tuple[Span, ...]:
    """When the earliest clock of a conversation in one of these clock states ends."""
    soon = now + config.due_within
    spans = {
        ClockState.LATE: Span(None, now),
        ClockState.DUE: Span(now, soon),
        ClockState.OK: Span(soon, None),
    }
    return tuple(spans[state] for state in states)


def _assignees(view: View, agent: Agent) -> tuple[str, ...]:
    if view.assignee == "me":
        return (agent.id,)
    return () if view.assignee in ("anyone", "nobody", "team") else (view.assignee,)


def _teams(view: View, agent: Agent) -> tuple[str, ...]:
    if view.assignee != "team":
        return view.teams
    mine = tuple(team for team in agent.teams if not view.teams or team in view.teams)
    return mine or (NOTHING,)  # somebody in no team sees nothing in a team's view
