"""A disk whose power fails: what was synced stays, of what was not each write stays, is torn or is lost.

The writes go through an APSW VFS that logs them; the disk after the cut is worked out from the log. The model is that
of https://www.sqlite.org/atomiccommit.html: sectors of 512 bytes are written whole, in any order until a sync.
"""

from __future__ import annotations

import random
from collections import namedtuple
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from agentconsole.store.engine import _sqlite_connected

SECTOR = 512


class Op(NamedTuple):
    """One thing that was done to a file: "write", "truncate", "sync" or "delete"."""

    what: str
    name: str
    at: int = 0
    data: bytes = b""


class _LoggedFile(apsw.VFSFile):
    def __init__(self, log: list[Op], name: Any, flags: list[int]) -> None:
        self.log = log
        self.name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.log.append(Op("write", self.name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self.log.append(Op("truncate", self.name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        self.log.append(Op("sync", self.name))
        super().xSync(flags)


class Disk(apsw.VFS):
    """A VFS that keeps a log of all writes; close it when done."""

    def __init__(self) -> None:
        self.log: list[Op] = []
        self.vfs = f"powercut-{id(self)}"
        super().__init__(self.vfs, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _LoggedFile(self.log, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.log.append(Op("delete", filename))
        super().xDelete(filename, syncdir)


class _Raw(apsw.Connection):
    isolation_level: object = None  # which the store's own set-up assigns


class _Rows:
    """As much of SQLAlchemy's result as the ledger reads."""

    def __init__(self, rows: list[Any], changed: int) -> None:
        self.rows, self.rowcount = rows, changed

    def first(self) -> Any:
        return self.rows[0] if self.rows else None

    def one(self) -> Any:
        return self.rows[0]

    def scalar(self) -> Any:
        return self.rows[0][0] if self.rows else None

    scalar_one = scalar


class Connected:
    """A connection on such a disk, with the store's own pragmas, in the shape in which the ledger takes one.

    APSW's VFS has no shared memory, hence the exclusive lock: the log of WAL and file are the same with it.
    """

    def __init__(self, disk: Disk, place: Path, *pragmas: str) -> None:
        self.raw = _Raw(str(place), vfs=disk.vfs)
        self.raw.execute("PRAGMA locking_mode=EXCLUSIVE")
        _sqlite_connected(self.raw, None)  # type: ignore[arg-type]  # (another driver's connection, used alike)
        for pragma in pragmas:
            self.raw.execute(f"PRAGMA {pragma}")

    def exec_driver_sql(self, sql: str, parameters: Any = ()) -> _Rows:
        """Execute a statement, or one for each of a list of parameters."""
        if isinstance(parameters, list):
            self.raw.executemany(sql, parameters)
            return _Rows([], 0)
        cursor = self.raw.cursor()
        rows: list[Any] = []
        for row in cursor.execute(sql, parameters):
            made = namedtuple("Row", [column[0] for column in cursor.get_description()])
            rows.append(made(*row))
        return _Rows(rows, self.raw.changes())


def after_the_cut(before: dict[str, bytes], log: Sequence[Op], chance: random.Random) -> dict[str, bytes]:
    """The files as they are found when the power is back, by name."""
    files = {name: bytearray(data) for name, data in before.items()}
    pending: dict[str, list[Op]] = {}
    for op in log:
        if op.what == "sync":
            for waiting in pending.pop(op.name, []):
                _apply(files, waiting)
        elif op.what == "delete":
            pending.pop(op.name, None)
            files.pop(op.name, None)
        else:
            pending.setdefault(op.name, []).append(op)
    for waiting in [op for ops in pending.values() for op in ops]:
        fate = chance.random()
        if fate < 0.4:
            continue
        torn = fate < 0.6 and waiting.what == "write" and len(waiting.data) > SECTOR
        sectors = chance.randrange(len(waiting.data) // SECTOR) if torn else 0
        _apply(files, waiting._replace(data=waiting.data[: SECTOR * sectors]) if torn else waiting)
    return {name: bytes(data) for name, data in files.items()}


def _apply(files: dict[str, bytearray], op: Op) -> None:
    content = files.setdefault(op.name, bytearray())
    if op.what == "truncate":
        del content[op.at :]
        return
    content.extend(bytes(max(0, op.at + len(op.data) - len(content))))
    content[op.at : op.at + len(op.data)] = op.data
