"""What the demo desk is filled with: people, and the stories of their conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from agentconsole.config import Priority, State
from agentconsole.model.message import Address, Attachment, Direction, MessageKind


@dataclass(frozen=True, slots=True)
class Person:
    """A customer; the same in each of their stories.

    :param key: stable within one desk ("p000042").
    :param identities: ``(kind, value, shown name)``; kinds are "email", "x" (a handle with its @) and
        "whatsapp" (an E.164 number).
    :param tags: of the customer: "vip", "influencer", "journalist", "forum".
    :param since: customer since that day.
    :param note: what an adviser wrote on the customer's card; empty mostly.
    """

    key: str
    name: str
    language: str
    identities: tuple[tuple[str, str, str], ...]
    tags: tuple[str, ...]
    since: date
    note: str = ""

    def address(self, kind: str) -> Address | None:
        """The identity of that kind, if the person has one."""
        return next((Address(value, name) for k, value, name in self.identities if k == kind), None)


@dataclass(frozen=True, slots=True)
class Line:
    """One message or note.

    :param at: UTC.
    :param author: an agent's id for OUT and NOTE, the customer's shown name for IN.
    :param external_id: the channel's name for the message, unique in the desk; empty for a note.
    :param raw: the original, for the few lines that carry one; :func:`.raw.raw_of` makes the others' on demand.
    """

    at: datetime
    who: Direction
    author: str
    text: str
    external_id: str
    subject: str = ""
    quoted: str = ""
    signature: str = ""
    kind: MessageKind = MessageKind.MESSAGE
    attachments: tuple[Attachment, ...] = ()
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One conversation from its first message to ``now``.

    :param key: unique in the desk.
    :param scenario: the skeleton it was told from; also part of each external id.
    :param channel: a channel's id, one of :data:`.brand.CHANNELS`.
    :param lines: in order of time, the first one by the customer.
    :param snoozed_until: UTC, in the future, where SNOOZED.
    :param resolved_at: UTC, in the past, where RESOLVED.
    """

    key: str
    scenario: str
    person: Person
    address: Address
    channel: str
    subject: str
    lines: tuple[Line, ...]
    state: State
    assignee: str | None
    team: str | None
    tags: tuple[str, ...]
    priority: Priority
    language: str
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
