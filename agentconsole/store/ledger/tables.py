"""The tables of the ledger, the same on both engines: STRICT on SQLite, out of everybody's reach on PostgreSQL.

What guards them is in ``store/sql``: triggers on SQLite, functions and row-level security on PostgreSQL. Nothing but
those functions (and, on SQLite, :mod:`.sqlite`) writes here. Money is in minor units.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint

from agentconsole.store.ledger.columns import KINDS, MOST, Day, Minor, StrictMoment, Yes, money
from agentconsole.store.ledger.policy_tables import (
    agent,
    approver,
    kind,
    login,
    policy,
    reason,
    rule,
    settings,
    team,
)
from agentconsole.store.tables import metadata, one_of
from agentconsole.store.types import Id, Words

__all__ = [
    "LEDGER", "MOST", "agent", "approval", "approver", "budget", "chain", "customer", "entry", "fulfilment", "gift",
    "kind", "login", "policy", "reason", "review", "rule", "settings", "team", "voucher", "words",
]  # fmt: skip

approval = Table(
    "ledger_approval",
    metadata,
    Column("id", Id, primary_key=True),
    Column("requester", Words, ForeignKey("ledger_agent.id"), nullable=False),
    Column("key", Id, nullable=False),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id"), nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("purse", Words, nullable=False),
    Column("amount", Minor, nullable=False),
    Column("currency", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("team", Words),
    Column("period", Day, nullable=False, comment="first day of the requester's team's period that holds the money"),
    Column("requested_at", StrictMoment, nullable=False),
    Column("expires_at", StrictMoment, nullable=False),
    Column("state", Words, nullable=False),
    Column("approver", Words, ForeignKey("ledger_agent.id")),
    Column("granted", Minor),
    Column("approver_period", Day, comment="first day of the approver's period that holds the money"),
    Column("decided_at", StrictMoment),
    Column("policy", Minor, ForeignKey("ledger_policy.version"), nullable=False),
    UniqueConstraint("requester", "key", name="uq_ledger_approval_key"),
    money("amount"),
    one_of("kind", *KINDS),
    one_of("purse", "goodwill", "attention"),
    one_of("state", "requested", "approved", "refused", "withdrawn", "expired", "used"),
    CheckConstraint("approver IS NULL OR approver <> requester", name="four_eyes"),
    CheckConstraint("granted IS NULL OR granted BETWEEN 1 AND amount", name="granted"),
    CheckConstraint("(decided_at IS NULL) = (approver IS NULL)", name="decided"),
    CheckConstraint(
        "state NOT IN ('approved', 'used') OR (approver IS NOT NULL AND granted IS NOT NULL)", name="approved"
    ),
    sqlite_strict=True,
)  # fmt: skip

entry = Table(
    "ledger_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent", Words, ForeignKey("ledger_agent.id"), nullable=False, comment="whose chain it is in"),
    Column("seq", Minor, nullable=False, comment="its place in that chain, from 1, without gaps"),
    Column("entry", Words, nullable=False),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("customer_id", Id, ForeignKey("customer.id"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("purse", Words, nullable=False),
    Column("amount", Minor, nullable=False),
    Column("currency", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("team", Words),
    Column("charged_to", Words, ForeignKey("ledger_agent.id"), nullable=False),
    Column("period", Day, nullable=False, comment="first day of the period of charged_to that it counts in"),
    Column("team_period", Day, comment="the same, of the team"),
    Column("at", StrictMoment, nullable=False),
    Column("key", Id, nullable=False),
    Column("approval_id", Id, ForeignKey("ledger_approval.id")),
    Column("refers", Id, ForeignKey("ledger_entry.id"), comment="the grant that a void or a reveal is about"),
    Column("policy", Minor, ForeignKey("ledger_policy.version"), nullable=False),
    Column("text_digest", LargeBinary, nullable=False, comment="SHA-256 of salt and text, which can be erased"),
    Column("prev", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("agent", "seq", name="uq_ledger_entry_seq"),
    UniqueConstraint("agent", "key", name="uq_ledger_entry_key"),
    money("amount"),
    one_of("entry", "grant", "void", "reveal", "request", "approve", "refuse"),
    one_of("kind", *KINDS),
    one_of("purse", "goodwill", "attention"),
    CheckConstraint("(entry IN ('void', 'reveal')) = (refers IS NOT NULL)", name="refers"),
    CheckConstraint("entry NOT IN ('request', 'approve', 'refuse') OR approval_id IS NOT NULL", name="approval"),
    Index("ix_ledger_entry_customer_id", "customer_id", "at"),
    Index("ix_ledger_entry_at", "at"),
    Index("ix_ledger_entry_refers", "refers"),
    sqlite_strict=True,
    comment="The ledger: append-only, one chain of hashes an agent",
)  # fmt: skip

words = Table(
    "ledger_text",
    metadata,
    Column(  # on SQLite the words are written before their entry, whose trigger looks whether there is a proof
        "entry_id", Id, ForeignKey("ledger_entry.id", deferrable=True, initially="DEFERRED"), primary_key=True
    ),
    Column("salt", LargeBinary, nullable=False),
    Column("proof", Words, nullable=False),
    Column("remark", Words, nullable=False),
    sqlite_strict=True,
    comment="What people wrote about an entry; gone when the customer is erased",
)

chain = Table(
    "ledger_chain",
    metadata,
    Column("agent", Words, ForeignKey("ledger_agent.id"), primary_key=True),
    Column("seq", Minor, nullable=False),
    Column("head", LargeBinary, nullable=False),
    sqlite_strict=True,
)

budget = Table(
    "ledger_budget",
    metadata,
    Column("scope", Words, primary_key=True),
    Column("holder", Words, primary_key=True, comment="an agent's id, or a team's"),
    Column("purse", Words, primary_key=True),
    Column("currency", Words, primary_key=True),
    Column("period", Words, primary_key=True),
    Column("begins", Day, primary_key=True),
    Column("spent", Minor, nullable=False, server_default="0"),
    Column("reserved", Minor, nullable=False, server_default="0"),
    Column("count", Minor, nullable=False, server_default="0"),
    Column("reserved_count", Minor, nullable=False, server_default="0"),
    Column("cap", Minor, nullable=False, server_default="0", comment="under which it was last added to"),
    one_of("scope", "agent", "team"),
    one_of("purse", "goodwill", "attention"),
    one_of("period", "day", "week", "month"),
    CheckConstraint("spent >= 0 AND reserved >= 0 AND count >= 0 AND reserved_count >= 0", name="counters"),
    CheckConstraint("spent + reserved <= cap", name="cap"),
    sqlite_strict=True,
    comment="Counters: what was given and what is held back; equal to the sum of the entries",
)

customer = Table(
    "ledger_customer",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id"), primary_key=True, comment="of linked ones: their root"),
    Column("purse", Words, primary_key=True),
    Column("currency", Words, primary_key=True),
    Column("given", Minor, nullable=False, server_default="0", comment="ever, voids taken off"),
    CheckConstraint("given >= 0", name="given"),
    sqlite_strict=True,
    comment="The row that grants to one customer wait for one another at",
)

voucher = Table(
    "ledger_voucher",
    metadata,
    Column("pool", Words, primary_key=True),
    Column("code", Words, primary_key=True),
    Column("amount", Minor, nullable=False),
    Column("currency", Words, nullable=False),
    Column("expires", Day, comment="last day on which it can be used"),
    Column("imported_at", StrictMoment, nullable=False),
    Column("entry_id", Id, ForeignKey("ledger_entry.id"), unique=True, comment="the grant it was given with"),
    Column("burnt", Yes, nullable=False, comment="shown, then voided: nobody gets it any more"),
    money("amount"),
    sqlite_strict=True,
    comment="Codes, each given once",
)  # fmt: skip

fulfilment = Table(
    "ledger_fulfilment",
    metadata,
    Column("entry_id", Id, ForeignKey("ledger_entry.id"), primary_key=True),
    Column("how", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempt", Minor, nullable=False, server_default="0", comment="fencing token"),
    Column("wire", Yes, nullable=False, comment="the point of no return was passed"),
    Column("first_wire_at", StrictMoment),
    Column("lease_by", Words),
    Column("lease_until", StrictMoment),
    Column("not_before", StrictMoment, nullable=False),
    Column("queued_at", StrictMoment, nullable=False),
    Column("ended_at", StrictMoment),
    Column("ended_by", Words),
    Column("reference", Words, nullable=False, server_default="", comment="what the shop or the back office calls it"),
    Column("error", Words, nullable=False, server_default=""),
    one_of("how", "voucher", "shop", "task"),
    one_of("state", "queued", "sending", "done", "failed", "unknown", "cancelled"),
    CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
    sqlite_strict=True,
)  # fmt: skip

review = Table(
    "ledger_review",
    metadata,
    Column("entry_id", Id, ForeignKey("ledger_entry.id"), primary_key=True),
    Column("at", StrictMoment, primary_key=True),
    Column("reviewer", Words, ForeignKey("ledger_agent.id"), nullable=False),
    Column("verdict", Words, nullable=False),
    Column("remark", Words, nullable=False),
    one_of("verdict", "fine", "talk", "wrong"),
    sqlite_strict=True,
    comment="What a supervisor found when looking afterwards; the latest holds",
)

gift = Table(
    "gift",
    metadata,
    Column("entry_id", Id, ForeignKey("ledger_entry.id"), primary_key=True),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False, index=True),
    comment="Which reply a grant is in: not money, hence an ordinary table",
)

LEDGER = (
    policy, settings, agent, login, rule, reason, approver, team, kind, approval, entry, words, chain, budget, customer,
    voucher, fulfilment, review,
)  # fmt: skip
"""What only the ledger's own functions write."""
