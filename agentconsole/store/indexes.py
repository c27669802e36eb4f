"""The indexes of a desk, apart from its tables: only making and migrating a desk needs them, and telling SQLAlchemy
of them fetches the parts of it that speak to the other engine, for which a console would wait at each start.
"""

from __future__ import annotations

from sqlalchemy import Index, func, literal_column, text

from agentconsole.store.delivery_tables import outbox
from agentconsole.store.ledger import indexes as _ledger  # noqa: F401 (its indexes are made along with these)
from agentconsole.store.tables import conversation, customer, event, message, metadata
from agentconsole.store.team_tables import floor_event, flow, incident, mention, notice

__all__ = ["metadata"]

_ACTIVE = text("state <> 'resolved'")
_RESOLVED = text("state = 'resolved'")
_WIDE = [
    conversation.c[name]
    for name in (
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
    )
]
"""What views filter by: an index that has it is walked without a look at the rows that are filtered out."""
_OPEN = [conversation.c.promised_at, conversation.c.escalated_to]
"""What only active conversations have."""
Index(
    "ix_conversation_active",
    conversation.c.rank,
    conversation.c.number,
    *_WIDE,
    *_OPEN,
    conversation.c.waiting_since,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index(
    "ix_conversation_waiting",
    func.coalesce(conversation.c.waiting_since, conversation.c.updated_at),
    conversation.c.number,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index(
    "ix_conversation_active_updated",
    conversation.c.updated_at,
    conversation.c.number,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index(
    "ix_conversation_resolved",
    conversation.c.updated_at,
    conversation.c.number,
    *_WIDE,
    conversation.c.merged_into,
    sqlite_where=_RESOLVED,
    postgresql_where=_RESOLVED,
)
Index(
    "ix_conversation_updated",
    conversation.c.updated_at,
    conversation.c.number,
    *_WIDE,
    *_OPEN,
    conversation.c.merged_into,
)
_FREE = text("state = 'open' AND assignee IS NULL")
Index(
    "ix_conversation_free",
    *(conversation.c[name] for name in ("rank", "number", "team", "language", "channel", "tags")),
    sqlite_where=_FREE,
    postgresql_where=_FREE,
)
Index("ix_conversation_assignee", conversation.c.assignee, conversation.c.state, conversation.c.rank)
Index("ix_conversation_customer", conversation.c.customer_id, conversation.c.updated_at)
Index(
    "ix_conversation_snoozed",
    conversation.c.snoozed_until,
    sqlite_where=text("snoozed_until IS NOT NULL"),
    postgresql_where=text("snoozed_until IS NOT NULL"),
)


Index(
    "ix_conversation_promised",
    conversation.c.promised_at,
    sqlite_where=text("promised_at IS NOT NULL"),
    postgresql_where=text("promised_at IS NOT NULL"),
)
Index(
    "ix_conversation_approval",
    conversation.c.approval_due_at,
    sqlite_where=text("approval_due_at IS NOT NULL"),
    postgresql_where=text("approval_due_at IS NOT NULL"),
)
Index(
    "ix_customer_birthday",
    customer.c.birthday,
    sqlite_where=text("birthday IS NOT NULL"),
    postgresql_where=text("birthday IS NOT NULL"),
)
Index(
    "ix_conversation_merged_into",
    conversation.c.merged_into,
    sqlite_where=text("merged_into IS NOT NULL"),
    postgresql_where=text("merged_into IS NOT NULL"),
)
Index(
    "ix_customer_linked_to",
    customer.c.linked_to,
    sqlite_where=text("linked_to IS NOT NULL"),
    postgresql_where=text("linked_to IS NOT NULL"),
)

Index("ix_customer_folded", func.substr(customer.c.folded, literal_column("1"), literal_column("60")))

Index("ix_message_at", message.c.at)
Index("ix_message_thread", message.c.conversation_id, message.c.seq)
Index("uq_message_external", message.c.channel, message.c.external_id, unique=True)

Index("ix_event_conversation", event.c.conversation_id, event.c.seq)
Index("ix_event_actor", event.c.actor, event.c.at)
Index(
    "ix_event_step",
    event.c.step,
    sqlite_where=text("step IS NOT NULL"),
    postgresql_where=text("step IS NOT NULL"),
)
Index(
    "ix_message_came_from",
    message.c.came_from,
    sqlite_where=text("came_from IS NOT NULL"),
    postgresql_where=text("came_from IS NOT NULL"),
)

Index(
    "ix_outbox_open",
    outbox.c.channel,
    outbox.c.not_before,
    sqlite_where=text("state <> 'sent'"),
    postgresql_where=text("state <> 'sent'"),
)

for _name in ("answered", "resolved"):
    _when = text(f"{_name}_at IS NOT NULL")
    Index(
        f"ix_conversation_{_name}_at",
        conversation.c[f"{_name}_at"],
        conversation.c.channel,
        conversation.c.team,
        conversation.c.assignee,
        conversation.c[f"{_name}_in"],
        conversation.c[f"{_name}_late"],
        sqlite_where=_when,
        postgresql_where=_when,
    )
Index("ix_conversation_opened_at", conversation.c.opened_at, conversation.c.channel)
Index("ix_flow_at", flow.c.at, flow.c.kind, flow.c.cause, flow.c.state, flow.c.channel, flow.c.agent)
Index("ix_flow_conversation", flow.c.conversation_id, flow.c.seq)
Index("ix_floor_event_at", floor_event.c.at)
Index(
    "ix_mention_waiting",
    mention.c.agent,
    mention.c.at,
    sqlite_where=text("seen_at IS NULL"),
    postgresql_where=text("seen_at IS NULL"),
)
Index(
    "ix_notice_live",
    notice.c.at,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
Index(
    "ix_incident_live",
    incident.c.begins,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
