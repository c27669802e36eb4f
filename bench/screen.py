"""What an adviser waits for: the first rows, moving, opening; and the memory that takes."""

from __future__ import annotations

import statistics
from typing import Any

from agentconsole.desk import conversations, triage
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import views
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import conversations as stored
from bench.desk import Built
from bench.terminal import Terminal, console
from bench.timing import p50, p95

STARTS, MOVES, OPENS = 5, 100, 40
PACE = 0.3
"""Seconds from one key to the next of somebody who looks at each conversation: the console reads ahead meanwhile."""
_DOWN, _ENTER, _ESCAPE, _HOME = b"\x1b[B", b"\r", b"\x1b", b"\x1b[H"
_SKIPPED = 3
"""Rows from one opened conversation to the next: further than the console reads ahead."""


def on_screen(built: Built) -> dict[str, Any]:
    """Starting, moving, opening and memory at 120x40, on the first view."""
    desk = built.open()
    try:
        rows = triage.page(desk, views(desk.config)[0]).rows
        names = [row.customer.split()[0] for row in rows[:5]]
        figures = {**_starting(built, names), **_working(built, desk, rows, names)}
        with desk.store.write() as connection:
            for row in rows:
                stored.change(connection, row.id, unread=row.unread)
    finally:
        desk.store.close()
    return figures


def _starting(built: Built, names: list[str]) -> dict[str, Any]:
    """Seconds from the start of the process to the first rows, files being in memory."""
    spent = []
    for _start in range(STARTS + 1):
        with Terminal(console(built.configuration)) as terminal:
            spent.append(terminal.started(names))
            terminal.settle()
    return {"start_s": round(statistics.median(spent[1:]), 3), "start_each_s": [round(s, 3) for s in spent]}


def _working(built: Built, desk: Desk, rows: tuple[ConversationRow, ...], names: list[str]) -> dict[str, Any]:
    with Terminal(console(built.configuration)) as terminal:
        terminal.started(names)
        terminal.settle(1.0)
        begun = terminal.rss()
        opened = _opening(terminal, desk, rows)
        terminal.type(_HOME, 0.5)
        moved = [terminal.settled(_DOWN, PACE) for _move in range(min(MOVES, len(rows) - 1))]
        return {
            "move_p50_ms": p50([last for _first, last in moved]),
            "move_p95_ms": p95([last for _first, last in moved]),
            "move_first_p50_ms": p50([first for first, _last in moved]),
            "move_first_p95_ms": p95([first for first, _last in moved]),
            "open_p50_ms": p50(opened),
            "open_p95_ms": p95(opened),
            "rss_mib": round(terminal.rss() / (1 << 20), 1),
            "rss_at_start_mib": round(begun / (1 << 20), 1),
        }


def _opening(terminal: Terminal, desk: Desk, rows: tuple[ConversationRow, ...]) -> list[float]:
    """Milliseconds from three moves and Enter, typed at once, to the text of a conversation not read ahead."""
    spent = []
    for at in range(_SKIPPED, min(len(rows), OPENS * _SKIPPED + 1), _SKIPPED):
        thread = conversations.open_thread(desk, rows[at].number)
        beginnings = [" ".join(message.text.split()[:2]) for message in thread.messages[-2:]]
        spent.append(terminal.shown(_DOWN * _SKIPPED + _ENTER, beginnings))
        terminal.settle(0.4)
        terminal.type(_ESCAPE, 0.4)
    return spent
