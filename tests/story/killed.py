"""A desk that is looked at from outside while the consoles on it live and die."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from agentconsole.desk import drafts, triage
from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow, Draft, DraftKind
from agentconsole.store.opening import open_desk
from tests.views.driver import at_work
from tests.views.terminal import Terminal

ESC, ENTER, SEND, ATTACH, MACRO, SEND_SNOOZE, SAVE_MACRO = "\x1b", "\r", "\x13", "\x0f", "\x1bm", "\x1bs", "\x1bw"
PATIENCE = 20.0
"""Seconds to wait for something to be on the desk before the test fails."""
PACE = 0.025
"""Seconds between two letters of somebody who types very fast."""
WORDS = "Bonjour, un technicien passe demain entre huit heures et midi ; il vous appelle avant."
SORRY = 'title = "Excuses"\nbody = "Nous regrettons ce retard."\n[actions]\nadd_tags = ["late"]\npriority = "high"\n'
PARCEL = """
title = "Zebra"
body = "Il arrive le {{ ask.day }}."
[[questions]]
name = "day"
ask = "Quel jour ?"
"""
SPAM = 'title = "Spam"\n[actions]\nstatus = "resolved"\nadd_tags = ["spam"]\n'


@dataclass(frozen=True)
class Day:
    """A desk, looked at from outside, and the consoles on it."""

    desk: Desk

    def console(self) -> Terminal:
        """A console at the list, one macro folder of one's own in use."""
        return Terminal(self.desk.folder, 80, 24, TEXTUAL_ANIMATIONS="none")

    @contextmanager
    def opened(self) -> Iterator[Desk]:
        """The desk opened anew, as the next console does after what has happened to its file."""
        store = open_desk(self.desk.config.desk, self.desk.folder)
        try:
            yield replace(self.desk, store=store)
        finally:
            store.close()

    def until(self, holds: Callable[[], object], complaint: str) -> None:
        """Wait for something of another process's doing on the desk: there is nothing to wait on but its outcome."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, complaint
            time.sleep(0.002)

    @property
    def draft(self) -> Draft | None:
        """The latest unsent words."""
        return next(iter(drafts.mine(self.desk)), None)

    @property
    def text(self) -> str:
        """The latest unsent words, as text."""
        return self.draft.text if self.draft else ""

    def kept(self, text: str) -> None:
        """Wait until exactly these are the unsent words."""
        self.until(lambda: self.text == text, f"not kept: {text!r}, but {self.text!r}")

    def row(self, customer: str) -> ConversationRow:
        """A customer's conversation."""
        return next(row for row in self.rows if row.customer == customer)

    @property
    def rows(self) -> tuple[ConversationRow, ...]:
        """Everything that is to be done."""
        return tuple(triage.page(self.desk, self.desk.config.views[0], limit=10_000).rows)


KINDS = {
    DraftKind.REPLY: ("r", "PUBLIC reply to"),
    DraftKind.NOTE: ("N", "Note"),
    DraftKind.BOOK: ("b", "Client book"),
}
"""The key that opens the composer for each kind of words, and its title."""


def begins(console: Terminal) -> Terminal:
    """Wait for the list."""
    console.until("why first:")
    return console


def writes(console: Terminal, words: str = WORDS, kind: DraftKind = DraftKind.REPLY) -> None:
    """Open the composer on the first conversation and type."""
    begins(console)
    key, title = KINDS[kind]
    console.press(key)
    console.until(title)
    console.types(words)


def goes_on(day: Day, *seen: str) -> None:
    """The next console says at once what was unsent, and two keys bring it back into the composer."""

    async def goes() -> None:
        with day.opened() as desk:
            async with at_work(desk, (80, 24)) as lea:
                await lea.reads("1 unsent draft", "u goes on")
                await lea.presses("u")
                await lea.reads("Unsent words")
                await lea.presses("enter")
                await lea.reads("draft of", *seen)

    asyncio.run(goes())


def takes_back(day: Day, *seen: str) -> None:
    """In the next console, which knows of nothing unsent, one key takes back what was done last."""

    async def takes() -> None:
        with day.opened() as desk:
            async with at_work(desk, (80, 24)) as lea:
                assert not lea.sees("unsent draft")
                await lea.presses("z")
                await lea.reads(*seen)

    asyncio.run(takes())


def macro(console: Terminal, words: str, key: str = MACRO) -> None:
    """Find a macro and take it."""
    console.press(key)
    console.until("Macro for ")
    console.press(words)
    console.press(ENTER)
