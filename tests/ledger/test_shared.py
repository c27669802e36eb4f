"""A console on PostgreSQL needs nothing but the desk's address: who one is, rules and macros come from there."""

from __future__ import annotations

import argparse
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.channels.base import settings_model
from agentconsole.cli import main
from agentconsole.cli.opening import opened
from agentconsole.config import Config, parse
from agentconsole.config.start import starting_text
from agentconsole.demo.config import demo_config
from agentconsole.desk import shared
from agentconsole.errors import DeskError
from agentconsole.store.opening import open_desk
from tests.ledger.conftest import address_of
from tests.ledger.world import LEDGER_CONFIG

Run = Callable[..., tuple[int, list[str], str]]
MACRO = 'title = "Outage"\nbody = "It is repaired."\n'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Line mode of somebody whose folders are empty."""
    for name in ("config", "cache", "data"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def run_(*arguments: str) -> tuple[int, list[str], str]:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out.splitlines(), err

    return run_


def rows(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


@pytest.fixture
def chief(tmp_path: Path, ledger_database: str) -> Path:
    """The file of Sam, who supervises, with the brand's macros beside it."""
    folder = tmp_path / "chief"
    (folder / "macros" / "en").mkdir(parents=True)
    (folder / "macros" / "en" / "outage.toml").write_text(MACRO, "utf-8")
    file = folder / "agentconsole.toml"
    where = f'desk = "{address_of("sam", ledger_database)}"\nmacros = "macros"\n'
    file.write_text(where + LEDGER_CONFIG.replace('name = "Fernlicht"', 'name = "Fernblick"'), "utf-8")
    return file


@pytest.fixture
def applied(chief: Path, run: Run, ledger_database: str) -> str:
    """The policy holds; the address of the desk as Tom's console has it."""
    code, said, err = run("policy", "apply", "--config", str(chief))
    assert (code, err) == (0, ""), said
    return address_of("tom", ledger_database)


def test_nothing_but_the_address_is_needed(run: Run, applied: str, tmp_path: Path) -> None:
    code, lines, _err = run("gesture", "reasons", "--desk", applied, "--json")
    assert code == 0
    assert len(lines) > 0
    findings = rows(run("check", "--desk", applied, "--json")[1])
    said = {finding["what"]: finding["seen"] for finding in findings}
    assert said["agent"] == "tom (Tom Reed)"
    assert said["hours"] == "Europe/Paris"
    assert said["policy"] == "version 1"
    assert [row["name"] for row in rows(run("macro", "list", "--desk", applied, "--json")[1])] == ["en/outage"]
    assert not (tmp_path / "config").exists(), "nothing is written but the macros"
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert [path.read_text("utf-8") for path in kept] == [MACRO]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)


def test_a_file_may_have_no_more_than_the_address(run: Run, applied: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'desk = "{applied}"\ntheme = "agentconsole-light"\nkeys = {{ reply = "f12" }}\n', "utf-8")
    findings = rows(run("check", "--config", str(file), "--json")[1])
    wrong = {finding["what"] for finding in findings if not finding["good"]}
    missing = {"mail", "form", "x", "voucher codes", "training in gestures"}
    assert wrong <= missing, "channels, codes and the training of one are not there, all else is good"
    assert run("views", "--config", str(file))[0] == 0


