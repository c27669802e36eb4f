"""A desk copied between files and PostgreSQL: the same rows, numbers, words, attachments and ledger, or no desk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from agentconsole.channels.base import settings_model
from agentconsole.config import load
from agentconsole.demo.build import build
from agentconsole.desk import ledger
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.copying import Where, copy
from agentconsole.errors import DeskError, UsageError
from agentconsole.store.ledger import guards
from agentconsole.store.opening import open_desk
from agentconsole.store.tables import setting
from agentconsole.store.types import storable
from tests.desk.copies import held, opened

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo desk with gestures, vouchers shown, and attachments; nobody writes there."""
    folder = tmp_path_factory.mktemp("copied") / "demo"
    build(folder, size=60, seed=1, still=True, now=NOW)
    return folder


@pytest.fixture
def database(new_database: str) -> str:
    return new_database


def emptied(database: str) -> None:
    """The database with nothing in it, as it was made."""
    from agentconsole.store.engine import address, connect

    store = connect(address(database, Path()))
    with store.engine.begin() as connection:
        for schema in ("public", "ledger", "desk"):
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    store.close()


def test_there_and_back_again(demo: Path, database: str, tmp_path: Path) -> None:
    before = held("desk.sqlite", demo)
    there = copy(Where(str(demo / "desk.sqlite")), Where(database), tmp_path)
    assert held(database, tmp_path) == before
    back = copy(Where(database), Where("back.sqlite"), tmp_path)
    assert held("back.sqlite", tmp_path) == before == held("desk.sqlite", demo)
    assert there.rows == back.rows
    assert there.rows["ledger_entry"] > 10
    assert there.attachments == back.attachments > 0
    with opened("back.sqlite", tmp_path) as store, store.read() as connection:
        assert guards.altered(connection) == [], "what guards the ledger is there"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(1, 10_000), size=st.integers(1, 40), texts=st.lists(st.text(max_size=60), max_size=30))
def test_any_desk_with_any_words(database: str, seed: int, size: int, texts: list[str]) -> None:
    emptied(database)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        build(folder / "demo", size=size, seed=seed, still=True, now=NOW)
        desk = str(folder / "demo" / "desk.sqlite")
        with opened(desk, folder) as store, store.write() as connection:
            values = [{"name": f"any {n}", "value": storable(words)} for n, words in enumerate([*texts, "\\.\t\\N\n"])]
            connection.execute(insert(setting), values)
        before = held(desk, folder)
        copy(Where(desk), Where(database), folder)
        copy(Where(database), Where("back.sqlite"), folder)
        assert held(database, folder) == before == held("back.sqlite", folder)


class Broken(Exception):
    """The copy ends here, as a program that is killed between two transactions does."""


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.lists(st.integers(0, 30), max_size=4))
def test_however_often_it_is_broken_off(demo: Path, database: str, monkeypatch: Any, ends: list[int]) -> None:
    emptied(database)
    with monkeypatch.context() as patched, tempfile.TemporaryDirectory() as place:
        patched.setattr("agentconsole.desk.copying._ROWS", 20)
        for end in ends:
            told = iter(range(end))

            def progress(_what: str, _done: int, _total: int, told: Iterator[int] = told) -> None:
                if next(told, None) is None:
                    raise Broken

            with pytest.raises(Broken):
                copy(Where(str(demo / "desk.sqlite")), Where(database), Path(place), progress=progress)
            with pytest.raises(DeskError, match="not come to its end"):
                open_desk(database, Path())
        copy(Where(str(demo / "desk.sqlite")), Where(database), Path(place))
        assert held(database, Path(place)) == held("desk.sqlite", demo)


