"""The words of a conversation's state, as agentconsole.toml, the command line and the desk write them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a conversation stands: OPEN waits for us, PENDING for the customer, SNOOZED for a time."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Priority(StrEnum):
    """How much a conversation matters, as people set it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ClockKind(StrEnum):
    """The clocks of a conversation: three of the SLA, that of an escalation nobody has taken, that of a
    promise, that of a gesture somebody must approve."""

    ACKNOWLEDGE = "acknowledge"
    REPLY = "reply"
    RESOLVE = "resolve"
    ESCALATION = "escalation"
    PROMISE = "promise"
    APPROVAL = "approval"


class ClockState(StrEnum):
    """How a clock stands: past its time, due soon, or in good time."""

    LATE = "late"
    DUE = "due"
    OK = "ok"


class Role(StrEnum):
    """What somebody may do in the console."""

    ADVISER = "adviser"
    SENIOR = "senior"
    COMMUNITY = "community"
    SUPERVISOR = "supervisor"


MEDIUMS = (
    "app", "chat", "facebook", "form", "forum", "instagram", "mail", "mastodon", "matrix", "messenger",
    "phone", "review", "sms", "telegram", "whatsapp", "x",
)  # fmt: skip
"""What customers commonly write with: SLAs, boosts and views may name these without such a channel."""
