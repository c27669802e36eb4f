"""Goodwill gestures: the ledger and what guards it, approvals' clock, birthdays, attentions.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from agentconsole.store.ledger import enforcement
from agentconsole.store.ledger.columns import Day, StrictMoment
from agentconsole.store.types import Id, Moment, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MINOR = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_YES = sa.Boolean().with_variant(sa.Integer(), "sqlite")
_CHECKS = {
    "due_kind": (
        "due_kind IN ('acknowledge', 'reply', 'resolve', 'escalation', 'promise')",
        "due_kind IN ('acknowledge', 'reply', 'resolve', 'escalation', 'promise', 'approval')",
    ),
    "nothing_open": (
        "state <> 'resolved' OR (promised_at IS NULL AND escalated_to IS NULL)",
        "state <> 'resolved' OR (promised_at IS NULL AND escalated_to IS NULL AND approval_due_at IS NULL)",
    ),
}
"""What CHECKs of conversations said, and say now."""


def upgrade() -> None:
    """Add what is new, and set the ledger's guards."""
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    op.add_column(
        "conversation",
        sa.Column(
            "approval_due_at", Moment(), comment="by when somebody should decide on a gesture that was asked for"
        ),
    )
    op.add_column("customer", sa.Column("birthday", Words(), comment="MM-DD, where the customer told it"))
    op.add_column(
        "customer",
        sa.Column("erased_at", Moment(), comment="when name, identities and words were taken away for good"),
    )
    _checks(sqlite)
    op.create_index(
        "ix_conversation_approval", "conversation", ["approval_due_at"], **_where("approval_due_at IS NOT NULL")
    )
    op.create_index("ix_customer_birthday", "customer", ["birthday"], **_where("birthday IS NOT NULL"))
    op.create_table(
        "attention",
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("moment", Words(), nullable=False, comment="id of a moment in agentconsole.toml"),
        sa.Column("begins", Moment(), nullable=False),
        sa.Column("ends", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_attention_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "moment", "begins", name=op.f("pk_attention")),
        sqlite_with_rowid=False,
        comment="When an attention is proposed to whoever serves a customer; made anew every day",
    )
    op.create_index(op.f("ix_attention_ends"), "attention", ["ends"])
    _ledger()
    enforcement.install(connection)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _checks(sqlite: bool) -> None:
    """As revision 0002 changed CHECKs."""
    if not sqlite:
        for name, (_old, new) in _CHECKS.items():
            op.drop_constraint(f"ck_conversation_{name}", "conversation")
            op.create_check_constraint(op.f(f"ck_conversation_{name}"), "conversation", new)
        return
    connection = op.get_bind()
    made = connection.execute(text("SELECT sql FROM sqlite_schema WHERE name = 'conversation'")).scalar_one()
    now = made
    for old, new in _CHECKS.values():
        if f"CHECK ({old})" not in made:
            raise RuntimeError("the table conversation is not as revision 0002 made it")
        now = now.replace(f"CHECK ({old})", f"CHECK ({new})")
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    connection.execute(text("PRAGMA writable_schema=ON"))
    connection.execute(
        text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = 'conversation'"),
        {"sql": now},
    )
    connection.execute(text(f"PRAGMA schema_version={version + 1}"))
    connection.execute(text("PRAGMA writable_schema=OFF"))


