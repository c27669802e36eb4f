"""Line mode as people and scripts use it: verbs, exit codes, where words come from, what is printed."""

from __future__ import annotations

import argparse
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agentconsole.cli import main
from agentconsole.cli.opening import opened
from agentconsole.demo.build import build
from agentconsole.desk import drafts
from tests.line.conftest import Run, rows


def first_number(run: Run) -> str:
    return str(rows(run("next", "--json")[1])[0]["id"])


def test_views_count_what_their_lists_hold(run: Run) -> None:
    for view in rows(run("views", "--json")[1]):
        if not view["more"]:
            listed = rows(run("list", view["view"], "--json", "--limit", "10000")[1])
            assert len(listed) == view["total"]
            assert sum(1 for row in listed if row["clock"] and row["clock"]["state"] == "late") == view["late"]


def test_a_row_says_everything_it_promises(run: Run) -> None:
    row = rows(run("list", "1", "--json")[1])[0]
    promised = {"id", "channel", "customer", "subject", "state", "assignee", "unread", "clock", "rank", "why"}
    assert promised <= row.keys()
    assert row["clock"].keys() == {"kind", "due_at", "state", "seconds"}
    assert all(isinstance(reason, str) and reason for reason in row["why"])


def test_rows_come_by_rank(run: Run) -> None:
    ranks = [row["rank"] for row in rows(run("list", "1", "--json")[1])]
    assert ranks == sorted(ranks)


def test_options_may_stand_before_or_after_the_verb(run: Run, folder: Path) -> None:
    config = str(folder / "agentconsole.toml")
    assert main(["views", "--config", config]) == 0
    assert main(["--config", "/nowhere.toml", "views", "--config", config]) == 0


def test_the_configuration_of_the_folder_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert main(["views"]) == 0
    assert capsys.readouterr().out


def test_a_missing_configuration_is_said_in_two_lines(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", "/nowhere.toml", "views"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("source", ["argument", "file", "stdin"])
def test_words_of_a_note(run: Run, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number, words = first_number(run), f"À rappeler ({source})"
    arguments = ["note", number]
    if source == "argument":
        arguments.append(words)
    elif source == "file":
        (tmp_path / "words").write_text(words, encoding="utf-8")
        arguments += ["--file", str(tmp_path / "words")]
    else:
        monkeypatch.setattr(sys, "stdin", io.StringIO(words))
    assert run(*arguments)[0] == 0
    thread = rows(run("show", number, "--json")[1])[0]
    assert (thread["messages"][-1]["text"], thread["messages"][-1]["direction"]) == (words, "note")


def test_a_reply_waits_in_the_outbox_and_sync_delivers_it(run: Run) -> None:
    number = first_number(run)
    assert run("reply", number, "Bonjour !", "--status", "resolved", "--now")[0] == 0
    waiting = [entry for entry in rows(run("outbox", "--json")[1]) if str(entry["id"]) == number]
    assert [(entry["state"], entry["text"]) for entry in waiting] == [("queued", "Bonjour !")]
    assert run("sync", "--once")[0] == 0
    thread = rows(run("show", number, "--json")[1])[0]
    assert thread["messages"][-1]["delivery"] == {"state": "sent", "error": ""}
    assert thread["state"] == "resolved"


def test_a_reply_with_a_placeholder_is_refused_and_nothing_is_stored(run: Run) -> None:
    number = first_number(run)
    for options in ((), ("--no-check",)):
        code, out, err = run("reply", number, "Bonjour {{ customer.first_name }}", *options)
        assert (code, out, len(err.splitlines())) == (1, "", 2)
        assert "{{ customer.first_name }}" in err
    assert not [entry for entry in rows(run("outbox", "--json")[1]) if "{{" in entry["text"]]


def test_what_else_a_reply_lacks_is_a_warning(run: Run) -> None:
    code, out, err = run("reply", first_number(run), "Ci-joint.")
    assert (code, len(out.splitlines()), len(err.splitlines())) == (0, 2, 1)
    assert "Ci-joint" in err
    assert run("reply", first_number(run), "Ci-joint !", "--no-check")[2] == ""


def test_a_reply_to_a_thread_that_went_on_is_refused(run: Run) -> None:
    numbers = [str(row["id"]) for row in rows(run("list", "resolve", "--json")[1])]
    threads = (rows(run("show", number, "--json")[1])[0] for number in numbers)
    thread = next(thread for thread in threads if thread["messages"][-1]["direction"] == "in")
    code, _, err = run("reply", str(thread["id"]), "Bonjour", "--no-check", "--seen", str(thread["seen"] - 1))
    assert (code, len(err.splitlines())) == (1, 2)


def test_assign_and_status(run: Run) -> None:
    number = first_number(run)
    for who, expected in (("me", "lea"), ("nobody", None), ("karim", "karim")):
        assert run("assign", number, who)[0] == 0
        assert rows(run("show", number, "--json")[1])[0]["assignee"] == expected
    assert run("status", number, "pending")[0] == 0
    trail = rows(run("show", number, "--json", "--trail")[1])[0]["trail"]
    assert [entry["kind"] for entry in trail][-4:] == ["assigned", "assigned", "assigned", "state"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "no-such-view"),
        ("show", "not-a-number"),
        ("status", "1", "no-such-state"),
        ("search", "is:nonsense"),
        ("reply", "1", "  "),
        ("no-such-verb",),
    ],
)
def test_bad_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") or arguments[0] == "list"
    assert err.strip()


