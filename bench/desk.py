"""Builds the desk that is measured, or finds the one built before."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path
from sqlalchemy import event, insert, select, text

from agentconsole.config import Config, load
from agentconsole.desk import policies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.housekeeping import policy_mark
from agentconsole.model.gesture import Code, Wanted
from agentconsole.model.ids import new_id
from agentconsole.store import conversations, customers, journal, messages
from agentconsole.store.delivery_tables import outbox
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of
from agentconsole.store.opening import open_desk
from agentconsole.store.search import words_of
from agentconsole.store.tables import conversation
from bench.setting import AGENTS, POOL, configuration
from bench.story import Rows, Teller
from bench.words import Words

FILLED = "4"
"""Change it when what the desk is filled with changes: older desks are then built anew."""
MESSAGES = 3
"""Messages of a conversation, about."""
_BATCH = 2_500
_SAMPLE = 20_000
_CODES, _GIVEN = 2_000, 400
"""Vouchers in the pool, of 15 and 30 EUR; gestures that were given already."""


@dataclass(frozen=True)
class Facts:
    """What measuring has to know of a desk: when it was built, and which words are how common in it.

    :param rare: words in about ten messages. :param common: words in about three messages of ten.
    :param middle: words in about one message of a hundred.
    """

    size: int
    messages: int
    built_at: str
    rare: list[str]
    middle: list[str]
    common: list[str]
    build_s: float


@dataclass(frozen=True)
class Built:
    """A desk on the disk, or on a server, and its configuration's file."""

    folder: Path
    facts: Facts

    @property
    def configuration(self) -> Path:
        """agentconsole.toml."""
        return self.folder / "agentconsole.toml"

    @property
    def config(self) -> Config:
        """As read."""
        return load(self.configuration)

    def open(self) -> Desk:
        """With the first agent at it, at the moment it was built: late stays late."""
        config = self.config
        built_at = datetime.fromisoformat(self.facts.built_at)
        return Desk(open_desk(config.desk, self.folder), config, who_am_i(config, None), self.folder, lambda: built_at)

    def bytes(self) -> int:
        """Of an SQLite desk with all that belongs to it; 0 for another one."""
        return sum(path.stat().st_size for path in self.folder.rglob("desk*") if path.is_file())


def ready(size: int, folder: Path | None) -> Built:
    """An SQLite desk of that many conversations: the one built before, where schema and filling are the same."""
    place = (folder or user_cache_path("agentconsole") / "bench") / f"{size}-{_schema_mark()}"
    if not (place / "facts.json").is_file():
        partial = place.with_name(f"{place.name}.{os.getpid()}")
        partial.mkdir(parents=True)
        try:
            build(partial, size, "desk.sqlite")
            partial.rename(place)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return Built(place, Facts(**json.loads((place / "facts.json").read_text())))


def build(folder: Path, size: int, address: str) -> Built:
    """Fill the new desk at ``address`` (a file in ``folder``, or ``postgresql://…``)."""
    began = time.perf_counter()
    built = Built(folder, Facts(size, 0, datetime.now(UTC).isoformat(timespec="seconds"), [], [], [], 0.0))
    built.configuration.write_text(configuration(address), encoding="utf-8")
    desk = built.open()
    try:
        _hurry(desk.store)
        words = Words(size * MESSAGES)
        count, shown = fill(desk, size, words)
        _give(desk, size)
        settle(desk)
        facts = _facts(built.facts, count, words, shown)
    finally:
        desk.store.close()
    facts = Facts(**(asdict(facts) | {"build_s": round(time.perf_counter() - began, 1)}))
    (folder / "facts.json").write_text(json.dumps(asdict(facts), ensure_ascii=False))
    return Built(folder, facts)


