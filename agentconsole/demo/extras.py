"""What the stories do not tell: people whom the desk knows twice, consents, the client book, promises, escalations.

Chosen by a checksum of the stories' own keys, so that the same desk has the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from agentconsole.config import State
from agentconsole.demo.world import Person, Story
from agentconsole.demo.world.brand import CHANNELS, COLLEAGUES
from agentconsole.demo.world.data import world
from agentconsole.desk.context import Desk
from agentconsole.desk.hours import Calendar
from agentconsole.desk.standing import Standing
from agentconsole.model.conversation import Promise
from agentconsole.model.ids import new_id
from agentconsole.model.message import Direction
from agentconsole.store import journal

_TWICE = 3
"""Of so many who write by mail and otherwise, the desk does not know of one that it is the same person."""
_SECOND_HOST = "@boite-perso.example"
_ASKED = 3
"""Of so many customers, one was asked for consent."""
_NOTED = 12
"""Of so many customers, one has a note of an adviser in the client book."""
_SOURCES = {
    "fr": ("formulaire d'inscription", "par téléphone", "en boutique"),
    "en": ("sign-up form", "on the phone", "in the shop"),
}
_PROMISED = {
    "fr": ("Rappeler après le passage du technicien", "Confirmer le remboursement", "Donner des nouvelles du colis"),
    "en": ("Call back after the engineer's visit", "Confirm the refund", "Say where the parcel is"),
}
_REASONS = {
    "fr": "Deuxième relance, le client parle de résilier.",
    "en": "Second reminder, the customer speaks of leaving.",
}
_SUPERVISOR = next(who for who in COLLEAGUES if who.role == "supervisor")


@dataclass(frozen=True, slots=True)
class Escalated:
    """To whom, why, since when and until when (UTC) it has to be taken."""

    to: str
    reason: str
    at: datetime
    due: datetime


@dataclass(slots=True)
class Extras:
    """Who and what was chosen."""

    twice: frozenset[str] = frozenset()
    promised: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    escalated: dict[str, Escalated] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"consents": [], "notes": []})
    promises: list[tuple[UUID, Promise]] = field(default_factory=list)
    _hosts: set[str] = field(default_factory=set)

    @classmethod
    def chosen(cls, desk: Desk, told: Sequence[Story]) -> Extras:
        """From all the stories of a desk."""
        kinds: dict[str, set[str]] = {}
        for story in told:
            kinds.setdefault(story.person.key, set()).add(CHANNELS[story.channel].identity)
        twice = frozenset(key for key, of in kinds.items() if len(of) > 1 and "email" in of and not _sum(key) % _TWICE)
        found, now = cls(twice), desk.now()
        waiting = [s for s in told if s.assignee and s.state in (State.PENDING, State.SNOOZED)]
        working = [s for s in told if s.assignee and s.state is State.OPEN]
        for story, at in zip(_drawn(waiting, 3) + _drawn(working, 2), _dates(desk, now), strict=False):
            texts = _PROMISED[story.language]
            found.promised[story.key] = at, texts[_sum(story.key) % len(texts)]
        rest = [s for s in working if s.key not in found.promised and s.assignee != _SUPERVISOR.id]
        for story, left in zip(_drawn(rest, 2), (timedelta(minutes=35), -timedelta(minutes=12)), strict=False):
            at = max(now + left - desk.config.escalate_within, story.lines[-1].at)
            found.escalated[story.key] = Escalated(_SUPERVISOR.id, _REASONS[story.language], at, now + left)
        return found

    def known_as(self, story: Story) -> str:
        """The key of the customer a story is told of: who is known twice is another one by another kind of address."""
        kind = CHANNELS[story.channel].identity
        return story.person.key if story.person.key not in self.twice or kind == "email" else f"{story.person.key}+"

    def identities(self, person: Person, key: str) -> list[tuple[str, str, str]]:
        """What that customer is known by; the second one also has a mailbox of their own of the same name."""
        if person.key not in self.twice:
            return list(person.identities)
        if key == person.key:
            return [known for known in person.identities if known[0] == "email"]
        address = next(value for kind, value, _shown in person.identities if kind == "email")
        found = [known for known in person.identities if known[0] != "email"]
        second = address.partition("@")[0] + _SECOND_HOST
        if second not in self._hosts:
            self._hosts.add(second)
            found.append(("email", second, person.name))
        return found

    def learn(self, customer_id: UUID, person: Person, key: str, since: datetime, now: datetime) -> None:
        """Consent and notes of a new customer."""
        chance, language = _sum(key), person.language if person.language in _SOURCES else "en"
        who = COLLEAGUES[chance % len(COLLEAGUES)].id
        at = since + (now - since) * (chance % 89) / 100
        if not chance % _ASKED:
            source = _SOURCES[language][chance % len(_SOURCES[language])]
            for purpose, given in (("news", chance % 7 < 4), ("survey", chance % 5 < 3)):
                row = {"customer_id": customer_id, "purpose": purpose, "at": at, "given": given}
                self.rows["consents"].append(row | {"source": source, "author": who})
        if not chance % _NOTED:
            notes = world().people["notes"]
            row = {"id": new_id(), "customer_id": customer_id, "at": at, "author": who}
            self.rows["notes"].append(row | {"text": notes[chance // _NOTED % len(notes)]})

    def happen(self, desk: Desk, story: Story, standing: Standing) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What was promised in a story, or passed on: changes the standing; entries of the trail, and messages."""
        entries: list[dict[str, Any]] = []
        messages: list[dict[str, Any]] = []
        if story.key in self.promised:
            due, text = self.promised[story.key]
            made_at, author = story.lines[-1].at, story.assignee or desk.agent.id
            made = Promise(new_id(), 0, due, text, author, made_at)
            self.promises.append((standing.id, made))
            standing.promised_at = due
            detail: dict[str, Any] = {"promise": str(made.id), "due": due.isoformat(), "text": text}
            entries.append(journal.entry(standing.id, made_at, author, "promised", **detail))
        if story.key in self.escalated:
            passed, author = self.escalated[story.key], story.assignee or desk.agent.id
            standing.escalated_to, standing.escalation_due_at, standing.assignee = passed.to, passed.due, passed.to
            messages.append(_note(desk, story, standing, passed, author))
            passing: dict[str, Any] = {"to": passed.to, "due": passed.due.isoformat(), "reason": passed.reason}
            passing |= {"before": None, "due_before": None}
            entries.append(journal.entry(standing.id, passed.at, author, "escalated", **passing))
        return entries, messages


