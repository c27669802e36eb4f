"""The saved views as a supervisor looks at them: those of the desk that hold something which waits for us."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from agentconsole.config import Config, State, View
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import bind, views
from agentconsole.errors import UsageError
from agentconsole.model.criteria import Criteria


def shown(desk: Desk) -> tuple[View, ...]:
    """The desk's views, without those of one person and those that hold nothing open."""
    return tuple(view for view in views(desk.config) if not _personal(view) and _waits(view))


def bound(desk: Desk, now: datetime) -> dict[str, Criteria]:
    """The criteria of each of them, by its id; a view of teams is that of all of them.

    One whose search is not understood is left out: it hides no other.
    """
    everywhere = replace(desk, agent=desk.agent.model_copy(update={"teams": tuple(t.id for t in desk.config.teams)}))
    found: dict[str, Criteria] = {}
    for view in shown(desk):
        with suppress(UsageError):
            found[view.id] = bind(view, everywhere, now)
    return found


def actors(config: Config) -> list[str]:
    """Everybody who may have answered a customer: all agents, those who have left too, and channels."""
    return [agent.id for agent in config.agents] + [channel.id for channel in config.channels]


def _personal(view: View) -> bool:
    return view.assignee == "me" or "assignee:me" in view.search or view.mentioned


def _waits(view: View) -> bool:
    return not view.states or State.OPEN in view.states
