"""The tables of a team at work: who is on duty, mentions, notices, incidents, what supervisors do to the floor, and
the figures of days gone by."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, Table

from agentconsole.store.tables import Serial, metadata, one_of
from agentconsole.store.types import Id, Moment, Words

duty = Table(
    "duty",
    metadata,
    Column("agent", Words, primary_key=True),
    Column("state", Words, nullable=False),
    Column("since", Moment, nullable=False, comment="since when the state is this one"),
    Column("at", Moment, nullable=False, comment="last sign of life of a console"),
    one_of("state", "here", "away", "gone"),
    sqlite_with_rowid=False,
    comment="Who is at work: here takes conversations, away does for a while not, gone has left",
)

mention = Table(
    "mention",
    metadata,
    Column("message_id", Id, ForeignKey("message.id"), primary_key=True),
    Column("agent", Words, primary_key=True, comment="who is to read the note"),
    Column("author", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("seen_at", Moment, comment="when that agent said so; NULL while it waits for them"),
    sqlite_with_rowid=False,
    comment="@names in notes",
)

notice = Table(
    "notice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("recipient", Words, comment="an agent's id; everybody where NULL"),
    Column("text", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, comment="a banner is not shown any more from then on"),
    Column("ended_at", Moment),
    Column("ended_by", Words),
    one_of("kind", "banner", "message"),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
    CheckConstraint("kind = 'message' OR recipient IS NULL", name="banner"),
    comment="What a supervisor tells the consoles: a banner stays on all of them, a message is read once",
)

notice_seen = Table(
    "notice_seen",
    metadata,
    Column("notice_id", Id, ForeignKey("notice.id"), primary_key=True),
    Column("agent", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

incident = Table(
    "incident",
    metadata,
    Column("id", Id, primary_key=True),
    Column("begins", Moment, nullable=False, comment="first conversation of the burst"),
    Column("raised_at", Moment, nullable=False),
    Column("words", Words, nullable=False, comment="JSON: what they share, as compared and as written"),
    Column("usual", Integer, nullable=False, comment="conversations usual for that hour, times 1000"),
    Column("state", Words, nullable=False, server_default="raised"),
    Column("macro", Words, comment="the macro that is pinned to its conversations"),
    Column("notice_id", Id, ForeignKey("notice.id"), comment="its banner"),
    Column("actor", Words, comment="who confirmed, dismissed or ended it"),
    Column("ended_at", Moment),
    one_of("state", "raised", "confirmed", "dismissed", "ended"),
    CheckConstraint("(state IN ('dismissed', 'ended')) = (ended_at IS NOT NULL)", name="ended_at"),
    comment="A burst of similar conversations",
)

incident_conversation = Table(
    "incident_conversation",
    metadata,
    Column("incident_id", Id, ForeignKey("incident.id"), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

channel_pause = Table(
    "channel_pause",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("author", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Words, nullable=False, server_default=""),
    sqlite_with_rowid=False,
    comment="Channels that are neither pulled nor delivered to until somebody goes on with them",
)

special_hours = Table(
    "special_hours",
    metadata,
    Column("day", Date, primary_key=True),
    Column("spans", Words, nullable=False, comment="as in agentconsole.toml: 08:00-22:00; empty where closed"),
    Column("author", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Words, nullable=False, server_default=""),
    comment="Opening hours of single days, before those of the configuration",
)

floor_event = Table(
    "floor_event",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("detail", Words, nullable=False, server_default="{}", comment="JSON"),
    sqlite_autoincrement=True,
    comment="The audit trail of what is done to the floor rather than to one conversation",
)

flow = Table(
    "flow",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Words, nullable=False, comment="in: it began to wait for us; out: it does not any more"),
    Column("cause", Words, nullable=False, comment="customer, agent, timer, undo, bounce, merge or policy"),
    Column("channel", Words, nullable=False),
    Column("team", Words),
    Column("agent", Words, comment="who did it, where a person did"),
    Column(
        "state",
        Words,
        nullable=False,
        comment="where it came from, or went to; new: from nowhere; unanswered: pending so",
    ),
    one_of("kind", "in", "out"),
    one_of("state", "new", "pending", "unanswered", "snoozed", "resolved"),
    sqlite_autoincrement=True,
    comment="Conversations that came to wait for us, and those that ceased to: every change into and out of open",
)

day_figure = Table(
    "day_figure",
    metadata,
    Column("day", Date, primary_key=True, comment="in the desk's time zone"),
    Column("scope", Words, primary_key=True, comment="all, channel:ID, team:ID or agent:ID"),
    Column("figures", Words, nullable=False, comment="JSON: see docs/metrics.md"),
    Column("made_at", Moment, nullable=False),
    sqlite_with_rowid=False,
    comment="The figures of days that are over, so that a year opens at once",
)