def test_the_policy_holds_where_a_file_says_otherwise(run: Run, applied: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    brand = '[brand]\nname = "Mine"\n[[agents]]\nid = "zoe"\nname = "Zoé"\n[[agents]]\nid = "tom"\nname = "T"\n'
    file.write_text(f'desk = "{applied}"\nagent = "zoe"\ntheme = "agentconsole-light"\n{brand}', "utf-8")
    findings = rows(run("check", "--config", str(file), "--json")[1])
    assert [f["seen"] for f in findings if f["what"] == "agent"] == ["tom (Tom Reed)"]
    assert [f["seen"] for f in findings if f["what"] == "theme"] == ["agentconsole-light"]
    overruled = [f["seen"].split()[0] for f in findings if f["what"] == "policy" and not f["good"]]
    assert overruled == ["agents", "brand"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"shared": []}, {"shared": None}, {"shared": "x"}, {"macros": ["x"]}, {"macros": None}, {"macros": {"x": 1}},
        {"shared": {"agents": 3}}, {"shared": {"agents": [3]}}, {"shared": {"agents": [{"id": []}]}},
        {"shared": {"channels": {"a": 1}}}, {"shared": {"brand": []}},
    ],
)  # fmt: skip
def test_a_policy_that_is_none_is_refused_in_words_and_can_be_replaced(
    wrong: dict[str, Any], run: Run, applied: str, chief: Path, ledger_database: str
) -> None:
    from agentconsole.desk.policy import digest, to_json
    from agentconsole.store.ledger import ledger_of, policies

    store = open_desk(ledger_database, Path())
    with store.write() as connection:
        document = json.loads(policies.document(connection, 1) or "") | wrong
        ledger_of(connection).apply_policy("", to_json(document), digest(document))
    store.close()
    code, _lines, err = run("views", "--desk", applied)
    assert (code, len(err.splitlines())) == (1, 2)
    seen = {f["seen"] for f in rows(run("check", "--desk", applied, "--json")[1]) if not f["good"]}
    assert any("cannot read the desk's policy" in each for each in seen)
    assert run("policy", "diff", "--config", str(chief))[0] == 0
    assert run("policy", "apply", "--config", str(chief))[0] == 0
    assert run("views", "--desk", applied)[0] == 0


def test_the_shop_is_left_to_consoles_whose_own_file_names_it(run: Run, chief: Path, ledger_database: str) -> None:
    text = chief.read_text("utf-8")
    chief.write_text(text + '\n[shop]\nurl = "https://shop.example/gestures"\n', "utf-8")
    assert run("policy", "apply", "--config", str(chief))[0] == 0
    where = address_of("tom", ledger_database)
    for own, hands_over in (
        ("", False), ('[shop]\nurl = "https://shop.example/gestures"', True),
        ('[shop]\nurl = "https://else.example/"', False),
        ('[shop]\nurl = "https://shop.example/gestures"\nsecret = "mail"', False),
    ):  # fmt: skip
        file = chief.parent / "mine.toml"
        file.write_text(f'desk = "{where}"\n{own}\n', "utf-8")
        with opened(argparse.Namespace(config=file, agent=None, desk=None)) as desk:
            assert desk.config.shop is not None
            assert desk.hands_over is hands_over, own
        shops = [f["seen"] for f in rows(run("check", "--config", str(file), "--json")[1]) if f["what"] == "shop"]
        assert shops == (
            ["There is no key to sign requests to the shop with."] if hands_over else ["left to other consoles"]
        )


def test_mailboxes_are_left_to_the_service(applied: str, chief: Path, run: Run) -> None:
    """An agent's login leaves them alone, also where the console's own file has channels."""
    del run  # whose folders are empty
    for file in (None, chief):
        with opened(argparse.Namespace(config=file, agent=None, desk=applied)) as desk:
            assert desk.config.channel("mail") is not None
            assert not desk.pulls


def test_who_one_is_says_the_login(run: Run, applied: str) -> None:
    assert run("views", "--desk", applied, "--agent", "tom")[0] == 0
    code, _lines, err = run("views", "--desk", applied, "--agent", "sam")
    assert code == 2
    assert "tom" in err


def test_only_supervisors_apply(run: Run, applied: str, chief: Path) -> None:
    code, _lines, err = run("policy", "apply", "--desk", applied, "--config", str(chief))
    assert (code, len(err.splitlines())) == (3, 2)
    code, _lines, err = run("policy", "apply", "--desk", applied)
    assert code == 2, "a file that says nothing of who works here would take everything away"
    assert len(run("policy", "history", "--desk", applied)[1]) == 1


def test_whoever_set_up_the_desk_may_apply_too(run: Run, chief: Path, ledger_database: str) -> None:
    code, said, err = run("policy", "apply", "--desk", ledger_database, "--config", str(chief), "--json")
    assert (code, err) == (0, "")
    assert rows(said)[0]["version"] == 1


def test_a_changed_macro_is_a_new_policy(run: Run, applied: str, chief: Path, tmp_path: Path) -> None:
    (chief.parent / "macros" / "en" / "outage.toml").write_text(MACRO.replace("repaired", "mended"), "utf-8")
    (chief.parent / "macros" / "en" / "thanks.toml").write_text(MACRO, "utf-8")
    code, told, _err = run("policy", "diff", "--config", str(chief), "--json")
    assert (code, [change["who"] for change in rows(told)]) == (0, [["macro en/outage"], ["macro en/thanks"]])
    assert run("policy", "apply", "--config", str(chief))[0] == 0
    names = [row["name"] for row in rows(run("macro", "list", "--desk", applied, "--json")[1])]
    assert names == ["en/outage", "en/thanks"]
    assert "mended" in "\n".join(run("macro", "show", "outage", "--desk", applied)[1])