@pytest.mark.parametrize("arguments", [("show", "99999"), ("assign", "1", "stranger"), ("outbox", "--again", "none")])
def test_what_is_not_there_ends_with_1(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out, len(err.splitlines())) == (1, "", 2)


def test_search_ignores_accents_and_case(run: Run) -> None:
    found = [{row["id"] for row in rows(run("search", words, "--json")[1])} for words in ("été", "ETE")]
    assert found[0] == found[1]


def test_plain_output_holds_nothing_that_a_terminal_acts_on(run: Run) -> None:
    shown = [run("list", "all", "--limit", "500")[1]] if run("list", "all")[0] == 0 else []
    numbers = [row["id"] for row in rows(run("list", "1", "--json")[1])]
    shown += [run("show", str(number), "--all")[1] for number in numbers]
    text = "".join(shown)
    assert text
    assert not [char for char in text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) <= 0x9F]


def test_a_pipe_may_close_early(folder: Path) -> None:
    command = f"{sys.executable} -m agentconsole --config {folder}/agentconsole.toml list 1 --json"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} | head -n 1"], capture_output=True, text=True, check=False
    )
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 1)


def test_the_console_asks_for_a_terminal(folder: Path) -> None:
    command = [sys.executable, "-m", "agentconsole", "--config", str(folder / "agentconsole.toml")]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)


def test_the_same_seed_and_size_make_the_same_desk(folder: Path, tmp_path: Path, run: Run) -> None:
    again = tmp_path / "again"
    build(again, size=80, seed=5, still=True)
    third = tmp_path / "third"
    build(third, size=80, seed=5, still=True)
    told = []
    for folder in (again, third):
        config = str(folder / "agentconsole.toml")
        done = subprocess.run(
            [sys.executable, "-m", "agentconsole", "--config", config, "search", "is:resolved"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        told.append(done.stdout)
    assert told[0] == told[1]


def test_init_writes_a_good_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "agentconsole.toml"
    assert main(["init", str(place)]) == 0
    before = place.read_bytes()
    assert main(["init", str(place)]) != 0
    assert place.read_bytes() == before
    capsys.readouterr()
    assert main(["--config", str(place), "check", "--json"]) == 1
    wrong = [finding["what"] for finding in rows(capsys.readouterr().out) if not finding["good"]]
    assert wrong == ["channels"], "what is left to fill in is the mailbox"


def test_words_that_were_begun_in_the_console_stay(run: Run, folder: Path) -> None:
    number = first_number(run)
    with opened(argparse.Namespace(config=folder / "agentconsole.toml", agent="lea")) as desk:
        drafts.keep(desk, int(number), "begun", 1)
    assert run("reply", number, "Bonjour !")[0] == 0
    assert [d["text"] for d in rows(run("show", number, "--json")[1])[0]["drafts"]] == ["begun"]


def test_a_reply_can_be_taken_back_until_it_goes(run: Run) -> None:
    number = str(rows(run("list", "resolve", "--json")[1])[0]["id"])
    code, out, _err = run("reply", number, "Un instant, je regarde.", "--no-check")
    assert code == 0
    goes = re.search(r"It goes at (\d\d:\d\d:\d\d); `agentconsole undo` takes it back until then\.", out)
    assert goes
    assert f"#{number}  goes at {goes[1]}" in run("outbox")[1]
    assert run("undo")[0] == 0
    assert not [entry for entry in rows(run("outbox", "--json")[1]) if str(entry["id"]) == number]


def test_a_note_tells_whom_it_calls(run: Run) -> None:
    number = str(rows(run("list", "resolve", "--json")[1])[0]["id"])
    assert run("note", number, "@yann peux-tu ? @zorro aussi")[1] == (
        f"#{number}: calls Yann Le Goff; @zorro calls nobody.\n"
    )
    assert run("note", number, "Rappelé à 14h, @14h")[1] == f"#{number}: note saved.\n"
