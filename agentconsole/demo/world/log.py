"""A file of facts, one JSON object a line, that several threads and consoles may add to and that a crash cannot spoil.

A line counts once its newline is on the disk. What a crash left of a last line is ignored when reading and cut off
before the next line is added.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

Fact = dict[str, Any]


class Log:
    """The facts of one channel."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self.lock = threading.RLock()
        """Held by whoever looks at what follows from the facts."""

    def read(self) -> list[Fact]:
        """What was added since the last reading, by whomever."""
        with self.lock:
            try:
                if self.path.stat().st_size <= self._offset:
                    return []
                with self.path.open("rb") as file:
                    return self._take(file)
            except FileNotFoundError:
                return []

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else adds meanwhile, in this process or another."""
        with self.lock:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.path.with_suffix(".lock").open("ab") as file:
                _lock(file)
                yield

    def add(self, facts: list[Fact]) -> None:
        """Add facts for good: once this returns they survive a kill and a power cut. Only within :meth:`alone`."""
        lines = "".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in facts)
        with self.path.open("ab") as file:
            if file.tell() > self._offset:
                file.truncate(self._offset)
            file.write(lines.encode("utf-8", "surrogatepass"))
            file.flush()
            os.fsync(file.fileno())
            self._offset = file.tell()

    def _take(self, file: BinaryIO) -> list[Fact]:
        file.seek(self._offset)
        whole, newline, _ = file.read().rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        return [fact for line in whole.split(b"\n") if (fact := _parse(line)) is not None]


def _parse(line: bytes) -> Fact | None:
    try:
        fact = json.loads(line)
    except ValueError:
        return None
    return fact if isinstance(fact, dict) else None


def _lock(file: BinaryIO) -> None:
    """Held until the file is closed, also by the death of the process."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
