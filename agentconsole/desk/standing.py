"""A conversation while it is being changed: what happens to it, and the columns that follow from that.

Every change of a conversation goes through here, so that state, clocks and rank never disagree. A standing is
read, changed and written within one transaction; the deciding itself is pure (:mod:`.clocks`, :mod:`.rank`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection

from agentconsole.config import ClockKind, Priority, State
from agentconsole.desk import clocks as clock
from agentconsole.desk import rank
from agentconsole.desk.clocks import Clocks, Due, Event
from agentconsole.desk.context import Desk
from agentconsole.desk.hours import BusinessTime
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import conversations, customers, flow, journal, messages
from agentconsole.text import fold

EXCERPT = 160
"""Characters of the latest message that a row shows."""
_CLOCKS: TypeAdapter[Clocks] = TypeAdapter(Clocks)
Cause = Literal["customer", "agent", "timer", "undo", "bounce", "merge", "policy"]
"""Why a conversation came to wait for us, or ceased to: see docs/metrics.md."""


@dataclass(slots=True)
class Standing:
    """One conversation, in a transaction. ``waiting_text`` is what the customer wrote without an answer, folded."""

    id: UUID
    customer_id: UUID
    channel: str
    subject: str
    excerpt: str
    state: State
    opened_at: datetime
    updated_at: datetime
    public: bool
    number: int | None = None
    snoozed_until: datetime | None = None
    assignee: str | None = None
    team: str | None = None
    priority: Priority = Priority.NORMAL
    language: str | None = None
    unread: int = 0
    resolved_at: datetime | None = None
    clocks: Clocks = field(default_factory=Clocks)
    customer_tags: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    waiting_text: str = ""
    promised_at: datetime | None = None
    escalated_to: str | None = None
    escalation_due_at: datetime | None = None
    approval_due_at: datetime | None = None
    merged_into: int | None = None
    stored: State | None = None
    """The state that the store has; ``None`` of a new one."""

    def happens(self, desk: Desk, event: Event, at: datetime, text: str = "") -> None:
        """Fold an event into state and clocks; ``text`` is what the customer wrote, subject and all."""
        sla, calendar = clock.policy(desk.config, self.channel, desk.medium(self.channel))
        before, self.state = self.state, clock.state_after(self.state, event)
        self.clocks = clock.after(self.clocks, event, at, sla, calendar, state=before)
        if self.state is not State.SNOOZED:
            self.snoozed_until = None
        if self.state is State.RESOLVED:
            self.resolved_at = at
            self.escalated_to = self.escalation_due_at = None
        elif before is State.RESOLVED:
            self.resolved_at = None
        if event is Event.CUSTOMER:
            self.waiting_text = f"{self.waiting_text}\n{fold(text)}" if self.clocks.waiting_messages > 1 else fold(text)
            self.unread += 1
        elif event in (Event.ANSWER, Event.ELSEWHERE) and not self.clocks.waiting_messages:
            self.waiting_text = ""

    def shows(self, text: str, at: datetime) -> None:
        """The latest message is this one: what a row of a view says of the conversation."""
        self.excerpt = " ".join(text[: EXCERPT * 4].split())[:EXCERPT]
        self.updated_at = max(self.updated_at, at)

    def columns(self, desk: Desk) -> dict[str, Any]:
        """Everything that is stored of it, with due time and rank as they follow."""
        medium = desk.medium(self.channel)
        _, calendar = clock.policy(desk.config, self.channel, medium)
        due = self._due(calendar) if self.state is not State.RESOLVED else None
        facts = rank.Facts(
            customer_tags=frozenset(self.customer_tags),
            tags=frozenset(self.tags),
            channel_id=self.channel,
            medium=medium,
            priority=self.priority,
            public=self.public,
            text=self.waiting_text,
            reopened=self.clocks.reopened,
            waiting_messages=self.clocks.waiting_messages,
            updated_at=self.updated_at,
        )
        ranked = rank.rank(due, desk.config.boosts, facts)
        counts = self.merged_into is None  # in figures: what was merged does as part of the other one
        return {
            "id": self.id,
            "customer_id": self.customer_id,
            "channel": self.channel,
            "subject": self.subject,
            "excerpt": self.excerpt,
            "state": str(self.state),
            "snoozed_until": self.snoozed_until,
            "assignee": self.assignee,
            "team": self.team,
            "priority": str(self.priority),
            "language": self.language,
            "public": self.public,
            "unread": self.unread,
            "opened_at": self.opened_at,
            "updated_at": self.updated_at,
            "resolved_at": self.resolved_at,
            "answered_at": self.clocks.first_answer_at if counts else None,
            "answered_in": _seconds(self.clocks.answered_in) if counts else None,
            "answered_late": self.clocks.answered_late if counts else None,
            "resolved_in": _seconds(self.clocks.resolved_in) if counts else None,
            "resolved_late": self.clocks.resolved_late if counts else None,
            "reopened": self.clocks.reopened,
            "waiting_since": self.clocks.waiting_since,
            "due_at": due.at if due else None,
            "due_kind": str(due.kind) if due else None,
            "rank": ranked.rank,
            "why": rank.to_json(ranked.why),
            "clocks": _CLOCKS.dump_json(self.clocks, exclude_defaults=True).decode(),
            "promised_at": self.promised_at,
            "escalated_to": self.escalated_to,
            "escalation_due_at": self.escalation_due_at,
            "approval_due_at": self.approval_due_at,
            "merged_into": self.merged_into,
        }

    @property
    def moved(self) -> bool:
        """Whether it began to wait for us since it was stored, or ceased to."""
        return (self.stored is State.OPEN) != (self.state is State.OPEN)

    def _due(self, calendar: BusinessTime) -> Due | None:
        """Whichever runs out first: a clock of the SLA, an escalation nobody took, a promise, or an approval."""
        found = [clock.due(self.clocks, calendar)]
        if self.escalation_due_at is not None:
            found.append(Due(ClockKind.ESCALATION, self.escalation_due_at))
        if self.promised_at is not None:
            found.append(Due(ClockKind.PROMISE, self.promised_at))
        if self.approval_due_at is not None:
            found.append(Due(ClockKind.APPROVAL, self.approval_due_at))
        return min(filter(None, found), key=lambda due: due.at, default=None)


def load(connection: Connection, rows: Iterable[ConversationRow]) -> dict[UUID, Standing]:
    """Conversations as they stand, by id: a few reads for all of them."""
    found = {row.id: row for row in rows}
    if not found:
        return {}
    ids = list(found)
    tags = conversations.tags_of(connection, ids)
    clocks = {i: _CLOCKS.validate_json(text) for i, text in conversations.clocks_of(connection, ids).items()}
    vips = customers.tags_of(connection, list({row.customer_id for row in found.values()}))
    resolved = conversations.resolved_at(connection, [i for i in ids if found[i].state is State.RESOLVED])
    waiting = messages.waiting_texts(
        connection, {i: state.waiting_messages for i, state in clocks.items() if state.waiting_messages}
    )
    return {
        row.id: Standing(
            id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            channel=row.channel,
            subject=row.subject,
            excerpt=row.excerpt,
            state=row.state,
            snoozed_until=row.snoozed_until,
            assignee=row.assignee,
            team=row.team,
            priority=row.priority,
            language=row.language,
            public=row.public,
            unread=row.unread,
            opened_at=row.opened_at,
            updated_at=row.updated_at,
            resolved_at=resolved.get(row.id),
            clocks=clocks[row.id],
            customer_tags=vips.get(row.customer_id, ()),
            tags=tags.get(row.id, ()),
            waiting_text="\n".join(map(fold, waiting.get(row.id, ()))),
            promised_at=row.promised_at,
            escalated_to=row.escalated_to,
            escalation_due_at=row.escalation_due_at,
            approval_due_at=row.approval_due_at,
            merged_into=row.merged_into,
            stored=row.state,
        )
        for row in found.values()
    }


def save(
    connection: Connection, desk: Desk, standings: Sequence[Standing], cause: Cause = "agent", agent: str | None = None
) -> None:
    """Write them: new ones are added (the desk gives them a number), known ones changed.

    :param cause: why those that came to wait for us, or ceased to, did. :param agent: who made them, if a person did.
    """
    conversations.add(connection, [s.columns(desk) for s in standings if s.number is None])
    conversations.put(connection, [s.columns(desk) for s in standings if s.number is not None])
    now = desk.now()
    flow.record(connection, [flow_row(s, cause, agent, now) for s in standings if s.moved])
    for standing in standings:
        standing.stored = standing.state


def flow_row(standing: Standing, cause: Cause, agent: str | None, now: datetime) -> dict[str, Any]:
    """The row of the table ``flow`` that tells that it began to wait for us at a moment (UTC), or ceased to."""
    waits = standing.state is State.OPEN
    owed = standing.state is State.PENDING and standing.clocks.waiting_messages > 0
    return {
        "conversation_id": standing.id,
        "at": now,
        "kind": "in" if waits else "out",
        "cause": cause,
        "channel": standing.channel,
        "team": standing.team,
        "agent": agent,
        "state": str((standing.stored or "new") if waits else "unanswered" if owed else standing.state),
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def refold(connection: Connection, desk: Desk, standing: Standing) -> bool:
    """Compute the clocks anew from all that happened, by today's policy.

    An answer that failed to reach the customer did not happen, nor did the change of state that was part of it.
    Changes of state are taken from the audit trail, each of which names the latest message of its time.

    :returns: whether it stands as the trail tells; otherwise what brought it there counts as happening now.
    """
    history = messages.history(connection, standing.id)
    failed = {seq for seq, *_, delivery in history if delivery == "failed"}
    events: list[tuple[int, Event, datetime, str]] = [
        (int(detail["after"]), Event(detail["state"]), at, "")
        for at, detail in journal.state_changes(connection, standing.id)
        if not (detail.get("reply") and int(detail["after"]) in failed)
    ]
    for seq, direction, kind, at, text, delivery in history:
        event = clock.event_of(direction, kind)
        if event is Event.ELSEWHERE and delivery is not None:
            event = Event.ANSWER
        if event is not None and delivery != "failed":
            events.append((seq, event, at, text))
    events.sort(key=lambda item: (item[0], item[1] not in (Event.CUSTOMER, Event.ANSWER, Event.ELSEWHERE)))
    unread, ends, escalated = standing.unread, standing.state, (standing.escalated_to, standing.escalation_due_at)
    standing.clocks, standing.state, standing.waiting_text = Clocks(), State.OPEN, ""
    snoozed, resolved = standing.snoozed_until, standing.resolved_at
    for _, event, at, text in events:
        standing.happens(desk, event, at, text)
    standing.unread, standing.snoozed_until = unread, snoozed if ends is State.SNOOZED else None
    standing.escalated_to, standing.escalation_due_at = escalated
    traced = standing.state is ends
    if not traced:
        standing.happens(desk, Event(ends.value), desk.now())
    standing.resolved_at = (resolved or standing.resolved_at) if ends is State.RESOLVED else None
    return traced
