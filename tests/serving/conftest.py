"""A site as it is served, asked by whatever client a test takes; and the program itself, as a process."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
import psutil
import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import text

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, load, parse
from agentconsole.secrets import FILE_NAME
from agentconsole.serving.doors import Door, Passwords, keep_password
from agentconsole.serving.server import Settings, Site, serve
from agentconsole.serving.sessions import Session
from tests.conftest import CONFIG, Time, _admin
from tests.team.conftest import Team, team, team_config, used_teams

__all__ = ["team", "team_config", "used_teams"]  # fixtures of the team's tests, for those here too

PATIENCE = 60.0
"""Seconds to wait for something that must happen."""
PASSWORD = "correct horse battery"
STAND_IN = (
    "import os, sys\n"
    "os.write(1, b'__GANGLION__\\n')\n"
    "say = lambda text: os.write(1, b'D' + len(text).to_bytes(4, 'big') + text)\n"
    "say(' '.join(sorted(os.environ)).encode())\n"
    "while data := os.read(0, 65536):\n"
    "    if b'quit' in data: break\n"
    "    say(data)\n"
)
"""In a console's place where a test is about the server: says its environment's names, then what it is told."""


class Visitor:
    """A client of a site that keeps cookies, as a browser does.

    :param address: where it connects to. :param public: where it believes to be; its ``Host`` and ``Origin``.
    """

    def __init__(self, address: str, public: str, own: aiohttp.ClientSession) -> None:
        self.address, self.public, self.own = address, public, own
        self.headers = {"Host": public.partition("://")[2], "Origin": public}

    async def get(self, path: str, **headers: str) -> tuple[int, str, aiohttp.ClientResponse]:
        """Status, body and answer; nothing is followed."""
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, str, aiohttp.ClientResponse]:
        """As :meth:`get`, for a form."""
        return await self._ask("POST", path, form, headers)

    async def _ask(
        self, method: str, path: str, form: object, headers: dict[str, str]
    ) -> tuple[int, str, aiohttp.ClientResponse]:
        said = {k: v for k, v in (self.headers | {k.replace("_", "-"): v for k, v in headers.items()}).items() if v}
        sent = self.own.request(method, self.address + path, data=form, headers=said, allow_redirects=False)
        async with sent as answer:
            return answer.status, await answer.text(), answer

    async def csrf(self, path: str = "/login") -> str:
        """The token in a page's form."""
        return token_in((await self.get(path))[1])

    async def log_in(self, name: str = "lea", password: str = PASSWORD, **headers: str) -> int:
        """Fill in the login page; the status that comes of it, 303 where it was right."""
        form = {"name": name, "password": password, "csrf": await self.csrf()}
        return (await self.post("/login", form, **headers))[0]

    def socket(self, query: str = "?width=80&height=24", **headers: str) -> aiohttp.client._WSRequestContextManager:
        """A console's websocket."""
        said = {k: v for k, v in (self.headers | headers).items() if v}
        return self.own.ws_connect(self.address + "/ws" + query, headers=said)


def token_in(page: str) -> str:
    """The token that a page's form brings back."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


class Served:
    """A site that is being served. :ivar site: itself. :ivar port: where."""

    def __init__(self, site: Site, port: int) -> None:
        self.site, self.port = site, port

    @asynccontextmanager
    async def visitor(self) -> AsyncIterator[Visitor]:
        """Somebody with a browser of their own."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as own:
            yield Visitor(f"http://127.0.0.1:{self.port}", self.site.settings.public, own)


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("passwords")
    keep_password(parse(CONFIG, "agentconsole.toml", settings_model), folder, "lea", PASSWORD)
    return folder / FILE_NAME


@pytest.fixture
def locked(config: Config, tmp_path: Path, _kept: Path) -> Passwords:
    """A door of a desk in a file: Léa has a password, Tom has none. To make its digest takes time: once for all."""
    shutil.copy(_kept, tmp_path / FILE_NAME)
    return Passwords(config, tmp_path)


@pytest.fixture
async def serving(tmp_path: Path, now: Time) -> AsyncIterator[Callable[..., object]]:
    """Serve a site with stand-ins for consoles; ends with the test. Settings can be said otherwise."""
    stops: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    async def start(door: Door, **changes: object) -> Served:
        port, ready, stop = unused_port(), asyncio.Event(), asyncio.Event()

        def command(_session: Session) -> Sequence[str]:
            return [sys.executable, "-c", STAND_IN]

        settings = Settings("Fernlicht", f"http://127.0.0.1:{port}", command, tmp_path / "served")
        site = Site(replace(settings, **changes), door, now)  # type: ignore[arg-type]  # (the fields' own names)
        task = asyncio.create_task(serve(site, "127.0.0.1", port, stop, lambda _port: ready.set()))
        stops.append((stop, task))
        await ready.wait()
        return Served(site, port)

    yield start
    for stop, task in stops:
        stop.set()
        await task


