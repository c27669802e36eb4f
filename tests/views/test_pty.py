"""What reaches a real terminal from a desk full of text that means harm; and what a kill -9 leaves."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from agentconsole.desk import drafts, triage
from tests.views.seed import HOSTILE, open_seeded
from tests.views.terminal import Terminal

pytestmark = pytest.mark.pty

ESC, ENTER, DOWN = "\x1b[27u", "\r", "\x1b[B"
"""Escape as terminals send it that tell it from the beginning of a longer key, however late it is read."""
KNOWN = re.compile(
    r"\x1b\[\d*(?:;\d+)*m"  # colours and styles
    r"|\x1b\[\d+;\d+H|\x1b\[H|\x1b\[\d+[ABCD]|\x1b\[2J"  # the cursor to a cell, and clearing at start
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2031|2048)[hl]"  # modes that Textual sets
    r"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
    r"|\x1b\[\?(?:2026|2048)\$p|\x1b\[>\d*u|\x1b\[<u|\x1b\[=?\d*u|\x1b\[\?u|\x1b\[>4;?\d*m|\x1b\[c|\x1b\[\?996n"
)
"""Everything that Textual itself writes. A cursor move of a customer's cannot hide in it: it would draw elsewhere
than the text around it, and the screen is compared too."""
ACTING = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def hostile_desk(folder: Path) -> None:
    desk = open_seeded(folder, 8, hostile=True)
    for row in triage.page(desk, desk.config.views[0]).rows:
        if row.customer.startswith("Eve"):
            drafts.keep(desk, row.number, HOSTILE[row.number % len(HOSTILE)], 0)
    desk.store.close()


def leftovers(raw: bytes) -> list[str]:
    """What is neither text nor of Textual's own making, each with what is around it."""
    text = KNOWN.sub("", raw.decode("utf-8"))
    return [text[max(0, found.start() - 20) : found.end() + 20] for found in ACTING.finditer(text)]


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 50)])  # between them: tests/views/test_pty_boxes.py
def test_hostile_text_reaches_the_terminal_as_text_only(tmp_path: Path, columns: int, rows: int) -> None:
    hostile_desk(tmp_path)
    with Terminal(tmp_path, columns, rows) as terminal:
        terminal.until("why first:", "Eve")
        terminal.press("\x1b[F")
        for _each in HOSTILE:
            terminal.press(ENTER, "f", "l", "\x1b[F", "i", ESC, "r", ESC, ESC, "k")
        terminal.press(ENTER, "D", ESC, "h", ESC, "A", ESC, ESC)
        terminal.press("u", ESC, ":", "reply", ESC, "?", ESC)
        terminal.press("/", "click", ENTER)
        terminal.until("[red]no")
        terminal.press(ENTER)
        terminal.until("[red]not red[/red]", "[@click=app.quit]")
        terminal.click("[@click=app.quit]")
        assert terminal.alive
        terminal.press(ESC, ESC)
        terminal.ends("q")
    assert leftovers(terminal.raw) == []
    for payload in (b"]0;owned", b"]52;c;", b"P1;1|17", b"_Gi=1"):
        assert b"\x1b" + payload not in terminal.raw


def test_a_paste_of_control_bytes_is_text(tmp_path: Path) -> None:
    open_seeded(tmp_path).store.close()
    with Terminal(tmp_path, 120, 40) as terminal:
        terminal.until("why first:")
        terminal.press("r")
        terminal.until(" to Tom")
        terminal.press("\x1b[200~evil \x07\x08 \u009b31m [red]x[/red]\x1b[201~")
        terminal.until("[red]x[/red]")
    assert leftovers(terminal.raw) == []


def test_a_draft_survives_kill_9(tmp_path: Path) -> None:
    open_seeded(tmp_path).store.close()
    with Terminal(tmp_path, 80, 24) as terminal:
        terminal.until("why first:")
        terminal.press("r")
        terminal.until(" to Tom")
        terminal.press("Every word of it.")
        time.sleep(1.0)  # what is typed more than a second before is never lost
        terminal.kill()
    with Terminal(tmp_path, 80, 24) as terminal:
        terminal.until("draft")
        terminal.press("u")
        terminal.until("Unsent words", "Every word of it.")
        terminal.press(ENTER)
        terminal.until("reply to Tom", "draft of")


def test_without_colour_no_colour_is_sent(tmp_path: Path) -> None:
    open_seeded(tmp_path).store.close()
    with Terminal(tmp_path, 120, 40, NO_COLOR="1") as terminal:
        terminal.until("why first:")
        terminal.press("j", ENTER, "r", ESC, ":")
        terminal.until("All actions")
    codes = {code for found in re.findall(rb"\x1b\[([\d;]*)m", terminal.raw) for code in found.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"9", b"39", b"49"}
