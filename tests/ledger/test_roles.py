"""The roles of a desk: made once, renewed with an update, by whoever may; and what happens to whoever may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import inspect, make_url, text

from agentconsole.cli.parser import main
from agentconsole.config import Config
from agentconsole.desk.policy import compile_policy, digest, to_json
from agentconsole.errors import DeskError, NotFound, RuleRefused, UsageError
from agentconsole.store.ledger import ledger_of, roles
from agentconsole.store.ledger.roles import Login
from agentconsole.store.opening import open_desk
from tests.conftest import _admin, drop_database
from tests.ledger.conftest import address_of, login_of
from tests.support.desks import next_program


@pytest.fixture
def place(postgres: str) -> Iterator[str]:
    """A new database that is nobody's desk yet; its roles go with it."""
    name = f"desk_{uuid4().hex}"
    with _admin(postgres) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(postgres).set(database=name).render_as_string(hide_password=False).replace(":@", "@")
        drop_database(connection, name)


@pytest.fixture
def administrator(place: str, postgres: str) -> str:
    """The address with the login of who owns the database and may create roles, but is no superuser."""
    login = login_of("admin", place)
    with _admin(postgres) as connection:
        connection.execute(text(f"CREATE ROLE {login} LOGIN CREATEROLE"))
        connection.execute(text(f"ALTER DATABASE {make_url(place).database} OWNER TO {login}"))
    return address_of("admin", place)


def test_by_who_owns_the_database(
    administrator: str, place: str, tmp_path: Path, ledger_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No superuser is needed: not for setting up, for the first policy, for an agent, nor for an update."""
    store = open_desk(administrator, tmp_path)
    for _ in range(2):
        roles.init_desk(store)
    roles.add_agent(store, "lea", login_of("lea", place), supervisor=False)
    roles.add_agent(store, "sam", login_of("sam", place), supervisor=True)
    document = compile_policy(ledger_config)
    with store.write() as connection:
        assert ledger_of(connection).apply_policy("", to_json(document), digest(document)) == 1
    assert roles.logins(store) == [
        Login(login_of("lea", place), "lea", active=True, supervisor=False),
        Login(login_of("sam", place), "sam", active=True, supervisor=True),
    ]
    store.close()
    lea = open_desk(address_of("lea", place), tmp_path)
    with pytest.raises(RuleRefused) as refused, lea.write() as connection:
        ledger_of(connection).apply_policy("lea", to_json(document), digest(document))
    assert refused.value.reason == "not_supervisor"
    lea.close()
    with next_program(monkeypatch, tmp_path / "scripts"):
        open_desk(administrator, tmp_path).close()
        lea = open_desk(address_of("lea", place), tmp_path)
        with lea.read() as connection:
            assert inspect(connection).has_table("added_later")
        lea.close()


def test_an_old_desk_met_by_an_agent(ledger_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines that say who has to do what; and nothing was changed."""
    with next_program(monkeypatch, tmp_path / "scripts"):
        with pytest.raises(DeskError) as refused:
            open_desk(address_of("lea", ledger_database), tmp_path).close()
        assert "may not bring it up to date" in refused.value.what
        assert "agentconsole desk init" in refused.value.do
    open_desk(address_of("lea", ledger_database), tmp_path).close()


def test_an_update_belongs_to_the_desks_owner(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a superuser opens the desk: what a superuser owned would run with a superuser's rights."""
    store = open_desk(place, tmp_path)
    roles.init_desk(store)
    store.close()
    with next_program(monkeypatch, tmp_path / "scripts"):
        store = open_desk(place, tmp_path)
        with store.read() as connection:
            owner = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'added_later'"
            assert connection.execute(text(owner)).scalar() == f"{make_url(place).database}_owner"
            assert connection.execute(text("SELECT current_user")).scalar() == "postgres"
        store.close()


def test_a_login_without_a_desk_finds_none(place: str, tmp_path: Path) -> None:
    store = open_desk(place, tmp_path)
    for attempt in (
        lambda: roles.add_agent(store, "lea", login_of("lea", place), supervisor=False),
        lambda: roles.disable_agent(store, "lea"),
        lambda: roles.logins(store),
    ):
        with pytest.raises(UsageError, match="no roles yet"):
            attempt()
    roles.init_desk(store)
    with pytest.raises(NotFound, match="No login is agent 'lea'"):
        roles.disable_agent(store, "lea")
    store.close()


def test_a_file_has_no_roles(tmp_path: Path) -> None:
    store = open_desk("desk.sqlite", tmp_path)
    with pytest.raises(UsageError, match="has no roles"):
        roles.init_desk(store)
    store.close()


def test_in_line_mode(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`desk init`, `agent add`, `agent list`, `agent disable`: with nothing but the desk's address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def run(*words: str) -> tuple[int, str]:
        code = main([*words, "--desk", place])
        said = capsys.readouterr()
        return code, said.out + said.err

    code, said = run("desk", "agent", "list")
    assert (code, "no roles yet" in said) == (2, True)
    assert run("desk", "init")[0] == 0
    assert run("desk", "init")[0] == 0
    login = login_of("lea", place)
    code, said = run("desk", "agent", "add", "lea", "--login", login)
    assert (code, login in said) == (0, True)
    assert run("desk", "agent", "add", "sam", "--login", login_of("sam", place), "--supervisor")[0] == 0
    rows = [json.loads(row) for row in run("desk", "agent", "list", "--json")[1].splitlines()]
    assert rows[0] == {"agent": "lea", "login": login, "active": True, "supervisor": False}
    assert [row["supervisor"] for row in rows] == [False, True]
    open_desk(address_of("lea", place), tmp_path).close()
    assert run("desk", "agent", "disable", "lea")[0] == 0
    assert [row.split()[-1] for row in run("desk", "agent", "list")[1].splitlines()] == ["disabled", "supervisor"]
    with pytest.raises(DeskError):
        open_desk(address_of("lea", place), tmp_path).close()
    code, said = run("desk", "agent", "disable", "nobody")
    assert (code, "No login is agent 'nobody'" in said) == (1, True)


@pytest.mark.parametrize("agent", ["lea", "sam"])
def test_an_agent_sets_nothing_up(agent: str, ledger_database: str, tmp_path: Path) -> None:
    store = open_desk(address_of(agent, ledger_database), tmp_path)
    for attempt in (
        lambda: roles.init_desk(store),
        lambda: roles.add_agent(store, "zoe", login_of("zoe", ledger_database), supervisor=True),
        lambda: roles.add_agent(store, "sam", login_of("lea", ledger_database), supervisor=True),
        lambda: roles.disable_agent(store, "tom"),
    ):
        with pytest.raises((DeskError, UsageError), match=r"refuses this to you|is agent"):
            attempt()
    store.close()
