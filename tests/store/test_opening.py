"""Opening a desk: a new one, one that others hold, one that is full or may only be read."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from agentconsole.errors import DeskError
from agentconsole.store import engine, opening
from agentconsole.store.engine import Store
from agentconsole.store.opening import open_desk
from tests.store.opened import made, refused

CHILD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_new_desk_in_a_new_folder(tmp_path: Path) -> None:
    store = open_desk("here/and/there/desk.sqlite", tmp_path)
    with store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == opening.HEAD
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    store.close()
    assert store.files == tmp_path / "here/and/there/desk.files"


def test_an_empty_file_becomes_a_desk(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").touch()
    made(tmp_path)
    made(tmp_path)


def test_no_desk_where_none_is_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="does not exist"):
        open_desk("desk.sqlite", tmp_path, create=False)
    assert not list(tmp_path.iterdir())


def test_a_new_postgresql_desk(new_database: str, tmp_path: Path) -> None:
    for _ in range(2):
        store = open_desk(new_database, tmp_path)
        with store.read() as connection:
            assert inspect(connection).has_table("conversation")
        store.close()
        assert store.files is None
    store = open_desk(new_database, tmp_path, files="kept")
    store.close()
    assert store.files == tmp_path / "kept"


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A desk that another program has locked for itself."""
    place = made(tmp_path)
    with closing(sqlite3.connect(place)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == b"locked\n"
        yield place
        child.kill()


def test_a_desk_locked_by_another_program(locked: Path) -> None:
    told = refused(locked.parent)
    assert "in use" in told.what
    assert "Close the other program" in told.do


def test_a_long_write_of_another_program_is_waited_for_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = made(tmp_path)
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    store = open_desk("desk.sqlite", tmp_path)
    with closing(sqlite3.connect(place, isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with store.read() as connection:  # readers do not wait for writers
            assert connection.execute(text("SELECT count(*) FROM message")).scalar() == 0
        with pytest.raises(DeskError, match="in use"), store.write():
            pass
        raw.execute("ROLLBACK")
    with store.write() as connection:
        connection.execute(text("INSERT INTO setting VALUES ('a', 'b')"))
    store.close()


def test_a_full_disk(tmp_path: Path) -> None:
    """The desk is full in mid-transaction: a clear line, nothing of it stays, and reading goes on."""
    made(tmp_path)
    store = open_desk("desk.sqlite", tmp_path)
    with pytest.raises(DeskError, match="disk is full") as told:
        _fill(store)
    assert "Make room" in told.value.do
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM setting")).scalar() == 0
    store.close()


def _fill(store: Store) -> None:
    with store.write() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
        for n in range(1_000):
            connection.execute(text("INSERT INTO setting VALUES (:n, :v)"), {"n": str(n), "v": "x" * 9_000})


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_desk_that_may_only_be_read() -> None:
    """As another user than root, whom no right binds: file and folder closed, then the file alone."""
    with tempfile.TemporaryDirectory() as folder:  # not pytest's, which other users may not enter
        _read_only(Path(folder))


def _read_only(folder: Path) -> None:
    place = made(folder)
    root = Path(__file__).parents[2]
    program = f"""
import os, sys
from pathlib import Path
from agentconsole.errors import DeskError
from agentconsole.store.opening import open_desk
from sqlalchemy import text
import agentconsole.store.migrate
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    store = open_desk("desk.sqlite", Path({str(folder)!r}))
    with store.write() as connection:
        connection.execute(text("INSERT INTO setting VALUES ('a', 'b')"))
except DeskError as error:
    print(error)
"""
    place.chmod(0o444)
    for mode in (0o555, 0o777):
        folder.chmod(mode)
        said = subprocess.run(
            [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True, timeout=60
        ).stdout.splitlines()
        assert len(said) == 2, said
        assert "read but not written" in said[0] or "cannot be opened" in said[0]
        assert "write" in said[1]
    folder.chmod(0o755)
