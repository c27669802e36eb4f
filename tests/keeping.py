"""Keeping house as the service does, for tests."""

from __future__ import annotations

from agentconsole.desk.chores import CHORES
from agentconsole.desk.context import Desk


def keep_house(desk: Desk) -> None:
    """Every chore once, its time come or not; what one of them raises ends it."""
    for chore in CHORES:
        chore.do(desk)
