"""What an adviser waits for: the first rows, moving, opening, a picker, typing; and the memory that takes."""

from __future__ import annotations

import statistics
from typing import Any

from agentconsole.desk import conversations, triage
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import views
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import conversations as stored
from agentconsole.views.actions import ACTIONS
from bench.desk import Built
from bench.terminal import Terminal, Times, console
from bench.timing import p50, p95

STARTS, MOVES, OPENS, PICKS, GESTURES = 5, 100, 40, 40, 40
PACE = 0.3
"""Seconds from one key to the next of somebody who looks at each conversation: the console reads ahead meanwhile."""
_DOWN, _ENTER, _ESCAPE, _HOME, _DISCARD = b"\x1b[B", b"\r", b"\x1b", b"\x1b[H", b"\x07\x07"
_SKIPPED = 3
"""Rows from one opened conversation to the next: further than the console reads ahead."""
_TYPED = "Bonjour, votre colis est en route depuis."
"""What is typed into a reply, a key at a time; the first three are not measured, the screen tells them from nothing."""
_TYPING_PACE = 0.12
"""Seconds from one typed key to the next."""
_PICKERS = {"macro": "m", "palette": ":"}
"""Actions that open a picker, and their keys: the first one that this console has is measured."""
_AMOUNTS = ("2", "5", "\x7f", "\x7f", "4", "5", "\x7f", "\x7f")
"""What is typed into the gesture panel: 25 is granted; 45 needs a proof, so that a field comes and goes."""
_LEFT = "this customer"
"""What the panel says of the customer's ceiling: once what the first offer would come to is known."""
_FOOT = "esc leaves it"
"""What every picker says below its items."""


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
        figures = _times("open", _opening(terminal, desk, rows))
        terminal.type(_HOME, 0.5)
        figures |= _times("move", _moving(terminal, desk, rows))
        terminal.type(_HOME, 0.5)
        figures |= _times("pick", _picking(terminal))
        figures |= _times("gesture", _gesturing(terminal))
        figures |= _times("gesture_typing", _typing_amounts(terminal))
        figures |= _times("type", _typing(terminal))
        return figures | {
            "rss_mib": round(terminal.rss() / (1 << 20), 1),
            "rss_at_start_mib": round(begun / (1 << 20), 1),
        }


def _times(what: str, measured: list[Times]) -> dict[str, float]:
    return {
        f"{what}_p50_ms": p50([times.shown for times in measured]),
        f"{what}_p95_ms": p95([times.shown for times in measured]),
        f"{what}_first_p50_ms": p50([times.first for times in measured]),
        f"{what}_first_p95_ms": p95([times.first for times in measured]),
        f"{what}_settled_p95_ms": p95([times.settled for times in measured]),
    }


def _beginnings(desk: Desk, row: ConversationRow) -> list[str]:
    """How the latest messages of a conversation begin: one of them is painted wherever its thread is."""
    thread = conversations.open_thread(desk, row.number)
    return [" ".join(message.text.split()[:2]) for message in thread.messages[-2:]]


def _moving(terminal: Terminal, desk: Desk, rows: tuple[ConversationRow, ...]) -> list[Times]:
    """From the down key to the text of the conversation that the cursor comes to."""
    return [terminal.timed(_DOWN, _beginnings(desk, row), PACE) for row in rows[1 : MOVES + 1]]


def _picking(terminal: Terminal) -> list[Times]:
    """From the key of a picker to its last line, on the list."""
    known = {action.id for action in ACTIONS}
    key = next(key for action, key in _PICKERS.items() if action in known)
    measured = []
    for _pick in range(PICKS):
        measured.append(terminal.timed(key.encode(), [_FOOT], PACE))
        terminal.type(_ESCAPE, PACE)
    return measured


def _gesturing(terminal: Terminal) -> list[Times]:
    """From the key of the gesture panel to what is left after its first offer, each time of another conversation."""
    measured = []
    for _panel in range(GESTURES):
        measured.append(terminal.timed(b"g", [_LEFT], PACE))
        terminal.type(_ESCAPE, PACE)
        terminal.type(_DOWN, PACE)
    return measured


def _typing_amounts(terminal: Terminal) -> list[Times]:
    """From each key typed into the panel to what it decides: the screen is watched for any change."""
    terminal.type(b"g", 0.5)
    measured = [terminal.timed(key.encode(), ["€"], PACE) for _round in range(5) for key in _AMOUNTS]
    terminal.type(_ESCAPE, 0.5)
    return measured


def _typing(terminal: Terminal) -> list[Times]:
    """From each key typed into a reply until it is painted with those before it; the words are dropped again."""
    terminal.type(b"r", 0.5)
    terminal.type(_TYPED[:3].encode(), PACE)
    measured = []
    for end in range(4, len(_TYPED) + 1):
        word = _TYPED[:end].rsplit(" ", 1)[-1] or _TYPED[: end - 1].rsplit(" ", 1)[-1]
        measured.append(terminal.timed(_TYPED[end - 1].encode(), [word], _TYPING_PACE))
    terminal.type(_DISCARD, 0.5)
    return measured


def _opening(terminal: Terminal, desk: Desk, rows: tuple[ConversationRow, ...]) -> list[Times]:
    """From three moves and Enter, typed at once, to the text of a conversation not read ahead."""
    measured = []
    for at in range(_SKIPPED, min(len(rows), OPENS * _SKIPPED + 1), _SKIPPED):
        measured.append(terminal.timed(_DOWN * _SKIPPED + _ENTER, _beginnings(desk, rows[at]), 0.4))
        terminal.type(_ESCAPE, 0.4)
    return measured
