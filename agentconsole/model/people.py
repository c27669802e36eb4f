"""People at work: what they said of themselves, what fits them, and what they are offered."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agentconsole.model.floor import DutyState


class Duty(NamedTuple):
    """What an agent said of themselves, since when (UTC), and the last sign of life of a console of theirs."""

    agent: str
    state: DutyState
    since: datetime
    at: datetime


class Wanted(NamedTuple):
    """What fits somebody: of these teams or of none, in one of these languages, on one of these channels.

    Empty languages or channels are all of them; empty teams are conversations of no team alone. A conversation whose
    language is not known fits everybody. One with one of the topics (tags) comes before others.
    """

    teams: tuple[str, ...]
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    topics: tuple[str, ...] = ()


class Offered(NamedTuple):
    """A conversation that nobody has, as far as it decides who is handed it."""

    id: UUID
    team: str | None
    language: str | None
    channel: str
    tags: frozenset[str] = frozenset()
