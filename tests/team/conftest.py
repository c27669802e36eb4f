"""A desk in PostgreSQL as a team has it: a database role for every agent, one for the service, and a policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, make_url, text

from agentconsole.channels.base import settings_model
from agentconsole.config import Agent, Config, parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.policy import compile_policy, digest, to_json
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of, roles
from agentconsole.store.ledger.clock import stand_still
from agentconsole.store.opening import open_desk
from tests.conftest import Time, _admin, drop_database, wipe
from tests.team.world import TEAM_CONFIG

SERVICE = "sync"
"""How the fixture names the service where others are named by their agent's id."""


class Team:
    """One desk and everybody who works on it.

    :ivar place: the administrator's address of the desk: all rights. :ivar now: the consoles' clock; the ledger's
        stands at the same time (:meth:`stand`, :meth:`passes`).
    """

    def __init__(self, place: str, config: Config, folder: Path, now: Time) -> None:
        self.place, self.config, self.folder, self.now = place, config, folder, now
        self._opened: list[Store] = []
        self._raw: list[psycopg.Connection] = []

    def login(self, who: str) -> str:
        """The database role of an agent, or of the service."""
        return f"{who}_{make_url(self.place).database}"

    def address(self, who: str) -> str:
        """The desk's address as an agent's console, or the service, has it."""
        url = make_url(self.place).set(username=self.login(who))
        return url.render_as_string(hide_password=False).replace(":@", "@")

    def as_(self, agent: str) -> Desk:
        """An agent's console, with the agent's own login; every call is another console."""
        return self._desk(agent, who_am_i(self.config, agent))

    def sync(self) -> Desk:
        """The service's desk, with the service's login."""
        return self._desk(SERVICE, Agent(id=SERVICE, name=SERVICE))

    def admin(self) -> Desk:
        """The desk with all rights: what a test prepares, whoever would do it."""
        return Desk(self._store(self.place), self.config, who_am_i(self.config, "sam"), self.folder, self.now)

    def sql(self, who: str) -> psycopg.Connection:
        """A connection by hand as an agent or the service, in autocommit: what psql gives."""
        made = psycopg.connect(self.address(who), autocommit=True)
        self._raw.append(made)
        return made

    def stand(self, at: datetime) -> None:
        """Set the clocks of the ledger and the consoles; they stand still until they are set again."""
        store = open_desk(self.place, self.folder)
        with store.write() as connection:
            stand_still(connection, at)
        store.close()
        self.now.at = at

    def passes(self, **span: float) -> datetime:
        """Time passes, by a timedelta's arguments, for everybody."""
        self.stand(self.now.at + timedelta(**span))
        return self.now.at

    def close(self) -> None:
        """Let go of every connection."""
        for raw in self._raw:
            raw.close()
        for store in self._opened:
            with suppress(Exception):  # a test may have ended its connections
                store.close()

    def _desk(self, who: str, agent: Agent) -> Desk:
        return Desk(self._store(self.address(who)), self.config, agent, self.folder, self.now, pulls=who == SERVICE)

    def _store(self, address: str) -> Store:
        store = open_desk(address, self.folder)
        self._opened.append(store)
        return store


@pytest.fixture
def team_config() -> Config:
    """The team of :mod:`tests.team.world`: Léa and Tom advise, Max is the community's, Sam and Eve supervise."""
    return parse(TEAM_CONFIG, "agentconsole.toml", settings_model)


@pytest.fixture(scope="session")
def used_teams(postgres: str) -> Iterator[list[str]]:
    """Databases with an empty desk whose roles and logins are made, to be used again; all of it goes at the end."""
    made: list[str] = []
    yield made
    with _admin(postgres) as connection:
        for place in made:
            drop_database(connection, str(make_url(place).database))


@pytest.fixture
def team(postgres: str, used_teams: list[str], tmp_path: Path, team_config: Config, now: Time) -> Iterator[Team]:
    """A new desk of the team in PostgreSQL, with a login each; the policy holds, the clocks stand at ``now``."""
    with _admin(postgres) as connection:
        place = used_teams.pop() if used_teams else _made(connection, postgres, tmp_path, team_config)
    store = open_desk(place, tmp_path)
    document = compile_policy(team_config)
    with store.write() as connection:
        stand_still(connection, now.at)
        ledger_of(connection).apply_policy("sam", to_json(document), digest(document))
    store.close()
    made = Team(place, team_config, tmp_path, now)
    yield made
    made.close()
    with _admin(postgres) as connection:
        others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(others, {"name": make_url(place).database})
    store = open_desk(place, tmp_path)
    with store.write() as connection:
        stand_still(connection, None)
    wipe(store)
    with store.write() as connection:
        _log_in(connection, place, team_config)
    store.close()
    used_teams.append(place)


def _made(connection: Connection, server: str, folder: Path, config: Config) -> str:
    name = f"desk_{uuid4().hex}"
    connection.execute(text(f"CREATE DATABASE {name}"))
    place = make_url(server).set(database=name).render_as_string(hide_password=False).replace(":@", "@")
    store = open_desk(place, folder)
    roles.init_desk(store)
    for agent in config.agents:
        roles.add_agent(store, agent.id, f"{agent.id}_{name}", supervisor=str(agent.role) == "supervisor")
    roles.add_service(store, f"{SERVICE}_{name}")
    store.close()
    return place


def _log_in(connection: Connection, place: str, config: Config) -> None:
    """Who the logins are: the desk forgot it when it was wiped, while the roles are the server's."""
    name = make_url(place).database
    for agent in config.agents:
        row = {"role": f"{agent.id}_{name}", "agent": agent.id}
        owner = f"SET LOCAL ROLE {name}_owner"
        connection.exec_driver_sql(owner)
        connection.execute(text("INSERT INTO ledger_login (role, agent, active) VALUES (:role, :agent, true)"), row)
