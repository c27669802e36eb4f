"""Unsent words: kept on the desk as they are typed, so that nothing short of losing the disk loses them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import hold
from agentconsole.model.conversation import Draft, DraftKind
from agentconsole.store import conversations, journal


def keep(
    desk: Desk,
    number: int,
    text: str,
    seen: int,
    kind: DraftKind = DraftKind.REPLY,
    files: tuple[str, ...] = (),
    actions: str = "",
    known: str = "",
) -> None:
    """Keep what the agent has typed; an empty text without files and actions keeps nothing.

    :param seen: seq of the latest message that the writer has seen.
    :param files: paths of what is to be attached.
    :param actions: JSON of :class:`agentconsole.model.macro.Actions` that happen along with the reply.
    :param known: the words as they were kept before. Where the conversation was merged into another since, they
        were joined with words begun there: only they are replaced.
    """
    with desk.store.write() as connection:
        row = hold(connection, number)  # one that is merged just now has its drafts elsewhere then
        if row.number != number:
            text = _within(connection, row.id, desk.agent.id, kind, known, text)
        if text.strip() or files or actions:
            words = Draft(number, desk.agent.id, kind, text, seen, desk.now(), files, actions)
            journal.keep_draft(connection, row.id, words)
        else:
            journal.drop_draft(connection, row.id, desk.agent.id, kind)


def spend(connection: Connection, desk: Desk, number: int, row_id: UUID, kind: DraftKind, text: str) -> None:
    """The agent's words have become a message: they are a draft no more.

    :param number: of the conversation they were written in, and ``row_id`` of the one it was merged into: what was
        begun there stays.
    """
    left = ""
    if conversations.by_ids(connection, [row_id])[0].number != number:
        left = _within(connection, row_id, desk.agent.id, kind, text, "").strip()
    mine = (d for d in journal.drafts(connection, agent=desk.agent.id, conversation_id=row_id) if d.kind is kind)
    draft = next(mine, None)
    if draft is not None and left:
        journal.keep_draft(connection, row_id, replace(draft, text=left, actions=""))
    else:
        journal.drop_draft(connection, row_id, desk.agent.id, kind)


def _within(connection: Connection, row_id: UUID, agent: str, kind: DraftKind, known: str, text: str) -> str:
    """The draft that a merge has joined with another, with these words in place of those known."""
    drafts = journal.drafts(connection, agent=agent, conversation_id=row_id)
    joined = next((draft.text for draft in drafts if draft.kind is kind), "")
    if known.strip() and known.strip() in joined:
        return joined.replace(known.strip(), text.strip(), 1)
    return joined if text.strip() in joined else "\n\n".join(part for part in (joined, text) if part.strip())


def mine(desk: Desk) -> list[Draft]:
    """The agent's unsent words, latest first."""
    with desk.store.read() as connection:
        return journal.drafts(connection, agent=desk.agent.id)
