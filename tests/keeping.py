"""Keeping house, for tests: with the service's login where the desk has one."""

from __future__ import annotations

from agentconsole.desk.chores import CHORES
from agentconsole.desk.context import Desk
from tests.incoming import services

_ABOUT_CONVERSATIONS = ("outbox", "wake", "approvals", "attentions")


def keep_house(desk: Desk) -> None:
    """The chores about conversations, their time come or not."""
    chores = {chore.name: chore for chore in CHORES}
    for name in _ABOUT_CONVERSATIONS:
        chores[name].do(services.get(desk.store, desk))
