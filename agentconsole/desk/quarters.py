"""Arrivals and what was handled, by the quarter of an hour: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from agentconsole.model.floor import Quarter
from agentconsole.store.flow import QUARTER, Moved, quarter_of


def quarters(
    moved: Iterable[Moved], opens: datetime | None = None, until: datetime | None = None
) -> tuple[Quarter, ...]:
    """Each quarter of an hour from the first in which something happened, to the last, without gaps.

    :param opens: a moment (UTC) with which they begin at the latest. :param until: one with which they end.
    """
    arrived: Counter[datetime] = Counter()
    handled: Counter[datetime] = Counter()
    for begins, kind, _agent, count in moved:
        (arrived if kind == "in" else handled)[begins] += count
    marks = [*arrived, *handled, *(quarter_of(at) for at in (opens, until) if at is not None)]
    found: list[Quarter] = []
    at = min(marks, default=None)
    while at is not None and at <= max(marks):
        found.append(Quarter(at, arrived[at], handled[at]))
        at += QUARTER
    return tuple(found)


def by_agent(moved: Iterable[Moved]) -> dict[str, int]:
    """How often each person handled a conversation."""
    found: Counter[str] = Counter()
    for _begins, kind, agent, count in moved:
        if kind == "out" and agent is not None:
            found[agent] += count
    return dict(found)
