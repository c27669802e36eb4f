"""Unsent words: kept on the desk as they are typed, so that nothing short of losing the disk loses them."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find
from agentconsole.model.conversation import Draft
from agentconsole.store import journal


def keep(desk: Desk, number: int, text: str, seen: int) -> None:
    """Keep what the agent has typed; an empty text keeps nothing.

    :param seen: seq of the latest message that the writer has seen.
    """
    with desk.store.write() as connection:
        row = find(connection, number)
        if text.strip():
            journal.keep_draft(connection, row.id, desk.agent.id, text, seen, desk.now())
        else:
            journal.drop_draft(connection, row.id, desk.agent.id)


def drop(desk: Desk, number: int) -> None:
    """Forget the agent's unsent words in a conversation."""
    keep(desk, number, "", 0)


def mine(desk: Desk) -> list[Draft]:
    """The agent's unsent words, latest first."""
    with desk.store.read() as connection:
        return journal.drafts(connection, agent=desk.agent.id)