@pytest.fixture
async def visitor(serving: Callable[..., object], locked: Passwords) -> AsyncIterator[Visitor]:
    """Somebody at a site of the desk in a file."""
    served = await serving(locked)  # type: ignore[misc]  # (a coroutine function)
    async with served.visitor() as made:
        yield made


class Program:
    """``agentconsole serve`` as a process, in a folder with a desk; ended at the end."""

    def __init__(self, folder: Path, *options: str, runs_in: Path | None = None) -> None:
        self.folder, self.port = folder, unused_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = (folder / "serve.log").open("w+b")
        command = [sys.executable, "-P", "-m", "agentconsole", "serve", "--config", str(folder / "agentconsole.toml")]
        command += ["--listen", f"127.0.0.1:{self.port}", *options]
        environment = {**os.environ, "HOME": str(folder), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, stdout=self._log, stderr=subprocess.STDOUT, env=environment, cwd=runs_in
        )

    def __enter__(self) -> Self:
        try:
            wait(lambda: self.address in self.log or self.process.poll() is not None, lambda: self.log)
        except AssertionError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        left = self.consoles
        self.process.kill()
        self.process.wait()
        for each in left:
            if each.is_running():
                each.kill()
        self._log.close()

    @property
    def log(self) -> str:
        """What it has said."""
        return (self.folder / "serve.log").read_text()

    @property
    def consoles(self) -> list[psutil.Process]:
        """The consoles it runs."""
        if self.process.poll() is not None:
            return []
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it by a signal."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE)


def wait(holds: Callable[[], object], said: Callable[[], object] = str) -> None:
    """Until it holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, said()
        time.sleep(0.02)


def has_ended(process: psutil.Process) -> bool:
    """Whether a process is gone, if only for somebody to notice."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="session")
def _demo() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="agentconsole-serve-"))
    made = [sys.executable, "-m", "agentconsole", "demo", "--build-only", "--still", "--no-tour"]
    subprocess.run([*made, "--size", "60", "--dir", str(folder)], check=True, capture_output=True)
    config = load(folder / "agentconsole.toml")
    for agent in ("lea", "claire"):
        keep_password(config, folder, agent, PASSWORD)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def demo(_demo: Path, tmp_path: Path) -> Path:
    """A folder with the demo desk, where Léa, and Claire who supervises, have a password."""
    return Path(shutil.copytree(_demo, tmp_path / "desk"))


@pytest.fixture(scope="module")
def program(_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program at work on a demo desk, for all tests of a file: what one does there must not matter to another.

    The folder that it was started in has files in it that are named as parts of the program are.
    """
    strange = tmp_path_factory.mktemp("strange")
    for name in ("json.py", "textual.py"):
        (strange / name).write_text("raise SystemExit('planted')")
    folder = Path(shutil.copytree(_demo, tmp_path_factory.mktemp("shared") / "desk"))
    with Program(folder, runs_in=strange) as made:
        yield made


def all_ended(program: Program) -> None:
    """Wait until it runs no console any more."""
    wait(lambda: all(map(has_ended, program.consoles)), lambda: program.log)


@pytest.fixture
def asking(team: Team) -> Iterator[Team]:
    """The team's desk, whose server asks this machine for the passwords of Léa, Sam and the service: their ids."""
    logins = [team.login(who) for who in ("lea", "sam", "sync")]
    with _admin(team.place) as connection:
        hba = Path(connection.execute(text("SHOW hba_file")).scalar_one())
        before = hba.read_text() if os.access(hba, os.W_OK) else ""
        if not before:
            pytest.skip("the server's pg_hba.conf cannot be written to")
        for who, login in zip(("lea", "sam", "sync"), logins, strict=True):
            connection.execute(text(f"ALTER ROLE \"{login}\" PASSWORD '{who} {PASSWORD}'"))
        hba.write_text("".join(f'host all "{login}" all scram-sha-256\nlocal all "{login}" scram-sha-256\n'
                               for login in logins) + before)  # fmt: skip
        connection.execute(text("SELECT pg_reload_conf()"))
        assert connection.execute(text("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL")).scalar() == 0
    yield team
    hba.write_text(before)
    with _admin(team.place) as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
