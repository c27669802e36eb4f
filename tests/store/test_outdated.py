"""A newer program brings a desk up to date while older ones are open: they are told, and write nothing any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.watch import Watch
from agentconsole.errors import DeskError, Outdated
from agentconsole.store.engine import Store
from agentconsole.store.opening import HEAD, open_desk
from tests.support.desks import next_program

_KEEP = text("INSERT INTO setting VALUES (:name, 'yes')")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str:
    """Where a desk can be made that is brought up to date: no other test gets it afterwards."""
    return "desk.sqlite" if request.param == "sqlite" else str(request.getfixturevalue("new_database"))


@pytest.fixture
def old(place: str, tmp_path: Path) -> Iterator[Store]:
    """A program that was opened before."""
    store = open_desk(place, tmp_path)
    yield store
    store.close()


def _kept(store: Store) -> set[str]:
    with store.read() as connection:
        query = text("SELECT name FROM setting WHERE name LIKE 'kept-%'")
        return set(connection.execute(query).scalars())


def test_what_old_programs_write_is_kept_until_then_and_refused_after(
    old: Store, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: set[str] = set()
    unknown: set[str] = set()
    names, some = count(), threading.Event()

    def write() -> str:
        while True:
            name = f"kept-{next(names)}"
            try:
                with old.write() as connection:
                    connection.execute(_KEEP, {"name": name})
                taken.add(name)
            except Outdated as error:
                return f"{error.what} {error.do}"
            except DeskError:  # its session was ended: the next try tells why
                unknown.add(name)
            if len(taken) > 20:
                some.set()

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        assert some.wait(30)
        with next_program(monkeypatch, tmp_path / "scripts"):
            new = open_desk(place, tmp_path)
            said = writer.result(30)
    assert "newer agentconsole" in said
    assert "start it again" in said
    assert taken <= _kept(new) <= taken | unknown
    before = _kept(new)
    with pytest.raises(Outdated), old.write() as connection:
        connection.execute(_KEEP, {"name": "kept-late"})
    assert _kept(new) == before
    new.close()


def test_a_program_that_comes_back_is_refused(
    old: Store, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that slept meanwhile: its connections are new ones."""
    with next_program(monkeypatch, tmp_path / "scripts"):
        open_desk(place, tmp_path).close()
    old.engine.dispose()
    with pytest.raises(Outdated), old.read():
        pass


def test_the_watch_says_so(
    old: Store, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: object
) -> None:
    stop = threading.Event()
    desk = Desk(old, config, who_am_i(config, "lea"), tmp_path)  # type: ignore[arg-type]  # (the fixture's Config)
    watch = Watch(desk)
    watch.wait(0, stop)
    with next_program(monkeypatch, tmp_path / "scripts"):
        open_desk(place, tmp_path).close()
    with pytest.raises(DeskError):  # on PostgreSQL its session may have been ended first
        watch.wait(10, stop)
    with pytest.raises(Outdated):
        watch.wait(10, stop)
    watch.close()


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_writer_is_waited_for_and_who_comes_later_waits(
    old: Store, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written by the old rules after the new ones hold."""
    late = open_desk(place, tmp_path)
    with next_program(monkeypatch, tmp_path / "scripts"), ThreadPoolExecutor(2) as pool:
        with old.write() as connection:
            connection.execute(_KEEP, {"name": "kept-first"})
            new = pool.submit(open_desk, place, tmp_path)
            _waits(place, "AccessExclusiveLock")
            refused = pool.submit(_write, late)
            _waits(place, "AccessShareLock")
            assert not new.done()
        opened = new.result(30)
        with pytest.raises(DeskError):
            refused.result(30)
    with pytest.raises(Outdated):
        _write(late)
    assert _kept(opened) == {"kept-first"}
    assert _sessions(opened, f"agentconsole {HEAD}") == 0
    late.close()
    opened.close()


def _write(store: Store) -> None:
    with store.write() as connection:
        connection.execute(_KEEP, {"name": "kept-late"})


def _waits(place: str, mode: str) -> None:
    """Until somebody waits for that lock of the table that has the revision."""
    query = (
        "SELECT 1 FROM pg_locks WHERE relation = (SELECT oid FROM pg_class WHERE relname = 'alembic_version')"
        " AND mode = %s AND NOT granted"
    )
    with psycopg.connect(place, autocommit=True) as connection:
        for _ in range(600):
            if connection.execute(query, [mode]).fetchone():
                return
            threading.Event().wait(0.05)
    raise AssertionError(mode)


def _sessions(store: Store, program: str) -> int:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
    )
    with store.read() as connection:
        return int(connection.execute(query, {"name": program}).scalar_one())
