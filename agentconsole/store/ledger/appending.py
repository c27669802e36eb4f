"""Writing an entry on SQLite: its place in the chain, its hash, its words. The rules are in the triggers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from agentconsole.model.gesture import Entry, EntryKind, Purse
from agentconsole.model.ids import new_id
from agentconsole.store.ledger.base import refuse
from agentconsole.store.ledger.hashing import START, entry_hash, text_digest
from agentconsole.store.ledger.periods import cover
from agentconsole.store.ledger.refusals import REFUSALS
from agentconsole.store.types import storable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SIGN = "ledger:"
_AGAIN = "ledger:clock"
"""Midnight went by, or the program stood still, between looking at the clock and writing."""
_ATTEMPTS = 3
_TEXT = "INSERT INTO ledger_text (entry_id, salt, proof, remark) VALUES (?, ?, ?, ?)"
_COLUMNS = (
    "id", "agent", "seq", "entry", "conversation_id", "customer_id", "kind", "purse", "amount", "currency", "reason",
    "team", "charged_to", "period", "team_period", "at", "key", "approval_id", "refers", "policy", "text_digest",
    "prev", "hash",
)  # fmt: skip
_ENTRY = f"INSERT INTO ledger_entry ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{c}' for c in _COLUMNS)})"


@dataclass(frozen=True, slots=True)
class About:
    """What an entry says, as SQLite keeps it: ids are 16 bytes, days ISO 8601. ``None`` in a field that an entry must
    have: nothing was found for it, and a trigger is going to say why."""

    conversation_id: bytes | None = None
    customer_id: bytes | None = None
    kind: str | None = None
    purse: str | None = None
    amount: int | None = None
    currency: str | None = None
    reason: str | None = None
    team: str | None = None
    charged_to: str | None = None
    period: str | None = None
    team_period: str | None = None
    approval_id: bytes | None = None
    refers: bytes | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that every entry has."""
        wanted = (self.conversation_id, self.customer_id, self.kind, self.purse, self.amount, self.currency)
        return None not in (*wanted, self.reason, self.charged_to, self.period)


def append(
    connection: Connection, agent: str, entry: EntryKind, key: UUID, about: Callable[[], About], words: tuple[str, str]
) -> UUID:
    """Write an entry at the end of an agent's chain, and answer its id.

    :param about: what it says, worked out anew for each attempt. :param words: proof and remark.
    :raises RuleRefused: a trigger refuses it.
    """
    made, salt = new_id(), secrets.token_bytes(16)
    proof, remark = (storable(text) for text in words)
    digest = text_digest(salt, proof, remark)
    connection.exec_driver_sql(_TEXT, (made.bytes, salt, proof, remark))
    row = {"id": made.bytes, "agent": agent, "entry": str(entry), "key": key.bytes, "text_digest": digest}
    for attempt in range(_ATTEMPTS):
        said = about()
        values = _placed(connection, row | {name: getattr(said, name) for name in About.__slots__})
        if said.complete:
            values["hash"] = entry_hash(values["prev"], entry_of(values))
        try:
            connection.exec_driver_sql(_ENTRY, values)
        except IntegrityError as error:
            if str(error.orig) != _AGAIN or attempt == _ATTEMPTS - 1:
                _refused(error)
            cover(connection)
        else:
            break
    return made


def _placed(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    """A row with its place: time, policy, the end of the chain."""
    place = connection.exec_driver_sql(
        "SELECT (SELECT at FROM ledger_clock) AS at, (SELECT policy FROM ledger_setting) AS policy,"
        " (SELECT seq FROM ledger_chain WHERE agent = :agent) AS seq,"
        " (SELECT head FROM ledger_chain WHERE agent = :agent) AS head",
        {"agent": row["agent"]},
    ).one()
    end = {"seq": (place.seq or 0) + 1, "prev": place.head or START, "hash": bytes(32)}
    return row | end | {"at": place.at, "policy": place.policy}


def entry_of(row: dict[str, Any]) -> Entry:
    """An entry from a row as SQLite keeps it."""
    return Entry(
        id=UUID(bytes=row["id"]),
        agent=row["agent"],
        seq=row["seq"],
        entry=EntryKind(row["entry"]),
        conversation=UUID(bytes=row["conversation_id"]),
        customer=UUID(bytes=row["customer_id"]),
        kind=row["kind"],
        purse=Purse(row["purse"]),
        amount=row["amount"],
        currency=row["currency"],
        reason=row["reason"],
        team=row["team"],
        charged_to=row["charged_to"],
        period=date.fromisoformat(row["period"]),
        team_period=date.fromisoformat(row["team_period"]) if row["team_period"] else None,
        at=_EPOCH + timedelta(microseconds=row["at"]),
        key=UUID(bytes=row["key"]),
        approval=UUID(bytes=row["approval_id"]) if row["approval_id"] else None,
        refers=UUID(bytes=row["refers"]) if row["refers"] else None,
        policy=row["policy"],
        text_digest=row["text_digest"],
        prev=row["prev"],
        hash=row["hash"],
    )


@contextmanager
def refusals() -> Iterator[None]:
    """Let what the triggers refuse out of the block as :class:`~agentconsole.errors.RuleRefused`."""
    try:
        yield
    except IntegrityError as error:
        _refused(error)


def _refused(error: IntegrityError) -> NoReturn:
    said = str(error.orig)
    if not said.startswith(_SIGN):
        raise error
    code = said.removeprefix(_SIGN)
    refuse(code if code in REFUSALS else "busy" if said == _AGAIN else "refused")
