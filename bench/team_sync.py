"""The service of a team's desk, with channels on which customers write at a steady rate.

``python -m bench.team_sync CONFIGURATION MESSAGES_AN_HOUR RESULT`` works until its standard input ends, then writes
the monotonic second at which each token was handed to the service.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Any

from agentconsole.channels.base import Finding, Page, Receipt
from agentconsole.cli.opening import opened
from agentconsole.config import ChannelSettings
from agentconsole.desk.context import Desk
from agentconsole.model.customer import identity_kind
from agentconsole.model.message import Address, Incoming, Outgoing
from agentconsole.sync import Service
from bench.setting import CHANNELS
from bench.team_console import token
from bench.words import Words

_ANSWERS = 0.4
"""Share of messages that belong to a conversation that was begun while this runs."""


class Customers:
    """A channel on which customers write; it takes every reply at once."""

    def __init__(self, settings: ChannelSettings, rate: float, told: dict[str, float], words: Words) -> None:
        self._id, self._medium, self._rate = settings.id, settings.medium, rate
        self._told, self._words, self._dice = told, words, Random(settings.id)
        self._kind = 1 + list(CHANNELS).index(settings.id)
        self._run = f"{os.getpid():x}"
        self._made: list[Incoming] = []
        self._next = monotonic() + 2
        self._taken: set[str] = set()

    def pull(self, cursor: str | None, limit: int) -> Page:
        """What customers have written since."""
        while monotonic() >= self._next:
            self._made.append(self._message(len(self._made)))
            self._next += self._dice.expovariate(self._rate)
        run, _between, count = (cursor or "").partition(":")
        after = int(count) if run == self._run else 0
        page = self._made[after : after + limit]
        now = monotonic()
        for message in page:
            self._told.setdefault(message.subject.split()[0], now)
        return Page(tuple(page), f"{self._run}:{after + len(page)}", more=after + len(page) < len(self._made))

    def _message(self, number: int) -> Incoming:
        dice = self._dice
        before = dice.choice(self._made) if self._made and dice.random() < _ANSWERS else None
        word = token(self._kind, os.getpid(), number)
        if before is not None:  # it has no line of its own on which it could be seen
            word = word.replace("zq", "re")
        who = {"phone": f"+33{word[2:]}"}.get(identity_kind(self._medium), f"{word}@customers.example")
        author = before.author if before else Address(who, f"{dice.choice(self._words.names)} {word[2:]}")
        text = f"{word} {self._words.text(dice)}"
        return Incoming(
            external_id=f"{word}.{self._run}@mx.customers.example",
            at=datetime.now(UTC),
            author=author,
            subject=f"{word} {self._words.subject(dice)}",
            text=text,
            raw=text.encode(),
            references=(before.external_id,) if before else (),
            public=self._id == "x",
        )

    def wait(self, seconds: float, stop: Event) -> None:
        """Until the next one writes."""
        stop.wait(min(seconds, max(0.0, self._next - monotonic())))

    def deliver(self, reply: Outgoing, wire: Callable[[], bool]) -> Receipt:
        """Take it."""
        if wire():
            self._taken.add(reply.key)
        return Receipt(reply.key)

    def find(self, key: str) -> bool | None:
        """Whether it was taken."""
        return key in self._taken

    def check(self) -> list[Finding]:
        """Nothing to look at."""
        return []

    def close(self) -> None:
        """Nothing is kept open."""


def main() -> int:
    """Serve until nobody wants it any more."""
    configuration, an_hour, result = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
    told: dict[str, float] = {}
    words, channels = Words(10_000), dict[str, Any]()

    def opener(settings: ChannelSettings, _desk: Desk) -> Customers:
        share = CHANNELS[settings.id] / sum(CHANNELS.values())
        made: Customers = channels.setdefault(settings.id, Customers(settings, an_hour / 3600 * share, told, words))
        return made

    with opened(argparse.Namespace(config=Path(configuration), agent=None), service=True) as desk:
        service = Service(desk, opener)
        service.start()
        sys.stdin.read()
        service.stop()
    result.write_text(json.dumps(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
