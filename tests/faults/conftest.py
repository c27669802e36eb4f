"""A team's floor where things go wrong: a server that fails, a line that is cut, services that freeze."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from sqlalchemy import select

from agentconsole.desk import conversations, delivery, dispatch, replies
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError
from agentconsole.store.tables import message
from agentconsole.sync.service import open_configured
from tests.conftest import SUPPORT
from tests.faults.server import Server
from tests.support.post_office import Office
from tests.sync.conftest import CONFIG, opened

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which what has to come by itself does not come."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server that a test may kill, as long as it starts it again."""
    made = Server()
    yield made
    made.close()


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The name of a new database on it."""
    name = f"desk_{uuid4().hex}"
    server.run(f"CREATE DATABASE {name}")
    yield name
    if not server.up:  # a test that failed has left it so
        server.start()
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


class Floor:
    """One desk, its post office, and the programs that work on it."""

    def __init__(self, folder: Path, office: Office, direct: str) -> None:
        self.folder, self.office, self.direct = folder, office, direct
        self.running: list[subprocess.Popen[str]] = []
        self.desk = opened(self.configured(direct, "direct"))

    def configured(self, address: str, name: str) -> Path:
        """A configuration file that names the desk by an address."""
        path = self.folder / f"{name}.toml"
        path.write_text(CONFIG.format(desk=address, url=self.office.url, asks="knows"), encoding="utf-8")
        return path

    def at(self, address: str) -> Desk:
        """The desk as a console has it that reaches it by an address."""
        return opened(self.configured(address, "console"))

    def begin(self, config: Path, *, wrong_by: float | None = None, listen: bool = False) -> subprocess.Popen[str]:
        """A service, ``agentconsole sync``; ``wrong_by``: as tests.faults.skewed has it."""
        module = ["agentconsole"] if wrong_by is None else ["tests.faults.skewed", str(wrong_by)]
        with (self.folder / f"service-{len(self.running)}.log").open("w") as log:
            child = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    *module,
                    "--config",
                    str(config),
                    "sync",
                    *(["--listen", "0"] if listen else []),
                ],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(SUPPORT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
            )
        self.running.append(child)
        return child

    def freeze(self, child: subprocess.Popen[str]) -> None:
        """Let it stand still, but not in the midst of a write: a file's lock would stand still with it."""
        while True:
            child.send_signal(signal.SIGSTOP)
            while psutil.Process(child.pid).status() != psutil.STATUS_STOPPED:
                threading.Event().wait(0.01)
            if not self.desk.store.sqlite or self._unlocked():
                return
            child.send_signal(signal.SIGCONT)
            threading.Event().wait(0.02)

    def _unlocked(self) -> bool:
        with closing(sqlite3.connect(self.desk.store.name, timeout=0.2, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True

    def said(self, nth: int) -> str:
        """What a service wrote to its log."""
        return (self.folder / f"service-{nth}.log").read_text()

    def customers(self, count: int) -> list[int]:
        """Conversations with as many customers, by number: somebody has to pull."""
        before = len(self.office.inbox)
        for nth in range(before, before + count):
            self.office.writes(f"hello {nth}", who=f"{nth}@x.example")
        until(lambda: len(self.numbers()) >= count, "nobody pulled")
        return self.numbers()

    def numbers(self) -> list[int]:
        """Every conversation."""
        from tests.incoming import everything

        return [row.number for row in everything(self.desk)]

    def asks(self) -> int:
        """Ask the office about what may have been sent, as a service does twice a minute; how many it knew of."""
        settings = self.desk.config.channel("mail")
        assert settings is not None
        return dispatch.reconcile(self.desk, "mail", open_configured(settings, self.desk))

    def delivered(self) -> None:
        """Wait until nothing is left to be sent."""

        def all_sent() -> bool:
            self.asks()
            return not delivery.undelivered(self.desk)

        until(all_sent, "not all was delivered")

    def right(self, written: Sequence[str]) -> None:
        """What advisers wrote is there once and reached its customer once; what customers wrote is there once."""
        with self.desk.store.read() as connection:
            kept = connection.execute(select(message.c.direction, message.c.text)).all()
        assert Counter(text for direction, text in kept if direction == "out") == Counter(written)
        assert Counter(reply["text"] for reply in self.office.taken) == Counter(written)
        assert set(self.office.copies().values()) <= {1}
        came = Counter(text for direction, text in kept if direction == "in")
        assert came == Counter(sent["text"] for sent in self.office.inbox)

    def end(self) -> None:
        """End the programs; none of them met a fault of its own."""
        for child in self.running:
            child.send_signal(signal.SIGCONT)
            child.kill()
            child.wait()
        self.desk.store.close()
        for nth in range(len(self.running)):
            assert "Traceback" not in self.said(nth)
            assert "fault" not in self.said(nth)


@pytest.fixture
def on_floor(tmp_path: Path, office: Office) -> Iterator[Callable[[str], Floor]]:
    """Make the floor of a desk at an address."""
    made: list[Floor] = []

    def make(direct: str) -> Floor:
        made.append(Floor(tmp_path, office, direct))
        return made[-1]

    yield make
    for floor in made:
        floor.end()


@pytest.fixture
def floor(on_floor: Callable[[str], Floor], server: Server, database: str) -> Floor:
    """On the server that may fail."""
    return on_floor(server.address(database))


def until(holds: Callable[[], object], complaint: str) -> None:
    """Wait for another process's doing; a desk that is away does not hold."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except DeskError:
            pass
        assert time.monotonic() < end, complaint
        threading.Event().wait(0.05)


def persists(desk: Desk, number: int, text: str) -> str:
    """An adviser who looks, answers, and tries again as long as the desk is away; answers the words."""
    seen: list[int] = []
    until(lambda: seen.append(conversations.open_thread(desk, number).seen) or True, "it could not be looked at")
    until(lambda: replies.reply(desk, number, text, seen=seen[0]), "the reply was not taken")
    return text
