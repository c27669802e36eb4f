"""Whether somebody has taken the tour of the console: the desk remembers it, agent by agent."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.store import journal

_NAME = "tour.{agent}"


def taken(desk: Desk) -> bool:
    """Whoever is at the keyboard has seen it, or has skipped it."""
    with desk.store.read() as connection:
        return journal.remembered(connection, _NAME.format(agent=desk.agent.id)) is not None


def take(desk: Desk) -> None:
    """They have now."""
    with desk.store.write() as connection:
        journal.remember(connection, _NAME.format(agent=desk.agent.id), desk.now().isoformat())
