"""A mistake of the program's own: two lines, no traceback, nobody's data."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import views
from agentconsole.views.console import Console
from agentconsole.views.keys import Keymap
from agentconsole.views.main import MainScreen
from agentconsole.views.page import Session
from tests.views.driver import at_work


async def test_a_mistake_ends_with_two_lines(
    desk: Desk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: MainScreen) -> None:
        secret = "Camille's password"
        raise ZeroDivisionError(len(secret))

    monkeypatch.setattr(MainScreen, "redraw", broken)
    caplog.set_level(logging.CRITICAL, "agentconsole")
    session = Session(desk, Keymap(), views(desk.config)[0], sync=False)
    app = Console(session, Path("/var/log/agentconsole.log"))
    app.driver_class = HeadlessDriver
    await app.run_async(headless=True, size=(80, 24))
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 2
    assert "agentconsole.log" in said[1]
    assert "Camille" not in "".join(said) + caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert app.return_code == 1


async def test_a_mistake_in_one_look_ends_nothing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        adviser.page.work.look("test", lambda: 1 // 0, lambda _result: None)
        await adviser.reads("The console made a mistake")
        await adviser.presses("j")
        assert adviser.focus == "list"


@pytest.mark.parametrize(("module", "keys"), [("when", ["s"]), ("tour", [":", *"six", "enter"]), ("confirm", "xd")])
async def test_a_program_that_was_updated_meanwhile_is_said_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, module: str, keys: Sequence[str]
) -> None:
    async with at_work(desk) as adviser:
        monkeypatch.setitem(sys.modules, f"agentconsole.views.{module}", None)
        await adviser.presses(*keys)
        await adviser.reads("The program was updated while it ran.", "your words are kept.")
        await adviser.presses("r")
        assert adviser.focus == "words"


def test_the_scrollbar_is_ascii_where_the_terminal_has_no_more() -> None:
    code = (
        "from textual.scrollbar import ScrollBar\n"
        "import agentconsole.views.console\n"
        "bars = [ScrollBar.renderer.render_bar(20, 100, 20, at / 8) for at in range(400)]\n"
        "print(''.join(sorted({part.text for bar in bars for part in bar.segments})), end='')"
    )
    env = os.environ | {"AGENTCONSOLE_ASCII": "1"}
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=env).stdout == b" "
