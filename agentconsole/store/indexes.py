"""The indexes of a desk, apart from its tables: only making and migrating a desk needs them, and telling SQLAlchemy
of them fetches the parts of it that speak to the other engine, for which a console would wait at each start.
"""

from __future__ import annotations

from sqlalchemy import Index, func, literal_column

from agentconsole.store.delivery_tables import outbox
from agentconsole.store.ledger.indexes import metadata
from agentconsole.store.partial import partial_index, present_index
from agentconsole.store.tables import conversation, customer, event, message
from agentconsole.store.team_tables import floor_event, flow, incident, mention, notice

__all__ = ["metadata"]

_ACTIVE = "state <> 'resolved'"
_RESOLVED = "state = 'resolved'"
_FREE = "state = 'open' AND assignee IS NULL"
_FILTERS = ("state", "assignee", "channel", "team", "priority", "language", "due_at", "due_kind", "opened_at", "tags")
_c = conversation.c
_WIDE = [_c[name] for name in _FILTERS]
"""What views filter by: an index that has it is walked without a look at the rows that are filtered out."""
_OPEN = [_c.promised_at, _c.escalated_to]
"""What only active conversations have."""

partial_index("ix_conversation_active", _ACTIVE, _c.rank, _c.number, *_WIDE, *_OPEN, _c.waiting_since)
partial_index("ix_conversation_waiting", _ACTIVE, func.coalesce(_c.waiting_since, _c.updated_at), _c.number)
partial_index("ix_conversation_active_updated", _ACTIVE, _c.updated_at, _c.number)
partial_index("ix_conversation_resolved", _RESOLVED, _c.updated_at, _c.number, *_WIDE, _c.merged_into)
Index("ix_conversation_updated", _c.updated_at, _c.number, *_WIDE, *_OPEN, _c.merged_into)
partial_index("ix_conversation_free", _FREE, _c.rank, _c.number, _c.team, _c.language, _c.channel, _c.tags)
Index("ix_conversation_assignee", _c.assignee, _c.state, _c.rank)
Index("ix_conversation_customer", _c.customer_id, _c.updated_at)
Index("ix_conversation_opened_at", _c.opened_at, _c.channel)
for _name in ("answered", "resolved"):
    _how = (_c[f"{_name}_in"], _c[f"{_name}_late"])
    present_index(f"ix_conversation_{_name}_at", _c[f"{_name}_at"], _c.channel, _c.team, _c.assignee, *_how)
present_index("ix_conversation_snoozed", _c.snoozed_until)
present_index("ix_conversation_promised", _c.promised_at)
present_index("ix_conversation_approval", _c.approval_due_at)
present_index("ix_conversation_merged_into", _c.merged_into)

Index("ix_customer_folded", func.substr(customer.c.folded, literal_column("1"), literal_column("60")))
present_index("ix_customer_birthday", customer.c.birthday)
present_index("ix_customer_linked_to", customer.c.linked_to)

Index("ix_message_at", message.c.at)
Index("ix_message_thread", message.c.conversation_id, message.c.seq)
Index("uq_message_external", message.c.channel, message.c.external_id, unique=True)
present_index("ix_message_came_from", message.c.came_from)

Index("ix_event_conversation", event.c.conversation_id, event.c.seq)
Index("ix_event_actor", event.c.actor, event.c.at)
present_index("ix_event_step", event.c.step)

partial_index("ix_outbox_open", "state <> 'sent'", outbox.c.channel, outbox.c.not_before)

Index("ix_flow_at", flow.c.at, flow.c.kind, flow.c.cause, flow.c.state, flow.c.channel, flow.c.agent)
Index("ix_flow_conversation", flow.c.conversation_id, flow.c.seq)
Index("ix_floor_event_at", floor_event.c.at)
partial_index("ix_mention_waiting", "seen_at IS NULL", mention.c.agent, mention.c.at)
partial_index("ix_notice_live", "ended_at IS NULL", notice.c.at)
partial_index("ix_incident_live", "ended_at IS NULL", incident.c.begins)
