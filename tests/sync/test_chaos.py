"""Consoles that are killed, and a service that breaks connections: nobody gets a reply twice, none is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agentconsole.desk import delivery, replies
from agentconsole.desk.context import Desk
from agentconsole.sync import Service
from tests.conftest import SUPPORT
from tests.incoming import everything, opened
from tests.support.post_office import Office
from tests.sync.conftest import opened as open_configured

ROOT = Path(__file__).parents[2]
THREADS, EACH, CONSOLES, KILLS = 20, 3, 3, 12


class Consoles:
    """`agentconsole sync` in processes of their own, killed and begun anew."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self.running = [self._begin() for _ in range(CONSOLES)]
        self.said: list[str] = []

    def _begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "agentconsole", "--config", str(self._config), "sync"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(SUPPORT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self, nth: int, *, again: bool = True) -> None:
        """As kill -9 does."""
        child = self.running[nth]
        child.kill()
        self.said.append(child.communicate()[1])
        if again:
            self.running[nth] = self._begin()


@pytest.mark.parametrize(
    ("address", "asks", "seed"), [("sqlite", "never", 2), ("postgresql", "knows", 1)], indirect=["address"]
)
def test_killed_consoles_and_broken_connections(
    configure: Callable[..., Path], office: Office, asks: str, seed: int
) -> None:
    dice = random.Random(seed)
    for thread in range(THREADS):
        office.writes("hello", who=f"{thread}@x.example")
    config = configure(asks)
    desk = open_configured(config)
    Service(desk, holder="filling").once()
    for nth in range(EACH):
        for row in everything(desk):
            replies.reply(desk, row.number, f"{row.number}.{nth}")
    consoles = Consoles(config)
    _mishaps(office, dice)
    try:
        for _ in range(KILLS):
            threading.Event().wait(dice.uniform(0.1, 0.6))
            consoles.kill(dice.randrange(CONSOLES))
        _until_quiet(desk, seconds=3)
    finally:
        for nth in range(CONSOLES):
            consoles.kill(nth, again=False)
    office.mishap = lambda stage: False
    for _ in range(4):
        Service(replace(desk, now=lambda: datetime.now(UTC) + timedelta(hours=1)), holder="last").once()
    _nobody_got_a_reply_twice_and_none_is_lost(desk, office, asks)
    assert not [said for said in consoles.said if "fault" in said or "Traceback" in said]
    desk.store.close()


def _mishaps(office: Office, dice: random.Random) -> None:
    """One connection in six breaks at each stage, and everything takes a moment, so that kills meet all of it."""

    def mishap(stage: str) -> bool:
        time.sleep(dice.uniform(0, 0.05))
        return dice.random() < 1 / 6

    office.mishap = mishap


def _until_quiet(desk: Desk, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(entry.state != "unknown" for entry in delivery.undelivered(desk)):
        threading.Event().wait(0.1)


def _nobody_got_a_reply_twice_and_none_is_lost(desk: Desk, office: Office, asks: str) -> None:
    copies = office.copies()
    assert set(copies.values()) == {1}
    told = [(m.external_id, m.text, m.delivery) for row in everything(desk) for m in opened(desk, row.number).messages]
    written = {key: (text, sent) for key, text, sent in told if sent}
    assert len(written) == THREADS * EACH
    states = {key: sent.state for key, (_, sent) in written.items()}
    assert set(states.values()) <= ({"sent"} if asks == "knows" else {"sent", "unknown"})
    assert {key for key, state in states.items() if state == "sent"} <= set(copies)
    if asks == "knows":
        assert set(copies) == set(written)
    by_thread: dict[int, list[str]] = {}
    for reply in office.taken:
        assert reply["text"] == written[reply["key"]][0]
        by_thread.setdefault(reply["number"], []).append(reply["text"])
    if asks == "never":  # what is unknown is not repeated, so what arrives is in order
        assert all(texts == sorted(texts) for texts in by_thread.values())
