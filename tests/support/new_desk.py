"""New desks in files: made once in a process, copied from then on, since migrating takes longer than most tests."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from agentconsole.store.opening import open_desk


@cache
def empty() -> bytes:
    """The file of an empty desk."""
    with tempfile.TemporaryDirectory() as folder:
        open_desk("desk.sqlite", Path(folder)).close()
        return (Path(folder) / "desk.sqlite").read_bytes()


def new_desk(folder: Path) -> None:
    """An empty ``desk.sqlite`` in that folder."""
    (folder / "desk.sqlite").write_bytes(empty())