def _ledger() -> None:
    op.create_table(
        "ledger_agent",
        sa.Column("id", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("supervisor", _YES, nullable=False),
        sa.Column("team", Words(), nullable=True, comment="whose budget is charged"),
        sa.Column("training", _YES, nullable=False, comment="the delegation asks for a valid training"),
        sa.Column("trained_until", Day(), nullable=True),
        sa.Column("active", _YES, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_agent")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_budget",
        sa.Column("scope", Words(), nullable=False),
        sa.Column("holder", Words(), nullable=False, comment="an agent's id, or a team's"),
        sa.Column("purse", Words(), nullable=False),
        sa.Column("currency", Words(), nullable=False),
        sa.Column("period", Words(), nullable=False),
        sa.Column("begins", Day(), nullable=False),
        sa.Column("spent", _MINOR, server_default="0", nullable=False),
        sa.Column("reserved", _MINOR, server_default="0", nullable=False),
        sa.Column("count", _MINOR, server_default="0", nullable=False),
        sa.Column("reserved_count", _MINOR, server_default="0", nullable=False),
        sa.Column("cap", _MINOR, server_default="0", nullable=False, comment="under which it was last added to"),
        sa.CheckConstraint("period IN ('day', 'week', 'month')", name=op.f("ck_ledger_budget_period")),
        sa.CheckConstraint("purse IN ('goodwill', 'attention')", name=op.f("ck_ledger_budget_purse")),
        sa.CheckConstraint("scope IN ('agent', 'team')", name=op.f("ck_ledger_budget_scope")),
        sa.CheckConstraint("spent + reserved <= cap", name=op.f("ck_ledger_budget_cap")),
        sa.CheckConstraint(
            "spent >= 0 AND reserved >= 0 AND count >= 0 AND reserved_count >= 0",
            name=op.f("ck_ledger_budget_counters"),
        ),
        sa.PrimaryKeyConstraint(
            "scope", "holder", "purse", "currency", "period", "begins", name=op.f("pk_ledger_budget")
        ),
        comment="Counters: what was given and what is held back; equal to the sum of the entries",
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_kind",
        sa.Column("kind", Words(), nullable=False),
        sa.Column("how", Words(), nullable=False),
        sa.Column("pool", Words(), nullable=False),
        sa.CheckConstraint("how IN ('voucher', 'shop', 'task')", name=op.f("ck_ledger_kind_how")),
        sa.CheckConstraint(
            "kind IN ('voucher', 'credit', 'refund', 'item', 'redelivery', 'attention')",
            name=op.f("ck_ledger_kind_kind"),
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_ledger_kind")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_login",
        sa.Column("role", Words(), nullable=False, comment="PostgreSQL's session_user"),
        sa.Column("agent", Words(), nullable=False),
        sa.Column("active", _YES, nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_ledger_login")),
        comment="Which database role is whom",
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_policy",
        sa.Column("version", _MINOR, autoincrement=False, nullable=False),
        sa.Column("at", StrictMoment(), nullable=False),
        sa.Column(
            "author", Words(), nullable=False, comment="an agent's id, or the database role of who set up the desk"
        ),
        sa.Column("digest", Words(), nullable=False, comment="SHA-256 of the document, hexadecimal"),
        sa.Column("document", Words(), nullable=False, comment="JSON: see agentconsole.desk.policy"),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_ledger_policy")),
        comment="Every policy there was; entries name the one they were decided under",
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_team",
        sa.Column("team", Words(), nullable=False),
        sa.Column("currency", Words(), nullable=False),
        sa.Column("purse", Words(), nullable=False),
        sa.Column("period", Words(), nullable=False),
        sa.Column("budget", _MINOR, nullable=False),
        sa.CheckConstraint("period IN ('day', 'week', 'month')", name=op.f("ck_ledger_team_period")),
        sa.CheckConstraint("purse IN ('goodwill', 'attention')", name=op.f("ck_ledger_team_purse")),
        sa.PrimaryKeyConstraint("team", "currency", "purse", name=op.f("pk_ledger_team")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_approver",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("approver", Words(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["ledger_agent.id"], name=op.f("fk_ledger_approver_agent")),
        sa.ForeignKeyConstraint(["approver"], ["ledger_agent.id"], name=op.f("fk_ledger_approver_approver")),
        sa.PrimaryKeyConstraint("agent", "approver", name=op.f("pk_ledger_approver")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_chain",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("seq", _MINOR, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["ledger_agent.id"], name=op.f("fk_ledger_chain_agent")),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_ledger_chain")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_customer",
        sa.Column("customer_id", Id(), nullable=False, comment="of linked ones: their root"),
        sa.Column("purse", Words(), nullable=False),
        sa.Column("currency", Words(), nullable=False),
        sa.Column("given", _MINOR, server_default="0", nullable=False, comment="ever, voids taken off"),
        sa.CheckConstraint("given >= 0", name=op.f("ck_ledger_customer_given")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ledger_customer_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "purse", "currency", name=op.f("pk_ledger_customer")),
        comment="The row that grants to one customer wait for one another at",
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_reason",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["ledger_agent.id"], name=op.f("fk_ledger_reason_agent")),
        sa.PrimaryKeyConstraint("agent", "reason", name=op.f("pk_ledger_reason")),
        comment="Reasons for which an agent may give",
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_rule",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("currency", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("purse", Words(), nullable=False),
        sa.Column("ceiling", _MINOR, nullable=False),
        sa.Column("customer", _MINOR, nullable=False),
        sa.Column("within", _MINOR, nullable=False, comment="seconds"),
        sa.Column("proof", _MINOR, nullable=False),
        sa.Column("period", Words(), nullable=False),
        sa.Column("budget", _MINOR, nullable=False),
        sa.Column("count", _MINOR, nullable=False),
        sa.CheckConstraint(
            "kind IN ('voucher', 'credit', 'refund', 'item', 'redelivery', 'attention')",
            name=op.f("ck_ledger_rule_kind"),
        ),
        sa.CheckConstraint("period IN ('day', 'week', 'month')", name=op.f("ck_ledger_rule_period")),
        sa.CheckConstraint("purse IN ('goodwill', 'attention')", name=op.f("ck_ledger_rule_purse")),
        sa.CheckConstraint(
            "ceiling >= 0 AND customer >= 0 AND within > 0 AND proof >= 0 AND budget >= 0 AND count >= 0",
            name=op.f("ck_ledger_rule_amounts"),
        ),
        sa.ForeignKeyConstraint(["agent"], ["ledger_agent.id"], name=op.f("fk_ledger_rule_agent")),
        sa.PrimaryKeyConstraint("agent", "currency", "kind", name=op.f("pk_ledger_rule")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_setting",
        sa.Column("one", _MINOR, autoincrement=False, nullable=False),
        sa.Column("zone", Words(), nullable=False, comment="the brand's time zone"),
        sa.Column("grace", _MINOR, nullable=False, comment="seconds"),
        sa.Column("expires", _MINOR, nullable=False, comment="seconds that a request or an approval lasts"),
        sa.Column("policy", _MINOR, nullable=False),
        sa.Column(
            "seed", Words(), nullable=False, comment="what chooses the sample; agents cannot read it on PostgreSQL"
        ),
        sa.CheckConstraint("one = 1", name=op.f("ck_ledger_setting_one")),
        sa.ForeignKeyConstraint(["policy"], ["ledger_policy.version"], name=op.f("fk_ledger_setting_policy")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_ledger_setting")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_approval",
        sa.Column("id", Id(), nullable=False),
        sa.Column("requester", Words(), nullable=False),
        sa.Column("key", Id(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("purse", Words(), nullable=False),
        sa.Column("amount", _MINOR, nullable=False),
        sa.Column("currency", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("team", Words(), nullable=True),
        sa.Column(
            "period", Day(), nullable=False, comment="first day of the requester's team's period that holds the money"
        ),
        sa.Column("requested_at", StrictMoment(), nullable=False),
        sa.Column("expires_at", StrictMoment(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("approver", Words(), nullable=True),
        sa.Column("granted", _MINOR, nullable=True),
        sa.Column(
            "approver_period", Day(), nullable=True, comment="first day of the approver's period that holds the money"
        ),
        sa.Column("decided_at", StrictMoment(), nullable=True),
        sa.Column("policy", _MINOR, nullable=False),
        sa.CheckConstraint(
            "kind IN ('voucher', 'credit', 'refund', 'item', 'redelivery', 'attention')",
            name=op.f("ck_ledger_approval_kind"),
        ),
        sa.CheckConstraint("purse IN ('goodwill', 'attention')", name=op.f("ck_ledger_approval_purse")),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'refused', 'withdrawn', 'expired', 'used')",
            name=op.f("ck_ledger_approval_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'used') OR (approver IS NOT NULL AND granted IS NOT NULL)",
            name=op.f("ck_ledger_approval_approved"),
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (approver IS NULL)", name=op.f("ck_ledger_approval_decided")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000", name=op.f("ck_ledger_approval_amount")),
        sa.CheckConstraint("approver IS NULL OR approver <> requester", name=op.f("ck_ledger_approval_four_eyes")),
        sa.CheckConstraint("granted IS NULL OR granted BETWEEN 1 AND amount", name=op.f("ck_ledger_approval_granted")),
        sa.ForeignKeyConstraint(["approver"], ["ledger_agent.id"], name=op.f("fk_ledger_approval_approver")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_ledger_approval_conversation_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ledger_approval_customer_id")),
        sa.ForeignKeyConstraint(["policy"], ["ledger_policy.version"], name=op.f("fk_ledger_approval_policy")),
        sa.ForeignKeyConstraint(["requester"], ["ledger_agent.id"], name=op.f("fk_ledger_approval_requester")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_approval")),
        sa.UniqueConstraint("requester", "key", name="uq_ledger_approval_key"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_ledger_approval_customer_id"), "ledger_approval", ["customer_id"], unique=False)
    op.create_index(
        "ix_ledger_approval_open",
        "ledger_approval",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('requested', 'approved')"),
        postgresql_where=sa.text("state IN ('requested', 'approved')"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", Id(), nullable=False),
        sa.Column("agent", Words(), nullable=False, comment="whose chain it is in"),
        sa.Column("seq", _MINOR, nullable=False, comment="its place in that chain, from 1, without gaps"),
        sa.Column("entry", Words(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("customer_id", Id(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("purse", Words(), nullable=False),
        sa.Column("amount", _MINOR, nullable=False),
        sa.Column("currency", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("team", Words(), nullable=True),
        sa.Column("charged_to", Words(), nullable=False),
        sa.Column("period", Day(), nullable=False, comment="first day of the period of charged_to that it counts in"),
        sa.Column("team_period", Day(), nullable=True, comment="the same, of the team"),
        sa.Column("at", StrictMoment(), nullable=False),
        sa.Column("key", Id(), nullable=False),
        sa.Column("approval_id", Id(), nullable=True),
        sa.Column("refers", Id(), nullable=True, comment="the grant that a void or a reveal is about"),
        sa.Column("policy", _MINOR, nullable=False),
        sa.Column(
            "text_digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of salt and text, which can be erased"
        ),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(entry IN ('void', 'reveal')) = (refers IS NOT NULL)", name=op.f("ck_ledger_entry_refers")),
        sa.CheckConstraint(
            "entry IN ('grant', 'void', 'reveal', 'request', 'approve', 'refuse')", name=op.f("ck_ledger_entry_entry")
        ),
        sa.CheckConstraint(
            "entry NOT IN ('request', 'approve', 'refuse') OR approval_id IS NOT NULL",
            name=op.f("ck_ledger_entry_approval"),
        ),
        sa.CheckConstraint(
            "kind IN ('voucher', 'credit', 'refund', 'item', 'redelivery', 'attention')",
            name=op.f("ck_ledger_entry_kind"),
        ),
        sa.CheckConstraint("purse IN ('goodwill', 'attention')", name=op.f("ck_ledger_entry_purse")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000", name=op.f("ck_ledger_entry_amount")),
        sa.ForeignKeyConstraint(["agent"], ["ledger_agent.id"], name=op.f("fk_ledger_entry_agent")),
        sa.ForeignKeyConstraint(["approval_id"], ["ledger_approval.id"], name=op.f("fk_ledger_entry_approval_id")),
        sa.ForeignKeyConstraint(["charged_to"], ["ledger_agent.id"], name=op.f("fk_ledger_entry_charged_to")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_ledger_entry_conversation_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ledger_entry_customer_id")),
        sa.ForeignKeyConstraint(["policy"], ["ledger_policy.version"], name=op.f("fk_ledger_entry_policy")),
        sa.ForeignKeyConstraint(["refers"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("agent", "key", name="uq_ledger_entry_key"),
        sa.UniqueConstraint("agent", "seq", name="uq_ledger_entry_seq"),
        comment="The ledger: append-only, one chain of hashes an agent",
        sqlite_strict=True,
    )
    op.create_index("ix_ledger_entry_at", "ledger_entry", ["at"], unique=False)
    op.create_index(op.f("ix_ledger_entry_conversation_id"), "ledger_entry", ["conversation_id"], unique=False)
    op.create_index("ix_ledger_entry_customer_id", "ledger_entry", ["customer_id", "at"], unique=False)
    op.create_index("ix_ledger_entry_refers", "ledger_entry", ["refers"], unique=False)
    op.create_index(
        "uq_ledger_entry_approval",
        "ledger_entry",
        ["approval_id"],
        unique=True,
        sqlite_where=sa.text("entry = 'grant'"),
        postgresql_where=sa.text("entry = 'grant'"),
    )
    op.create_index(
        "uq_ledger_entry_void",
        "ledger_entry",
        ["refers"],
        unique=True,
        sqlite_where=sa.text("entry = 'void'"),
        postgresql_where=sa.text("entry = 'void'"),
    )
    op.create_table(
        "gift",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("message_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_gift_entry_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_gift_message_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_gift")),
        comment="Which reply a grant is in: not money, hence an ordinary table",
    )
    op.create_index(op.f("ix_gift_message_id"), "gift", ["message_id"], unique=False)
    op.create_table(
        "ledger_fulfilment",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("how", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("attempt", _MINOR, server_default="0", nullable=False, comment="fencing token"),
        sa.Column("wire", _YES, nullable=False, comment="the point of no return was passed"),
        sa.Column("first_wire_at", StrictMoment(), nullable=True),
        sa.Column("lease_by", Words(), nullable=True),
        sa.Column("lease_until", StrictMoment(), nullable=True),
        sa.Column("not_before", StrictMoment(), nullable=False),
        sa.Column("queued_at", StrictMoment(), nullable=False),
        sa.Column("ended_at", StrictMoment(), nullable=True),
        sa.Column("ended_by", Words(), nullable=True),
        sa.Column(
            "reference", Words(), server_default="", nullable=False, comment="what the shop or the back office calls it"
        ),
        sa.Column("error", Words(), server_default="", nullable=False),
        sa.CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name=op.f("ck_ledger_fulfilment_lease")),
        sa.CheckConstraint("how IN ('voucher', 'shop', 'task')", name=op.f("ck_ledger_fulfilment_how")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'done', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_ledger_fulfilment_state"),
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_fulfilment_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_fulfilment")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_ledger_fulfilment_open",
        "ledger_fulfilment",
        ["state", "not_before"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('done', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('done', 'cancelled')"),
    )
    op.create_table(
        "ledger_review",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("at", StrictMoment(), nullable=False),
        sa.Column("reviewer", Words(), nullable=False),
        sa.Column("verdict", Words(), nullable=False),
        sa.Column("remark", Words(), nullable=False),
        sa.CheckConstraint("verdict IN ('fine', 'talk', 'wrong')", name=op.f("ck_ledger_review_verdict")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_review_entry_id")),
        sa.ForeignKeyConstraint(["reviewer"], ["ledger_agent.id"], name=op.f("fk_ledger_review_reviewer")),
        sa.PrimaryKeyConstraint("entry_id", "at", name=op.f("pk_ledger_review")),
        comment="What a supervisor found when looking afterwards; the latest holds",
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_text",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("proof", Words(), nullable=False),
        sa.Column("remark", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_ledger_text_entry_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_text")),
        comment="What people wrote about an entry; gone when the customer is erased",
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_voucher",
        sa.Column("pool", Words(), nullable=False),
        sa.Column("code", Words(), nullable=False),
        sa.Column("amount", _MINOR, nullable=False),
        sa.Column("currency", Words(), nullable=False),
        sa.Column("expires", Day(), nullable=True, comment="last day on which it can be used"),
        sa.Column("imported_at", StrictMoment(), nullable=False),
        sa.Column("entry_id", Id(), nullable=True, comment="the grant it was given with"),
        sa.Column("burnt", _YES, nullable=False, comment="shown, then voided: nobody gets it any more"),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000", name=op.f("ck_ledger_voucher_amount")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_voucher_entry_id")),
        sa.PrimaryKeyConstraint("pool", "code", name=op.f("pk_ledger_voucher")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_voucher_entry_id")),
        comment="Codes, each given once",
        sqlite_strict=True,
    )
    op.create_index(
        "ix_ledger_voucher_free",
        "ledger_voucher",
        ["pool", "currency", "amount", "expires"],
        unique=False,
        sqlite_where=sa.text("entry_id IS NULL"),
        postgresql_where=sa.text("entry_id IS NULL"),
    )
