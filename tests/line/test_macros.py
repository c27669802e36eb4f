"""Macros in line mode: listed, shown, checked, run, brought and saved, with exit codes that scripts can rely on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from agentconsole.cli.opening import opened
from agentconsole.demo.build import build
from agentconsole.desk import drafts
from tests.line.conftest import Run, rows

LATE = """\
title = "Colis en retard"
tags = ["colis"]
body = "Bonjour {{ customer.first_name | default: 'à vous' }}, votre colis arrive le {{ ask.day | day }}."
[[questions]]
name = "day"
ask = "Quel jour ?"
kind = "date"
[actions]
add_tags = ["colis"]
note = "Promis pour le {{ ask.day }}"
"""
MINE = 'title = "Je prends"\n[actions]\nassignee = "me"\npriority = "high"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo desk with a brand's macros, which the tests of this file share."""
    folder = tmp_path_factory.mktemp("demo")
    build(folder, size=120, seed=3, still=True)
    config = folder / "agentconsole.toml"
    lines = config.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("macros =", "own ="))]
    config.write_text("\n".join(['macros = "macros"', 'own = "mine"', *kept]), "utf-8")
    (folder / "macros" / "fr").mkdir(parents=True)
    (folder / "macros" / "fr" / "colis.toml").write_text(LATE, "utf-8")
    (folder / "macros" / "mine.toml").write_text(MINE, "utf-8")
    return folder


@pytest.fixture
def broken(folder: Path) -> Any:
    path = folder / "macros" / "broken.toml"
    path.write_text('title = "Cassée"\nbody = """\nBonjour\n{{ customer.nmae }}\n"""\n', "utf-8")
    yield path
    path.unlink()


def open_conversation(run: Run, index: int = 0) -> str:
    return str(rows(run("search", "is:open", "--json")[1])[index]["id"])


def shown(run: Run, number: str) -> dict[str, Any]:
    return rows(run("show", number, "--json")[1])[0]


def test_list(run: Run, broken: Path) -> None:
    code, out, _err = run("macro", "list", "--json")
    listed = {row["name"]: row for row in rows(out)}
    assert (code, list(listed)) == (0, ["broken", "fr/colis", "mine"])
    assert listed["fr/colis"] == {
        "name": "fr/colis",
        "title": "Colis en retard",
        "language": None,
        "channels": [],
        "tags": ["colis"],
        "uses": 0,
        "problems": [],
        "own": False,
        "path": str(broken.parent / "fr" / "colis.toml"),
    }
    assert (listed["broken"]["title"], len(listed["broken"]["problems"])) == ("Cassée", 1)
    assert "line 4" in run("macro", "list")[1]


def test_check(run: Run, broken: Path) -> None:
    code, out, _err = run("macro", "check")
    assert code == 1
    assert f"{broken}:4: body: unknown placeholder customer.nmae" in out
    assert rows(run("macro", "check", "--json")[1])[0]["line"] == 4
    broken.write_text(MINE, "utf-8")
    assert run("macro", "check")[:2] == (0, "3 macros are good, 0 are broken.\n")


def test_show(run: Run, broken: Path) -> None:
    code, out, _err = run("macro", "show", "colis")
    assert code == 0
    assert "ask.day: Quel jour ?" in out
    assert "{{ ask.day | day }}" in out
    assert rows(run("macro", "show", "fr/colis", "--json")[1])[0]["actions"]["add_tags"] == ["colis"]
    assert run("macro", "show", "colsi")[0] == 1
    assert "broken" in run("macro", "show", "broken")[2]


def test_a_macro_with_words_becomes_the_draft_and_several_stack(run: Run) -> None:
    number = open_conversation(run)
    before = shown(run, number)
    code, out, _err = run("macro", "run", "colis", number)
    assert (code, "not filled in: ask.day" in out) == (0, True)
    code, out, _err = run("macro", "run", "colis", number, "--answer", "day=2026-12-24")
    assert (code, "24 December" in out or "24 décembre" in out) == (0, True)
    after = shown(run, number)
    (draft,) = [d for d in after["drafts"] if d["agent"] == after["drafts"][0]["agent"]]
    assert draft["text"].count("votre colis arrive") == 2
    assert len(after["messages"]) == len(before["messages"])
    assert after["tags"] == before["tags"]


