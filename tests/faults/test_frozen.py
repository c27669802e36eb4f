"""A service that stands still (SIGSTOP) for longer than its leases, and then goes on as if nothing had been."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable

import pytest

from agentconsole.desk import delivery, replies
from tests.faults.conftest import Floor, until

_LONGER = 3.0
"""Seconds: more than a lease of tests/sync/conftest.py."""


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, on_floor: Callable[[str], Floor]) -> Floor:
    """A floor on each engine."""
    if request.param == "sqlite":
        return on_floor("desk.sqlite")
    found: Floor = request.getfixturevalue("floor")
    return found


@pytest.mark.parametrize("stage", ["hello", "request", "kept"])
def test_frozen_while_it_delivers(anywhere: Floor, stage: str) -> None:
    """Before the reply is on its way, on its way, and taken but not known to be: another one sees to it, once."""
    floor, reached, goes_on = anywhere, threading.Event(), threading.Event()
    config = floor.configured(floor.direct, "service")
    first = floor.begin(config)
    number = floor.customers(1)[0]

    def mishap(now: str) -> bool:
        if now == stage and not reached.is_set():
            floor.freeze(first)
            reached.set()
            goes_on.wait(30)
        return False

    floor.office.mishap = mishap
    replies.reply(floor.desk, number, "once")
    assert reached.wait(30)
    second = floor.begin(config)
    if stage == "request":
        goes_on.set()  # the office takes it now; whoever sent it does not see the answer
    if stage != "hello":
        until(floor.asks, "nobody took over")
    until(lambda: _settled(floor), "nobody took over")
    first.send_signal(signal.SIGCONT)
    goes_on.set()
    floor.office.writes("are you there?", who="later@x.example")
    until(lambda: len(floor.numbers()) == 2, "nobody pulls")
    floor.delivered()
    floor.right(["once"])
    assert (first.poll(), second.poll()) == (None, None)


def _settled(floor: Floor) -> bool:
    """The reply was taken by the office, and the desk knows; with what is on the wire the desk waits."""
    return bool(floor.office.taken) and not delivery.undelivered(floor.desk)


def test_frozen_by_turns(anywhere: Floor) -> None:
    """Wherever each of two services stands when it freezes, messages come once, and replies go once."""
    floor, dice = anywhere, random.Random(7)
    config = floor.configured(floor.direct, "service")
    services = [floor.begin(config) for _ in range(2)]
    written = []
    for turn in range(3):
        service = services[turn % 2]
        numbers = floor.customers(4)
        for number in numbers:
            replies.reply(floor.desk, number, f"{turn}.{number}")
            written.append(f"{turn}.{number}")
        threading.Event().wait(dice.uniform(0, 0.2))
        floor.freeze(service)
        floor.office.writes(f"meanwhile {turn}", who=f"{turn}@y.example")
        threading.Event().wait(_LONGER)
        service.send_signal(signal.SIGCONT)
    until(lambda: len(floor.numbers()) == len(floor.office.inbox), "not all was pulled")
    floor.delivered()
    floor.right(written)
