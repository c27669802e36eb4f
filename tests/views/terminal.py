"""The console on a seeded desk, in a real terminal."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal import Terminal as AnyTerminal

ROOT = Path(__file__).resolve().parents[2]


class Terminal(AnyTerminal):
    """A console on a seeded desk in a folder; ``options`` are those of :func:`tests.views.seed.run`."""

    def __init__(self, folder: Path, columns: int, rows: int, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "tests.views.seed", str(folder), *options]
        super().__init__(command, {"HOME": str(folder), **environment}, (columns, rows), ROOT)
