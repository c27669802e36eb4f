"""The entries as plain strings and numbers, streamed in the order of their chains: for verification, which reads all.

Identifiers are in canonical text and days in ISO 8601 on both engines, times in microseconds since 1970, so that
nothing need be built for an entry but the text that is hashed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult

from agentconsole.store.ledger.hashing import FORMAT

_AT_ONCE = 5_000
_WORDS = ("salt", "proof", "remark")
_IDS = ("id", "conversation_id", "customer_id", "key", "approval_id", "refers")
_DAYS = ("period", "team_period")


class Line(NamedTuple):
    """An entry with what was written about it; the columns of ledger_entry and ledger_text.

    ``salt`` is ``None`` where the words are not there (any more).
    """

    id: str
    agent: str
    seq: int
    entry: str
    conversation_id: str
    customer_id: str
    kind: str
    purse: str
    amount: int
    currency: str
    reason: str
    team: str | None
    charged_to: str
    period: str
    team_period: str | None
    at: int
    key: str
    approval_id: str | None
    refers: str | None
    policy: int
    text_digest: bytes
    prev: bytes
    hash: bytes
    salt: bytes | None
    proof: str | None
    remark: str | None

    @property
    def place(self) -> str:
        """Where it is, for people: agent and place in the chain."""
        return f"{self.agent} {self.seq}"


def hashed_text(line: Line) -> str:
    """What of an entry is hashed: :func:`.hashing.entry_text` of it."""
    return (
        f"{FORMAT}|{line.agent}|{line.seq}|{line.entry}|{line.id}|{line.conversation_id}|{line.customer_id}|{line.kind}"
        f"|{line.purse}|{line.amount}|{line.currency}|{line.reason}|{line.team or '-'}|{line.charged_to}|{line.period}"
        f"|{line.team_period or '-'}|{line.at}|{line.key}|{line.approval_id or '-'}|{line.refers or '-'}"
        f"|{line.policy}|{line.text_digest.hex()}"
    )


def lines(connection: Connection) -> Iterator[Line]:
    """All entries, by agent and place."""
    sqlite = connection.dialect.name == "sqlite"
    columns = ", ".join(_column(name, sqlite) for name in Line._fields)
    statement = (
        f"SELECT {columns} FROM ledger_entry e LEFT JOIN ledger_text t ON t.entry_id = e.id ORDER BY e.agent, e.seq"
    )
    options = {"stream_results": True, "max_row_buffer": _AT_ONCE}
    found: CursorResult[Any] = connection.exec_driver_sql(statement, execution_options=options)
    for rows in found.partitions(_AT_ONCE):
        yield from map(_from_bytes if sqlite else _from_text, rows)


def canonical(raw: bytes) -> str:
    """A UUID's text from its 16 bytes."""
    digits = raw.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _column(name: str, sqlite: bool) -> str:
    column = f"{'t' if name in _WORDS else 'e'}.{name}"
    if sqlite:
        return column
    if name in _IDS:
        return f"{column}::text"
    if name in _DAYS:
        return f"to_char({column}, 'YYYY-MM-DD')"
    return f"(extract(epoch FROM {column}) * 1000000)::bigint" if name == "at" else column


def _from_text(row: Any) -> Line:
    return Line._make(row)


def _from_bytes(row: Any) -> Line:
    (id_, agent, seq, entry, conversation, customer, kind, purse, amount, currency, reason, team, charged, period,
     team_period, at, key, approval, refers, *rest) = row  # fmt: skip
    return Line(
        canonical(id_), agent, seq, entry, canonical(conversation), canonical(customer), kind, purse, amount, currency,
        reason, team, charged, period, team_period, at, canonical(key), approval and canonical(approval),
        refers and canonical(refers), *rest,
    )  # fmt: skip
