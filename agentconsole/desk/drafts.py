"""Unsent words: kept on the desk as they are typed, so that nothing short of losing the disk loses them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find, hold
from agentconsole.model.conversation import Draft, DraftKind
from agentconsole.model.message import Direction
from agentconsole.store import conversations, journal, messages


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


def bring_back(
    desk: Desk,
    number: int,
    text: str,
    seen: int,
    kind: DraftKind,
    files: tuple[str, ...] = (),
    actions: str = "",
    bases: Collection[str] = (),
) -> Draft | None:
    """Give the desk words that it could not take when they were written, never in place of others written since.

    What was written elsewhere meanwhile comes first, these words after it. Doing it again changes nothing more, and
    words that have become a message since are no draft again.

    :param bases: texts of these words that the desk may hold, from before or from a try whose outcome is unknown.
    :returns: the draft as it is then.
    """
    with desk.store.write() as connection:
        row = hold(connection, number)
        held = _held(connection, desk, row.id, kind)
        here, wanted = held.text.strip() if held else "", text.strip()
        known = {base.strip() for base in bases}
        if wanted and _was_sent(connection, desk, row.id, seen, kind, wanted):
            return held
        if here == wanted or here in known or not here or (wanted and here in wanted):
            joined, along = text, actions
        elif not wanted or wanted in here:
            return held
        else:
            joined, along = f"{here}\n\n{wanted}", actions or (held.actions if held else "")
            files = tuple(dict.fromkeys((*(held.files if held else ()), *files)))
        if joined.strip() or files or along:
            words = Draft(row.number, desk.agent.id, kind, joined, seen, desk.now(), files, along)
            journal.keep_draft(connection, row.id, words)
        else:
            journal.drop_draft(connection, row.id, desk.agent.id, kind)
        return _held(connection, desk, row.id, kind)


def _held(connection: Connection, desk: Desk, row_id: UUID, kind: DraftKind) -> Draft | None:
    mine = journal.drafts(connection, agent=desk.agent.id, conversation_id=row_id)
    return next((draft for draft in mine if draft.kind is kind), None)


def _was_sent(connection: Connection, desk: Desk, row_id: UUID, seen: int, kind: DraftKind, text: str) -> bool:
    direction = {DraftKind.REPLY: Direction.OUT, DraftKind.NOTE: Direction.NOTE}.get(kind)
    return any(
        message.direction is direction and message.author == desk.agent.id and message.text.strip() == text
        for message in messages.after(connection, row_id, seen)
    )


def of(desk: Desk, number: int, kind: DraftKind) -> Draft | None:
    """The agent's unsent words in a conversation.

    :raises NotFound: there is none of that number.
    """
    with desk.store.read() as connection:
        return _held(connection, desk, find(connection, number).id, kind)


def mine(desk: Desk) -> list[Draft]:
    """The agent's unsent words, latest first."""
    with desk.store.read() as connection:
        return journal.drafts(connection, agent=desk.agent.id)
