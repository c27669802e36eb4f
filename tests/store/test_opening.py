"""Opening a desk: a new one, an old one, a newer one, and everything that is none."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from agentconsole.errors import DeskError
from agentconsole.store import engine, opening
from agentconsole.store.engine import Store
from agentconsole.store.opening import open_desk
from tests.support.desks import next_program

CHILD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def _made(folder: Path) -> Path:
    open_desk("desk.sqlite", folder).close()
    return folder / "desk.sqlite"


def _refused(folder: Path, desk: str = "desk.sqlite") -> DeskError:
    """The two lines that a person gets; both are there, and neither is a program's."""
    with pytest.raises(DeskError) as refused:
        open_desk(desk, folder).close()
    assert refused.value.what
    assert refused.value.do
    assert not set("()[]") & set(refused.value.do)
    assert "\n" not in refused.value.what
    assert "sqlalche.me" not in str(refused.value)
    return refused.value


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
    _made(tmp_path)
    _made(tmp_path)


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


def test_a_desk_of_a_newer_program(tmp_path: Path) -> None:
    place = _made(tmp_path)
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    before = place.read_bytes()
    refused = _refused(tmp_path)
    assert "newer" in refused.what
    assert "9999" in refused.what
    assert place.read_bytes() == before
    assert list(tmp_path.glob("*.before-*")) == []


def test_a_newer_postgresql_desk(new_database: str, tmp_path: Path) -> None:
    store = open_desk(new_database, tmp_path)
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    assert "newer" in _refused(tmp_path, new_database).what


def test_a_desk_of_an_older_program_is_migrated_after_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = _made(tmp_path)
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
    place = _made(tmp_path)
    copy = tmp_path / "copy"
    for _ in range(3):
        opening.backup(place, copy)
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy", "copy.1", "copy.2"]


@pytest.mark.parametrize("when", ["the backup", "the migration"])
def test_a_crash_in_mid_migration_leaves_the_old_desk_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """kill -9 of the migrating program, while it copies and while it migrates."""
    place = _made(tmp_path)
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
            assert "no_such_thing" in _refused(tmp_path, place).what
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


@pytest.mark.parametrize("size", [100, 5_000, 200_000])
def test_a_file_that_is_something_else(tmp_path: Path, size: int) -> None:
    place = tmp_path / "desk.sqlite"
    place.write_bytes(b"\x89PNG not a desk at all\n"[:size] + os.urandom(max(0, size - 23)))
    before = place.read_bytes()
    assert "is not a desk" in _refused(tmp_path).what
    assert place.read_bytes() == before


def test_another_programs_database(tmp_path: Path, new_database: str) -> None:
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as raw, raw:
        raw.execute("CREATE TABLE moz_places (id)")
    assert "something else" in _refused(tmp_path).what
    store = engine.connect(engine.address(new_database, tmp_path))
    with store.write() as connection:
        connection.execute(text("CREATE TABLE invoices (id int)"))
    store.close()
    assert "something else" in _refused(tmp_path, new_database).what


def test_another_programs_database_that_uses_alembic_too(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as raw, raw:
        raw.execute("CREATE TABLE alembic_version (version_num TEXT)")
        raw.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")
        raw.execute("CREATE TABLE slices (id)")
    assert "something else" in _refused(tmp_path).what


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").mkdir()
    assert "cannot be opened" in _refused(tmp_path).what


def test_a_file_where_its_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be made" in _refused(tmp_path, "file/desk.sqlite").what


@pytest.mark.parametrize("how", ["cut short", "overwritten in its first page", "overwritten later"])
def test_a_damaged_desk(tmp_path: Path, how: str) -> None:
    """Whichever call meets the damage, it says so."""
    place = _made(tmp_path)
    data = place.read_bytes()
    place.write_bytes(
        {
            "cut short": data[:20_480],
            "overwritten in its first page": data[:100] + b"\xff" * 3_000 + data[3_100:],
            "overwritten later": data[:4_096] + b"\xff" * (len(data) - 4_096),
        }[how]
    )
    with pytest.raises(DeskError) as refused:
        _read_all(tmp_path)
    assert "is damaged" in refused.value.what
    assert "backup" in refused.value.do


def _read_all(folder: Path) -> None:
    store = open_desk("desk.sqlite", folder)
    try:
        with store.read() as connection:
            for table in inspect(connection).get_table_names():
                connection.execute(text(f"SELECT * FROM {table}")).all()
    finally:
        store.close()


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A desk that another program has locked for itself."""
    place = _made(tmp_path)
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
    refused = _refused(locked.parent)
    assert "in use" in refused.what
    assert "Close the other program" in refused.do


def test_a_long_write_of_another_program_is_waited_for_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _made(tmp_path)
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
    _made(tmp_path)
    store = open_desk("desk.sqlite", tmp_path)
    with pytest.raises(DeskError, match="disk is full") as refused:
        _fill(store)
    assert "Make room" in refused.value.do
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
    place = _made(folder)
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


def test_what_is_no_address(tmp_path: Path) -> None:
    for wrong in ("mysql://u:secret@host/desk", "http://a b/", "://"):
        with pytest.raises(DeskError) as refused:
            open_desk(wrong, tmp_path)
        assert "secret" not in str(refused.value)
        assert "postgresql://" in refused.value.do


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    refused = _refused(tmp_path, "postgresql://me@127.0.0.1:1/desk")
    assert "cannot be reached" in refused.what


def test_a_database_that_is_not_there(new_database: str, tmp_path: Path) -> None:
    assert "does not exist" in _refused(tmp_path, new_database.replace("/desk_", "/no_desk_")).what


def test_a_far_server_must_show_its_certificate(tmp_path: Path) -> None:
    far = engine.address("postgresql://me@desk.example/desk", tmp_path)
    assert (far.query["sslmode"], far.query["sslrootcert"]) == ("verify-full", "system")
    assert engine.address("postgresql://me@desk.example/desk?sslmode=require", tmp_path).query["sslmode"] == "require"
    for near in ("postgresql:///desk", "postgresql://me@127.0.0.1/desk", "postgresql://localhost/desk"):
        assert "sslmode" not in engine.address(near, tmp_path).query


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    store = engine.connect(engine.address("postgresql://me:secret@127.0.0.1:1/desk", tmp_path))
    assert "secret" not in store.name
    with pytest.raises(DeskError) as refused, store.read():
        pass
    assert "secret" not in str(refused.value)