def _schema_mark() -> str:
    """Changes with whatever the migrations make: the tables as SQLite tells them."""
    tables = text("SELECT sql FROM sqlite_master ORDER BY name")
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_desk("empty.sqlite", Path(folder))) as store,
        store.read() as connection,
    ):
        made = connection.execute(tables).scalars().all()
    told = "\n".join([FILLED, configuration(""), *(sql for sql in made if sql)])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _hurry(store: Store) -> None:
    """Losing power while a desk for measuring is built loses nothing that matters."""
    if not store.sqlite:
        return
    store.engine.dispose()

    @event.listens_for(store.engine, "connect")
    def _unsafe(raw: Any, _record: Any) -> None:
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("PRAGMA cache_size=-524288")
        raw.execute("PRAGMA foreign_keys=OFF")


def fill(desk: Desk, size: int, words: Words) -> tuple[int, list[str]]:
    """Store so many conversations; answers how many messages they have, and texts of some."""
    teller, count = Teller(desk, size, words), 0
    sample: list[str] = []
    for first in range(0, size, _BATCH):
        rows = teller.tell(first, min(_BATCH, size - first))
        with desk.store.write() as connection:
            _store(connection, desk, rows)
        count += len(rows.messages)
        if len(sample) < _SAMPLE:
            sample += [row["text"] for row in rows.messages]
        if sys.stderr.isatty():
            sys.stderr.write(f"\rbuilding: {first + len(rows.standings):,} of {size:,} conversations ")
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    return count, sample


def _give(desk: Desk, size: int) -> None:
    """The policy of gestures, vouchers in stock, and what customers of the newest conversations got already."""
    policies.apply(desk)
    if not desk.store.sqlite:  # there who grants is the login, and whoever builds a desk is no agent
        return
    codes = [Code(f"CODE-{n}", 1500 if n % 2 else 3000, "EUR", date(2099, 12, 31)) for n in range(_CODES)]
    with desk.store.write() as connection:
        ledger_of(connection).add_vouchers(POOL, codes)
    with desk.store.read() as connection:
        newest = select(conversation.c.id).where(conversation.c.number > size - _GIVEN)
        there = connection.execute(newest).scalars().all()
    for at, each in enumerate(there):
        with desk.store.write() as connection:
            wanted = Wanted(each, "credit", 1000, "EUR", "outage")
            ledger_of(connection).grant(AGENTS[at % len(AGENTS)], new_id(), wanted)


def _store(connection: Any, desk: Desk, rows: Rows) -> None:
    customers.add(connection, rows.customers, rows.identities)
    customers.add_tags(connection, rows.vips)
    conversations.add(connection, [standing.columns(desk) for standing in rows.standings])
    conversations.add_tags(connection, rows.tags)
    messages.add(connection, rows.messages)
    messages.keep_originals(desk.store, connection, rows.originals)
    if rows.outbox:
        connection.execute(insert(outbox), rows.outbox)
    journal.record(connection, rows.events)


def settle(desk: Desk) -> None:
    """What a desk in use has had done to it: a short log, its policy known, and on PostgreSQL statistics."""
    with desk.store.write() as connection:
        journal.remember(connection, "policy", policy_mark(desk))
        if not desk.store.sqlite:  # where autovacuum would in time; on SQLite nothing does
            connection.execute(text("ANALYZE"))
    if desk.store.sqlite:
        desk.store.engine.dispose()
        with closing(sqlite3.connect(desk.store.name)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _facts(facts: Facts, count: int, words: Words, shown: list[str]) -> Facts:
    held = Counter(word for told in shown for word in set(words_of(told).split()) if word.isalpha())

    def nearest(share: float, many: int, least: int = 2) -> list[str]:
        usable = sorted(word for word in held if len(word) >= least)
        return sorted(usable, key=lambda word: abs(held[word] / len(shown) - share))[:many]

    rare = [words.tail_word(number) for number in range(0, words.tail, max(1, words.tail // 40))][:40]
    return Facts(facts.size, count, facts.built_at, rare, nearest(0.01, 20, 4), nearest(0.3, 8), 0.0)
