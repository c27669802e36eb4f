"""The ledger's tables of what a supervisor decided: every policy there was, and the rules of the one that holds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from agentconsole.store.ledger.columns import KINDS, Day, Minor, StrictMoment, Yes
from agentconsole.store.tables import metadata, one_of
from agentconsole.store.types import Words

policy = Table(
    "ledger_policy",
    metadata,
    Column("version", Minor, primary_key=True, autoincrement=False),
    Column("at", StrictMoment, nullable=False),
    Column("author", Words, nullable=False, comment="an agent's id, or the database role of who set up the desk"),
    Column("digest", Words, nullable=False, comment="SHA-256 of the document, hexadecimal"),
    Column("document", Words, nullable=False, comment="JSON: see agentconsole.desk.policy"),
    sqlite_strict=True,
    comment="Every policy there was; entries name the one they were decided under",
)

settings = Table(
    "ledger_setting",
    metadata,
    Column("one", Minor, primary_key=True, autoincrement=False),
    Column("zone", Words, nullable=False, comment="the brand's time zone"),
    Column("grace", Minor, nullable=False, comment="seconds"),
    Column("expires", Minor, nullable=False, comment="seconds that a request or an approval lasts"),
    Column("policy", Minor, ForeignKey("ledger_policy.version"), nullable=False),
    Column("seed", Words, nullable=False, comment="what chooses the sample; agents cannot read it on PostgreSQL"),
    CheckConstraint("one = 1", name="one"),
    sqlite_strict=True,
)

agent = Table(
    "ledger_agent",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("supervisor", Yes, nullable=False),
    Column("team", Words, comment="whose budget is charged"),
    Column("training", Yes, nullable=False, comment="the delegation asks for a valid training"),
    Column("trained_until", Day),
    Column("active", Yes, nullable=False),
    sqlite_strict=True,
)

login = Table(
    "ledger_login",
    metadata,
    Column("role", Words, primary_key=True, comment="PostgreSQL's session_user"),
    Column("agent", Words, nullable=False),
    Column("active", Yes, nullable=False),
    sqlite_strict=True,
    comment="Which database role is whom",
)

rule = Table(
    "ledger_rule",
    metadata,
    Column("agent", Words, ForeignKey("ledger_agent.id"), primary_key=True),
    Column("currency", Words, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("purse", Words, nullable=False),
    Column("ceiling", Minor, nullable=False),
    Column("customer", Minor, nullable=False),
    Column("within", Minor, nullable=False, comment="seconds"),
    Column("proof", Minor, nullable=False),
    Column("period", Words, nullable=False),
    Column("budget", Minor, nullable=False),
    Column("count", Minor, nullable=False),
    one_of("kind", *KINDS),
    one_of("purse", "goodwill", "attention"),
    one_of("period", "day", "week", "month"),
    CheckConstraint(
        "ceiling >= 0 AND customer >= 0 AND within > 0 AND proof >= 0 AND budget >= 0 AND count >= 0", name="amounts"
    ),
    sqlite_strict=True,
)

reason = Table(
    "ledger_reason",
    metadata,
    Column("agent", Words, ForeignKey("ledger_agent.id"), primary_key=True),
    Column("reason", Words, primary_key=True),
    sqlite_strict=True,
    comment="Reasons for which an agent may give",
)

approver = Table(
    "ledger_approver",
    metadata,
    Column("agent", Words, ForeignKey("ledger_agent.id"), primary_key=True),
    Column("approver", Words, ForeignKey("ledger_agent.id"), primary_key=True),
    sqlite_strict=True,
)

team = Table(
    "ledger_team",
    metadata,
    Column("team", Words, primary_key=True),
    Column("currency", Words, primary_key=True),
    Column("purse", Words, primary_key=True),
    Column("period", Words, nullable=False),
    Column("budget", Minor, nullable=False),
    one_of("purse", "goodwill", "attention"),
    one_of("period", "day", "week", "month"),
    sqlite_strict=True,
)

kind = Table(
    "ledger_kind",
    metadata,
    Column("kind", Words, primary_key=True),
    Column("how", Words, nullable=False),
    Column("pool", Words, nullable=False),
    one_of("kind", *KINDS),
    one_of("how", "voucher", "shop", "task"),
    sqlite_strict=True,
)