def test_sending(run: Run) -> None:
    number = open_conversation(run, 1)
    before = len(shown(run, number)["messages"])
    code, _out, err = run("macro", "run", "colis", number, "--send")
    assert (code, "ask.day" in err) == (1, True)
    assert len(shown(run, number)["messages"]) == before
    code, out, err = run(
        "macro", "run", "colis", number, "--send", "--status", "resolved", "--answer", "day=2026-12-24"
    )
    assert code == 0, err
    after = shown(run, number)
    assert "+colis" in out
    assert after["state"] == "resolved"
    assert "colis" in after["tags"]
    assert [m["direction"] for m in after["messages"][before:]].count("out") == 1
    assert "Promis pour le 2026-12-24" in [m["text"] for m in after["messages"]]
    assert {row["name"]: row["uses"] for row in rows(run("macro", "list", "--json")[1])}["fr/colis"] >= 1


def test_sending_never_drops_other_words(run: Run) -> None:
    number = open_conversation(run, 2)
    run("macro", "run", "colis", number)
    code, _out, err = run("macro", "run", "colis", number, "--send", "--answer", "day=2026-12-24")
    assert (code, "other words" in err) == (1, True)
    assert "{{ ask.day | day }}" in shown(run, number)["drafts"][0]["text"]


def test_a_macro_without_words_acts_at_once(run: Run) -> None:
    number = open_conversation(run, 3)
    code, out, err = run("macro", "run", "mine", number)
    assert (code, err) == (0, "")
    assert shown(run, number)["priority"] == "high"
    assert "done" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run", "colis", "1", "--answer", "day"), 2, "is not an answer"),
        (("run", "colis", "1", "--answer", "day=blorb"), 2, "not a date"),
        (("run", "colis", "1", "--answer", "when=x"), 2, "does not ask"),
        (("run", "colis", "999999"), 1, "no conversation"),
        (("run", "nothing", "1"), 1, "no macro"),
        (("run", "colis", "1", "--status", "gone"), 2, "no state"),
        (("import", "nowhere.json", "--from", "zendesk"), 2, "cannot be read"),
        (("save", "../x", "hello"), 2, "cannot be a macro's name"),
        (("save", "x", "{{ nope }}"), 2, "unknown placeholder"),
        ((), 2, "ACTION"),
    ],
)
def test_what_cannot_be(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    got, _out, err = run("macro", *arguments)
    assert (got, said in err) == (code, True), err


def test_import(run: Run, folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "macros.json"
    actions = [
        {"field": "comment_value", "value": "Hello {{ticket.requester.name}}"},
        {"field": "type", "value": "task"},
    ]
    export.write_text(json.dumps({"macros": [{"title": "Hi", "actions": actions}, {"title": "No", "actions": []}]}))
    into = tmp_path / "into"
    code, out, _err = run(
        "macro", "import", str(export), "--from", "zendesk", "--into", str(into), "--dry-run", "--json"
    )
    assert (code, into.exists()) == (1, False)
    assert [(row["title"], row["lost"], bool(row["refused"])) for row in rows(out)] == [
        ("Hi", ["type = task"], False),
        ("No", [], True),
    ]
    code, out, _err = run("macro", "import", str(export), "--from", "zendesk")
    assert "not carried over: type = task" in out
    assert (folder / "mine" / "macros" / "hi.toml").is_file()
    assert "{{customer.name}}" in run("macro", "show", "hi")[1]
    out = run("macro", "import", str(export), "--from", "zendesk")[1]
    assert "hi.toml says that already" in out
    assert "0 macros brought." in out
    assert "1 was there already: not written." in out


def test_save(run: Run) -> None:
    code, out, _err = run(
        "macro", "save", "fr/merci", "Merci {{ customer.first_name }}", "--title", "Merci !", "--tag", "merci"
    )
    assert (code, "merci.toml" in out) == (0, True)
    saved = rows(run("macro", "show", "merci", "--json")[1])[0]
    assert (saved["title"], saved["tags"], saved["own"]) == ("Merci !", ["merci"], True)


def test_save_a_draft(run: Run) -> None:
    number = open_conversation(run, 5)
    assert run("macro", "save", "from-draft", "--draft", number)[0] == 2
    run("macro", "run", "colis", number, "--answer", "day=2026-12-24")
    assert run("macro", "save", "from-draft", "--draft", number)[0] == 0
    assert "votre colis arrive" in rows(run("macro", "show", "from-draft", "--json")[1])[0]["body"]


def test_actions_of_another_version_in_a_draft_stand_in_no_macros_way(run: Run, folder: Path) -> None:
    number = open_conversation(run, 6)
    with opened(argparse.Namespace(config=folder / "agentconsole.toml", agent="lea")) as desk:
        drafts.keep(desk, int(number), "begun", 1, actions='{"from": "elsewhere"}')
    assert run("macro", "run", "colis", number, "--answer", "day=2026-12-24")[0] == 0
    assert "begun" in [d["text"].partition("\n")[0] for d in shown(run, number)["drafts"]]
