"""Desks with a policy of gestures, on both engines; on PostgreSQL every agent has a login of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, make_url, select, text

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.policy import compile_policy, digest, to_json
from agentconsole.model.message import Address
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of, roles
from agentconsole.store.ledger.clock import stand_still
from agentconsole.store.ledger.tables import login
from agentconsole.store.opening import open_desk
from tests.conftest import Time, _admin, drop_database, new_again
from tests.incoming import arrives, message, services
from tests.ledger.by_hand import File
from tests.ledger.ordering import SECRET
from tests.ledger.world import LEDGER_CONFIG
from tests.servers.shop import Shop
from tests.support.new_desk import empty, new_desk

Opens = Callable[[str], Desk]


@pytest.fixture
def ledger_config() -> Config:
    """The team of :mod:`tests.ledger.world`."""
    return parse(LEDGER_CONFIG, "agentconsole.toml", settings_model)


Used = dict[tuple[str, tuple[tuple[str, bool], ...]], list[tuple[str, object]]]
"""By server and agents (id, supervisor): databases to be used again, and the rights in each."""


@pytest.fixture(scope="session")
def used_ledgers(postgres: str) -> Iterator[Used]:
    """Databases with an empty desk whose roles are made, to be used again; they and their roles go at the end."""
    made: Used = {}
    yield made
    with _admin(postgres) as connection:
        for place, _rights in chain.from_iterable(made.values()):
            drop_database(connection, str(make_url(place).database))


@pytest.fixture
def ledger_database(postgres: str, used_ledgers: Used, tmp_path: Path, ledger_config: Config) -> Iterator[str]:
    """The administrator's address of an empty PostgreSQL desk with roles and a login for every agent; no policy."""
    agents = tuple((agent.id, str(agent.role) == "supervisor") for agent in ledger_config.agents)
    free = used_ledgers.setdefault((postgres, agents), [])
    place, rights = free.pop() if free else _set_up(postgres, tmp_path, agents)
    yield place
    new_again(place, but=[login])
    with _admin(place) as connection:
        stand_still(connection, None)
        if _rights(connection) == rights:
            free.append((place, rights))
            return
    with _admin(postgres) as connection:  # what a test has done to the roles is not for the next one
        drop_database(connection, str(make_url(place).database))


def _set_up(server: str, folder: Path, agents: tuple[tuple[str, bool], ...]) -> tuple[str, object]:
    name = f"desk_{uuid4().hex}"
    with _admin(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    place = make_url(server).set(database=name).render_as_string(hide_password=False).replace(":@", "@")
    store = open_desk(place, folder)
    roles.init_desk(store)
    for agent, supervisor in agents:
        roles.add_agent(store, agent, login_of(agent, place), supervisor=supervisor)
    store.close()
    with _admin(place) as connection:
        return place, _rights(connection)


def _rights(connection: Connection) -> object:
    """What the database's roles may do, whose members they are, which of them is whom, and what guards it from them."""
    found = text(
        "SELECT to_jsonb(r), (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.roleid) FROM pg_auth_members m"
        " WHERE m.member = r.oid) FROM pg_roles r"
        " WHERE right(rolname, length(:name)) = :name OR starts_with(rolname, :name) ORDER BY oid"
    )
    name = connection.engine.url.database
    return connection.execute(found, {"name": name}).all(), connection.execute(_LOGINS).all(), _guards(connection)


def _guards(connection: Connection) -> object:
    """What of the database itself keeps them from more than that."""
    ours = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
    found = text(
        "SELECT (SELECT datacl::text FROM pg_database WHERE datname = current_database()),"
        " (SELECT md5(string_agg(concat_ws(' ', c.oid, relname, relkind, relacl, relrowsecurity, relforcerowsecurity),"
        "   ';' ORDER BY c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        f"  WHERE nspname {ours}),"
        " (SELECT md5(string_agg(concat_ws(' ', tgrelid, tgname, tgenabled), ';' ORDER BY oid)) FROM pg_trigger),"
        " (SELECT md5(string_agg(to_jsonb(p)::text, ';' ORDER BY oid)) FROM pg_policy p),"
        " (SELECT md5(string_agg(concat_ws(' ', p.oid, proname, proacl, prosecdef, prosrc), ';' ORDER BY p.oid))"
        f"  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname {ours})"
    )
    return connection.execute(found).all()


_LOGINS = select(login).order_by(login.c.role)


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

    def apply() -> None:
        still(now.at)
        apply_config(ledger_config)

    _policy_holds(owner, now.at, ledger_config, apply)

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


_made: dict[tuple[datetime, str], bytes] = {}
"""Files of desks on which a policy holds and nothing else is, by the time at which it began and its digest."""


def _policy_holds(owner: Store, at: datetime, config: Config, apply: Callable[[], None]) -> None:
    """Have it applied; on a new desk in a file by copying one that was new as well: it takes longer than most tests."""
    place = Path(str(owner.engine.url.database))
    if not owner.sqlite or place.read_bytes() != empty() or _written(place):
        apply()
        return
    key = at, digest(compile_policy(config))
    owner.close()
    if key not in _made:
        apply()
        owner.close()  # the last connection: nothing is left in the write-ahead log
        _made[key] = place.read_bytes()
    place.write_bytes(_made[key])


def _written(place: Path) -> bool:
    log = place.with_name(f"{place.name}-wal")
    return log.exists() and log.stat().st_size > 0


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
