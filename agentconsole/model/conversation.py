"""Conversations, as views and line mode read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from agentconsole.model.customer import Customer
from agentconsole.model.message import Direction, MessageKind
from agentconsole.model.states import ClockKind, Priority, State


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of a view.

    :param number: the short number people say aloud and type.
    :param unread: customer's messages that nobody has opened yet.
    :param due_at: when the earliest running clock ends, UTC; ``None`` where none runs.
    :param rank: the virtual deadline the view is ordered by, UTC.
    :param why: JSON of the rank's reasons, for :func:`agentconsole.desk.rank.from_json`.
    :param promised_at: when the earliest open promise is due, UTC.
    :param escalated_to: who has not taken its escalation yet: an agent's id, or ``team:ID``.
    :param escalation_due_at: by when they should, UTC.
    :param approval_due_at: by when a gesture that was asked for on it should be decided on, or given, UTC.
    :param merged_into: number of the conversation that has its messages now.
    """

    number: int
    id: UUID
    customer_id: UUID
    customer: str
    channel: str
    subject: str
    excerpt: str
    state: State
    assignee: str | None
    team: str | None
    priority: Priority
    language: str | None
    public: bool
    unread: int
    opened_at: datetime
    updated_at: datetime
    waiting_since: datetime | None
    snoozed_until: datetime | None
    due_at: datetime | None
    due_kind: ClockKind | None
    rank: datetime
    why: str
    promised_at: datetime | None = None
    escalated_to: str | None = None
    escalation_due_at: datetime | None = None
    approval_due_at: datetime | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """An attachment of a message: where in the message, what, how large (bytes)."""

    position: int
    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the handing over of a reply stands: queued, sending, sent, failed or unknown."""

    state: str
    error: str
    attempt: int
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a thread; ``seq`` orders them as they reached the desk."""

    seq: int
    id: UUID
    direction: Direction
    kind: MessageKind
    channel: str
    author: str
    author_name: str
    at: datetime
    subject: str
    text: str
    quoted: str
    signature: str
    public: bool
    warnings: tuple[str, ...]
    external_id: str | None
    attachments: tuple[StoredAttachment, ...] = ()
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the audit trail: who (agent or channel) did what when; ``detail`` is JSON.

    :param step: what it was done in one go with; ``None`` for what nobody undoes.
    """

    seq: int
    at: datetime
    actor: str
    kind: str
    detail: str
    step: UUID | None = None
    undone: bool = False


class DraftKind(StrEnum):
    """What unsent words are to become."""

    REPLY = "reply"
    NOTE = "note"
    BOOK = "book"
    """An entry of the client book."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Words not sent yet; ``seen`` is the seq of the latest message their writer had seen.

    :param files: paths of what is to be attached.
    :param actions: JSON of :class:`agentconsole.model.macro.Actions` that happen along with the reply; empty for none.
    """

    number: int
    agent: str
    kind: DraftKind
    text: str
    seen: int
    updated_at: datetime
    files: tuple[str, ...] = ()
    actions: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the brand said it would do: by when (UTC), what, who said so; ``number`` is the conversation's."""

    id: UUID
    number: int
    at: datetime
    text: str
    author: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """A colleague who is on a conversation: "reading" or "writing"."""

    agent: str
    doing: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation, opened: its row, tags, messages (oldest first) and customer.

    :param earlier: messages older than the first one shown, which a further read brings.
    :param history: the customer's other conversations, latest first.
    :param promises: the customer's open promises, whichever conversation they were made in; the earliest first.
    :param present: colleagues who are on it now.
    :param merged: numbers of the conversations that were merged into it.
    """

    row: ConversationRow
    tags: tuple[str, ...]
    messages: tuple[Message, ...]
    customer: Customer
    earlier: int = 0
    history: tuple[ConversationRow, ...] = ()
    drafts: tuple[Draft, ...] = ()
    promises: tuple[Promise, ...] = ()
    present: tuple[Presence, ...] = ()
    merged: tuple[int, ...] = ()

    @property
    def seen(self) -> int:
        """Seq of the latest message: what a reply written now has seen."""
        return self.messages[-1].seq if self.messages else 0


@dataclass(frozen=True, slots=True)
class ViewCount:
    """How many conversations a view holds, and how many of them are late; ``more``: at least so many."""

    total: int
    late: int
    more: bool = False
