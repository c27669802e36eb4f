"""Writing: replies to the customer, and notes for colleagues."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.channels.base import mint_key
from agentconsole.config import ChannelSettings, State
from agentconsole.desk import drafts, enclosing, mentions, moves, tries
from agentconsole.desk.clocks import Event
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import hold as hold_row
from agentconsole.desk.served import must_have_files
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, Move, step
from agentconsole.errors import Stale, UsageError
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import ConversationRow, DraftKind, Message
from agentconsole.model.customer import identity_kind
from agentconsole.model.ids import new_id
from agentconsole.model.macro import Actions
from agentconsole.model.message import Address, Attachment, Direction, MessageKind, Outgoing
from agentconsole.store import conversations, customers, journal, messages, outbox
from agentconsole.store.outbox import Entry

MAX_ATTACHMENTS = 25 * 1024 * 1024
"""Bytes of attachments in one reply; most mail servers take no more."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A reply in the outbox: its idempotency key, and the conversation's number."""

    key: str
    number: int


class StaleReply(Stale):
    """:class:`Stale`, with the messages that its writer had not seen, oldest first."""

    def __init__(self, what: str, do: str, new: tuple[Message, ...]) -> None:
        super().__init__(what, do)
        self.messages = new


def reply(
    desk: Desk,
    number: int,
    text: str,
    *,
    seen: int | None = None,
    state: State | None = State.PENDING,
    until: datetime | None = None,
    attachments: Sequence[Path] = (),
    hold: timedelta = timedelta(0),
    along: Sequence[Move] = (),
    actions: str = "",
    drafted: bool = True,
    message_id: UUID | None = None,
) -> Queued:
    """Answer the customer. Message, state, audit trail, clocks and outbox entry are one commit.

    :param seen: seq of the latest message its writer had seen (:attr:`Thread.seen`); ``None`` skips the guards.
    :param state: the conversation's state afterwards; ``None`` leaves it.
    :param until: for SNOOZED, when it comes back (UTC).
    :param hold: how long it waits before it is delivered, so that it can be taken back.
    :param along: further changes of the conversation, in the same step.
    :param actions: what they were made of, as :attr:`Draft.actions`: the draft has it again where it is taken back.
    :param drafted: the words were the agent's draft here; otherwise a draft with other words stays.
    :param message_id: minted before the first try, for who tries again: see :mod:`.tries`.
    :raises StaleReply: customer or colleague wrote meanwhile; nothing was stored.
    :raises RuleRefused: ``voided``: a gesture that the draft was granted does not hold any more.
    :raises UsageError: nothing to send, nobody to send it to, no such channel any more, a file that cannot be read;
        or what a change raises.
    """
    files = read_files(attachments)
    if not text.strip() and not files:
        raise UsageError(_("The reply is empty."), _("Write something first."))
    with step(desk) as doing:
        connection = doing.connection
        row = hold_row(connection, number)
        new = messages.after(connection, row.id, seen) if seen is not None else []
        stored = tries.outcome(connection, message_id, text)
        if stored is None and not files:
            stored = tries.words_stored(new, desk, text)
        if stored is not None:
            _spend(connection, desk, number, row.id, DraftKind.REPLY, text, drafted)
            return Queued(stored, row.number)
        _refuse_stale(new, desk)
        channel = _channel(desk, row)
        key = mint_key(channel)
        envelope = _envelope(connection, row, channel) | {"signature": _signature(desk, channel)}
        message_id = _store(connection, desk, row, text, Direction.OUT, key, files, message_id)
        _enqueue(doing, row, message_id, key, envelope, hold)
        standing = doing.hold(row.number)
        actions = _enclosing(doing, standing, message_id, text, actions)
        taken_back = {"seen": seen or 0, "files": [str(path) for path in attachments], "actions": actions}
        _answered(doing, standing, text, key=key, message=str(message_id), **taken_back)
        for move in along:
            move(doing, standing)
        if state is not None:
            moves.set_state(doing, standing, state, until, reply=True)
        _spend(connection, desk, number, row.id, DraftKind.REPLY, text, drafted)
    return Queued(key, row.number)


