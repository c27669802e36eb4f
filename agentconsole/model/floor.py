"""The floor as a supervisor sees it: figures of a moment and of a day. docs/metrics.md defines each of them.

Times are UTC; spans are seconds of the clocks' own time (open hours where the SLA counts so); shares are 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

DutyState = Literal["here", "away", "gone"]
IncidentState = Literal["raised", "confirmed", "dismissed", "ended"]


@dataclass(frozen=True, slots=True)
class Load:
    """Open conversations in a view or on a channel, and what sleeps there."""

    id: str
    open: int
    late: int
    """Of the open ones, those of which a clock has run out."""
    due: int
    """Of the open ones, those not late, but with a clock that runs out within the hour."""
    oldest: datetime | None
    """Since when the one waits that has waited longest."""
    paused: str = ""
    """Of a channel: who paused it, in words; empty where it runs."""
    asleep: int = 0
    """Snoozed or awaiting the customer, though a clock has run out; not among those above."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, over some conversations."""

    count: int = 0
    median: int | None = None
    p90: int | None = None
    promised: int = 0
    """How many of them had a promise in the SLA."""
    kept: int = 0
    """How many of these were in time."""

    @property
    def within(self) -> float | None:
        """The share within the SLA; ``None`` where nothing was promised."""
        return self.kept / self.promised if self.promised else None


@dataclass(frozen=True, slots=True)
class Compared:
    """Today until now, and the same weekday a week before until the same time of day."""

    today: Spread
    before: Spread


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour."""

    begins: datetime
    arrived: int
    """Conversations that customers made wait for us: new ones and those that came back."""
    handled: int
    """Conversations that an adviser made cease to wait for us, less what was undone."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many will be open at closing time if it goes on like the last two hours."""

    open: int
    """Now."""
    arriving: float
    """An hour."""
    handling: float
    """An hour."""
    closing: datetime | None
    """The next end of opening hours; ``None`` while closed."""
    at_closing: int | None


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """An adviser now and today."""

    id: str
    state: DutyState
    since: datetime | None
    number: int | None
    """The conversation they are on."""
    doing: str
    """"reading", "writing" or empty."""
    open: int
    capacity: int
    waiting: int
    """Of the open ones, those whose customer waits for an answer."""
    late: int
    """Of the open ones, as of :class:`Load`."""
    handled: int
    reopened: int
    """Conversations of theirs that came back today after they had been resolved."""
    first_response: Spread = Spread()
    asleep: int = 0
    """As of :class:`Load`."""


@dataclass(frozen=True, slots=True)
class Spend:
    """Goodwill gestures in one currency, minor units."""

    currency: str
    today: int
    month: int
    budget: int | None
    """Of all teams together this month; ``None`` where none has a monthly budget."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A burst of similar conversations."""

    id: UUID
    begins: datetime
    raised_at: datetime
    words: tuple[str, ...]
    count: int
    usual: float
    """Conversations usual for that hour."""
    channels: tuple[str, ...]
    state: IncidentState
    macro: str | None
    """Names of the macros that are pinned to it, with ", " between them."""
    banner: str | None
    actor: str | None


@dataclass(frozen=True, slots=True)
class Floor:
    """All a dashboard shows, of one moment."""

    at: datetime
    views: tuple[Load, ...]
    channels: tuple[Load, ...]
    first_response: Compared
    resolution: Compared
    quarters: tuple[Quarter, ...]
    """Today, from the first quarter of an hour in which something happened, or opening time, to now."""
    before: tuple[Quarter, ...]
    """The same weekday a week before, whole."""
    forecast: Forecast
    agents: tuple[AgentLoad, ...]
    spend: tuple[Spend, ...]
    approvals: int
    incidents: tuple[Incident, ...]

    @property
    def total(self) -> Load:
        """All channels together: what every page's header tells."""
        some = self.channels
        return Load(
            "",
            sum(load.open for load in some),
            sum(load.late for load in some),
            sum(load.due for load in some),
            min((load.oldest for load in some if load.oldest is not None), default=None),
            asleep=sum(load.asleep for load in some),
        )


@dataclass(frozen=True, slots=True)
class Which:
    """A number of the dashboard, of which one wants to see what is behind it.

    :param figure: "open", "late", "asleep", "due", "oldest", "first_response", "first_response_late", "resolution",
        "resolution_late", "arrived", "handled", "agent_waiting", "reopened", "incident", "approvals",
        "forecast", "given" and "given_month" (gestures); of the week before "arrived_before" and so on.
    :param scope: "all", "view:ID", "channel:ID", "agent:ID", "incident:UUID"; or "quarter:ISO" for arrived, handled;
        "currency:EUR" for gestures.
    """

    figure: str
    scope: str = "all"


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of a day that is over (or, of today, so far)."""

    day: date
    scope: str
    arrived: int
    handled: int
    resolved: int
    reopened: int
    messages_in: int
    messages_out: int
    waiting_at_end: int | None
    first_response: Spread
    resolution: Spread
