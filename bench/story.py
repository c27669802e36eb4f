"""Conversations as rows, each folded through the desk's own clocks and rank, as intake would have made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from agentconsole.config import Priority, State
from agentconsole.desk.clocks import Event
from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.model.customer import identity_kind
from agentconsole.model.ids import new_id
from agentconsole.store import journal
from bench.setting import AGENTS, CHANNELS, LANGUAGES, LIVE, TAGS, TEAMS
from bench.words import Words

SPAN = timedelta(days=540)
"""How far back the oldest conversation goes."""
ACTIVE = 0.05
"""Share of conversations that are not resolved."""
_NEWEST = 0.06
"""Share of conversations, the newest, among which nine in ten of the active ones are."""
_TAG_WEIGHTS = [1 / rank for rank in range(1, len(TAGS) + 1)]


@dataclass(slots=True)
class Rows:
    """What a batch of conversations is, table by table."""

    standings: list[Standing] = field(default_factory=list)
    customers: list[dict[str, Any]] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    originals: list[tuple[UUID, bytes]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    tags: list[tuple[UUID, str]] = field(default_factory=list)
    vips: list[tuple[UUID, str]] = field(default_factory=list)


class Teller:
    """Tells one conversation after another, oldest first; the same seed tells the same ones."""

    def __init__(self, desk: Desk, size: int, words: Words, seed: int = 5) -> None:
        self._desk = desk
        self._size = size
        self._words = words
        self._random = Random(seed)
        self._media = list(CHANNELS)
        self._shares = list(CHANNELS.values())
        self._known: list[tuple[UUID, str, tuple[str, ...]]] = []
        self._now = desk.now()
        self._serial = 0

    def tell(self, first: int, count: int) -> Rows:
        """The conversations from the ``first`` on; messages in the order in which they reached the desk."""
        rows = Rows()
        for number in range(first, first + count):
            self._conversation(rows, number)
        rows.messages.sort(key=lambda row: row["at"])
        return rows

    def _conversation(self, rows: Rows, number: int) -> None:
        random = self._random
        customer_id, name, customer_tags = self._customer(rows, number)
        medium = random.choices(self._media, self._shares)[0]
        active = self._is_active(number)
        began = self._began(number, active)
        standing = Standing(
            id=new_id(),
            customer_id=customer_id,
            channel=medium,
            subject=self._words.subject(random),
            excerpt="",
            state=State.OPEN,
            opened_at=began,
            updated_at=began,
            public=medium == "x",
            team=random.choice(TEAMS),
            priority=random.choices((Priority.NORMAL, Priority.HIGH, Priority.URGENT, Priority.LOW), (85, 8, 3, 4))[0],
            language=random.choice(LANGUAGES),
            customer_tags=customer_tags,
        )
        self._events(rows, standing, name, active)
        rows.standings.append(standing)
        chosen = set(random.choices(TAGS, _TAG_WEIGHTS, k=random.choice((0, 1, 1, 2))))
        rows.tags += [(standing.id, tag) for tag in sorted(chosen)]

    def _is_active(self, number: int) -> bool:
        newest = number >= self._size * (1 - _NEWEST)
        share = ACTIVE * 0.9 / _NEWEST if newest else ACTIVE * 0.1 / (1 - _NEWEST)
        return self._random.random() < share

    def _began(self, number: int, active: bool) -> datetime:
        """Active ones mostly began within the last hours, so that some clocks are late and some still run."""
        if active and number >= self._size * (1 - _NEWEST):
            return self._now - timedelta(hours=self._random.expovariate(1 / 5) + 0.01)
        age = SPAN * (1 - number / self._size)
        return self._now - age - timedelta(hours=self._random.random() * 30)

    def _customer(self, rows: Rows, number: int) -> tuple[UUID, str, tuple[str, ...]]:
        """A new customer, or one who has written before: three in five are new."""
        random = self._random
        if self._known and random.random() > 0.6:
            return random.choice(self._known)
        customer_id = new_id()
        name = f"{random.choice(self._words.names)} {self._words.words[random.randrange(300, 30_000)].title()}"
        tags = ("vip",) if random.random() < 0.02 else ()
        since = self._now - SPAN * (1 - number / self._size) - timedelta(days=2)
        rows.customers.append({"id": customer_id, "name": name, "language": random.choice(LANGUAGES), "since": since})
        rows.identities += [
            {"kind": kind, "value": _address(kind, number), "customer_id": customer_id, "name": name, "since": since}
            for kind in ("email", "phone", "x")
        ]
        rows.vips += [(customer_id, tag) for tag in tags]
        self._known.append((customer_id, name, tags))
        return self._known[-1]

    def _events(self, rows: Rows, standing: Standing, name: str, active: bool) -> None:
        """Question and answer in turn, three messages on average; then the state it is left in."""
        random = self._random
        count = min(30, 1 + int(random.expovariate(1 / 1.5) + 0.5))
        count += not active and count % 2
        agent, at = random.choice(AGENTS), standing.opened_at
        pace = 0.1 if standing.channel in LIVE else 3.0
        for turn in range(count):
            inbound = turn % 2 == 0
            text = self._words.text(random)
            self._message(rows, standing, name if inbound else agent, at, text, inbound=inbound)
            at = min(at + timedelta(hours=random.expovariate(1 / pace)), self._now)
        rows.events.append(journal.entry(standing.id, standing.opened_at, standing.channel, "opened"))
        if not active or random.random() < 0.6:
            standing.assignee = agent
            rows.events.append(journal.entry(standing.id, at, agent, "assigned", to=agent))
        ends = State.RESOLVED if not active else random.choices((None, State.PENDING, State.SNOOZED), (62, 30, 8))[0]
        if ends is not None:
            standing.happens(self._desk, Event(ends.value), at)
            rows.events.append(journal.entry(standing.id, at, agent, "state", state=ends.value, after=0))
        if ends is State.SNOOZED:
            standing.snoozed_until = self._now + timedelta(hours=random.random() * 90 + 1)
        if not active or (standing.assignee and random.random() < 0.5):
            standing.unread = 0

    def _message(self, rows: Rows, standing: Standing, who: str, at: datetime, text: str, *, inbound: bool) -> None:
        self._serial += 1
        message_id, external_id = new_id(), f"{self._serial:x}.{at.timestamp():.0f}@mx.customers.example"
        standing.happens(self._desk, Event.CUSTOMER if inbound else Event.ANSWER, at, text)
        standing.shows(text, at)
        rows.messages.append(
            {
                "id": message_id,
                "conversation_id": standing.id,
                "direction": "in" if inbound else "out",
                "kind": "message",
                "channel": standing.channel,
                "external_id": external_id,
                "author": _address(identity_kind(standing.channel), self._serial) if inbound else who,
                "author_name": who,
                "at": at,
                "subject": standing.subject,
                "text": text,
                "quoted": "",
                "signature": "",
                "public": standing.public,
                "warnings": "",
            }
        )
        if inbound:
            rows.originals.append((message_id, _HEADER % external_id.encode() + text.encode()))
        else:
            rows.outbox.append(_delivered(standing, message_id, external_id, at))


def _address(kind: str, number: int) -> str:
    return {"email": f"c{number}@customers.example", "phone": f"+336{number:08d}"}.get(kind, f"{kind}_{number}")


def _delivered(standing: Standing, message_id: UUID, key: str, at: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "message_id": message_id,
        "conversation_id": standing.id,
        "channel": standing.channel,
        "envelope": f'{{"to":["c@customers.example",""],"subject":"Re: {standing.number}","references":[]}}',
        "state": "sent",
        "attempt": 1,
        "wire": True,
        "first_wire_at": at,
        "queued_at": at,
        "not_before": at,
        "ended_at": at,
    }


_HEADER = b"""Return-Path: <c@customers.example>\r
Received: from mx.customers.example by mx.brand.example with ESMTPS; Mon, 02 Mar 2026 09:12:33 +0000\r
DKIM-Signature: v=1; a=rsa-sha256; d=customers.example; s=2026; h=from:to:subject:date; bh=9f2kQ0eX1v7m; b=u3Zq81LwTn\r
Message-ID: <%s>\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
"""