def _enqueue(
    doing: Doing, row: ConversationRow, message_id: UUID, key: str, envelope: dict[str, Any], hold: timedelta
) -> None:
    entry = {"key": key, "message_id": message_id, "conversation_id": row.id, "channel": row.channel}
    entry |= {"envelope": json.dumps(envelope, ensure_ascii=False), "queued_at": doing.now}
    outbox.enqueue(doing.connection, entry | {"not_before": doing.now + hold})


def _answered(doing: Doing, standing: Standing, text: str, **detail: Any) -> None:
    """What follows for the conversation from a reply; ``detail`` is what taking it back needs."""
    moves.taken(doing, standing)
    before = {"unread": standing.unread, "assignee": standing.assignee}
    doing.record(standing, "replied", before=before, **detail)
    standing.happens(doing.desk, Event.ANSWER, doing.now)
    standing.shows(text, doing.now)
    standing.unread = 0
    if standing.assignee is None:
        standing.assignee = doing.desk.agent.id


def _enclosing(doing: Doing, standing: Standing, message_id: UUID, text: str, actions: str) -> str:
    """The gestures that the draft was granted are in this reply; answers the actions with all that are."""
    try:
        planned = Actions.from_json(actions)
    except ValueError:  # another program's draft
        planned = Actions()
    granted = enclosing.enclose(doing, standing, message_id, text, planned.granted)
    return actions if granted == planned.granted else replace(planned, granted=granted).to_json()


def note(desk: Desk, number: int, text: str, *, drafted: bool = True, message_id: UUID | None = None) -> None:
    """:func:`annotate`, as a step of its own.

    :param drafted: as :func:`reply`; :param message_id: too.
    :raises UsageError: the note is empty.
    """
    with step(desk) as doing:
        standing = doing.hold(number)
        if tries.outcome(doing.connection, message_id, text) is None:
            annotate(doing, standing, text, message_id=message_id)
        _spend(doing.connection, desk, number, standing.id, DraftKind.NOTE, text, drafted)


def annotate(
    doing: Doing, standing: Standing, text: str, *, part: bool = False, message_id: UUID | None = None
) -> None:
    """Write something that only colleagues see. It moves no clock.

    :param part: something else that is done wrote it (a macro, an escalation): undone, it does not become a draft.
    :raises UsageError: the note is empty.
    """
    if not text.strip():
        raise UsageError(_("The note is empty."), _("Write something first."))
    row = conversations.by_ids(doing.connection, [standing.id])[0]
    moves.taken(doing, standing)
    message_id = _store(doing.connection, doing.desk, row, text, Direction.NOTE, None, (), message_id)
    mentions.record(doing, standing, message_id, text)
    doing.record(standing, "noted", message=str(message_id), **({"part": True} if part else {}))
    doing.touch(standing)


def _spend(
    connection: Connection, desk: Desk, number: int, row_id: UUID, kind: DraftKind, text: str, drafted: bool
) -> None:
    mine = journal.drafts(connection, agent=desk.agent.id, conversation_id=row_id)
    if drafted or any(draft.kind is kind and draft.text.strip() == text.strip() for draft in mine):
        drafts.spend(connection, desk, number, row_id, kind, text)


def outgoing(desk: Desk, connection: Connection, entry: Entry) -> Outgoing:
    """An outbox entry as its channel delivers it: complete, and the same at every try."""
    envelope: dict[str, Any] = json.loads(entry.envelope)
    quoted_at = envelope.pop("quoted_at", None)
    signature = envelope.pop("signature", "")
    return Outgoing(
        key=entry.key,
        number=entry.number,
        to=Address(*envelope.pop("to")),
        references=tuple(envelope.pop("references")),
        text=f"{entry.text}\n\n-- \n{signature}" if signature else entry.text,
        author=desk.agent_name(entry.author),
        at=entry.queued_at,
        quoted_at=type(entry.queued_at).fromisoformat(quoted_at) if quoted_at else None,
        attachments=messages.read_attachments(desk.store, connection, entry.message_id),
        **envelope,
    )


