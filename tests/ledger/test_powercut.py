"""A power cut on SQLite: no grant that was answered as committed is lost, and the ledger is whole."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text

from agentconsole.errors import DeskError
from agentconsole.model.gesture import Wanted
from agentconsole.store.ledger.sqlite import SqliteLedger
from agentconsole.store.ledger.verifying import verify
from agentconsole.store.opening import open_desk
from tests.ledger.powercut import Connected, Disk, after_the_cut

GRANTS = 24


class Found(NamedTuple):
    """What is there after a cut: whether the file is whole, and the grants, by their keys' numbers."""

    whole: bool
    granted: list[int]


class World(NamedTuple):
    """A desk that is closed: its file's content, and its conversations."""

    content: bytes
    places: list[UUID]


@pytest.fixture
def world(filed_content: bytes, tmp_path: Path) -> World:
    """A desk with a policy and customers."""
    place = tmp_path / "world.sqlite"
    place.write_bytes(filed_content)
    with closing(sqlite3.connect(place)) as raw:
        rows = raw.execute("SELECT id FROM conversation ORDER BY number").fetchall()
    return World(filed_content, [UUID(bytes=row[0]) for row in rows])


def cut(world: World, folder: Path, seed: int, *pragmas: str) -> tuple[int, Found]:
    """Grant until the power fails somewhere; answers how many grants had been committed, and what is found."""
    chance = random.Random(seed)
    before, after = folder / f"before-{seed}.sqlite", folder / f"after-{seed}.sqlite"
    before.write_bytes(world.content)
    disk = Disk()
    connected = Connected(disk, before, f"wal_autocheckpoint={chance.choice((5, 20, 1000))}", *pragmas)
    disk.log.clear()
    answered = []
    for n in range(GRANTS):
        any_connection: Any = connected  # all that SQLAlchemy's is asked for
        wanted = Wanted(chance.choice(world.places), "credit", 100, "EUR", "outage", "receipt")
        connected.raw.execute("BEGIN IMMEDIATE")
        SqliteLedger(any_connection).grant("lea", UUID(int=n), wanted)
        connected.raw.execute("COMMIT")
        answered.append(len(disk.log))
    at = chance.randrange(len(disk.log) + 1)
    log = disk.log[:at]
    connected.raw.close()
    for name, content in after_the_cut({str(before): world.content}, log, chance).items():
        Path(str(after) + name.removeprefix(str(before))).write_bytes(content)
    return sum(position <= at for position in answered), _found(after)


def _found(place: Path) -> Found:
    try:
        store = open_desk(place.name, place.parent)
    except DeskError:
        return Found(whole=False, granted=[])
    try:
        with store.read() as connection:
            if connection.execute(text("PRAGMA integrity_check")).scalars().all() != ["ok"]:
                return Found(whole=False, granted=[])
            whole = verify(connection) == []
            keys = connection.execute(text("SELECT key FROM ledger_entry ORDER BY seq")).scalars().all()
            return Found(whole, [UUID(bytes=key).int for key in keys])
    except DeskError:
        return Found(whole=False, granted=[])
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(15))
def test_no_grant_that_was_committed_is_lost(world: World, tmp_path: Path, seed: int) -> None:
    committed, found = cut(world, tmp_path, seed)
    assert found.whole
    assert committed <= len(found.granted) <= committed + 1  # the one on its way may have made it
    assert found.granted == list(range(len(found.granted)))


def test_the_same_cuts_lose_grants_where_nothing_is_synced(world: World, tmp_path: Path) -> None:
    """Otherwise the test above would say nothing."""
    ends = [cut(world, tmp_path, seed, "synchronous=OFF") for seed in range(12)]
    assert any(not found.whole or len(found.granted) < committed for committed, found in ends)
