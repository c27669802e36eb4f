"""Opening conversations: the thread, its customer, its audit trail, its files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.desk.fitting import ALIVE
from agentconsole.desk.served import must_have_files
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow, Event, Message, Thread
from agentconsole.model.filenames import safe_name
from agentconsole.store import conversations, customers, journal, merging, messages, presence, promises

SHOWN = 50
"""Messages of a thread that are read at first."""
HISTORY = 20
"""Other conversations of the customer that are read along."""


def number_of(text: str) -> int:
    """A conversation's number as people type it: ``123`` or ``#123``.

    :raises UsageError: it is not a number.
    """
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 18):
        raise UsageError(_("{text!r} is not a conversation.").format(text=text), _("Give its number, such as 123."))
    return int(digits)


def find(connection: Connection, number: int) -> ConversationRow:
    """The conversation of that number; of a merged one, the conversation that has its messages now.

    :raises NotFound: there is none.
    """
    rows = conversations.by_numbers(connection, [number])
    if not rows:
        raise NotFound(
            _("There is no conversation #{number}.").format(number=number),
            _("Look for it with `agentconsole search`."),
        )
    into = rows[0].merged_into
    return rows[0] if into is None else find(connection, into)


def hold(connection: Connection, number: int) -> ConversationRow:
    """:func:`find`, and nobody else changes it until the transaction ends.

    :raises NotFound: there is none.
    """
    asked = find(connection, number).id
    return held(connection, [asked])[asked]


def held(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, ConversationRow]:
    """Conversations that nobody else changes until the transaction ends, by the identifier asked for.

    Of a merged one it is the conversation that has its messages now; unknown ones are left out. One that is merged
    while its turn is awaited is followed too.
    """
    asked = list(dict.fromkeys(ids))
    conversations.lock(connection, *asked)
    rows = {row.id: row for row in conversations.by_ids(connection, asked)}
    numbers = {row.merged_into for row in rows.values() if row.merged_into is not None}
    if not numbers:
        return rows
    by_number = {row.number: row.id for row in conversations.by_numbers(connection, numbers)}
    places = held(connection, by_number.values())
    return {i: rows[i] if (into := rows[i].merged_into) is None else places[by_number[into]] for i in rows}


def row(desk: Desk, number: int) -> ConversationRow:
    """:func:`find` in a look of its own."""
    with desk.store.read() as connection:
        return find(connection, number)


def open_thread(desk: Desk, number: int, limit: int = SHOWN) -> Thread:
    """A conversation with its latest messages, its customer and the customer's other conversations.

    :raises NotFound: there is none of that number.
    """
    with desk.store.read() as connection:
        found = find(connection, number)
        shown = messages.thread(connection, found.id, limit)
        members = customers.groups(connection, [found.customer_id])
        group = members[found.customer_id]
        others = conversations.of_customers(connection, group, HISTORY + 1)
        return Thread(
            row=found,
            tags=conversations.tags_of(connection, [found.id]).get(found.id, ()),
            messages=tuple(shown),
            customer=customers.by_ids(connection, [found.customer_id], members)[0],
            earlier=messages.count(connection, found.id, shown[0].seq) if len(shown) == limit else 0,
            history=tuple(other for other in others if other.id != found.id)[:HISTORY],
            drafts=tuple(journal.drafts(connection, conversation_id=found.id)),
            promises=tuple(promises.open_of_customers(connection, group)),
            present=tuple(presence.others(connection, found.id, desk.agent.id, desk.now() - ALIVE)),
            merged=tuple(merging.followers(connection, [found.number])),
        )


def earlier(desk: Desk, number: int, before_seq: int, limit: int = SHOWN) -> tuple[Message, ...]:
    """Older messages of a thread, oldest first: the ``limit`` before the one of that seq."""
    with desk.store.read() as connection:
        return tuple(messages.thread(connection, find(connection, number).id, limit, before_seq))


def trail(desk: Desk, number: int) -> list[Event]:
    """Who did what when in a conversation, oldest first."""
    with desk.store.read() as connection:
        return journal.trail(connection, find(connection, number).id)


def original(desk: Desk, message_id: UUID) -> bytes | None:
    """A message as its channel sent it; ``None`` for what was written here."""
    with desk.store.read() as connection:
        return messages.read_original(desk.store, connection, message_id)


def save_attachment(desk: Desk, message_id: UUID, position: int, folder: Path) -> Path:
    """Write an attachment into a folder, under its name or a free one like it; never over another file.

    :returns: where it is now.
    :raises NotFound: no such attachment. :raises UsageError: the folder cannot be written to.
    """
    must_have_files()
    with desk.store.read() as connection:
        files = messages.read_attachments(desk.store, connection, message_id)
    if not 0 <= position < len(files):
        raise NotFound(_("There is no such attachment."), _("Count them from the top of the message."))
    item = files[position]
    name = Path(safe_name(item.name, item.media_type))  # once more where it counts: a channel may have been careless
    for attempt in range(1000):
        place = folder / (name.name if not attempt else f"{name.stem} ({attempt}){name.suffix}")
        try:
            with place.open("xb") as file:
                file.write(item.data)
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(
                _("{place} cannot be written: {error}.").format(place=place, error=error.strerror),
                _("Choose another folder."),
            ) from None
        return place
    raise UsageError(_("{folder} has too many files of that name.").format(folder=folder), _("Choose another folder."))
