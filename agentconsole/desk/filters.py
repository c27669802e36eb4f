"""The filters that saved views and the search have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from agentconsole.config import ClockState, Config
from agentconsole.model.criteria import Span

NOTHING = ""
"""No channel's and no team's id: a filter that lets nothing through."""


def channels_of(config: Config, names: Iterable[str]) -> tuple[str, ...]:
    """Channels by id or medium, as ids; :data:`NOTHING` where they are named but not (yet) configured."""
    wanted = set(names)
    found = tuple(c.id for c in config.channels if wanted & {c.id, c.medium})
    return found if found or not wanted else (NOTHING,)


def clock_spans(states: Iterable[ClockState], now: datetime, config: Config) -> tuple[Span, ...]:
    """When the earliest clock of a conversation in one of these clock states ends."""
    soon = now + config.due_within
    spans = {
        ClockState.LATE: Span(None, now),
        ClockState.DUE: Span(now, soon),
        ClockState.OK: Span(soon, None),
    }
    return tuple(spans[state] for state in states)
