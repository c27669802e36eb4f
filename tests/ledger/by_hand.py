"""The file of an SQLite desk in other hands: plain sqlite3 with its default settings, as its shell has them."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from agentconsole.desk.context import Desk
from agentconsole.model.gesture import Wanted
from agentconsole.store.ledger import ledger_of
from agentconsole.store.ledger.appending import entry_of
from agentconsole.store.ledger.base import Ledger
from agentconsole.store.ledger.findings import Finding
from agentconsole.store.ledger.hashing import entry_hash
from agentconsole.store.ledger.tables import LEDGER
from agentconsole.store.ledger.verifying import verify

TABLES = (*(table.name for table in LEDGER if table.name not in ("ledger_login", "ledger_text")), "ledger_period")
"""All that guards watch over; words without an entry are nothing."""
CLAUSES = ("INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL", "INSERT OR ROLLBACK")
Row = dict[str, Any]


class File:
    """A desk's file, opened without the program.

    :param path: the file; :param conversations: its conversations' ids.
    """

    def __init__(self, path: Path, conversations: list[UUID]) -> None:
        self.path = path
        self.conversations = conversations
        self.raw = sqlite3.connect(path, isolation_level=None, timeout=10)
        self.raw.row_factory = sqlite3.Row

    def look(self) -> None:
        """Learn which conversations there are."""
        rows = self.raw.execute("SELECT id FROM conversation ORDER BY number")
        self.conversations = [UUID(bytes=row["id"]) for row in rows]

    def one(self, sql: str, *values: Any) -> Any:
        """The first value of the first row."""
        found = self.raw.execute(sql, values).fetchone()
        return found[0] if found else None

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of the ledger, as another connection sees what was committed."""
        with closing(sqlite3.connect(self.path)) as other:
            return {t: sorted(other.execute(f"SELECT * FROM {t}").fetchall(), key=repr) for t in TABLES}

    def grant(self, agent: str = "lea", conversation: int = 0, **changes: Any) -> Row:
        """A grant that the rules allow, right in every field, changed as named."""
        place = self.conversations[conversation].bytes
        team = self.one("SELECT team FROM ledger_agent WHERE id = ?", agent)
        month = self.one("SELECT begins FROM ledger_now WHERE period = 'month'")
        row: Row = {
            "id": uuid4().bytes,
            "agent": agent,
            "seq": 1 + (self.one("SELECT seq FROM ledger_chain WHERE agent = ?", agent) or 0),
            "entry": "grant",
            "conversation_id": place,
            "customer_id": self.one("SELECT customer_id FROM conversation WHERE id = ?", place),
            "kind": "credit",
            "purse": "goodwill",
            "amount": 1000,
            "currency": "EUR",
            "reason": "outage",
            "team": team,
            "charged_to": agent,
            "period": month,
            "team_period": month if team == "instant" else None,
            "at": self.one("SELECT at FROM ledger_clock"),
            "key": uuid4().bytes,
            "approval_id": None,
            "refers": None,
            "policy": self.one("SELECT policy FROM ledger_setting"),
            "text_digest": os.urandom(32),
            "prev": self.one("SELECT head FROM ledger_chain WHERE agent = ?", agent) or bytes(32),
            "hash": b"",
        }
        return row | changes

    def of(self, entry: bytes, agent: str, kind: str, **changes: Any) -> Row:
        """A void or a reveal of a grant by an agent, right in every field."""
        found = dict(self.raw.execute("SELECT * FROM ledger_entry WHERE id = ?", (entry,)).fetchone())
        mine = self.grant(agent)
        own = ("id", "agent", "seq", "at", "key", "policy", "text_digest", "prev", "hash")
        return found | {name: mine[name] for name in own} | {"entry": kind, "refers": entry} | changes

    def insert(self, row: Row, clause: str = "INSERT", proof: str = "receipt") -> None:
        """Write an entry with its words, and commit; what fails is left out, and the rest committed all the same."""
        salt = os.urandom(16)
        if isinstance(row["text_digest"], bytes) and len(row["text_digest"]) == 32:
            row["text_digest"] = hashlib.sha256(salt + proof.encode() + b"\0").digest()
        try:
            row["hash"] = row["hash"] or entry_hash(row["prev"], entry_of(row))
        except (TypeError, ValueError, AttributeError, OverflowError):  # one that no program would write
            row["hash"] = os.urandom(32)
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            self.raw.execute("INSERT INTO ledger_text VALUES (?, ?, ?, '')", (row["id"], salt, proof))
            columns = ", ".join(row)
            self.raw.execute(
                f"{clause} INTO ledger_entry ({columns}) VALUES ({', '.join('?' * len(row))})", [*row.values()]
            )
        finally:
            if self.raw.in_transaction:
                self.raw.execute("DELETE FROM ledger_text WHERE entry_id NOT IN (SELECT id FROM ledger_entry)")
                self.raw.execute("COMMIT")

    def tries(self, sql: str, *values: Any) -> str:
        """What SQLite says to a statement; empty where it took it."""
        try:
            self.raw.execute(sql, values)
        except (sqlite3.Error, OverflowError) as error:
            return str(error)
        return ""

    def tries_to_insert(self, row: Row, clause: str = "INSERT", proof: str = "receipt") -> str:
        """The same for an entry."""
        try:
            self.insert(row, clause, proof)
        except (sqlite3.Error, OverflowError) as error:
            return str(error)
        return ""


def act(desk: Desk, what: Callable[[Ledger], Any]) -> Any:
    """An act of the program, committed."""
    with desk.store.write() as connection:
        return what(ledger_of(connection))


def wanted(file: File, n: int = 0, kind: str = "credit", amount: int = 1000) -> Wanted:
    """A gesture with a proof."""
    return Wanted(file.conversations[n], kind, amount, "EUR", "outage", "receipt")


def found(desk: Desk) -> list[Finding]:
    """What verification finds."""
    with desk.store.read() as connection:
        return verify(connection)


def spent(file: File, holder: str) -> int:
    """What counts in a holder's budgets."""
    return int(file.one("SELECT sum(spent) FROM ledger_budget WHERE holder = ?", holder) or 0)
