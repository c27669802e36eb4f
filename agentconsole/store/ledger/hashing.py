"""The chain of hashes: each entry's hash covers every column of it and the hash of the one before, an agent's own."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from agentconsole.model.gesture import Entry

FORMAT = "agentconsole-ledger-1"
"""First field of what is hashed: says how the rest is written."""
START = bytes(32)
"""What comes before the first entry of a chain."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def entry_hash(prev: bytes, entry: Entry) -> bytes:
    """SHA-256 of an entry's place in its chain; ``prev`` and ``hash`` of the entry itself are not looked at.

    :param prev: hash of the entry before, :data:`START` for the first.
    """
    return hash_of(prev, entry_text(entry))


def entry_text(entry: Entry) -> str:
    """What of an entry is hashed, besides the hash before: the fields between bars, absent ones as ``-``.

    Identifiers are in canonical form, days in ISO 8601, the time in whole microseconds since 1970.
    """
    fields = (
        FORMAT,
        entry.agent,
        str(entry.seq),
        str(entry.entry),
        str(entry.id),
        str(entry.conversation),
        str(entry.customer),
        entry.kind,
        str(entry.purse),
        str(entry.amount),
        entry.currency,
        entry.reason,
        entry.team or "-",
        entry.charged_to,
        entry.period.isoformat(),
        _day(entry.team_period),
        str(microseconds(entry.at)),
        str(entry.key),
        _id(entry.approval),
        _id(entry.refers),
        str(entry.policy),
        entry.text_digest.hex(),
    )
    return "|".join(fields)


def hash_of(prev: bytes, text: str) -> bytes:
    """SHA-256 over the hash before and the text of an entry."""
    return hashlib.sha256(prev + text.encode()).digest()


def text_digest(salt: bytes, proof: str, remark: str) -> bytes:
    """SHA-256 over what people wrote about an entry: it proves the words while they are there, and tells nothing
    once they were erased along with the salt (16 random bytes)."""
    return hashlib.sha256(salt + proof.encode() + b"\x00" + remark.encode()).digest()


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970 of a moment in UTC."""
    return (at - _EPOCH) // _MICROSECOND


def _id(value: UUID | None) -> str:
    return "-" if value is None else str(value)


def _day(value: date | None) -> str:
    return "-" if value is None else value.isoformat()
