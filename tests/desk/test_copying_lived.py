"""Copies of a desk that is worked on: it, and its copy, stay right; whoever could do harm is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from agentconsole.channels.base import settings_model
from agentconsole.config import parse
from agentconsole.desk import conversations, handling, replies, search
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.copying import Where, copy
from agentconsole.errors import DeskError, UsageError
from agentconsole.model.message import Address, Attachment
from agentconsole.store import blobs
from agentconsole.store.copying import rows
from agentconsole.store.opening import open_desk
from agentconsole.store.tables import attachment, blob
from tests.conftest import CONFIG, Time
from tests.desk.copies import held, opened
from tests.incoming import arrives, everything, message


@pytest.fixture
def database(new_database: str) -> str:
    return new_database


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


def test_a_desk_in_use_is_not_copied_onto(lived: Desk, database: str, tmp_path: Path) -> None:
    before = held("desk.sqlite", tmp_path)
    copy(Where("desk.sqlite"), Where("taken.sqlite"), tmp_path)
    for target in ("desk.sqlite", "taken.sqlite"):
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
