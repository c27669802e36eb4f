"""One's own editor: private, optional, and never the end of the words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agentconsole.desk.context import Desk
from agentconsole.desk.delivery import undelivered
from agentconsole.errors import ConsoleError, UsageError
from agentconsole.views import editor
from tests.views.driver import at_work
from tests.views.seed import open_seeded
from tests.views.terminal import Terminal

CTRL_S, ALT_E = "\x13", "\x1be"


def script(folder: Path, body: str) -> str:
    """An editor that runs this on the file it is given, as ``path``."""
    place = folder / "my editor.py"
    place.write_text(f"import os, sys\nfrom pathlib import Path\npath = Path(sys.argv[-1])\n{body}\n", encoding="utf-8")
    return f'{sys.executable} "{place}"'


def test_the_editors_file_is_private_and_goes(tmp_path: Path) -> None:
    told = tmp_path / "told"
    body = (
        "modes = [oct(place.stat().st_mode)[-3:] for place in (path, path.parent)]\n"
        f"Path({str(told)!r}).write_text(' '.join([str(path), *modes]))\n"
        "path.write_text(path.read_text() + 'more\\n')\npath.with_suffix('.swp').write_text('x')"
    )
    command = editor.command({"EDITOR": script(tmp_path, body)})
    assert editor.edit("Words", command) == "Words\nmore"
    path, mode, folder_mode = told.read_text().split()
    assert (mode, folder_mode) == ("600", "700")
    assert not Path(path).parent.exists()


@pytest.mark.parametrize(
    "body", ["sys.exit(1)", "path.unlink()", "path.write_bytes(b'\\xff\\xfe\\xff')", "path.unlink(); path.mkdir()"]
)
def test_an_editor_that_fails_is_told_in_two_lines(tmp_path: Path, body: str) -> None:
    with pytest.raises(UsageError) as caught:
        editor.edit("Words", editor.command({"EDITOR": script(tmp_path, body)}))
    assert caught.value.what
    assert "as they were" in caught.value.do


@pytest.mark.parametrize("environment", [{}, {"EDITOR": "  "}, {"EDITOR": "vi 'x"}, {"VISUAL": '"', "EDITOR": "vi"}])
def test_without_an_editor_one_is_asked_for(environment: dict[str, str]) -> None:
    with pytest.raises(ConsoleError) as caught:
        editor.command(environment)
    assert caught.value.do


def test_visual_comes_before_editor_and_no_shell_reads_it() -> None:
    assert editor.command({"VISUAL": "code -w 'a b'; rm -rf $HOME", "EDITOR": "vi"}) == [
        "code", "-w", "a b;", "rm", "-rf", "$HOME",
    ]  # fmt: skip


def test_an_editor_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="cannot be started"):
        editor.edit("Words", ["/nowhere/editor"])


async def test_where_no_editor_is_set_the_words_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("Half a sentence")
        await adviser.presses("alt+e")
        await adviser.reads("No editor is set.", "Set VISUAL or EDITOR")
        assert (adviser.words, adviser.focus) == ("Half a sentence", "words")


@pytest.mark.pty
def test_words_go_to_the_editor_and_come_back_clean(tmp_path: Path) -> None:
    desk = open_seeded(tmp_path)
    body = "path.write_text(path.read_text().upper() + 'and \\x1b[31mmore\\x07 ' + os.ttyname(0)[:5])"
    with Terminal(tmp_path, 80, 24, EDITOR=script(tmp_path, body)) as terminal:
        terminal.until("why first:")
        terminal.press("rhello", ALT_E)
        terminal.until("HELLO", "and [31mmore /dev/", "draft saved")
        terminal.press("!")
        terminal.until("/dev/!")
        terminal.press(CTRL_S)
        terminal.until("is on its way")
    assert [entry.text for entry in undelivered(desk)] == ["HELLO\nand [31mmore /dev/!"]
    desk.store.close()


@pytest.mark.pty
def test_the_draft_is_on_the_desk_before_the_editor_opens(tmp_path: Path) -> None:
    desk = open_seeded(tmp_path)
    seen = tmp_path / "seen"
    reading = (
        "import sqlite3\n"
        f"rows = sqlite3.connect({str(tmp_path / 'desk.sqlite')!r}).execute('SELECT text FROM draft').fetchall()\n"
        f"Path({str(seen)!r}).write_text(repr(rows))\nsys.exit(1)"
    )
    with Terminal(tmp_path, 80, 24, EDITOR=script(tmp_path, reading)) as terminal:
        terminal.until("why first:")
        terminal.press(f"rhello{ALT_E}")
        terminal.until("ended with the error 1", "Your words are as they were.", "hello")
    assert seen.read_text() == "[('hello',)]"
    desk.store.close()