def read_files(paths: Sequence[Path]) -> tuple[Attachment, ...]:
    """Files to attach.

    :raises UsageError: one cannot be read, they are too large together, or there are no files here (a browser).
    """
    if paths:
        must_have_files()
    found, size = [], 0
    for path in paths:
        try:
            data = path.expanduser().read_bytes()
        except OSError as error:
            raise UsageError(
                _("{path} cannot be attached: {error}.").format(path=path, error=error.strerror or error),
                _("Check its name."),
            ) from None
        size += len(data)
        found.append(Attachment(path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", data))
    if size > MAX_ATTACHMENTS:
        raise UsageError(
            _("The attachments are too large: {size} MB.").format(size=size // 1_000_000),
            _("Mail servers take about {size} MB; send a link.").format(size=MAX_ATTACHMENTS // 1_000_000),
        )
    return tuple(found)


def _signature(desk: Desk, channel: ChannelSettings) -> str:
    """What ends a mail; other channels have no room for it."""
    if channel.medium != "mail":
        return ""
    brand = desk.config.brand
    return brand.signature.replace("{agent}", desk.agent.name).replace("{brand}", brand.name).strip()


def _refuse_stale(after_seen: Sequence[Message], desk: Desk) -> None:
    new = tuple(m for m in after_seen if m.direction is Direction.IN or m.author != desk.agent.id)
    if new:
        raise StaleReply(
            ngettext(
                "{count} message came while you were writing.",
                "{count} messages came while you were writing.",
                len(new),
            ).format(count=len(new)),
            _("Read it, then send again: your words are kept."),
            new,
        )


def _channel(desk: Desk, row: ConversationRow) -> ChannelSettings:
    channel = desk.config.channel(row.channel)
    if channel is None or not channel.active:
        raise UsageError(
            _("The channel {channel!r} is not in use here (any more).").format(channel=row.channel),
            _("Add it to agentconsole.toml, or answer by another channel."),
        )
    return channel


def _envelope(connection: Connection, row: ConversationRow, channel: ChannelSettings) -> dict[str, Any]:
    """Whom a reply goes to, under which subject, following and quoting what.

    Only what the conversation's own customer wrote on its own channel is answered: others may have been merged into it.
    """
    answered = messages.answered(connection, row.id, row.channel, row.customer_id)
    customer = customers.get(connection, row.customer_id)
    kind = identity_kind(channel.medium)
    known = next((i for i in customer.identities if i.kind == kind), None)
    if answered:
        to = (answered.author, answered.author_name if answered.author_name != answered.author else "")
    elif known:
        to = (known.value, known.name)
    else:
        raise UsageError(
            _("{name} is not known on this channel.").format(name=customer.name),
            _("Answer by another channel."),
        )
    return {
        "to": to,
        "subject": row.subject,
        "references": messages.external_ids(connection, row.id, row.channel),
        "quoted": answered.text if answered else "",
        "quoted_author": answered.author_name if answered else "",
        "quoted_at": answered.at.isoformat() if answered else None,
    }


def _store(
    connection: Connection,
    desk: Desk,
    row: ConversationRow,
    text: str,
    direction: Direction,
    key: str | None,
    files: tuple[Attachment, ...],
    message_id: UUID | None = None,
) -> UUID:
    message_id = message_id or new_id()
    message = {
        "id": message_id,
        "conversation_id": row.id,
        "direction": str(direction),
        "kind": str(MessageKind.MESSAGE),
        "channel": row.channel,
        "external_id": key,
        "author": desk.agent.id,
        "author_name": desk.agent.name,
        "at": desk.now(),
        "text": text,
        "public": row.public and direction is Direction.OUT,
    }
    messages.add(connection, [message])
    if files:
        messages.keep_attachments(desk.store, connection, [(message_id, files)])
    return message_id
