"""Who is handed what: pure rules over people, their skills, their room and the time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from agentconsole.config import Agent, Config, Role
from agentconsole.desk.filters import channels_of
from agentconsole.model.floor import DutyState
from agentconsole.model.people import Duty, Offered, Wanted

ALIVE = timedelta(seconds=60)
"""After so long without a sign of life of a console its adviser is not taken for being at it any more."""


def wanted(config: Config, agent: Agent) -> Wanted:
    """What fits an agent: of their teams or of none, in their languages, on their channels; their topics first."""
    return Wanted(agent.teams, agent.languages, channels_of(config, agent.channels), agent.topics)


def capacity(config: Config, agent: Agent) -> int:
    """How many open conversations an agent has at most before they are handed another one."""
    return agent.capacity if agent.capacity is not None else config.assignment.capacity


def bounded(config: Config, agent: Agent) -> bool:
    """Whether the capacity also bounds what an agent takes by hand: not for supervisors, nor for who works alone."""
    return agent.role is not Role.SUPERVISOR and len([a for a in config.agents if not a.disabled]) > 1


def ceiling(config: Config, agent_id: str) -> int | None:
    """How many open conversations somebody may have; ``None`` where nothing bounds it, or nobody is called so."""
    agent = config.agent_of(agent_id)
    return capacity(config, agent) if agent is not None and bounded(config, agent) else None


def stands(said: Duty | None, now: datetime, return_after: timedelta) -> tuple[DutyState, datetime | None]:
    """How an agent stands and since when (UTC): what they said, as far as a console of theirs gives signs of life.

    Who is here but gives none for :data:`ALIVE` is away since the last one. Who gives none for ``return_after``
    is gone since the last one, whatever they said. Who was never here is gone, since ``None``.
    """
    if said is None:
        return "gone", None
    if said.state == "gone":
        return "gone", said.since
    silent = now - said.at
    if silent > return_after:
        return "gone", said.at
    if said.state == "here" and silent > ALIVE:
        return "away", said.at
    return said.state, said.since


def shift_over(agent: Agent, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the latest shift of an agent ended (UTC); ``None`` within one, and for who has none."""
    if not agent.shift:
        return None
    local = now.astimezone(zone)
    if any(begins <= local.time() < ends for begins, ends in agent.shift):
        return None
    days = (local.date(), local.date() - timedelta(days=1))
    ends = [_moment(day, end, zone) for day in days for _begin, end in agent.shift]
    return max(end for end in ends if end <= now)


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """``time.max`` is how agentconsole.toml's 24:00 is held."""
    if wall == time.max:
        day, wall = day + timedelta(days=1), time.min
    return datetime.combine(day, wall, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who can be handed conversations.

    :param open: how many they have. :param capacity: how many they may have.
    """

    id: str
    wanted: Wanted
    open: int
    capacity: int


def fits(wanted: Wanted, offered: Offered) -> bool:
    """As :func:`agentconsole.store.assigning.fits` says it to the store."""
    return (
        (offered.team is None or offered.team in wanted.teams)
        and (not wanted.languages or offered.language is None or offered.language in wanted.languages)
        and (not wanted.channels or offered.channel in wanted.channels)
    )


def deal(offered: Iterable[Offered], workers: Sequence[Worker]) -> list[tuple[UUID, str]]:
    """Who is handed which conversation: in the order they are offered, each to somebody whom it fits and who has room.

    Of several it is one whose topic it is, then whoever has the smallest part of their capacity filled, then the
    first by id. What fits nobody with room is left out.
    """
    has = {worker.id: worker.open for worker in workers}
    dealt = []
    for one in offered:
        able = [w for w in workers if has[w.id] < w.capacity and fits(w.wanted, one)]
        if able:
            chosen = min(
                able, key=lambda w: (one.tags.isdisjoint(w.wanted.topics), Fraction(has[w.id], w.capacity), w.id)
            )
            has[chosen.id] += 1
            dealt.append((one.id, chosen.id))
    return dealt


class Back(StrEnum):
    """Why what somebody has goes back to their team."""

    LEFT = "left"
    """They do not work here any more."""
    SHIFT = "shift"
    """Their shift is over."""
    AWAY = "away"
    GONE = "gone"


def goes_back(config: Config, agent: Agent | None, said: Duty | None, now: datetime) -> tuple[Back, datetime] | None:
    """Why what an agent has goes back now, and the moment (UTC) since when they have to have done nothing about it.

    Who was never at a console is not known to be absent.

    :param agent: ``None`` where the configuration does not have them any more.
    """
    if agent is None or agent.disabled:
        return Back.LEFT, now
    over = shift_over(agent, now, config.zone)
    if over is not None:
        return Back.SHIFT, over
    patience = config.assignment.return_after
    state, since = stands(said, now, patience)
    if state == "here" or since is None or now - since < patience:
        return None
    return Back(state), now - patience
