"""Rank: the virtual deadline by which conversations are ordered, and the reasons for it.

``rank = when the earliest running clock runs out - the minutes of every boost that applies``

It does not depend on what time it is now, so it is computed when a conversation changes, stored, and read in
order. The reasons are data (:class:`Reason`), stored beside it as JSON and put into words where shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from pydantic import TypeAdapter

from agentconsole.config import Boost, Priority
from agentconsole.desk.clocks import Due
from agentconsole.desk.phrases import Phrase

UNCLOCKED = timedelta(days=36_525)
"""Added to the last change of a conversation on which no clock runs: a hundred years, so that it comes after
all on which one does, even where mail of decades ago was imported."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What boosts look at.

    :param channel_id: the channel's id, and ``medium`` what customers use; a boost may name either.
    :param public: anybody can read the conversation.
    :param text: the customer's unanswered messages, joined, through :func:`agentconsole.text.fold`.
    :param reopened: how often the customer came back after it was resolved.
    :param waiting_messages: how many of the customer's messages are unanswered.
    :param updated_at: the last change, UTC; orders what no clock runs on, oldest first.
    """

    updated_at: datetime
    channel_id: str = ""
    medium: str = ""
    customer_tags: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    priority: Priority = Priority.NORMAL
    public: bool = False
    text: str = ""
    reopened: int = 0
    waiting_messages: int = 0


class ReasonCode(StrEnum):
    """Why a conversation is where it is. The first six are the clocks of the same name."""

    ACKNOWLEDGE = "acknowledge"
    REPLY = "reply"
    RESOLVE = "resolve"
    ESCALATION = "escalation"
    PROMISE = "promise"
    APPROVAL = "approval"
    NO_CLOCK = "no_clock"
    """No clock runs on it."""
    BOOST = "boost"
    """A boost of agentconsole.toml."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a rank.

    :param at: for a clock, when it runs out, UTC.
    :param label: for a boost, its name, as :func:`agentconsole.config.values.say` reads it.
    :param minutes: for a boost, by how many minutes earlier it puts the conversation; negative: later.
    """

    code: ReasonCode
    at: datetime | None = None
    label: Mapping[str, str] = field(default_factory=dict, hash=False)
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """The virtual deadline (UTC) and its reasons: the clock first, then the boosts as configured."""

    rank: datetime
    why: tuple[Reason, ...]


def rank(due: Due | None, boosts: tuple[Boost, ...], facts: Facts) -> Ranked:
    """The virtual deadline: ``due``, or else the last change plus :data:`UNCLOCKED`, minus the boosts."""
    why = reasons(due, boosts, facts)
    base = due.at if due else facts.updated_at + UNCLOCKED
    return Ranked(base - timedelta(minutes=sum(reason.minutes for reason in why)), why)


def reasons(due: Due | None, boosts: tuple[Boost, ...], facts: Facts) -> tuple[Reason, ...]:
    """What a rank is made of: the clock (or that none runs), then each boost that applies."""
    clock = Reason(ReasonCode(due.kind.value), due.at) if due else Reason(ReasonCode.NO_CLOCK)
    return clock, *(rule.reason for rule in _rules(_Same(boosts)) if rule.holds(facts))


_WHY: TypeAdapter[tuple[Reason, ...]] = TypeAdapter(tuple[Reason, ...])


def to_json(why: tuple[Reason, ...]) -> str:
    """For a column: ``[{"code":"reply","at":"2026-03-02T09:12:00Z"},{"code":"boost","minutes":30,…}]``."""
    return _WHY.dump_json(why, exclude_defaults=True).decode()


def from_json(text: str) -> tuple[Reason, ...]:
    """What :func:`to_json` made; an empty text has no reasons.

    :raises ValueError: not such a text.
    """
    return _WHY.validate_json(text) if text else ()


@dataclass(frozen=True, slots=True)
class _Rule:
    """A boost made ready for many conversations. An empty condition lets everything through."""

    reason: Reason
    customer_tags: frozenset[str]
    tags: frozenset[str]
    channels: frozenset[str]
    priority: frozenset[Priority]
    public: bool | None
    reopened: bool | None
    waiting: int
    words: tuple[Phrase, ...]

    @classmethod
    def of(cls, boost: Boost) -> _Rule:
        return cls(
            reason=Reason(ReasonCode.BOOST, None, boost.name, boost.minutes),
            customer_tags=frozenset(boost.customer_tags),
            tags=frozenset(boost.tags),
            channels=frozenset(boost.channels),
            priority=frozenset(boost.priority),
            public=boost.public,
            reopened=boost.reopened,
            waiting=boost.waiting_messages or 0,
            words=tuple(map(Phrase.of, boost.words)),
        )

    def holds(self, facts: Facts) -> bool:
        return (
            (self.public is None or self.public == facts.public)
            and (self.reopened is None or self.reopened == (facts.reopened > 0))
            and self.waiting <= facts.waiting_messages
            and (not self.priority or facts.priority in self.priority)
            and (not self.channels or facts.channel_id in self.channels or facts.medium in self.channels)
            and (not self.customer_tags or not self.customer_tags.isdisjoint(facts.customer_tags))
            and (not self.tags or not self.tags.isdisjoint(facts.tags))
            and (not self.words or any(phrase.found_in(facts.text) for phrase in self.words))
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """The very same tuple of boosts as a key: a boost's name is a dict, so that it has no hash."""

    boosts: tuple[Boost, ...]

    def __hash__(self) -> int:
        return id(self.boosts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.boosts is self.boosts


@lru_cache(maxsize=16)
def _rules(key: _Same) -> tuple[_Rule, ...]:
    return tuple(map(_Rule.of, key.boosts))
