"""What the outcome of a delivery does to its conversation, and the choices a person has when it is not clear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.config import State
from agentconsole.desk import standing as standings
from agentconsole.desk.clocks import Event
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import held
from agentconsole.desk.standing import Standing
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.store import journal, outbox
from agentconsole.store.outbox import Entry


def came_back(connection: Connection, desk: Desk, conversation_id: UUID, key: str, why: str) -> None:
    """A reply of ours bounced: it has failed, and the customer waits as before it."""
    if outbox.bounced(connection, key, desk.now(), why):
        unanswered(connection, desk, conversation_id, "bounced", key, why)


def unanswered(
    connection: Connection, desk: Desk, conversation_id: UUID, kind: str, key: str, why: str, actor: str = ""
) -> None:
    """The customer did not get a reply: the conversation is open again and its clocks run as if it had not been.

    The standing is read anew: others may have written in the same transaction.

    :param actor: who says so; the channel where left out.
    """
    standing = _held(connection, conversation_id)
    standings.refold(connection, desk, standing)
    if standing.state is not State.OPEN:
        standing.happens(desk, Event.OPEN, desk.now())
    standings.save(connection, desk, [standing], "bounce")
    who = actor or standing.channel
    journal.record(connection, [journal.entry(standing.id, desk.now(), who, kind, key=key, why=why)])


def answered(connection: Connection, desk: Desk, conversation_id: UUID) -> None:
    """A reply that had failed is on its way again, or was sent after all: the clocks run as if it never had."""
    standing = _held(connection, conversation_id)
    standings.refold(connection, desk, standing)
    standings.save(connection, desk, [standing], "bounce")


def _held(connection: Connection, conversation_id: UUID) -> Standing:
    """The conversation, or the one it was merged into meanwhile."""
    row = held(connection, [conversation_id])[conversation_id]
    return standings.load(connection, [row])[row.id]


def undelivered(desk: Desk) -> list[Entry]:
    """Replies that are not known to be sent, oldest first."""
    with desk.store.read() as connection:
        return outbox.unsent(connection)


def is_held(entry: Entry, now: datetime) -> bool:
    """Nobody has tried to deliver it, nor may yet: its writer can take it back. :param now: UTC."""
    return entry.state == "queued" and entry.attempt == 0 and entry.not_before > now


def again(desk: Desk, key: str) -> None:
    """Send a failed reply, or one that may have been sent, again: a person's decision.

    :raises NotFound: no such reply. :raises UsageError: it is neither failed nor unknown.
    """
    _choose(desk, key, "sent_again", outbox.again)


def mark_sent(desk: Desk, key: str) -> None:
    """A reply that may have been sent, was: a person looked.

    :raises NotFound: no such reply. :raises UsageError: it is neither failed nor unknown.
    """
    _choose(desk, key, "marked_sent", outbox.marked_sent)


def give_up(desk: Desk, key: str) -> None:
    """A reply that may have been sent, was not, and shall not be; its words stay in the conversation.

    :raises NotFound: no such reply. :raises UsageError: it is not unknown.
    """

    def end(connection: Connection, key: str, now: datetime) -> bool:
        entry, why = outbox.get(connection, key), _("given up by {name}").format(name=desk.agent.name)
        if entry is None or entry.state != "unknown" or not outbox.given_up(connection, key, now, why):
            return False
        unanswered(connection, desk, entry.conversation_id, "not_delivered", key, why, desk.agent.id)
        return True

    _choose(desk, key, "given_up", end)


def _choose(desk: Desk, key: str, kind: str, change: Callable[[Connection, str, datetime], bool]) -> None:
    with desk.store.write() as connection:
        entry = outbox.get(connection, key)
        if entry is None:
            raise NotFound(_("There is no reply {key} in the outbox.").format(key=key), _("See `agentconsole outbox`."))
        place = held(connection, [entry.conversation_id])[
            entry.conversation_id
        ].id  # before the outbox's row, as intake
        if entry.state not in ("failed", "unknown") or not change(connection, key, desk.now()):
            raise UsageError(
                _("That reply is {state}: there is nothing to decide.").format(state=entry.state),
                _("See `agentconsole outbox`."),
            )
        journal.record(connection, [journal.entry(place, desk.now(), desk.agent.id, kind, key=key)])
        if entry.state == "failed":
            answered(connection, desk, place)