CHILD = """
import os, signal, sys
from pathlib import Path
from agentconsole.desk import copying
copying._ROWS = 50
def progress(what, done, total):
    if what == sys.argv[3] and done >= total * float(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
copying.copy(copying.Where(sys.argv[1]), copying.Where(sys.argv[2]), Path(), progress=progress)
"""


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("what", "share"), [("copy", "0.5"), ("check", "0.5")])
def test_killed_it_goes_on_where_it_was(
    demo: Path, engine: str, what: str, share: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target = "copy.sqlite" if engine == "sqlite" else request.getfixturevalue("database")
    source = str(demo / "desk.sqlite")
    killed = subprocess.run([sys.executable, "-c", CHILD, source, target, what, share], cwd=tmp_path, check=False)
    assert killed.returncode == -9
    with pytest.raises(DeskError, match="not come to its end") as refused:
        open_desk(target, tmp_path)
    assert "desk copy" in refused.value.do
    done = copy(Where(source), Where(target), tmp_path)
    assert done.resumed >= sum(done.rows.values()) * 0.4
    assert held(target, tmp_path) == held("desk.sqlite", demo)


def test_a_desk_that_was_used_since_is_copied_anew(demo: Path, database: str, tmp_path: Path) -> None:
    """What was brought before is not what the desk holds any more."""
    for suffix in ("desk.sqlite", "desk.sqlite-wal"):
        if (demo / suffix).exists():
            (tmp_path / suffix).write_bytes((demo / suffix).read_bytes())
    (tmp_path / "desk.files").symlink_to(demo / "desk.files")

    def progress(what: str, done: int, total: int) -> None:
        if what == "check" and done > total / 2:
            raise Broken

    with pytest.raises(Broken):
        copy(Where("desk.sqlite"), Where(database), tmp_path, progress=progress)
    with opened("desk.sqlite", tmp_path) as store, store.write() as connection:
        connection.execute(
            text("UPDATE customer SET name = 'Somebody Else' WHERE name = (SELECT min(name) FROM customer)")
        )
    done = copy(Where("desk.sqlite"), Where(database), tmp_path)
    assert done.resumed == 0
    assert held(database, tmp_path) == held("desk.sqlite", tmp_path)


def test_nothing_is_made_where_there_is_no_desk(database: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no desk"):
        copy(Where(database), Where("copy.sqlite"), tmp_path)
    assert not (tmp_path / "copy.sqlite").exists()


def test_a_code_that_was_shown_is_shown_again(demo: Path, database: str, tmp_path: Path) -> None:
    """Without another entry that it was: PostgreSQL keeps what SQLite need not."""
    copy(Where(str(demo / "desk.sqlite")), Where(database), tmp_path)
    shown = "SELECT count(*) FROM ledger.shown s JOIN ledger_entry e ON e.id = s.entry_id AND e.entry = 'reveal'"
    reveals = "SELECT count(*) FROM ledger_entry WHERE entry = 'reveal'"
    with opened(database, tmp_path) as store, store.read() as connection:
        assert connection.execute(text(shown)).scalar() == connection.execute(text(reveals)).scalar()


def test_the_ledger_goes_on(demo: Path, database: str, tmp_path: Path) -> None:
    """On the copy of a copy gestures are given, and it is whole."""
    copy(Where(str(demo / "desk.sqlite")), Where(database), tmp_path)
    copy(Where(database), Where("back.sqlite"), tmp_path)
    config = load(demo / "agentconsole.toml", settings_model)
    with opened("back.sqlite", tmp_path) as store:
        desk = Desk(store, config, who_am_i(config, "claire"), demo)
        assert ledger.verify(desk) == []
        assert ledger.unguarded(desk) == []


def test_a_copy_that_is_not_the_same_is_refused(demo: Path, tmp_path: Path) -> None:
    """Whatever came between: it is found when all is read back, and the copy stays shut."""

    def progress(what: str, done: int, total: int) -> None:
        if what == "copy" and done == total:
            with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as other:
                other.execute("UPDATE message SET text = text || '!' WHERE seq = 7")
                other.commit()

    with pytest.raises(DeskError, match="not what was copied: message"):
        copy(Where(str(demo / "desk.sqlite")), Where("copy.sqlite"), tmp_path, progress=progress)
    with pytest.raises(DeskError, match="not come to its end"):
        open_desk("copy.sqlite", tmp_path)