def _note(desk: Desk, story: Story, standing: Standing, passed: Escalated, author: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "conversation_id": standing.id,
        "direction": str(Direction.NOTE),
        "kind": "message",
        "channel": story.channel,
        "external_id": None,
        "author": author,
        "author_name": desk.agent_name(author),
        "at": passed.at,
        "subject": "",
        "text": passed.reason,
        "quoted": "",
        "signature": "",
        "public": False,
        "warnings": "",
    }


def _dates(desk: Desk, now: datetime) -> list[datetime]:
    """When promises are due: tomorrow, soon, the day after; and of what is being worked on, one just late."""
    calendar = Calendar.of(desk.config.hours)
    midnight = now.astimezone(desk.config.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [calendar.next_open(midnight + timedelta(days=n)) or midnight + timedelta(days=n, hours=8) for n in (1, 2)]
    minute = now.replace(second=0, microsecond=0)
    return [
        days[0] + timedelta(hours=2),
        minute + timedelta(hours=3),
        days[1] + timedelta(hours=6),
        minute - timedelta(minutes=25),
        minute + timedelta(minutes=40),
    ]


def _drawn(stories: Iterable[Story], count: int) -> list[Story]:
    return sorted(stories, key=lambda story: (_sum(story.key), story.key))[:count]


def _sum(key: str) -> int:
    return crc32(key.encode())