def test_a_policy_of_a_newer_program_is_refused_in_words(run: Run, applied: str, ledger_database: str) -> None:
    from agentconsole.desk.policy import digest, to_json
    from agentconsole.store.ledger import ledger_of, policies

    store = open_desk(ledger_database, Path())
    with store.write() as connection:
        document = json.loads(policies.document(connection, 1) or "")
        document["shared"]["mood"] = "blue"
        ledger_of(connection).apply_policy("", to_json(document), digest(document))
    store.close()
    code, _lines, err = run("views", "--desk", applied)
    assert (code, "Update agentconsole" in err) == (1, True)


def test_what_is_each_consoles_own_is_not_taken_from_a_policy() -> None:
    document = {"shared": {"brand": {"name": "Fernlicht"}, "attachments": "/elsewhere", "own": "x", "theme": "none"}}
    joined = shared._with_shared(Config(), document)
    assert joined.brand.name == "Fernlicht"
    assert [getattr(joined, key) for key in sorted(shared.PERSONAL)] == [
        getattr(Config(), key) for key in sorted(shared.PERSONAL)
    ]


@pytest.mark.parametrize("text", [LEDGER_CONFIG, demo_config(1, True, None), starting_text()])
def test_what_is_shared_says_the_same(text: str) -> None:
    config = parse(text, "agentconsole.toml", settings_model)
    data = json.loads(json.dumps(shared._shared(config)))
    again = Config.model_validate(data)
    assert again.model_dump(exclude=set(shared.PERSONAL)) == config.model_dump(exclude=set(shared.PERSONAL))
    assert shared._shared(again) == data


def test_no_secret_is_passed_on() -> None:
    channel = '[[channels]]\nid = "a"\nkind = "own"\npassword = "hunter2"\napi_key = "hunter3"\nsmtp_secret = "name"\n'
    (passed,) = shared._shared(parse(channel, "agentconsole.toml"))["channels"]
    assert passed == {"id": "a", "kind": "own", "smtp_secret": "name"}


def test_no_secret_is_passed_on_from_any_depth() -> None:
    channel = """[[channels]]
id = "a"
kind = "own"
smtp_password = "hunter2"
oauth = { client_secret = "hunter2", user = "u", more = [{ access_token = "hunter2", api-key = "hunter2", n = 1 }] }
"""
    (passed,) = shared._shared(parse(channel, "agentconsole.toml"))["channels"]
    assert passed == {"id": "a", "kind": "own", "oauth": {"user": "u", "more": [{"n": 1}]}}


@settings(deadline=None, max_examples=150)
@given(st.lists(st.text(alphabet="ab./\\ -~:\x00é", max_size=6) | st.sampled_from(["..", ".", "", "en"]), max_size=11))
def test_no_name_leads_out_of_the_folder(parts: list[str]) -> None:
    name, folder = "/".join(parts), Path("/cache/macros/state")
    if shared._is_name(name):
        path = folder / f"{name}.toml"
        assert path.is_relative_to(folder)
        assert ".." not in path.parts
        assert path.parts[: len(folder.parts)] == folder.parts
        assert not {"\\", "\x00", ":"} & set(name)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", "a//b", ".hidden", "a/" * 9 + "b", "a\x00"])
def test_such_names_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(DeskError):
        shared.keep_macros({"fine": MACRO, name: MACRO})
    assert not list(tmp_path.rglob("*.toml"))


def test_what_somebody_did_to_the_kept_macros_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    texts = {"en/outage": MACRO, "fr/panne": MACRO}
    folder = shared.keep_macros(texts)
    (folder / "en" / "outage.toml").write_text("broken", "utf-8")
    (folder / "en" / "foreign.toml").write_text(MACRO, "utf-8")
    (folder / "fr" / "panne.toml").unlink()
    (folder / "fr" / "panne.toml").symlink_to(tmp_path / "elsewhere.toml")
    assert shared.keep_macros(texts) == folder
    found = {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.toml")}
    assert found == {"en/outage.toml": MACRO, "fr/panne.toml": MACRO}
    assert not (tmp_path / "elsewhere.toml").exists()
