"""Storing words once however often it is tried: where a connection breaks while the desk commits, nobody knows whether
it did. So a try has an identifier that was minted before the first one, and another try finds what that one stored.

Where none was minted (line mode), the same words by the same agent after the same ``seen`` are the reply that is stored
already, not another.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import Message
from agentconsole.model.message import Direction
from agentconsole.store import messages
from agentconsole.store.types import storable


def stored(desk: Desk, message_id: UUID) -> bool:
    """Whether the desk has a reply or note of that identifier: for who did not hear what came of storing it."""
    with desk.store.read() as connection:
        return messages.written(connection, message_id) is not None


def outcome(connection: Connection, message_id: UUID | None, text: str) -> str | None:
    """The key (empty for a note) of what an earlier try has stored; ``None`` where none has, or there was none.

    :raises UsageError: it has, with other words than these.
    """
    if message_id is None:
        return None
    found = messages.written(connection, message_id)
    if found is not None and found[1] != storable(text):
        raise UsageError(
            _("What you sent before had reached the desk after all; these words are others."),
            _("Read it; to send these too, send them again."),
        )
    return None if found is None else found[0]


def words_stored(after_seen: Sequence[Message], desk: Desk, text: str) -> str | None:
    """The key of a reply with these words that this agent has sent since."""
    for message in after_seen:
        mine = message.direction is Direction.OUT and message.author == desk.agent.id
        failed = message.delivery is not None and message.delivery.state == "failed"
        if mine and message.text == text and not message.attachments and not failed:
            return message.external_id
    return None
