"""A desk copied between files and PostgreSQL: the same rows, numbers, words, attachments and ledger, or no desk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from agentconsole.channels.base import settings_model
from agentconsole.config import load, parse
from agentconsole.demo.build import build
from agentconsole.desk import conversations, handling, ledger, replies, search
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.copying import Where, copy
from agentconsole.errors import DeskError, UsageError
from agentconsole.model.message import Address, Attachment
from agentconsole.store import blobs
from agentconsole.store.copying import rows
from agentconsole.store.copying.content import Content
from agentconsole.store.engine import Store
from agentconsole.store.ledger import guards
from agentconsole.store.opening import open_desk
from agentconsole.store.tables import attachment, blob, setting
from agentconsole.store.types import storable
from tests.conftest import CONFIG, Time
from tests.incoming import arrives, everything, message

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Held = dict[str, tuple[int, str]]


@contextmanager
def opened(desk: str, folder: Path) -> Iterator[Store]:
    store = open_desk(desk, folder)
    try:
        yield store
    finally:
        store.close()


def held(desk: str, folder: Path) -> Held:
    """Every table of a desk by what it holds, and the last number that was given away."""
    found: Held = {}
    with opened(desk, folder) as store, store.read() as connection:
        for table in rows.tables():
            content = Content(table)
            for row in rows.read(connection, table):
                content.add(row)
            found[table.name] = content.state
        found |= {f"{name}, counted": (last, "") for name, last in rows.counters(connection).items()}
    return found


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


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@pytest.fixture
def lived(tmp_path: Path, now: Time) -> Iterator[Desk]:
    """A desk in a file with a merged conversation, a tie between customers, attachments small and large, a draft."""
    config = parse(CONFIG, "agentconsole.toml", settings_model)
    desk = Desk(open_desk("desk.sqlite", tmp_path), config, who_am_i(config, "lea"), tmp_path, now)
    big = b"\x00\xff" * 100_000
    files = (Attachment("a.bin", "application/octet-stream", big), Attachment("b.txt", "text/plain", b"words"))
    arrives(desk, message("Ma box zébrée clignote.", attachments=files, raw=big), message("Encore moi.", subject="2"))
    yield desk
    desk.store.close()


def test_a_copy_is_worked_on(lived: Desk, database: str, tmp_path: Path, now: Time) -> None:
    """Found by its words, with its attachments, and with numbers that go on."""
    numbers = [row.number for row in everything(lived)]
    copy(Where("desk.sqlite"), Where(database), tmp_path)
    with opened(database, tmp_path) as store:
        desk = Desk(store, lived.config, lived.agent, tmp_path, now)
        assert [row.number for row in search.search(desk, "zébrée").rows] == numbers[:1]
        replies.note(desk, numbers[0], "copied", drafted=False)
        arrives(desk, message("Et une autre chose.", subject="3"))
        assert len(everything(desk)) == len(numbers) + 1
        assert max(row.number for row in everything(desk)) == max(numbers) + 1
        with store.read() as connection:
            digests = connection.execute(select(attachment.c.digest)).scalars().all()
            assert [len(blobs.read(store, connection, digest)) for digest in digests] == [200_000, 5]
            assert connection.execute(select(blob.c.digest)).all(), "kept in the database"
    copy(Where(database), Where("back.sqlite"), tmp_path)
    with opened("back.sqlite", tmp_path) as store, store.read() as connection:
        assert connection.execute(select(blob.c.digest)).all() == []
        assert len(blobs.read(store, connection, digests[0])) == 200_000


def test_an_attachment_that_the_desk_has_lost_is_told(lived: Desk, tmp_path: Path) -> None:
    with lived.store.read() as connection:
        digest = connection.execute(select(attachment.c.digest).where(attachment.c.name == "b.txt")).scalar_one()
    (tmp_path / "desk.files" / digest[:2] / digest[2:]).unlink()
    done = copy(Where("desk.sqlite"), Where("copy.sqlite"), tmp_path)
    assert done.damaged == (digest,)
    assert done.rows["attachment"] == 2


def test_while_it_is_copied_nobody_writes(lived: Desk, database: str, tmp_path: Path, monkeypatch: Any) -> None:
    """Else what is written meanwhile would be on no desk that is used."""
    monkeypatch.setattr("agentconsole.store.engine.BUSY_SECONDS", 0.1)
    refused = []

    def progress(_what: str, _done: int, _total: int) -> None:
        with opened("desk.sqlite", tmp_path) as store, pytest.raises(DeskError, match="in use"), store.write():
            pass
        refused.append(len(everything(lived)))

    copy(Where("desk.sqlite"), Where(database), tmp_path, progress=progress)
    assert set(refused) == {2}, "but they look at it"


def test_a_desk_in_use_is_not_copied_onto(demo: Path, lived: Desk, database: str, tmp_path: Path) -> None:
    before = held("desk.sqlite", tmp_path)
    for target in ("desk.sqlite", str(demo / "desk.sqlite")):
        with pytest.raises(UsageError) as refused:
            copy(Where("desk.sqlite"), Where(target), tmp_path)
        assert refused.value.do
    copy(Where("desk.sqlite"), Where(database), tmp_path)
    with pytest.raises(UsageError, match="in use"):
        copy(Where("desk.sqlite"), Where(database), tmp_path)
    with pytest.raises(UsageError, match="itself"):
        copy(Where(database), Where(database), tmp_path)
    (tmp_path / "other.sqlite").write_bytes(b"")
    with pytest.raises((UsageError, DeskError)):
        copy(Where("nothing.sqlite"), Where("other.sqlite"), tmp_path)
    assert not (tmp_path / "nothing.sqlite").exists()
    assert held("desk.sqlite", tmp_path) == before


def test_nothing_is_made_where_there_is_no_desk(database: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no desk"):
        copy(Where(database), Where("copy.sqlite"), tmp_path)
    assert not (tmp_path / "copy.sqlite").exists()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_desk_that_was_moved_is_not_opened(
    lived: Desk, engine: str, tmp_path: Path, request: pytest.FixtureRequest, now: Time
) -> None:
    """Two desks would each send the replies that wait; who was at work on the old one cannot write there."""
    place, new = "desk.sqlite", "copy.sqlite"
    if engine == "postgresql":
        place = request.getfixturevalue("database")
        copy(Where("desk.sqlite"), Where(place), tmp_path)
    with opened(place, tmp_path) as store:
        desk = Desk(store, lived.config, lived.agent, tmp_path, now)
        number = everything(desk)[0].number
        replies.reply(desk, number, "Nous arrivons.")
        assert copy(Where(place), Where("only-a-copy.sqlite"), tmp_path).undelivered == 1
        moved = copy(Where(place), Where(new), tmp_path, move=True)
        assert moved.undelivered == 0
        with pytest.raises(DeskError):
            handling.assign(desk, number, "tom")
    with pytest.raises(DeskError, match=r"moved to .*copy\.sqlite"):
        open_desk(place, tmp_path)
    with opened(new, tmp_path) as store:
        desk = Desk(store, lived.config, lived.agent, tmp_path, now)
        assert conversations.row(desk, number).assignee != "tom"


def test_a_code_that_was_shown_is_shown_again(demo: Path, database: str, tmp_path: Path) -> None:
    """Without another entry that it was: PostgreSQL keeps what SQLite need not."""
    copy(Where(str(demo / "desk.sqlite")), Where(database), tmp_path)
    shown = "SELECT count(*) FROM ledger.shown s JOIN ledger_entry e ON e.id = s.entry_id AND e.entry = 'reveal'"
    reveals = "SELECT count(*) FROM ledger_entry WHERE entry = 'reveal'"
    with opened(database, tmp_path) as store, store.read() as connection:
        assert connection.execute(text(shown)).scalar() == connection.execute(text(reveals)).scalar()


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_who_was_ever_linked_shares_one_sum_on_the_copy(desk: Desk, address: str, database: str) -> None:
    """PostgreSQL keeps it for sums; a file has the links as they are."""
    arrives(desk, message(), message(author=Address("other@customer.example", "Other")))
    together = (
        "INSERT INTO ledger.kin (customer_id, kin) SELECT id, (SELECT min(id::text)::uuid FROM customer) FROM customer"
    )
    with desk.store.write() as connection:
        connection.execute(text(together))
    copy(Where(address), Where(database), desk.folder)
    kept = "SELECT customer_id, kin FROM ledger.kin ORDER BY customer_id"
    with desk.store.read() as connection, opened(database, desk.folder) as store, store.read() as other:
        assert (there := other.execute(text(kept)).all()) == connection.execute(text(kept)).all()
    assert len(there) == 2
    copy(Where(database), Where("back.sqlite"), desk.folder)


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


def test_every_table_is_copied_or_belongs_to_its_place(lived: Desk, database: str, tmp_path: Path) -> None:
    """A table that a later version adds is copied by itself; one that it hides from the metadata is found here."""
    open_desk(database, tmp_path).close()
    copied = {table.name for table in rows.tables()} | {"blob", *rows.OF_THE_SERVER}
    public = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    hidden = (
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('desk', 'ledger')"
    )
    with opened(database, tmp_path) as store, store.read() as connection:
        assert set(connection.execute(text(public)).scalars()) - copied == {"alembic_version", "message_search"}
        made_anew = {"ledger.kin", "ledger.shown", "desk.change", "desk.horizon"}
        assert set(connection.execute(text(hidden)).scalars()) == made_anew
    with lived.store.read() as connection:
        there = set(connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars())
    own = {name for name in there - copied if not name.startswith(("message_search", "message_word", "sqlite_"))}
    assert own == {"alembic_version", "ledger_period"}
