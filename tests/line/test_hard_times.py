"""Line mode when things go wrong: each ends in two lines and its exit code, never in a traceback."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from agentconsole.cli import main
from agentconsole.model.message import Address, Attachment
from agentconsole.store import cursors, engine
from agentconsole.store.opening import open_desk
from tests.conftest import CONFIG, SUPPORT
from tests.incoming import arrives, message
from tests.line.conftest import desk_in
from tests.support.post_office import Office

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, list[str]]]
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202etxt.exe\u2066 \x7f \r \u2028 [@click=app.quit]x[/] \b\b"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and a desk of two conversations, to be in."""
    with desk_in(tmp_path, CONFIG) as desk:
        arrives(desk, message("Où est mon colis ?"))
        arrives(
            desk,
            message(
                HOSTILE,
                subject=HOSTILE,
                author=Address(
                    f"{HOSTILE}@x.example", f"Mallory\n--- 10:00 · Léa Martin · note\nrefund 900 €{HOSTILE}"
                ),
                quoted=HOSTILE,
                signature=HOSTILE,
                warnings=(HOSTILE,),
                attachments=(Attachment(f"a\n{HOSTILE}.txt", HOSTILE, b""),),
            ),
        )
        with desk.store.write() as connection:
            cursors.release(connection, "test", "", desk.now())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_(*arguments: str) -> tuple[int, str, list[str]]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err.splitlines()

    return run_


