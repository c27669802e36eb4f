"""Desks with a policy of gestures, on both engines; on PostgreSQL every agent has a login of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.policy import compile_policy, digest, to_json
from agentconsole.model.message import Address
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of, roles
from agentconsole.store.ledger.clock import stand_still
from agentconsole.store.opening import open_desk
from tests.conftest import Time, _admin, wipe
from tests.incoming import arrives, message, services
from tests.ledger.by_hand import File
from tests.ledger.ordering import SECRET
from tests.ledger.world import LEDGER_CONFIG
from tests.servers.shop import Shop
from tests.support.new_desk import new_desk

Opens = Callable[[str], Desk]


@pytest.fixture
def ledger_config() -> Config:
    """The team of :mod:`tests.ledger.world`."""
    return parse(LEDGER_CONFIG, "agentconsole.toml", settings_model)


@pytest.fixture(scope="session")
def used_ledgers(postgres: str) -> Iterator[list[str]]:
    """Databases with an empty desk whose roles are made, to be used again; they and their roles go at the end."""
    made: list[str] = []
    yield made
    with _admin(postgres) as connection:
        for place in made:
            drop_database(connection, str(make_url(place).database))


def drop_database(connection, name: str) -> None:
    """A database with all roles that were made for it."""
    connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    ours = text("SELECT rolname FROM pg_roles WHERE rolname LIKE :own OR rolname LIKE :groups ORDER BY rolcreaterole")
    for role in connection.execute(ours, {"own": f"%\\_{name}", "groups": f"{name}\\_%"}).scalars().all():
        connection.execute(text(f'DROP ROLE "{role}"'))


@pytest.fixture
def ledger_database(postgres: str, used_ledgers: list[str], tmp_path: Path, ledger_config: Config) -> Iterator[str]:
    """The administrator's address of an empty PostgreSQL desk with roles and a login for every agent; no policy."""
    with _admin(postgres) as connection:
        if used_ledgers:
            place = used_ledgers.pop()
        else:
            name = f"desk_{uuid4().hex}"
            connection.execute(text(f"CREATE DATABASE {name}"))
            place = make_url(postgres).set(database=name).render_as_string(hide_password=False).replace(":@", "@")
            store = open_desk(place, tmp_path)
            roles.init_desk(store)
            store.close()
    store = open_desk(place, tmp_path)
    for agent in ledger_config.agents:
        roles.add_agent(store, agent.id, login_of(agent.id, place), supervisor=str(agent.role) == "supervisor")
    store.close()
    yield place
    with _admin(postgres) as connection:
        others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(others, {"name": make_url(place).database})
    store = open_desk(place, tmp_path)
    with store.write() as connection:
        stand_still(connection, None)
    wipe(store)
    store.close()
    used_ledgers.append(place)


def login_of(agent: str, place: str) -> str:
    """The database role of an agent."""
    return f"{agent}_{make_url(place).database}"


def address_of(agent: str, place: str) -> str:
    """The desk's address as an agent's console has it."""
    return make_url(place).set(username=login_of(agent, place)).render_as_string(hide_password=False).replace(":@", "@")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The owner's address of an empty desk: once on each engine."""
    if request.param == "sqlite":
        new_desk(tmp_path)
        return "desk.sqlite"
    return str(request.getfixturevalue("ledger_database"))


@pytest.fixture
def owner(ledger_address: str, tmp_path: Path) -> Iterator[Store]:
    """The desk as whoever set it up opens it: the administrator's login, or the file."""
    store = open_desk(ledger_address, tmp_path)
    yield store
    store.close()


@pytest.fixture
def apply_config(owner: Store) -> Callable[[Config], int]:
    """Make a configuration's policy the one that holds, as whoever set up the desk."""

    def apply(config: Config) -> int:
        document = compile_policy(config)
        with owner.write() as connection:
            return ledger_of(connection).apply_policy("sam", to_json(document), digest(document))

    return apply


@pytest.fixture
def still(owner: Store, now: Time) -> Callable[[datetime], None]:
    """Set the database's clock and the consoles' to a time; both stand still until it is set again."""

    def stand(at: datetime) -> None:
        with owner.write() as connection:
            stand_still(connection, at)
        now.at = at

    return stand


@pytest.fixture
def open_gestures(
    ledger_address: str,
    ledger_config: Config,
    apply_config: Callable[[Config], int],
    still: Callable[[datetime], None],
    owner: Store,
    tmp_path: Path,
    now: Time,
) -> Iterator[Opens]:
    """Open the test's desk as one of its agents. The policy holds; the clocks stand at the test's ``now``."""
    opened: list[Desk] = []
    still(now.at)
    apply_config(ledger_config)

    def open_(agent: str = "lea") -> Desk:
        place = ledger_address if "://" not in ledger_address else address_of(agent, ledger_address)
        desk = Desk(open_desk(place, tmp_path), ledger_config, who_am_i(ledger_config, agent), tmp_path, now)
        opened.append(desk)
        if "://" in ledger_address:
            services[desk.store] = Desk(owner, ledger_config, desk.agent, tmp_path, now)
        return desk

    yield open_
    for desk in opened:
        with suppress(Exception):
            desk.store.close()


@pytest.fixture(scope="session")
def filed_content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of an SQLite desk with a policy and five customers; its clock goes on."""
    folder = tmp_path_factory.mktemp("filed")
    config = parse(LEDGER_CONFIG, "agentconsole.toml", settings_model)
    made = Desk(open_desk("desk.sqlite", folder), config, who_am_i(config, "lea"), folder)
    document = compile_policy(config)
    with made.store.write() as connection:
        ledger_of(connection).apply_policy("sam", to_json(document), digest(document))
    for n in range(5):
        arrives(made, message(author=Address(f"c{n}@customer.example", f"C {n}")))
    made.store.close()  # the last connection: nothing is left in the write-ahead log
    return (folder / "desk.sqlite").read_bytes()


@pytest.fixture
def filed(filed_content: bytes, tmp_path: Path, ledger_config: Config) -> Iterator[Desk]:
    """Léa's console on such a desk."""
    (tmp_path / "desk.sqlite").write_bytes(filed_content)
    made = Desk(open_desk("desk.sqlite", tmp_path), ledger_config, who_am_i(ledger_config, "lea"), tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def file(filed: Desk, tmp_path: Path) -> Iterator[File]:
    """The same desk's file by hand."""
    opened = File(tmp_path / "desk.sqlite", [])
    opened.look()
    yield opened
    opened.raw.close()


@pytest.fixture
def passes(still: Callable[[datetime], None], now: Time) -> Callable[..., datetime]:
    """Time passes, for the database and the consoles alike: by a timedelta's arguments."""

    def pass_(**span: float) -> datetime:
        still(now.at + timedelta(**span))
        return now.at

    return pass_


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop on this machine, and its key where consoles look for it."""
    monkeypatch.setenv("AGENTCONSOLE_SECRET_SHOP", SECRET)
    with Shop(SECRET) as made:
        yield made
