"""Which conversations, in which order: a saved view or a search with ``me`` and ``now`` filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agentconsole.model.states import ClockKind, Priority, State


class Order(StrEnum):
    """Of a page: what to do first, longest waiting first, or latest change first."""

    RANK = "rank"
    WAITING = "waiting"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of time, UTC; ``None`` is no bound."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """Everything must hold; what is empty lets everything through.

    :param assignees: one of these agents.
    :param nobody: nobody has it; together with ``teams`` it may be one team's.
    :param due: the earliest clock ends in one of these spans.
    :param promised: a promise is open; :param escalated: an escalation is not taken; ``None``: either way.
    :param approval: a gesture was asked for, and is not refused, given or expired yet; ``None``: either way.
    :param attention: the moment (UTC) at which an attention is proposed to the customer; ``None``: either way.
    :param mentioned: a note calls this agent, who has not opened it yet.
    :param words: folded words that must all be in one message (the last one may be a beginning).
    :param customer: folded words that must be in the customer's name or an identity.
    """

    states: tuple[State, ...] = ()
    channels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    nobody: bool = False
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    languages: tuple[str, ...] = ()
    due: tuple[Span, ...] = ()
    due_kinds: tuple[ClockKind, ...] = ()
    opened: Span = field(default=Span())
    promised: bool | None = None
    escalated: bool | None = None
    approval: bool | None = None
    attention: datetime | None = None
    mentioned: str | None = None
    words: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    order: Order = Order.RANK

    @property
    def active_only(self) -> bool:
        """No resolved conversation can meet it."""
        return (bool(self.states) and State.RESOLVED not in self.states) or bool(
            self.promised or self.escalated or self.approval
        )


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the next one goes on behind it. ``at`` is the order's moment, ``number`` breaks ties."""

    at: datetime | None
    number: int
