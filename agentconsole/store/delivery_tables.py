"""The tables of what goes between the desk and its channels: the outbox, and where pulling goes on."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, Table, text

from agentconsole.store.tables import metadata, one_of
from agentconsole.store.types import Id, Moment, Words

outbox = Table(
    "outbox",
    metadata,
    Column("key", Words, primary_key=True, comment="idempotency key; for mail the Message-ID"),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("channel", Words, nullable=False),
    Column("envelope", Words, nullable=False, comment="JSON: to, subject, references, quoted"),
    Column("state", Words, nullable=False, server_default="queued"),
    Column("attempt", Integer, nullable=False, server_default="0", comment="fencing token"),
    Column(
        "wire",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="the point of no return was passed",
    ),
    Column("first_wire_at", Moment),
    Column(
        "bounced",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="the latest attempt was taken, and came back",
    ),
    Column("lease_by", Words),
    Column("lease_until", Moment),
    Column("queued_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("error", Words, nullable=False, server_default=""),
    Column("remark", Words, nullable=False, server_default=""),
    one_of("state", "queued", "sending", "sent", "failed", "unknown"),
    CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("value", Words, comment="where pulling goes on; only the channel understands it"),
    Column("lease_by", Words),
    Column("lease_until", Moment),
    Column("doing", Words, nullable=False, server_default="", comment="what the channel is doing"),
    Column("since", Moment),
    Column("error", Words, nullable=False, server_default=""),
    Column("pulled_at", Moment, comment="when a pull last ended well"),
)
