"""What a table holds, in one number that is the same on both engines and in whatever order the rows are read."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Boolean, Table

_BYTES = 16
_ALL = 1 << (8 * _BYTES)


class Content:
    """Rows that were read, counted and digested: the sum of their BLAKE2b-128 digests modulo 2**128.

    A sum rather than a digest of digests: PostgreSQL sorts text as its database says, SQLite by code points.

    :param table: its columns say what is a truth value, which SQLite has no type for.
    """

    def __init__(self, table: Table) -> None:
        self.rows = 0
        self.total = 0
        self._truths = [place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)]

    def add(self, row: Sequence[Any]) -> int:
        """Another row, its values as SQLAlchemy reads them; answers about how many bytes it has."""
        values: tuple[Any, ...] = tuple(row)
        if self._truths:
            listed = list(values)
            for place in self._truths:
                if listed[place] is not None:
                    listed[place] = bool(listed[place])
            values = tuple(listed)
        told = repr(values).encode("utf-8", "backslashreplace")
        self.rows += 1
        self.total = (self.total + int.from_bytes(blake2b(told, digest_size=_BYTES).digest())) % _ALL
        return len(told)

    @property
    def state(self) -> tuple[int, str]:
        """Rows and digest, hexadecimal: equal where the rows are."""
        return self.rows, f"{self.total:0{2 * _BYTES}x}"
