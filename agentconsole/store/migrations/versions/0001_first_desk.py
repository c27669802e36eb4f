"""The first desk.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

from agentconsole.store.types import Id, Moment, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, and the index of words that each engine has its own way of."""
    _tables()
    _search()


def _search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE message_search USING fts5"
            "(words, content='', detail=none, columnsize=0, prefix='3 4 5 6', tokenize='ascii')"
        )
        op.execute("CREATE VIRTUAL TABLE message_word USING fts5vocab('message_search', 'row')")
    else:
        op.execute("CREATE TABLE message_search (seq bigint PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_message_search_words ON message_search USING gin (words)")


def _tables() -> None:
    op.create_table(
        "blob",
        sa.Column("digest", Words(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blob")),
        comment="Attachments' bytes, where no folder keeps them",
    )
    op.create_table(
        "cursor",
        sa.Column("channel", Words(), nullable=False),
        sa.Column("value", Words(), nullable=True, comment="where pulling goes on; only the channel understands it"),
        sa.Column("lease_by", Words(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("doing", Words(), server_default="", nullable=False, comment="what the channel is doing"),
        sa.Column("since", Moment(), nullable=True),
        sa.Column("error", Words(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_cursor")),
    )
    op.create_table(
        "customer",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("folded", Words(), nullable=False, comment="the name as it is searched"),
        sa.Column("language", Words(), nullable=True),
        sa.Column("note", Words(), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_table(
        "setting",
        sa.Column("name", Words(), nullable=False),
        sa.Column("value", Words(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
        comment="What the desk itself remembers, such as the policy its clocks were last computed with",
    )
    op.create_table(
        "conversation",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
            comment="what people say aloud and type",
        ),
        sa.Column("id", Id(), nullable=False),
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("channel", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("excerpt", Words(), nullable=False, comment="beginning of the latest message"),
        sa.Column("state", Words(), nullable=False),
        sa.Column("snoozed_until", Moment(), nullable=True),
        sa.Column("assignee", Words(), nullable=True),
        sa.Column("team", Words(), nullable=True),
        sa.Column("priority", Words(), server_default="normal", nullable=False),
        sa.Column("language", Words(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column(
            "unread",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="customer's messages nobody has opened",
        ),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column(
            "waiting_since",
            Moment(),
            nullable=True,
            comment="oldest message of the customer without an answer",
        ),
        sa.Column("due_at", Moment(), nullable=True, comment="when the earliest running clock ends"),
        sa.Column("due_kind", Words(), nullable=True),
        sa.Column("rank", Moment(), nullable=False, comment="the virtual deadline views are ordered by"),
        sa.Column("why", Words(), nullable=False, comment="JSON: the reasons of the rank"),
        sa.Column("clocks", Words(), nullable=False, comment="JSON: the state of the clocks"),
        sa.Column(
            "tags",
            Words(),
            server_default="",
            nullable=False,
            comment="copy of its tags, each between line ends",
        ),
        sa.CheckConstraint(
            "(state = 'snoozed') OR (snoozed_until IS NULL)", name=op.f("ck_conversation_snoozed_until")
        ),
        sa.CheckConstraint("due_kind IN ('acknowledge', 'reply', 'resolve')", name=op.f("ck_conversation_due_kind")),
        sa.CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name=op.f("ck_conversation_priority")),
        sa.CheckConstraint("state IN ('open', 'pending', 'snoozed', 'resolved')", name=op.f("ck_conversation_state")),
        sa.CheckConstraint("(due_at IS NULL) = (due_kind IS NULL)", name=op.f("ck_conversation_due")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_conversation_customer_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_conversation")),
        sa.UniqueConstraint("id", name=op.f("uq_conversation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_conversation_active",
        "conversation",
        [
            "rank",
            "number",
            "state",
            "assignee",
            "channel",
            "team",
            "priority",
            "language",
            "due_at",
            "due_kind",
            "opened_at",
            "tags",
        ],
        unique=False,
        sqlite_where=sa.text("state <> 'resolved'"),
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_index(
        "ix_conversation_active_updated",
        "conversation",
        ["updated_at", "number"],
        unique=False,
        sqlite_where=sa.text("state <> 'resolved'"),
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_index("ix_conversation_assignee", "conversation", ["assignee", "state", "rank"], unique=False)
    op.create_index("ix_conversation_customer", "conversation", ["customer_id", "updated_at"], unique=False)
    op.create_index(
        "ix_conversation_resolved",
        "conversation",
        [
            "updated_at",
            "number",
            "state",
            "assignee",
            "channel",
            "team",
            "priority",
            "language",
            "due_at",
            "due_kind",
            "opened_at",
            "tags",
        ],
        unique=False,
        sqlite_where=sa.text("state = 'resolved'"),
        postgresql_where=sa.text("state = 'resolved'"),
    )
    op.create_index(
        "ix_conversation_snoozed",
        "conversation",
        ["snoozed_until"],
        unique=False,
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.create_index(
        "ix_conversation_waiting",
        "conversation",
        [sa.text("coalesce(waiting_since, updated_at)"), "number"],
        unique=False,
        sqlite_where=sa.text("state <> 'resolved'"),
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_index(
        "ix_conversation_updated",
        "conversation",
        [
            "updated_at",
            "number",
            "state",
            "assignee",
            "channel",
            "team",
            "priority",
            "language",
            "due_at",
            "due_kind",
            "opened_at",
            "tags",
        ],
        unique=False,
    )
    op.create_table(
        "customer_tag",
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("tag", Words(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_tag_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "tag", name=op.f("pk_customer_tag")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity",
        sa.Column(
            "kind",
            Words(),
            nullable=False,
            comment="email, phone, x …: what the value is, whichever channel it came by",
        ),
        sa.Column("value", Words(), nullable=False),
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_identity_customer_id")),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_identity")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_identity_customer_id"), "identity", ["customer_id"], unique=False)
    op.create_table(
        "conversation_tag",
        sa.Column("tag", Words(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_tag_conversation_id")
        ),
        sa.PrimaryKeyConstraint("tag", "conversation_id", name=op.f("pk_conversation_tag")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_conversation_tag_conversation_id"), "conversation_tag", ["conversation_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("agent", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False, comment="seq of the latest message its writer had seen"),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('reply', 'note')", name=op.f("ck_draft_kind")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_draft_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", "agent", "kind", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", Words(), nullable=False, comment="an agent's id, or the channel's"),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("detail", Words(), server_default="{}", nullable=False, comment="JSON"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_event_conversation_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        comment="The audit trail: who did what when",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_conversation", "event", ["conversation_id", "seq"], unique=False)
    op.create_table(
        "message",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
            comment="order of arrival at the desk",
        ),
        sa.Column("id", Id(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("direction", Words(), nullable=False),
        sa.Column("kind", Words(), server_default="message", nullable=False),
        sa.Column("channel", Words(), nullable=False),
        sa.Column("external_id", Words(), nullable=True),
        sa.Column("author", Words(), nullable=False, comment="identity's value, or the agent's id"),
        sa.Column("author_name", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("subject", Words(), server_default="", nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("quoted", Words(), server_default="", nullable=False),
        sa.Column("signature", Words(), server_default="", nullable=False),
        sa.Column("public", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("warnings", Words(), server_default="", nullable=False, comment="one a line"),
        sa.CheckConstraint("direction IN ('in', 'out', 'note')", name=op.f("ck_message_direction")),
        sa.CheckConstraint("kind IN ('message', 'auto_reply', 'bounce', 'list')", name=op.f("ck_message_kind")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_message")),
        sa.UniqueConstraint("id", name=op.f("uq_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_thread", "message", ["conversation_id", "seq"], unique=False)
    op.create_index("uq_message_external", "message", ["channel", "external_id"], unique=True)
    op.create_table(
        "attachment",
        sa.Column("message_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("media_type", Words(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", Words(), nullable=False, comment="SHA-256 of the bytes: where they are kept"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id")),
        sa.PrimaryKeyConstraint("message_id", "position", name=op.f("pk_attachment")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_attachment_digest"), "attachment", ["digest"], unique=False)
    op.create_table(
        "original",
        sa.Column("message_id", Id(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True, comment="zlib; NULL where it is large and kept as a blob"),
        sa.Column("digest", Words(), nullable=True, comment="of the blob that keeps it"),
        sa.CheckConstraint("(raw IS NULL) <> (digest IS NULL)", name=op.f("ck_original_somewhere")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_original_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_original")),
        comment="Messages as their channel sent them, whole",
    )
    op.create_table(
        "outbox",
        sa.Column("key", Words(), nullable=False, comment="idempotency key; for mail the Message-ID"),
        sa.Column("message_id", Id(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("channel", Words(), nullable=False),
        sa.Column("envelope", Words(), nullable=False, comment="JSON: to, subject, references, quoted"),
        sa.Column("state", Words(), server_default="queued", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False, comment="fencing token"),
        sa.Column(
            "wire",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
            comment="the point of no return was passed",
        ),
        sa.Column("first_wire_at", Moment(), nullable=True),
        sa.Column(
            "bounced",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
            comment="the latest attempt was taken, and came back",
        ),
        sa.Column("lease_by", Words(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("queued_at", Moment(), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("error", Words(), server_default="", nullable=False),
        sa.Column("remark", Words(), server_default="", nullable=False),
        sa.CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name=op.f("ck_outbox_lease")),
        sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'unknown')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_outbox_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_outbox_message_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    op.create_index(op.f("ix_outbox_conversation_id"), "outbox", ["conversation_id"], unique=False)
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["channel", "not_before"],
        unique=False,
        sqlite_where=sa.text("state <> 'sent'"),
        postgresql_where=sa.text("state <> 'sent'"),
    )
