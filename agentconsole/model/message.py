"""Messages as channels bring them and as the outbox hands them over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Who wrote: the customer (IN), the brand (OUT), or an adviser for colleagues only (NOTE)."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class MessageKind(StrEnum):
    """What a message is. Only MESSAGE starts a clock or may be answered automatically (RFC 3834, 3464, 2919)."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody on a channel: what the channel knows them by, and the name they show.

    ``value`` is an address or handle as the channel compares it (an e-mail address in lower case).
    """

    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message; ``name`` is safe to use as a file's name, ``data`` its bytes."""

    name: str
    media_type: str
    data: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message a channel brought.

    :param external_id: the channel's own lasting name of the message (for mail the Message-ID, without ``<>``);
        the same message pulled twice has the same.
    :param at: when it was sent, UTC; never later than when it was pulled.
    :param direction: IN, or OUT for what the brand wrote elsewhere (a mail program's Sent folder).
    :param text: what the person wrote, without quoted history and signature; not cleaned.
    :param references: external ids of the messages it follows, nearest first.
    :param number: the conversation's short number where the message carries it (a token in the subject).
    :param raw: the message as the channel sent it, whole.
    :param bounce_of: external id of our message that could not be delivered, and ``bounce_reason`` why.
    :param warnings: what was wrong with the message, one line each, for people.
    :param public: anybody can read it (a post), so delay and words weigh more.
    """

    external_id: str
    at: datetime
    author: Address
    subject: str
    text: str
    raw: bytes
    direction: Direction = Direction.IN
    kind: MessageKind = MessageKind.MESSAGE
    quoted: str = ""
    signature: str = ""
    references: tuple[str, ...] = ()
    number: int | None = None
    recipients: tuple[Address, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    bounce_of: str | None = None
    bounce_reason: str = ""
    warnings: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply to be delivered, complete: a channel needs nothing else to send it.

    :param key: the idempotency key minted when it was queued; for mail the Message-ID without ``<>``.
    :param references: external ids of the conversation's messages, oldest first; the last one is answered.
    :param quoted: text of the answered message to quote below, empty where the channel is not to quote.
    """

    key: str
    number: int
    to: Address
    subject: str
    text: str
    author: str
    at: datetime
    references: tuple[str, ...] = ()
    quoted: str = ""
    quoted_author: str = ""
    quoted_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
