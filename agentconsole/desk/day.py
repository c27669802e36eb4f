"""One's own day in figures, from the audit trail: for oneself to look at, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median
from uuid import UUID

from agentconsole.desk import clocks
from agentconsole.desk.context import Desk
from agentconsole.store import conversations, days
from agentconsole.store.days import Handled

HOURS = 24


@dataclass(frozen=True, slots=True)
class Day:
    """What an agent did since midnight in the desk's time zone. What was undone does not count.

    :param handled: conversations that were replied to or resolved, each once.
    :param first_response: the median time from a conversation's first message to its first answer, of those whose
        first answer was the agent's and today; in open time, as the SLA of the conversation's channel counts it
        (elapsed time on channels whose SLA does). ``None`` where there was none.
    :param reopened: of the conversations resolved today, how many the customer has written in since.
    :param by_hour: how many were handled first in each hour of the clock on the wall, 24 numbers; their sum is
        ``handled``.
    """

    handled: int
    first_response: timedelta | None
    reopened: int
    by_hour: tuple[int, ...]


def mine(desk: Desk) -> Day:
    """The agent's own day so far: a few indexed reads."""
    zone = desk.config.zone
    midnight = datetime.combine(desk.now().astimezone(zone).date(), time.min, zone).astimezone(UTC)
    with desk.store.read() as connection:
        done = days.handled(connection, desk.agent.id, midnight)
        first = days.first_answers(connection, {item.conversation_id for item in done if item.kind == "replied"})
        resolved = {item.conversation_id: item.after for item in done if item.kind == "state"}
        written = days.customers_latest(connection, resolved)
        rows = {row.id: row for row in conversations.by_ids(connection, first)}
    by_hour = [0] * HOURS
    for at in _first(done).values():
        by_hour[at.astimezone(zone).hour] += 1
    times = []
    for conversation_id, (actor, at) in first.items():
        if actor == desk.agent.id and at >= midnight:
            row = rows[conversation_id]
            _sla, calendar = clocks.policy(desk.config, row.channel, desk.medium(row.channel))
            times.append(calendar.between(row.opened_at, at).total_seconds())
    return Day(
        handled=sum(by_hour),
        first_response=timedelta(seconds=median(times)) if times else None,
        reopened=_reopened(resolved, written),
        by_hour=tuple(by_hour),
    )


def _first(done: Iterable[Handled]) -> dict[UUID, datetime]:
    """When each conversation was handled first."""
    found: dict[UUID, datetime] = {}
    for item in done:
        found.setdefault(item.conversation_id, item.at)
    return found


def _reopened(resolved: Mapping[UUID, int], written: Mapping[UUID, int]) -> int:
    return sum(1 for conversation_id, after in resolved.items() if written.get(conversation_id, 0) > after)
