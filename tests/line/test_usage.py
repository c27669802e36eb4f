"""Line mode: a command line that is none of ours is told as every other error, in two lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentconsole import i18n
from agentconsole.cli import main
from tests.line.conftest import Run


@pytest.fixture
def typing() -> str:
    """Claire supervises."""
    return "claire"


@pytest.mark.parametrize(
    ("arguments", "what", "do"),
    [
        ("banner --end 123", "--end: '123' is no UUID.", "`agentconsole banner --help`"),
        ("incident show xx", "UUID: 'xx' is no UUID.", "`agentconsole incident show --help`"),
        ("dashboard --limit -3", "--limit: '-3' is not a number from 1.", "`agentconsole dashboard --help`"),
        ("trail --limit x", "--limit: 'x' is not a number from 1.", "`agentconsole trail --help`"),
        ("duty lunch", "'lunch' is none of: here, away, gone.", "`agentconsole duty --help`"),
        ("message lea", "Missing: TEXT.", "`agentconsole message --help`"),
        ("customer note 1", "One of these is missing: TEXT, --drop.", "`agentconsole customer note --help`"),
        ("list 1 --limit", "--limit needs a value.", "`agentconsole list --help`"),
        ("list 1 --nonsense", "Not understood: --nonsense.", "`agentconsole --help`"),
        ("outbox --again a --give-up b", "--again and --give-up do not go together.", "`agentconsole outbox --help`"),
        ("demo --seed x", "--seed: 'x' does not fit.", "`agentconsole demo --help`"),
        ("notices --se --a --s", "", "`agentconsole"),
        ("dahsboard", "There is no 'dahsboard'.", "Perhaps: dashboard. `agentconsole --help`"),
    ],
    ids=lambda words: words if isinstance(words, str) and "`" not in words else "",
)
def test_what_is_no_command_is_told_in_two_lines(run: Run, arguments: str, what: str, do: str) -> None:
    code, out, err = run(*arguments.split())
    lines = err.splitlines()
    assert (code, out, len(lines)) == (2, "", 2)
    assert lines[0].startswith(what)
    assert lines[1].startswith(do)


def test_it_is_told_in_the_language_of_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCONSOLE_LANGUAGE", "en")
    (tmp_path / "agentconsole.toml").write_text('language = "fr"\nagents = [{ id = "lea", name = "Léa" }]\n', "utf-8")
    try:
        assert main(["duty", "lunch", "--config", str(tmp_path / "agentconsole.toml")]) == 2
        assert i18n.language() == "fr"
    finally:
        i18n.use("en")
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_one_look_may_be_asked_for_twice(run: Run) -> None:
    code, out, _err = run("dashboard", "--once", "--json")
    assert (code, len(out.splitlines())) == (0, 1)


def test_who_is_not_here_is_named_among_those_who_are(run: Run) -> None:
    for words in (("zorro", "lea"), ("lea", "zorro"), ("lea", "team:zorro")):
        code, out, err = run("reassign", *words)
        assert (code, out, len(err.splitlines())) == (1, "", 2)
        assert "'zorro'" in err
    code, out, err = run("reassign", "lea", "lea")
    assert (code, out, err.splitlines()[0]) == (2, "", "Nothing moves: Léa Martin has them already.")


def test_a_banner_ends_at_a_time(run: Run) -> None:
    code, out, err = run("banner", "Fibre outage", "--until", "until reply")
    assert (code, out, err.splitlines()[0]) == (2, "", "'until reply' is not a time.")
    assert "until reply" not in err.splitlines()[1]
    assert run("banner")[1] == ""


def test_a_macro_that_is_none_is_told_with_those_like_it(run: Run) -> None:
    _code, _out, err = run("macro", "show", "fr/rembourssement")
    lines = err.splitlines()
    assert lines[0] == "There is no macro 'fr/rembourssement'."
    assert lines[1].startswith("Perhaps: fr/")
    assert lines[1].endswith("`agentconsole macro list` lists all.")
