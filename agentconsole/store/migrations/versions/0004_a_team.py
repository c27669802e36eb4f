"""A team at one desk: duty, mentions, notices, incidents, pauses, special hours, the floor's trail, and figures.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from agentconsole.store.ledger import enforcement
from agentconsole.store.types import Id, Moment, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is new."""
    _conversations()
    _people()
    _notices()
    _floor()
    _figures()
    if op.get_bind().dialect.name == "postgresql":
        enforcement.install(op.get_bind())
    enforcement.install(op.get_bind(), "team")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _conversations() -> None:
    for column in (
        sa.Column("answered_at", Moment(), comment="the first answer to the customer"),
        sa.Column(
            "answered_in",
            sa.Integer(),
            comment="seconds on the clock's time from the first message to the first answer",
        ),
        sa.Column("answered_late", sa.Boolean(), comment="whether that was too late; NULL where nothing was promised"),
        sa.Column(
            "resolved_in",
            sa.Integer(),
            comment="seconds on the clock's time from the first message until it was resolved",
        ),
        sa.Column("resolved_late", sa.Boolean(), comment="whether that was too late; NULL where nothing was promised"),
        sa.Column(
            "reopened", sa.Integer(), nullable=False, server_default="0", comment="how often the customer came back"
        ),
    ):
        op.add_column("conversation", column)
    for name in ("answered", "resolved"):
        op.create_index(
            f"ix_conversation_{name}_at",
            "conversation",
            [f"{name}_at", "channel", "team", "assignee", f"{name}_in", f"{name}_late"],
            **_where(f"{name}_at IS NOT NULL"),
        )
    op.drop_index("ix_conversation_active", "conversation")
    op.create_index(
        "ix_conversation_active",
        "conversation",
        [
            "rank", "number", "state", "assignee", "channel", "team", "priority", "language", "due_at", "due_kind",
            "opened_at", "tags", "promised_at", "escalated_to", "waiting_since",
        ],
        **_where("state <> 'resolved'"),
    )  # fmt: skip
    op.create_index(
        "ix_conversation_free",
        "conversation",
        ["rank", "number", "team", "language", "channel", "tags"],
        **_where("state = 'open' AND assignee IS NULL"),
    )
    op.create_index("ix_conversation_opened_at", "conversation", ["opened_at", "channel"])
    op.add_column("cursor", sa.Column("pulled_at", Moment(), comment="when a pull last ended well"))


