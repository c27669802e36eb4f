"""Desks for the tests of opening one: made, and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentconsole.errors import DeskError
from agentconsole.store.opening import open_desk


def made(folder: Path) -> Path:
    """A new desk in that folder; answers its file."""
    open_desk("desk.sqlite", folder).close()
    return folder / "desk.sqlite"


def refused(folder: Path, desk: str = "desk.sqlite") -> DeskError:
    """The two lines that a person gets; both are there, and neither is a program's."""
    with pytest.raises(DeskError) as told:
        open_desk(desk, folder).close()
    assert told.value.what
    assert told.value.do
    assert not set("()[]") & set(told.value.do)
    assert "\n" not in told.value.what
    assert "sqlalche.me" not in str(told.value)
    return told.value
