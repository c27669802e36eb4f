"""Line mode for copying a desk; docs/moving.md is followed word for word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from agentconsole.cli.parser import main
from agentconsole.desk import replies
from tests.conftest import _admin, drop_database
from tests.incoming import arrives, everything, message
from tests.ledger.world import LEDGER_CONFIG
from tests.line.conftest import desk_in

PAGE = Path(__file__).resolve().parents[2] / "docs" / "moving.md"
Done = tuple[int, str, str]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a line as it is typed in the folder of the desk; answers exit code, output and complaints."""
    monkeypatch.chdir(tmp_path)
    with desk_in(tmp_path, LEDGER_CONFIG) as desk:
        arrives(desk, message(at=desk.now()))
        replies.reply(desk, everything(desk)[0].number, "Nous regardons.")

    def run(*words: str) -> Done:
        code = main(words)
        out = capsys.readouterr()
        return code, out.out, out.err

    assert run("policy", "apply", "--agent", "sam")[0] == 0
    return run


@pytest.fixture
def empty(postgres: str, new_database: str) -> Iterator[str]:
    """An empty database, which roles may be made for."""
    yield new_database
    with _admin(postgres) as connection:
        name = str(make_url(new_database).database)
        drop_database(connection, name)
        connection.execute(text(f"CREATE DATABASE {name}"))


def test_what_is_told(said, tmp_path: Path) -> None:
    code, out, err = said("desk", "copy", "desk.sqlite", "copy.sqlite")
    assert (code, err) == (0, "")
    assert "1 conversation, 2 messages, 0 entries of the ledger, 0 attachments" in out
    assert "1 reply is still to be sent" in out
    assert str(tmp_path / "copy.sqlite") in out
    code, out, err = said("desk", "copy", "desk.sqlite", "copy.sqlite")
    assert (code, out) == (2, "")
    assert "in use" in err
    code, out, err = said("desk", "copy", "desk.sqlite", "again.sqlite", "--json", "--move")
    told = json.loads(out)
    assert (code, told["moved"], told["undelivered"], told["rows"]["message"]) == (0, True, 0, 2)
    assert told["desk"] == str(tmp_path / "again.sqlite")
    code, out, err = said("views", "--agent", "lea")
    assert (code, out) == (1, "")
    assert "again.sqlite" in err


def test_a_password_is_not_told(said, empty: str) -> None:
    url = make_url(empty)
    address = url.set(password="hush", host=None).render_as_string(hide_password=False)
    code, out, err = said("desk", "copy", "desk.sqlite", address)
    assert code == 0
    assert "hush" not in out + err


def test_without_a_configuration(said, tmp_path: Path) -> None:
    """Both addresses are given: none is needed."""
    (tmp_path / "agentconsole.toml").unlink()
    assert said("desk", "copy", "desk.sqlite", "copy.sqlite")[0] == 0


def test_the_page_word_for_word(said, empty: str, tmp_path: Path) -> None:
    """A desk is moved to PostgreSQL, worked on there as an agent with a login, and copied back."""
    login = f"eve_{make_url(empty).database}"
    blocks = re.findall(r"```\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    typed = [line for block in blocks for line in block.splitlines() if "FROM TO" not in line]
    assert len(typed) == 6
    for written in typed[:-1]:
        line = written
        if "desk agent add" in line:
            (tmp_path / "agentconsole.toml").write_text(f'desk = "{empty}"\n{LEDGER_CONFIG}', "utf-8")
            line = line.replace("eve", f"sam --login {login}")
        if "policy apply" in line:
            mine = make_url(empty).set(username=login).render_as_string()
            (tmp_path / "agentconsole.toml").write_text(f'desk = "{mine}"\n{LEDGER_CONFIG}', "utf-8")
        words = line.replace("postgresql://postgres@localhost/desk", empty).split()[1:]
        code, out, err = said(*words)
        assert (code, err) == (0, ""), line
    assert "0 entries: the ledger is whole." in out
    code, out, _ = said("search", "regardons", "--json")
    assert (code, json.loads(out)["id"]) == (0, 1)
    assert said("note", "1", "as Sam")[0] == 0
    words = typed[-1].replace("postgresql://postgres@localhost/desk", empty).replace("desk.sqlite", "back.sqlite")
    code, out, err = said(*words.split()[1:])
    assert (code, err) == (0, "")
    assert "3 messages" in out


def test_whoever_copies_is_let_be_the_owner(said, empty: str, postgres: str) -> None:
    """Nobody else can, and is told so."""
    name = make_url(empty).database
    assert said("desk", "init", "--desk", empty)[0] == 0
    assert said("desk", "agent", "add", "lea", "--login", f"lea_{name}", "--desk", empty)[0] == 0
    mine = make_url(empty).set(username=f"lea_{name}").render_as_string()
    code, out, err = said("desk", "copy", "desk.sqlite", mine)
    assert (code, out) == (1, "")
    assert "refuses this to you" in err
    with _admin(postgres) as connection:
        connection.execute(text(f"GRANT {name}_owner TO lea_{name}"))
    assert said("desk", "copy", "desk.sqlite", mine)[0] == 0
    with _admin(postgres) as connection:
        connection.execute(text(f"REVOKE {name}_owner FROM lea_{name}"))
    code, out, err = said("desk", "copy", mine, "back.sqlite")
    assert (code, out) == (1, "")
    assert "refuses this to you" in err
