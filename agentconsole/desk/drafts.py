"""Unsent words: kept on the desk as they are typed, so that nothing short of losing the disk loses them."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import hold
from agentconsole.model.conversation import Draft, DraftKind
from agentconsole.store import journal


def keep(
    desk: Desk,
    number: int,
    text: str,
    seen: int,
    kind: DraftKind = DraftKind.REPLY,
    files: tuple[str, ...] = (),
    actions: str = "",
) -> None:
    """Keep what the agent has typed; an empty text without files and actions keeps nothing.

    :param seen: seq of the latest message that the writer has seen.
    :param files: paths of what is to be attached.
    :param actions: JSON of :class:`agentconsole.model.macro.Actions` that happen along with the reply.
    """
    with desk.store.write() as connection:
        row = hold(connection, number)  # one that is merged just now has its drafts elsewhere then
        if text.strip() or files or actions:
            words = Draft(number, desk.agent.id, kind, text, seen, desk.now(), files, actions)
            journal.keep_draft(connection, row.id, words)
        else:
            journal.drop_draft(connection, row.id, desk.agent.id, kind)


def drop(desk: Desk, number: int, kind: DraftKind = DraftKind.REPLY) -> None:
    """Forget the agent's unsent words of that kind in a conversation."""
    keep(desk, number, "", 0, kind)


def mine(desk: Desk) -> list[Draft]:
    """The agent's unsent words, latest first."""
    with desk.store.read() as connection:
        return journal.drafts(connection, agent=desk.agent.id)
