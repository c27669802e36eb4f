"""The adviser's whole day: steps, merges, promises, escalations, consent, the client book, links, presence, macros.

Revision ID: 0002
Revises: 0001
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from agentconsole.model.ids import new_id
from agentconsole.store.types import Id, Moment, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WIDE = [
    "state", "assignee", "channel", "team", "priority", "language", "due_at", "due_kind", "opened_at", "tags",
]  # fmt: skip
_OPEN = ["promised_at", "escalated_to"]
_CONVERSATION_CHECKS = {
    "ck_conversation_due_kind": "due_kind IN ('acknowledge', 'reply', 'resolve', 'escalation', 'promise')",
    "ck_conversation_escalation": "(escalated_to IS NULL) = (escalation_due_at IS NULL)",
    "ck_conversation_nothing_open": "state <> 'resolved' OR (promised_at IS NULL AND escalated_to IS NULL)",
    "ck_conversation_merged": "merged_into IS NULL OR state = 'resolved'",
}
_DRAFT_CHECKS = {"ck_draft_kind": "kind IN ('reply', 'note', 'book')"}
_OLD_CHECKS = {
    "conversation": "CONSTRAINT ck_conversation_due_kind CHECK (due_kind IN ('acknowledge', 'reply', 'resolve'))",
    "draft": "CONSTRAINT ck_draft_kind CHECK (kind IN ('reply', 'note'))",
}
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is new, widen what views are answered from, and move notes about customers into the client book."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _columns(sqlite)
    _checks(sqlite)
    _indexes()
    _tables()
    _client_book()


def _columns(sqlite: bool) -> None:
    op.add_column(
        "conversation", sa.Column("promised_at", Moment(), comment="when the earliest promise to the customer is due")
    )
    op.add_column(
        "conversation",
        sa.Column("escalated_to", Words(), comment="an agent's id, or team:ID, who has not taken it yet"),
    )
    op.add_column("conversation", sa.Column("escalation_due_at", Moment()))
    if sqlite:  # its ALTER TABLE adds a reference only together with the column
        op.execute(
            "ALTER TABLE conversation ADD COLUMN merged_into INTEGER"
            " CONSTRAINT fk_conversation_merged_into REFERENCES conversation (number)"
        )
        op.execute(
            "ALTER TABLE customer ADD COLUMN linked_to BLOB CONSTRAINT fk_customer_linked_to REFERENCES customer (id)"
        )
    else:
        op.add_column(
            "conversation", sa.Column("merged_into", _SERIAL, comment="the conversation that has its messages now")
        )
        op.create_foreign_key(
            "fk_conversation_merged_into", "conversation", "conversation", ["merged_into"], ["number"]
        )
        op.add_column(
            "customer",
            sa.Column(
                "linked_to", Id(), comment="the customer that a person said is the same one; never itself linked"
            ),
        )
        op.create_foreign_key("fk_customer_linked_to", "customer", "customer", ["linked_to"], ["id"])
    op.add_column(
        "message", sa.Column("came_from", Id(), comment="the conversation it was in before a merge or a split")
    )
    op.add_column(
        "draft",
        sa.Column(
            "files", Words(), nullable=False, server_default="[]", comment="JSON: paths of what is to be attached"
        ),
    )
    op.add_column(
        "draft",
        sa.Column(
            "actions", Words(), nullable=False, server_default="", comment="JSON: what happens along with the reply"
        ),
    )
    op.add_column("event", sa.Column("step", Id(), comment="what was done in one go, and is undone in one"))
    op.add_column("event", sa.Column("undone", sa.Boolean(), nullable=False, server_default=text("false")))


def _checks(sqlite: bool) -> None:
    """SQLite cannot alter a CHECK: the text of the table is changed, as section 7 of its ALTER TABLE page tells.

    https://sqlite.org/lang_altertable.html: a change that leaves the content as it is needs no copy of a table
    that may hold a million conversations.
    """
    for table, checks in {"conversation": _CONVERSATION_CHECKS, "draft": _DRAFT_CHECKS}.items():
        if sqlite:
            _rewrite(table, checks)
            continue
        op.drop_constraint(next(iter(checks)), table)
        for name, condition in checks.items():
            op.create_check_constraint(op.f(name), table, condition)


def _rewrite(table: str, checks: dict[str, str]) -> None:
    connection = op.get_bind()
    made = connection.execute(text("SELECT sql FROM sqlite_schema WHERE name = :name"), {"name": table}).scalar_one()
    if _OLD_CHECKS[table] not in made:
        raise RuntimeError(f"the table {table} is not as revision 0001 made it")
    wanted = ", \n\t".join(f"CONSTRAINT {name} CHECK ({condition})" for name, condition in checks.items())
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    connection.execute(text("PRAGMA writable_schema=ON"))
    connection.execute(
        text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": made.replace(_OLD_CHECKS[table], wanted), "name": table},
    )
    connection.execute(text(f"PRAGMA schema_version={version + 1}"))
    connection.execute(text("PRAGMA writable_schema=OFF"))


def _indexes() -> None:
    active, resolved = _where("state <> 'resolved'"), _where("state = 'resolved'")
    for name in ("ix_conversation_active", "ix_conversation_resolved", "ix_conversation_updated"):
        op.drop_index(name, "conversation")
    op.create_index("ix_conversation_active", "conversation", ["rank", "number", *_WIDE, *_OPEN], **active)
    op.create_index(
        "ix_conversation_resolved", "conversation", ["updated_at", "number", *_WIDE, "merged_into"], **resolved
    )
    op.create_index("ix_conversation_updated", "conversation", ["updated_at", "number", *_WIDE, *_OPEN, "merged_into"])
    op.create_index("ix_conversation_promised", "conversation", ["promised_at"], **_where("promised_at IS NOT NULL"))
    op.create_index("ix_conversation_merged_into", "conversation", ["merged_into"], **_where("merged_into IS NOT NULL"))
    op.create_index("ix_customer_linked_to", "customer", ["linked_to"], **_where("linked_to IS NOT NULL"))
    op.create_index("ix_message_came_from", "message", ["came_from"], **_where("came_from IS NOT NULL"))
    op.create_index("ix_customer_folded", "customer", [text("substr(folded, 1, 60)")])
    op.create_index("ix_event_actor", "event", ["actor", "at"])
    op.create_index("ix_event_step", "event", ["step"], **_where("step IS NOT NULL"))


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _tables() -> None:
    op.create_table(
        "customer_note",
        sa.Column("id", Id(), nullable=False),
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("author", Words(), nullable=False, comment="an agent's id; empty where it came with the customer"),
        sa.Column("text", Words(), nullable=False),
        sa.Column("dropped_at", Moment()),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_note_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_note")),
        comment="The client book: what the next adviser should know",
    )
    op.create_index(op.f("ix_customer_note_customer_id"), "customer_note", ["customer_id"])
    op.create_table(
        "consent",
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("purpose", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("source", Words(), nullable=False, comment="how it is known, in words"),
        sa.Column("author", Words(), nullable=False, comment="the agent who wrote it down"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "purpose", "at", name=op.f("pk_consent")),
        sqlite_with_rowid=False,
        comment="Consent a purpose; the latest row of a purpose holds, the others are its history",
    )
    op.create_table(
        "promise",
        sa.Column("id", Id(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("at", Moment(), nullable=False, comment="when it is due"),
        sa.Column("text", Words(), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ended", Words(), comment="kept, renewed, dropped; NULL while it is open"),
        sa.Column("ended_at", Moment()),
        sa.CheckConstraint("ended IN ('kept', 'renewed', 'dropped')", name=op.f("ck_promise_ended")),
        sa.CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name=op.f("ck_promise_ended_at")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_promise_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        comment="What the brand said it would do, and by when",
    )
    op.create_index(op.f("ix_promise_conversation_id"), "promise", ["conversation_id"])
    op.create_table(
        "presence",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("doing", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False, comment="last sign of life"),
        sa.CheckConstraint("doing IN ('reading', 'writing')", name=op.f("ck_presence_doing")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_presence_conversation_id")),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_presence")),
        sqlite_with_rowid=False,
        comment="Who is on which conversation",
    )
    op.create_index(op.f("ix_presence_conversation_id"), "presence", ["conversation_id"])
    op.create_table(
        "macro_use",
        sa.Column("macro", Words(), nullable=False),
        sa.Column("agent", Words(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("macro", "agent", name=op.f("pk_macro_use")),
        sqlite_with_rowid=False,
    )


def _client_book() -> None:
    """Each customer's one note becomes the first entry of their client book."""
    connection = op.get_bind()
    noted = sa.table("customer", sa.column("id", Id()), sa.column("note", Words()))
    book = sa.table(
        "customer_note",
        sa.column("id", Id()),
        sa.column("customer_id", Id()),
        sa.column("at", Moment()),
        sa.column("author", Words()),
        sa.column("text", Words()),
    )
    now = datetime.now(UTC)
    rows = [
        {"id": new_id(), "customer_id": customer_id, "at": now, "author": "", "text": note}
        for customer_id, note in connection.execute(sa.select(noted).where(noted.c.note != ""))
    ]
    if rows:
        connection.execute(sa.insert(book), rows)
    op.drop_column("customer", "note")
