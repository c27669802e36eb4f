"""Consoles that are killed while the shop is asked, and a shop that breaks connections: nothing twice, nothing lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from agentconsole.config import Config
from agentconsole.desk import fulfilment, orders
from agentconsole.desk.context import Desk
from agentconsole.model.gesture import FulfilmentState
from tests.conftest import Time
from tests.ledger.conftest import Opens
from tests.ledger.ordering import config_of, granted, waiting
from tests.servers.shop import Answer, Asked, Fails, Shop

ROOT = Path(__file__).parents[2]
GESTURES, CONSOLES, ROUNDS = 18, 3, 4


@pytest.fixture
def ledger_config(shop: Shop) -> Config:
    return config_of(shop.url)


def console(desk: Desk, folder: Path, shop: Shop) -> subprocess.Popen[str]:
    """Another console on the same desk, with the same login."""
    url = desk.store.engine.url
    address = str(url.database) if desk.store.sqlite else _address(desk)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.handing_over", address, str(folder), desk.agent.id, shop.url],
        cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def _address(desk: Desk) -> str:
    plain = make_url(desk.store.engine.url).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False).replace(":@", "@")


def _kill(child: subprocess.Popen[str]) -> str:
    child.kill()
    return child.communicate()[1]


def _soon(test: Callable[[], object], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < until, "it did not come about"
        threading.Event().wait(0.02)


@pytest.mark.parametrize("gives", [True, False])
def test_killed_between_the_request_and_its_outcome(
    open_gestures: Opens, shop: Shop, still: Callable[[datetime], None], now: Time, tmp_path: Path, gives: bool
) -> None:
    lea = open_gestures("lea")
    credit = granted(lea)
    asked, dead = threading.Event(), threading.Event()

    def does(each: Asked) -> Fails | None:
        if each.key and not dead.is_set():
            asked.set()
            dead.wait(30)
            return Fails("close before an answer", gives=gives)
        return None

    shop.does = does
    child = console(lea, tmp_path, shop)
    assert asked.wait(30)
    assert "Traceback" not in _kill(child)
    dead.set()
    found = waiting(lea, credit)
    assert found is not None
    assert (found.state, found.first_wire_at) == (FulfilmentState.SENDING, now.at)
    service = orders.opened(lea)
    assert not orders.due(lea)
    still(now.at + timedelta(minutes=2))
    assert orders.hand_over(lea, "next", service) is FulfilmentState.DONE
    assert (waiting(lea, credit), shop.given) == (None, {str(credit): 1})


def test_consoles_killed_at_any_moment(
    open_gestures: Opens, shop: Shop, still: Callable[[datetime], None], now: Time, tmp_path: Path
) -> None:
    lea, dice = open_gestures("lea"), random.Random(7)
    entries = {str(granted(lea)) for _ in range(GESTURES)}

    def does(_asked: Asked) -> Answer | Fails | None:
        time.sleep(dice.uniform(0, 0.03))
        way = dice.random()
        if way < 0.5:
            return None
        return dice.choice([
            Answer(500, gives=True), Answer(502), Answer(429), Answer(409), Fails("half a body"),
            Fails("reset before an answer", gives=dice.random() < 0.5),
        ])  # fmt: skip

    shop.does = does
    consoles = [console(lea, tmp_path, shop) for _ in range(CONSOLES)]
    said: list[str] = []
    try:
        for _ in range(ROUNDS):
            before = len(shop.asked)
            _soon(lambda before=before: len(shop.asked) > before + dice.randrange(6) or not orders.due(lea))
            nth = dice.randrange(CONSOLES)
            said.append(_kill(consoles[nth]))
            consoles[nth] = console(lea, tmp_path, shop)
            still(now.at + timedelta(minutes=dice.choice((1, 5, 70))))
    finally:
        said += [_kill(child) for child in consoles]
    shop.does = lambda _asked: None
    service = orders.opened(lea)
    for _ in range(4):
        still(now.at + timedelta(minutes=70))
        while orders.due(lea):
            orders.hand_over(lea, "last", service)
    assert fulfilment.unfulfilled(lea) == []
    assert dict(shop.given) == dict.fromkeys(entries, 1)
    assert all(each.verified for each in shop.asked)
    assert len(shop.asked) > GESTURES
    assert not [one for one in said if "Traceback" in one]
