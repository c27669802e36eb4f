"""Who may enter: attacks first."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from sqlalchemy import make_url

from agentconsole import secrets
from agentconsole.config import Config
from agentconsole.desk import entering
from agentconsole.errors import DeskError, SecretError, UsageError
from agentconsole.serving.doors import Logins, Passwords, door_of, have_passwords, keep_password
from tests.serving.conftest import PASSWORD
from tests.team.conftest import Team


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("lea", ""), ("lea", "wrong horse battery"), ("lea", PASSWORD + " "), ("lea", PASSWORD[:-1]), ("lea", "\0"),
        ("lea", PASSWORD + "\0"), ("", PASSWORD), ("LEA", PASSWORD), ("Léa Martin", PASSWORD), ("-", PASSWORD),
        ("tom", ""), ("tom", PASSWORD), ("nobody", PASSWORD), ("../lea", PASSWORD), ("lea", "x" * 100_000),
    ],
)  # fmt: skip
def test_nobody_else_gets_in(locked: Passwords, name: str, password: str) -> None:
    assert locked.enter(name, password) is None


def test_with_name_and_password_one_gets_in(locked: Passwords) -> None:
    entered = locked.enter("lea", PASSWORD)
    assert entered is not None
    assert (entered.agent, entered.name, entered.address, dict(entered.secrets)) == ("lea", "Léa Martin", None, {})


def test_letters_may_be_composed_by_another_keyboard(config: Config, tmp_path: Path) -> None:
    keep_password(config, tmp_path, "lea", "caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait")
    assert Passwords(config, tmp_path).enter("lea", "cafe\N{COMBINING ACUTE ACCENT} au lait")


def test_who_has_left_does_not_get_in(config: Config, tmp_path: Path) -> None:
    keep_password(config, tmp_path, "lea", PASSWORD)
    left = [agent.model_copy(update={"disabled": agent.id == "lea"}) for agent in config.agents]
    changed = config.model_copy(update={"agents": tuple(left)})
    assert Passwords(changed, tmp_path).enter("lea", PASSWORD) is None
    assert have_passwords(changed, tmp_path) == []


def test_a_password_is_kept_as_a_digest_in_a_private_file(config: Config, tmp_path: Path, locked: Passwords) -> None:
    file = tmp_path / secrets.FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = file.read_text()
    assert PASSWORD not in kept
    keep_password(config, tmp_path, "tom", PASSWORD)
    digests = re.findall(r"scrypt:\S+", file.read_text())
    assert len(set(digests)) == 2, "equal passwords must not look equal"


def test_a_file_of_passwords_that_others_read_is_refused(config: Config, tmp_path: Path, locked: Passwords) -> None:
    (tmp_path / secrets.FILE_NAME).chmod(0o640)
    with pytest.raises(SecretError, match="0640"):
        locked.enter("lea", PASSWORD)
    with pytest.raises(SecretError):
        have_passwords(config, tmp_path)


@pytest.mark.parametrize("kept", ["", "scrypt::", "scrypt:AA==:", PASSWORD, "plain:AA==:AA==", "scrypt:é:é", ":::"])
def test_what_is_no_digest_opens_nothing(config: Config, tmp_path: Path, kept: str) -> None:
    file = tmp_path / secrets.FILE_NAME
    file.write_text(f'"serve.lea" = "{kept}"\n' if kept else "")
    file.chmod(0o600)
    for tried in (kept, PASSWORD, "scrypt"):
        assert Passwords(config, tmp_path).enter("lea", tried) is None


@pytest.mark.parametrize(
    ("name", "password"), [("nobody", PASSWORD), ("lea", "short"), ("lea", ""), ("lea", "x" * 1001)]
)
def test_a_password_that_cannot_be_is_refused(config: Config, tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(UsageError):
        keep_password(config, tmp_path, name, password)
    assert not (tmp_path / secrets.FILE_NAME).exists()


# PostgreSQL


def test_a_login_of_postgresql_enters_with_its_own_password_only(asking: Team, tmp_path: Path) -> None:
    door = door_of(Config(desk=asking.place), tmp_path)
    lea, sam = asking.login("lea"), asking.login("sam")
    for name, password in (
        (lea, ""), (lea, "wrong"), (lea, f"sam {PASSWORD}"), (lea, f"lea {PASSWORD}\0"), ("", f"lea {PASSWORD}"),
        ("lea", f"lea {PASSWORD}"), ("nobody", "x"), (lea + "\0", "x"), (f"{lea} password=x", "x"), (lea, "x" * 99_999),
    ):  # fmt: skip
        assert door.enter(name, password) is None, name
    for who, login in (("lea", lea), ("sam", sam)):
        entered = door.enter(login, f"{who} {PASSWORD}")
        assert entered is not None
        assert entered.agent == who
        assert entered.address is not None
        assert PASSWORD not in entered.address + repr(entered)
        assert make_url(entered.address).username == login
        assert make_url(entered.address).password is None
        assert dict(entered.secrets) == {"PGPASSWORD": f"{who} {PASSWORD}"}


def test_the_service_has_no_console(asking: Team, tmp_path: Path) -> None:
    assert Logins(asking.place, tmp_path).enter(asking.login("sync"), f"sync {PASSWORD}") is None


def test_a_server_that_asks_for_no_password_lets_nobody_in(team: Team, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="does not ask this machine for passwords"):
        Logins(team.place, tmp_path).enter(team.login("lea"), "anything")


def test_what_the_address_says_of_who_connects_is_not_passed_on(asking: Team, tmp_path: Path) -> None:
    url = make_url(asking.place)
    given = url.set(username="somebody", password="geheim").update_query_dict(
        {"user": asking.login("sam"), "password": f"sam {PASSWORD}", "passfile": "/nowhere", "application_name": "x"}
    )
    door = Logins(given.render_as_string(hide_password=False), tmp_path)
    entered = door.enter(asking.login("lea"), f"lea {PASSWORD}")
    assert entered is not None
    assert entered.agent == "lea"
    assert "geheim" not in str(entered.address)
    assert PASSWORD not in str(entered.address)
    assert "application_name=x" in str(entered.address)
    assert door.enter(asking.login("lea"), f"sam {PASSWORD}") is None


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_desk_without_roles_is_told_apart_from_a_wrong_password(address: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="database role") as said:
        entering.look(address, tmp_path)
    assert "desk init" in said.value.do
    with pytest.raises(UsageError, match="database role"):
        Logins(address, tmp_path).enter("postgres", PASSWORD)


def test_a_look_needs_neither_a_login_nor_the_server(team: Team, tmp_path: Path) -> None:
    entering.look(team.place, tmp_path)
    nobody = make_url(team.place).set(username="nobody_at_all").render_as_string(hide_password=False)
    for place in (team.address("lea"), nobody, "postgresql://127.0.0.1:1/desk"):
        entering.look(place, tmp_path)


def test_a_server_that_is_gone_is_no_wrong_password(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="cannot be reached"):
        Logins("postgresql://127.0.0.1:1/desk", tmp_path).enter("lea", "x")


def test_a_desk_with_logins_takes_no_other_passwords(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="database role"):
        keep_password(Config(desk="postgresql://db.example/desk"), tmp_path, "lea", PASSWORD)