def program(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The program as a process of its own; ``given`` is what it reads."""
    return subprocess.run(
        [sys.executable, "-m", "agentconsole", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(SUPPORT), **(env or {})}, input=given, capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip


def _newer(place: Path) -> None:
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")


def _foreign(place: Path) -> None:
    place.unlink()
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("CREATE TABLE songs (title)")


def _truncated(place: Path) -> None:
    with closing(sqlite3.connect(place)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    place.write_bytes(place.read_bytes()[:20_480])


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda place: place.write_bytes(b"not a desk " * 2_000), "is not a desk"),
        (_truncated, "is damaged"),
        (_newer, "newer agentconsole"),
        (_foreign, "something else"),
        (lambda place: (place.unlink(), place.mkdir()), "cannot be opened"),
    ],
    ids=["garbage", "truncated", "newer", "foreign", "folder"],
)
def test_a_desk_that_cannot_be_used(run: Run, folder: Path, broken: Callable[[Path], object], said: str) -> None:
    for rest in folder.glob("desk.sqlite-*"):
        rest.unlink()
    broken(folder / "desk.sqlite")
    for arguments in (("list", "1"), ("note", "1", "words"), ("sync", "--once")):
        code, out, err = run(*arguments)
        assert (code, out) == (1, "")
        assert len(err) == 2
        assert said in err[0]
    code, out, _ = run("check", "--json")
    findings = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [finding["good"] for finding in findings if finding["what"] == "desk"] == [False]


def test_a_desk_that_somebody_holds(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(folder / "desk.sqlite", isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        assert run("list", "1")[0] == 0
        code, _, err = run("note", "1", "words")
    assert (code, len(err)) == (1, 2)
    assert "in use" in err[0]


def test_a_server_that_is_not_there(run: Run, folder: Path) -> None:
    toml = folder / "agentconsole.toml"
    toml.write_text('desk = "postgresql://me@127.0.0.1:1/desk"\n' + CONFIG, encoding="utf-8")
    code, out, err = run("views")
    assert (code, out, len(err)) == (1, "", 2)
    assert "cannot be reached" in err[0]


def test_a_channel_that_is_not_there(run: Run) -> None:
    code, out, err = run("sync", "--once")
    assert (code, len(err)) == (1, 3)  # a line for each channel
    assert all("cannot be reached" in line for line in err)
    assert "0 new messages" in out


def test_what_strangers_wrote_is_harmless_however_it_is_shown(run: Run, folder: Path) -> None:
    shown = [
        ("list", "1"),
        ("show", "2"),
        ("show", "2", "--all", "--trail"),
        ("next",),
        ("search", "txt"),
        ("outbox",),
    ]
    for arguments in (*shown, *((*one, "--json") for one in shown)):
        _, out, _ = run(*arguments)
        bad = [c for c in out if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029"]
        assert not bad, arguments
        if "--json" in arguments:
            assert all(isinstance(json.loads(line), dict) for line in out.splitlines())
    _, out, _ = run("show", "2")
    assert not any(line.startswith("--- 10:00") or "refund 900" in line[:12] for line in out.splitlines())
    (thread,) = (json.loads(line) for line in run("show", "2", "--json")[1].splitlines())
    assert thread["messages"][0]["text"] == HOSTILE.replace("\0", "")


def test_more_rows_than_one_page_of_search(run: Run, folder: Path) -> None:
    with desk_in(folder, CONFIG) as desk:
        arrives(desk, *(message("zebra") for _ in range(120)))
    for limit, expected in (("5", 5), ("100", 100), ("1000", 120), ("20000", 120)):
        _, out, _ = run("search", "zebra", "--json", "--limit", limit)
        assert len(out.splitlines()) == expected
    _, out, _ = run("search", "zebra from:camille channel:mail", "--json", "--limit", "1000")
    assert len(out.splitlines()) == 120


def test_words_from_standard_input_in_any_state(folder: Path) -> None:
    for given, code in ((b"caf\xc3\xa9", 0), (b"caf\xe9", 2), (b"", 2), (b" \n", 2), (b"a\0b", 0)):
        done = program(folder, "note", "1", given=given)
        assert (done.returncode, b"Traceback" in done.stderr, b"fault" in done.stderr) == (
            code,
            False,
            False,
        ), given
        assert len(done.stderr.splitlines()) == (2 if code else 0)
    done = program(folder, "note", "1", "caf\udce9")  # an argument that is not UTF-8
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_cannot_show_everything(folder: Path, encoding: str) -> None:
    for arguments in (("show", "1"), ("show", "2", "--json")):
        done = program(folder, *arguments, env={"PYTHONIOENCODING": encoding, "AGENTCONSOLE_LANGUAGE": "fr"})
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode(encoding)


def test_a_reader_that_has_gone(folder: Path) -> None:
    """Output that fits a buffer is lost only when the program ends; that is no fault either."""
    for arguments in ("views", "show 1 --json"):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [sys.executable, "-m", "agentconsole", *arguments.split()],
            cwd=folder, env={**os.environ, "PYTHONPATH": str(SUPPORT)}, stdout=write, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
        os.close(write)
        assert (done.returncode, done.stderr) == (0, b"")


def test_who_works_here_must_be_clear(run: Run, folder: Path) -> None:
    toml = folder / "agentconsole.toml"
    toml.write_text(CONFIG.replace('agent = "lea"', ""), encoding="utf-8")
    code, _, err = run("views")
    assert (code, len(err)) == (2, 2)
    assert "lea, tom" in err[1]
    assert run("--agent", "tom", "views")[0] == 0
    assert run("--agent", "mallory", "views")[0] == 2


def test_all_mistakes_of_a_configuration_are_told_at_once(run: Run, folder: Path) -> None:
    (folder / "agentconsole.toml").write_text('colour = 1\nlanguage = "xx"\nchannels = [{ id = "m", kind = "fax" }]')
    code, out, err = run("views")
    assert (code, out) == (2, "")
    assert len(err) == 4  # one line a mistake, and what to do
    assert all(word in " ".join(err) for word in ("colour", "language", "fax"))


def test_a_package_with_a_channel_is_found(run: Run, folder: Path, office: Office) -> None:
    """The kind of channel comes from an installed package; its keys are checked and its mail is brought."""
    toml = folder / "agentconsole.toml"
    toml.write_text(CONFIG.replace('kind = "post"', f'kind = "post", url = "{office.url}"'), encoding="utf-8")
    office.writes("a question")
    code, out, err = run("sync", "--once")
    assert (code, err) == (0, [])
    assert "3 new messages" in out
    assert run("check")[0] == 0
    toml.write_text(CONFIG.replace('kind = "post"', 'kind = "post", uri = "x"'), encoding="utf-8")
    code, _, err = run("views")
    assert (code, len(err)) == (2, 4)
    assert "uri" in err[0]


def test_reading_a_desk_in_a_file_needs_neither_alembic_nor_psycopg(folder: Path) -> None:
    script = (
        "import sys; from agentconsole.cli import main; main(['list', '1', '--json']); "
        "print(*{n.partition('.')[0] for n in sys.modules} & {'alembic', 'psycopg', 'textual', 'rich', 'imapclient',"
        " 'httpx', 'smtplib', 'holidays', 'inscriptis'}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder, env={**os.environ, "PYTHONPATH": f"{SUPPORT}{os.pathsep}{ROOT}"},
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stderr.split() == []


def test_a_fault_of_the_program_is_written_down_not_shown(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something is on the desk that no program of ours writes: not foreseen, and still two lines."""
    store = open_desk("desk.sqlite", folder)
    with store.write() as connection:
        connection.execute(text("UPDATE conversation SET why = 'no JSON'"))
    store.close()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    code, _, err = run("next")
    assert (code, len(err)) == (1, 2)
    (log,) = folder.glob("agentconsole-*.log")
    assert str(log) in err[1]
    assert "Traceback" in log.read_text(encoding="utf-8")
