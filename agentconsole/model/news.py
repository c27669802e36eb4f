"""What was committed on the desk: enough to know what has to be read again, and no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

About = Literal["conversation", "customer", "draft", "presence", "delivery", "channel", "gesture", "floor", "policy"]
"""``conversation``: itself or what is in it; ``customer``: themself, or a conversation of theirs; ``delivery``: the
outbox; ``channel``: what a channel is doing; ``gesture``: the ledger; ``floor``: duty, notices, incidents, pauses;
``policy``: the rules in force, special hours among them.
"""


class Told(NamedTuple):
    """One thing that changed.

    :param subject: the conversation (of ``customer``: the customer); ``None`` where it is about none.
    :param agent: whose it is (drafts, presence, duty, mentions), else empty.
    """

    about: str
    subject: UUID | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """What changed; ``told`` is ``None`` where it is not known: anything may have."""

    told: frozenset[Told] | None = None

    def __or__(self, other: News) -> News:
        if self.told is None or other.told is None:
            return EVERYTHING
        return News(self.told | other.told)

    @property
    def everything(self) -> bool:
        """Anything may have changed."""
        return self.told is None

    def of(self, *abouts: About, agent: str | None = None) -> bool:
        """Whether something of that kind changed; with ``agent``: of theirs."""
        if self.told is None:
            return True
        return any(each.about in abouts and agent in (None, each.agent) for each in self.told)

    def without(self, agent: str, *abouts: About) -> News:
        """The same, but for what is this agent's own of that kind."""
        if self.told is None:
            return self
        return News(frozenset(each for each in self.told if each.agent != agent or each.about not in abouts))

    def subjects(self, *abouts: About) -> frozenset[UUID] | None:
        """The conversations (of ``customer``: the customers) of that kind of news; ``None``: any may have changed."""
        if self.told is None:
            return None
        return frozenset(each.subject for each in self.told if each.about in abouts and each.subject is not None)

    def concerns(self, conversation: UUID, customers: Collection[UUID]) -> bool:
        """Whether a conversation changed as its thread shows it: its customers and their other conversations too."""
        if self.told is None:
            return True
        return any(
            each.subject in customers if each.about == "customer" else each.subject == conversation
            for each in self.told
        )


EVERYTHING = News()
"""Where it is not known what changed."""
