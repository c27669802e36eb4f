"""A real console in a terminal, while its desk goes away under it, or it stands still itself."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.conftest import SUPPORT
from tests.faults.conftest import ROOT, Floor
from tests.faults.server import Server
from tests.servers.relay import Relay
from tests.terminal import Terminal

SEND = "\x13"
WORDS = "A technician comes"
_OFTEN = 8
"""Times that it stands still: more than the threads that come and go."""


@contextmanager
def console(config: Path) -> Iterator[Terminal]:
    """Somebody's, as they start it."""
    command = [sys.executable, "-m", "agentconsole", "--config", str(config), "--no-sync"]
    home = config.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {"HOME": str(home), "PYTHONPATH": str(SUPPORT), "TEXTUAL_ANIMATIONS": "none"}
    environment |= {"AGENTCONSOLE_LANGUAGE": "en"} | {
        f"XDG_{kind}_HOME": str(home / kind) for kind in ("CONFIG", "CACHE", "STATE", "DATA")
    }
    with Terminal(command, environment, (120, 40), ROOT) as made:
        made.until("why first:")
        yield made


@pytest.mark.parametrize("how", ["line", "server"])
def test_it_says_that_the_desk_is_away_and_when_it_is_back(
    floor: Floor, server: Server, database: str, how: str
) -> None:
    """What was being written stays, and is sent once."""
    service = floor.begin(floor.configured(floor.direct, "service"))
    floor.customers(3)
    with Relay(server.port) as relay, console(floor.configured(server.address(database, relay.port), "lea")) as screen:
        screen.press("r")
        screen.until("eply to")
        screen.types(WORDS)
        screen.until(WORDS)
        if how == "line":
            relay.alter = lambda piece: None
            relay.cut()
        else:
            server.stop("immediate")
        screen.until("DESK OUT OF REACH since", WORDS)
        screen.types(" soon.")
        screen.press(SEND)
        screen.settle(1)
        screen.until(f"{WORDS} soon.")
        if how == "line":
            relay.alter = lambda piece: piece
        else:
            server.start()
        screen.until("The desk is back", f"{WORDS} soon.")
        screen.press(SEND)
        screen.gone("eply to")
        floor.delivered()
        floor.right([f"{WORDS} soon."])
    assert service.poll() is None


def test_it_stands_still_for_a_while(floor: Floor) -> None:
    """It shows what has happened meanwhile, by itself, and what is done in it counts from then on."""
    service = floor.begin(floor.configured(floor.direct, "service"))
    floor.customers(2)
    with console(floor.configured(floor.direct, "lea")) as screen:
        os.kill(screen.pid, signal.SIGSTOP)
        floor.office.writes("I waited all the time", who="patient@x.example", subject="Patience")
        threading.Event().wait(4)
        threads = psutil.Process(screen.pid).num_threads()
        for _ in range(_OFTEN):
            os.kill(screen.pid, signal.SIGSTOP)
            os.kill(screen.pid, signal.SIGCONT)
            screen.settle(0.2)
        screen.until("Patience")
        assert psutil.Process(screen.pid).num_threads() < threads + _OFTEN, "more and more read the keys"
        screen.press("r")
        screen.until("eply to")
        screen.types(WORDS)
        screen.press(SEND)
        screen.gone("eply to")
        floor.delivered()
        floor.right([WORDS])
    assert service.poll() is None
