"""What is no desk is refused and left as it was: other files, other databases, addresses that lead nowhere."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from agentconsole.errors import DeskError
from agentconsole.store import engine
from agentconsole.store.opening import open_desk
from tests.store.opened import made, refused


@pytest.mark.parametrize("size", [100, 5_000, 200_000])
def test_a_file_that_is_something_else(tmp_path: Path, size: int) -> None:
    place = tmp_path / "desk.sqlite"
    place.write_bytes(b"\x89PNG not a desk at all\n"[:size] + os.urandom(max(0, size - 23)))
    before = place.read_bytes()
    assert "is not a desk" in refused(tmp_path).what
    assert place.read_bytes() == before


def test_another_programs_database(tmp_path: Path, new_database: str) -> None:
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as raw, raw:
        raw.execute("CREATE TABLE moz_places (id)")
    assert "something else" in refused(tmp_path).what
    store = engine.connect(engine.address(new_database, tmp_path))
    with store.write() as connection:
        connection.execute(text("CREATE TABLE invoices (id int)"))
    store.close()
    assert "something else" in refused(tmp_path, new_database).what


def test_another_programs_database_that_uses_alembic_too(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as raw, raw:
        raw.execute("CREATE TABLE alembic_version (version_num TEXT)")
        raw.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")
        raw.execute("CREATE TABLE slices (id)")
    assert "something else" in refused(tmp_path).what


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").mkdir()
    assert "cannot be opened" in refused(tmp_path).what


def test_a_file_where_its_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be made" in refused(tmp_path, "file/desk.sqlite").what


@pytest.mark.parametrize("how", ["cut short", "overwritten in its first page", "overwritten later"])
def test_a_damaged_desk(tmp_path: Path, how: str) -> None:
    """Whichever call meets the damage, it says so."""
    place = made(tmp_path)
    data = place.read_bytes()
    place.write_bytes(
        {
            "cut short": data[:20_480],
            "overwritten in its first page": data[:100] + b"\xff" * 3_000 + data[3_100:],
            "overwritten later": data[:4_096] + b"\xff" * (len(data) - 4_096),
        }[how]
    )
    with pytest.raises(DeskError) as told:
        _read_all(tmp_path)
    assert "is damaged" in told.value.what
    assert "backup" in told.value.do


def _read_all(folder: Path) -> None:
    store = open_desk("desk.sqlite", folder)
    try:
        with store.read() as connection:
            for table in inspect(connection).get_table_names():
                connection.execute(text(f"SELECT * FROM {table}")).all()
    finally:
        store.close()


def test_what_is_no_address(tmp_path: Path) -> None:
    for wrong in ("mysql://u:secret@host/desk", "http://a b/", "://"):
        with pytest.raises(DeskError) as told:
            open_desk(wrong, tmp_path)
        assert "secret" not in str(told.value)
        assert "postgresql://" in told.value.do


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    told = refused(tmp_path, "postgresql://me@127.0.0.1:1/desk")
    assert "cannot be reached" in told.what


def test_a_database_that_is_not_there(new_database: str, tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path, new_database.replace("/desk_", "/no_desk_")).what


def test_a_far_server_must_show_its_certificate(tmp_path: Path) -> None:
    far = engine.address("postgresql://me@desk.example/desk", tmp_path)
    assert (far.query["sslmode"], far.query["sslrootcert"]) == ("verify-full", "system")
    assert engine.address("postgresql://me@desk.example/desk?sslmode=require", tmp_path).query["sslmode"] == "require"
    for near in ("postgresql:///desk", "postgresql://me@127.0.0.1/desk", "postgresql://localhost/desk"):
        assert "sslmode" not in engine.address(near, tmp_path).query


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    store = engine.connect(engine.address("postgresql://me:secret@127.0.0.1:1/desk", tmp_path))
    assert "secret" not in store.name
    with pytest.raises(DeskError) as told, store.read():
        pass
    assert "secret" not in str(told.value)