def _people() -> None:
    op.create_table(
        "duty",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("since", Moment(), nullable=False, comment="since when the state is this one"),
        sa.Column("at", Moment(), nullable=False, comment="last sign of life of a console"),
        sa.CheckConstraint("state IN ('here', 'away', 'gone')", name=op.f("ck_duty_state")),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_duty")),
        sqlite_with_rowid=False,
        comment="Who is at work: here takes conversations, away does for a while not, gone has left",
    )
    op.create_table(
        "mention",
        sa.Column("message_id", Id(), nullable=False),
        sa.Column("agent", Words(), nullable=False, comment="who is to read the note"),
        sa.Column("author", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), comment="when that agent said so; NULL while it waits for them"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_mention_message_id")),
        sa.PrimaryKeyConstraint("message_id", "agent", name=op.f("pk_mention")),
        sqlite_with_rowid=False,
        comment="@names in notes",
    )
    op.create_index("ix_mention_waiting", "mention", ["agent", "at"], **_where("seen_at IS NULL"))


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("recipient", Words(), comment="an agent's id; everybody where NULL"),
        sa.Column("text", Words(), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), comment="a banner is not shown any more from then on"),
        sa.Column("ended_at", Moment()),
        sa.Column("ended_by", Words()),
        sa.CheckConstraint("kind IN ('banner', 'message')", name=op.f("ck_notice_kind")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_notice_ended")),
        sa.CheckConstraint("kind = 'message' OR recipient IS NULL", name=op.f("ck_notice_banner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        comment="What a supervisor tells the consoles: a banner stays on all of them, a message is read once",
    )
    op.create_index("ix_notice_live", "notice", ["at"], **_where("ended_at IS NULL"))
    op.create_table(
        "notice_seen",
        sa.Column("notice_id", Id(), nullable=False),
        sa.Column("agent", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_seen_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "agent", name=op.f("pk_notice_seen")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incident",
        sa.Column("id", Id(), nullable=False),
        sa.Column("begins", Moment(), nullable=False, comment="first conversation of the burst"),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("words", Words(), nullable=False, comment="JSON: what they share, as compared and as written"),
        sa.Column("usual", sa.Integer(), nullable=False, comment="conversations usual for that hour, times 1000"),
        sa.Column("state", Words(), nullable=False, server_default="raised"),
        sa.Column("macro", Words(), comment="the macro that is pinned to its conversations"),
        sa.Column("notice_id", Id(), comment="its banner"),
        sa.Column("actor", Words(), comment="who confirmed, dismissed or ended it"),
        sa.Column("ended_at", Moment()),
        sa.CheckConstraint("state IN ('raised', 'confirmed', 'dismissed', 'ended')", name=op.f("ck_incident_state")),
        sa.CheckConstraint(
            "(state IN ('dismissed', 'ended')) = (ended_at IS NOT NULL)", name=op.f("ck_incident_ended_at")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_incident_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        comment="A burst of similar conversations",
    )
    op.create_index("ix_incident_live", "incident", ["begins"], **_where("ended_at IS NULL"))
    op.create_table(
        "incident_conversation",
        sa.Column("incident_id", Id(), nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_conversation_incident_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_incident_conversation_conversation_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", "conversation_id", name=op.f("pk_incident_conversation")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_incident_conversation_conversation_id"), "incident_conversation", ["conversation_id"])


def _floor() -> None:
    op.create_table(
        "channel_pause",
        sa.Column("channel", Words(), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", Words(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_pause")),
        sqlite_with_rowid=False,
        comment="Channels that are neither pulled nor delivered to until somebody goes on with them",
    )
    op.create_table(
        "special_hours",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "spans",
            Words(),
            nullable=False,
            comment="as in agentconsole.toml: 08:00-22:00; empty where closed",
        ),
        sa.Column("author", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", Words(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_special_hours")),
        comment="Opening hours of single days, before those of the configuration",
    )
    op.create_table(
        "floor_event",
        sa.Column("seq", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("detail", Words(), nullable=False, server_default="{}", comment="JSON"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_floor_event")),
        sqlite_autoincrement=True,
        comment="The audit trail of what is done to the floor rather than to one conversation",
    )
    op.create_index("ix_floor_event_at", "floor_event", ["at"])


def _figures() -> None:
    op.create_table(
        "flow",
        sa.Column("seq", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", Words(), nullable=False, comment="in: it began to wait for us; out: it does not any more"),
        sa.Column("cause", Words(), nullable=False, comment="customer, agent, timer, undo, bounce, merge or policy"),
        sa.Column("channel", Words(), nullable=False),
        sa.Column("team", Words()),
        sa.Column("agent", Words(), comment="who did it, where a person did"),
        sa.Column(
            "state",
            Words(),
            nullable=False,
            comment="where it came from, or went to; new: from nowhere; unanswered: pending so",
        ),
        sa.CheckConstraint("kind IN ('in', 'out')", name=op.f("ck_flow_kind")),
        sa.CheckConstraint(
            "state IN ('new', 'pending', 'unanswered', 'snoozed', 'resolved')", name=op.f("ck_flow_state")
        ),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_flow_conversation_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_flow")),
        sqlite_autoincrement=True,
        comment="Conversations that came to wait for us, and those that ceased to: every change into and out of open",
    )
    op.create_index("ix_flow_at", "flow", ["at", "kind", "cause", "state", "channel", "agent"])
    op.create_index("ix_flow_conversation", "flow", ["conversation_id", "seq"])
    op.create_index("ix_message_at", "message", ["at"])
    op.create_table(
        "day_figure",
        sa.Column("day", sa.Date(), nullable=False, comment="in the desk's time zone"),
        sa.Column("scope", Words(), nullable=False, comment="all, channel:ID, team:ID or agent:ID"),
        sa.Column("figures", Words(), nullable=False, comment="JSON: see docs/metrics.md"),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("day", "scope", name=op.f("pk_day_figure")),
        sqlite_with_rowid=False,
        comment="The figures of days that are over, so that a year opens at once",
    )
