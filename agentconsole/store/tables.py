"""The tables of a desk, the same on both engines.

What must always hold is said here as constraints and unique indexes, not in the code that writes.
Full-text search is the one table that differs: see :mod:`agentconsole.store.search`; further indexes are in
:mod:`agentconsole.store.indexes`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    text,
)

from agentconsole.store.types import Id, Moment, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer, "sqlite")


def one_of(column: str, *values: str) -> CheckConstraint:
    """A column has one of these words."""
    return CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})", name=column)


setting = Table(
    "setting",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
    comment="What the desk itself remembers, such as the policy its clocks were last computed with",
)

customer = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words, nullable=False),
    Column("folded", Words, nullable=False, comment="the name as it is searched"),
    Column("language", Words),
    Column("since", Moment, nullable=False),
    Column(
        "linked_to",
        Id,
        ForeignKey("customer.id"),
        comment="the customer that a person said is the same one; never itself linked",
    ),
    Column("birthday", Words, comment="MM-DD, where the customer told it"),
    Column("erased_at", Moment, comment="when name, identities and words were taken away for good"),
)

customer_note = Table(
    "customer_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("author", Words, nullable=False, comment="an agent's id; empty where it came with the customer"),
    Column("text", Words, nullable=False),
    Column("dropped_at", Moment),
    comment="The client book: what the next adviser should know",
)

consent = Table(
    "consent",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id"), primary_key=True),
    Column("purpose", Words, primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("given", Boolean, nullable=False),
    Column("source", Words, nullable=False, comment="how it is known, in words"),
    Column("author", Words, nullable=False, comment="the agent who wrote it down"),
    sqlite_with_rowid=False,
    comment="Consent a purpose; the latest row of a purpose holds, the others are its history",
)

customer_tag = Table(
    "customer_tag",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id"), primary_key=True),
    Column("tag", Words, primary_key=True),
    sqlite_with_rowid=False,
)

identity = Table(
    "identity",
    metadata,
    Column(
        "kind",
        Words,
        primary_key=True,
        comment="email, phone, x …: what the value is, whichever channel it came by",
    ),
    Column("value", Words, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id"), nullable=False, index=True),
    Column("name", Words, nullable=False, server_default=""),
    Column("since", Moment, nullable=False),
    sqlite_with_rowid=False,
)

conversation = Table(
    "conversation",
    metadata,
    Column("number", Serial, primary_key=True, autoincrement=True, comment="what people say aloud and type"),
    Column("id", Id, nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id"), nullable=False),
    Column("channel", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("excerpt", Words, nullable=False, comment="beginning of the latest message"),
    Column("state", Words, nullable=False),
    Column("snoozed_until", Moment),
    Column("assignee", Words),
    Column("team", Words),
    Column("priority", Words, nullable=False, server_default="normal"),
    Column("language", Words),
    Column("public", Boolean, nullable=False),
    Column("unread", Integer, nullable=False, server_default="0", comment="customer's messages nobody has opened"),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("resolved_at", Moment),
    Column("answered_at", Moment, comment="the first answer to the customer"),
    Column("answered_in", Integer, comment="seconds on the clock's time from the first message to the first answer"),
    Column("answered_late", Boolean, comment="whether that was too late; NULL where nothing was promised"),
    Column("resolved_in", Integer, comment="seconds on the clock's time from the first message until it was resolved"),
    Column("resolved_late", Boolean, comment="whether that was too late; NULL where nothing was promised"),
    Column("reopened", Integer, nullable=False, server_default="0", comment="how often the customer came back"),
    Column("waiting_since", Moment, comment="oldest message of the customer without an answer"),
    Column("due_at", Moment, comment="when the earliest running clock ends"),
    Column("due_kind", Words),
    Column("rank", Moment, nullable=False, comment="the virtual deadline views are ordered by"),
    Column("why", Words, nullable=False, comment="JSON: the reasons of the rank"),
    Column("clocks", Words, nullable=False, comment="JSON: the state of the clocks"),
    Column("tags", Words, nullable=False, server_default="", comment="copy of its tags, each between line ends"),
    Column("promised_at", Moment, comment="when the earliest promise to the customer is due"),
    Column("escalated_to", Words, comment="an agent's id, or team:ID, who has not taken it yet"),
    Column("escalation_due_at", Moment),
    Column("approval_due_at", Moment, comment="by when somebody should decide on a gesture that was asked for"),
    Column(
        "merged_into",
        Serial,
        ForeignKey("conversation.number"),
        comment="the conversation that has its messages now",
    ),
    one_of("state", "open", "pending", "snoozed", "resolved"),
    one_of("priority", "low", "normal", "high", "urgent"),
    CheckConstraint(
        "due_kind IN ('acknowledge', 'reply', 'resolve', 'escalation', 'promise', 'approval')", name="due_kind"
    ),
    CheckConstraint("(due_at IS NULL) = (due_kind IS NULL)", name="due"),
    CheckConstraint("(state = 'snoozed') OR (snoozed_until IS NULL)", name="snoozed_until"),
    CheckConstraint("(escalated_to IS NULL) = (escalation_due_at IS NULL)", name="escalation"),
    CheckConstraint(
        "state <> 'resolved' OR (promised_at IS NULL AND escalated_to IS NULL AND approval_due_at IS NULL)",
        name="nothing_open",
    ),
    CheckConstraint("merged_into IS NULL OR state = 'resolved'", name="merged"),
    sqlite_autoincrement=True,
)

conversation_tag = Table(
    "conversation_tag",
    metadata,
    Column("tag", Words, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

message = Table(
    "message",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True, comment="order of arrival at the desk"),
    Column("id", Id, nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("direction", Words, nullable=False),
    Column("kind", Words, nullable=False, server_default="message"),
    Column("channel", Words, nullable=False),
    Column("external_id", Words),
    Column("author", Words, nullable=False, comment="identity's value, or the agent's id"),
    Column("author_name", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("subject", Words, nullable=False, server_default=""),
    Column("text", Words, nullable=False),
    Column("quoted", Words, nullable=False, server_default=""),
    Column("signature", Words, nullable=False, server_default=""),
    Column("public", Boolean, nullable=False, server_default=text("false")),
    Column("warnings", Words, nullable=False, server_default="", comment="one a line"),
    Column("came_from", Id, comment="the conversation it was in before a merge or a split"),
    one_of("direction", "in", "out", "note"),
    one_of("kind", "message", "auto_reply", "bounce", "list"),
    sqlite_autoincrement=True,
)

original = Table(
    "original",
    metadata,
    Column("message_id", Id, ForeignKey("message.id"), primary_key=True),
    Column("raw", LargeBinary, comment="zlib; NULL where it is large and kept as a blob"),
    Column("digest", Words, comment="of the blob that keeps it"),
    CheckConstraint("(raw IS NULL) <> (digest IS NULL)", name="somewhere"),
    comment="Messages as their channel sent them, whole",
)

attachment = Table(
    "attachment",
    metadata,
    Column("message_id", Id, ForeignKey("message.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Words, nullable=False, index=True, comment="SHA-256 of the bytes: where they are kept"),
    sqlite_with_rowid=False,
)

blob = Table(
    "blob",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    comment="Attachments' bytes, where no folder keeps them",
)

draft = Table(
    "draft",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("agent", Words, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("text", Words, nullable=False),
    Column("seen", BigInteger, nullable=False, comment="seq of the latest message its writer had seen"),
    Column("updated_at", Moment, nullable=False),
    Column("files", Words, nullable=False, server_default="[]", comment="JSON: paths of what is to be attached"),
    Column("actions", Words, nullable=False, server_default="", comment="JSON: what happens along with the reply"),
    one_of("kind", "reply", "note", "book"),
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False, comment="an agent's id, or the channel's"),
    Column("kind", Words, nullable=False),
    Column("detail", Words, nullable=False, server_default="{}", comment="JSON"),
    Column("step", Id, comment="what was done in one go, and is undone in one"),
    Column("undone", Boolean, nullable=False, server_default=text("false")),
    sqlite_autoincrement=True,
    comment="The audit trail: who did what when",
)

promise = Table(
    "promise",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False, comment="when it is due"),
    Column("text", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended", Words, comment="kept, renewed, dropped; NULL while it is open"),
    Column("ended_at", Moment),
    CheckConstraint("ended IN ('kept', 'renewed', 'dropped')", name="ended"),
    CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name="ended_at"),
    comment="What the brand said it would do, and by when",
)

presence = Table(
    "presence",
    metadata,
    Column("agent", Words, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("doing", Words, nullable=False),
    Column("at", Moment, nullable=False, comment="last sign of life"),
    one_of("doing", "reading", "writing"),
    sqlite_with_rowid=False,
    comment="Who is on which conversation",
)

macro_use = Table(
    "macro_use",
    metadata,
    Column("macro", Words, primary_key=True),
    Column("agent", Words, primary_key=True),
    Column("uses", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

attention = Table(
    "attention",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id"), primary_key=True),
    Column("moment", Words, primary_key=True, comment="id of a moment in agentconsole.toml"),
    Column("begins", Moment, primary_key=True),
    Column("ends", Moment, nullable=False, index=True),
    sqlite_with_rowid=False,
    comment="When an attention is proposed to whoever serves a customer; made anew every day",
)
