"""A desk of an older or a newer program, and one that is made twice at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from agentconsole.store import opening
from agentconsole.store.opening import open_desk
from tests.store.opened import made, refused
from tests.support.desks import next_program


def test_a_desk_of_a_newer_program(tmp_path: Path) -> None:
    place = made(tmp_path)
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    before = place.read_bytes()
    told = refused(tmp_path)
    assert "newer" in told.what
    assert "9999" in told.what
    assert place.read_bytes() == before
    assert list(tmp_path.glob("*.before-*")) == []


def test_a_newer_postgresql_desk(new_database: str, tmp_path: Path) -> None:
    store = open_desk(new_database, tmp_path)
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    assert "newer" in refused(tmp_path, new_database).what


def test_a_desk_of_an_older_program_is_migrated_after_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = made(tmp_path)
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("INSERT INTO setting VALUES ('kept', 'yes')")
    with next_program(monkeypatch, tmp_path / "scripts"):
        store = open_desk("desk.sqlite", tmp_path)
        with store.read() as connection:
            assert connection.execute(text("SELECT value FROM setting WHERE name = 'kept'")).scalar() == "yes"
            assert inspect(connection).has_table("added_later")
        store.close()
        open_desk("desk.sqlite", tmp_path).close()
        (copy,) = tmp_path.glob("desk.sqlite.before-*")
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("SELECT value FROM setting WHERE name = 'kept'").fetchone() == ("yes",)
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (opening.HEAD,)


def test_an_earlier_copy_is_never_written_over(tmp_path: Path) -> None:
    place = made(tmp_path)
    copy = tmp_path / "copy"
    for _ in range(3):
        opening.backup(place, copy)
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy", "copy.1", "copy.2"]


@pytest.mark.parametrize("when", ["the backup", "the migration"])
def test_a_crash_in_mid_migration_leaves_the_old_desk_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """kill -9 of the migrating program, while it copies and while it migrates."""
    place = made(tmp_path)
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("INSERT INTO setting VALUES ('kept', 'yes')")
    program = f"""
import os, signal
from pathlib import Path
import pytest
from agentconsole.store import opening
from tests.support.desks import next_program
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if {when!r} == "the backup":
    Path.replace = die
with next_program(pytest.MonkeyPatch(), Path({str(tmp_path / "scripts")!r}), crash={when == "the migration"}):
    opening.open_desk("desk.sqlite", Path({str(tmp_path)!r}))
"""
    root = Path(__file__).parents[2]
    died = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=False, timeout=60)
    assert died.returncode == -9, died.stderr.decode()
    assert list(tmp_path.glob("desk.sqlite.before-*")) == (
        [tmp_path / "desk.sqlite.before-9998"] if when == "the migration" else [*tmp_path.glob("*.partial")]
    )
    store = open_desk("desk.sqlite", tmp_path)
    with store.read() as connection:
        assert connection.execute(text("SELECT value FROM setting WHERE name = 'kept'")).scalar() == "yes"
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert not inspect(connection).has_table("added_later")
    store.close()


def test_a_migration_that_fails_is_undone(new_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (new_database, "desk.sqlite"):
        open_desk(place, tmp_path).close()
        with next_program(monkeypatch, tmp_path / f"scripts-{len(place)}", fail=True):
            assert "no_such_thing" in refused(tmp_path, place).what
        store = open_desk(place, tmp_path)
        with store.read() as connection:
            assert not inspect(connection).has_table("added_later")
        store.close()


OPENER = """
import sys
from pathlib import Path
from agentconsole.store import migrate
from agentconsole.store.opening import open_desk
print("ready", flush=True)
for line in sys.stdin:
    open_desk(line.strip(), Path(sys.argv[1])).close()
    print("opened", flush=True)
"""


def test_two_programs_that_make_a_desk_at_once(new_database: str, tmp_path: Path) -> None:
    """Both come to a good end, and the desk is made once."""
    with ExitStack() as stack:
        both = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", OPENER, str(tmp_path)],
                    cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for _ in range(2)
        ]  # fmt: skip
        assert [_said(child) for child in both] == ["ready\n"] * 2
        for place in (*(f"desk-{n}.sqlite" for n in range(10)), new_database):
            for child in both:
                assert child.stdin
                child.stdin.write(f"{place}\n")
                child.stdin.flush()
            assert [_said(child) for child in both] == ["opened\n"] * 2


def _said(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline()
