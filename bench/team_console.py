"""One real console of a team, at a pseudo-terminal: ``python -m bench.team_console JOB`` (see :class:`Job`).

The program is the one that people run, with the terminal's driver. Keys are put in by a task inside it, as the driver
does, because only there is it known what a key has to bring while the desk changes by itself; a key's time ends when
the driver has been given the bytes that show it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, ClassVar

from textual import events

from agentconsole.cli.opening import opened
from agentconsole.desk import figures, saved_views
from agentconsole.views import console
from agentconsole.views.console import Console
from agentconsole.views.keys import Keymap
from agentconsole.views.main import MainScreen
from agentconsole.views.page import Session
from agentconsole.views.settling import hold

TOKEN = re.compile(r"zq\d{9}")
"""A word that the bench writes into a change: where it is painted, the change is visible."""
_LOOKED_AT = 20
LIMIT = 10.0
"""Seconds after which what a key should bring is not coming."""
_REPLY = "Bonjour, votre colis est en route."


def token(kind: int, run: int, number: int) -> str:
    """The word of a change.

    :param kind: 1 to 9. :param run: tells runs on one desk apart. :param number: less than 100 000.
    """
    return f"zq{kind}{run % 1000:03d}{number:05d}"


@dataclass(frozen=True)
class Job:
    """What a console does.

    :param does: work (an adviser's day), thread (reads the conversation ``number``), list (looks at the newest),
        dashboard. :param go: a file: it begins once that is there, which has the monotonic second until which it is
        at work. :param result: file for what was measured, written at SIGTERM.
    """

    configuration: str
    does: str
    number: int
    go: str
    result: str
    seed: int
    think: float

    @property
    def ready(self) -> str:
        """A file that is there once its first screen is."""
        return f"{self.result}.ready"


@dataclass
class Found:
    """What was measured: milliseconds by kind of key, monotonic seconds of the first paint of each token."""

    keys: dict[str, list[float]] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    floor: list[float] = field(default_factory=list)
    """Reading the dashboard's figures."""
    floor_painted: list[float] = field(default_factory=list)
    """From asking for them until the first bytes after they are there."""
    lost: list[str] = field(default_factory=list)
    painted: int = 0
    """Characters given to the terminal."""


class Measured(Console):
    """The console, with somebody at it."""

    CSS_PATH: ClassVar = [Path(console.__file__).with_name(str(name)) for name in Console.CSS_PATH]

    def __init__(self, session: Session, job: Job) -> None:
        super().__init__(session, Path(job.result).with_suffix(".log"))
        self.job, self.found = job, Found()
        self._dice = Random(job.seed)
        self._awaited = False
        self._writes: list[tuple[float, str]] = []
        self._until = 0.0
        self._looked: tuple[int, ...] = ()
        self._day: asyncio.Task[None] | None = None
        self._floors: list[float] = []
        """When figures were asked for that have come, and are not painted yet."""

    def on_ready(self) -> None:
        driver = self._driver
        assert driver is not None
        write = driver.write

        def written(data: str) -> None:
            write(data)
            now = monotonic()
            self.found.painted += len(data)
            while self._floors:
                self.found.floor_painted.append((now - self._floors.pop()) * 1000)
            for token in TOKEN.findall(data):
                self.found.tokens.setdefault(token, now)
            if self._awaited:
                self._writes.append((now, data))

        driver.write = written  # type: ignore[method-assign]  # what is given to the terminal is what is measured
        loop = asyncio.get_running_loop()
        self._day = loop.create_task(self._work())
        loop.add_signal_handler(signal.SIGTERM, self._day.cancel)
        self._watch_floor()

    @property
    def page(self) -> MainScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, MainScreen))

    async def _work(self) -> None:
        try:
            await self._begin()
            while monotonic() < self._until:
                if self.job.does == "work":
                    await self._turn()
                    continue
                self._look()
                await asyncio.sleep(0.02)
            await asyncio.Event().wait()  # its memory is measured meanwhile
        finally:
            Path(self.job.result).write_text(json.dumps(asdict(self.found)), encoding="utf-8")
            self.exit(0)

    async def _begin(self) -> None:
        """Until the first rows are there, and all others are ready."""
        while self.job.does != "dashboard" and (not self._at or self._shown != self._at):
            await asyncio.sleep(0.1)
        if self.job.does == "thread":
            self.page.open_number(self.job.number)
            while self._shown != self.job.number:
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)  # what comes with the first screen
        Path(self.job.ready).touch()
        while not (until := Path(self.job.go)).exists() or not (told := until.read_text()):
            await asyncio.sleep(0.2)
        self._until = float(told)

    @property
    def _newest(self) -> tuple[int, ...]:
        """What stands where the new comes: the last entry of what is read along, the first rows of the list."""
        if self.job.does == "thread":
            thread = self.page.reading.thread
            return (thread.seen, len(thread.messages)) if thread else ()
        return tuple(row.number for row in self.page.listing.rows[:_LOOKED_AT]) if self.job.does == "list" else ()

    def _look(self) -> None:
        """Who waits for the new goes where it stands: a console keeps its reader's place otherwise."""
        newest = self._newest
        if newest != self._looked:
            self._looked = newest
            self._post("end" if self.job.does == "thread" else "home")

    def _watch_floor(self) -> None:
        """Every look at the floor's figures is timed where the dashboard asks for it."""
        look = figures.floor

        def timed(desk: Any) -> Any:
            began = monotonic()
            floor = look(desk)
            self.found.floor.append((monotonic() - began) * 1000)
            self._floors.append(began)
            return floor

        figures.floor = timed

    async def _turn(self) -> None:
        await self._rest(self.job.think)
        kind = self._dice.choices(("browse", "open", "next"), (5, 3, 4))[0]
        if kind == "browse":
            for _step in range(4):
                await self._key("move", "down", self._moved(self._at))
                await self._rest(0.4)
            return
        if kind == "next":
            await self._key("take next", "n", self._opened(self._shown, mine=True))
        else:
            await self._key("open", "enter", self._opened(None))
        await self._rest(self.job.think / 2)
        writes = self._dice.random()
        if writes < 0.6:
            await self._write("r" if writes < 0.4 else "N", 3 if writes < 0.4 else 4)
        for _back in range(3):
            self._post("escape")
            await asyncio.sleep(0.3)

    async def _write(self, key: str, kept: int) -> None:
        if not await self._key("compose", key, lambda: [""] if self._composing else None):
            return
        text = _REPLY + f" {self._dice.randrange(10**6)}"
        for at, char in enumerate(text):
            word = text[: at + 1].split(" ")[-1]
            if at < kept or not word:
                self._post("space" if char == " " else char, char)
            else:
                await self._key("type", char, lambda word=word: [word], char)  # type: ignore[misc]  # it is called now
            await asyncio.sleep(0.1)
        await self._key("send", "ctrl+s", lambda: [""] if not self._composing else None)

    # Keys

    def _post(self, key: str, char: str | None = None) -> None:
        self.post_message(events.Key(key, char or (key if len(key) == 1 else None)))

    async def _key(self, kind: str, key: str, shows: Callable[[], list[str] | None], char: str | None = None) -> bool:
        """Press, and wait until what it brings is there and painted.

        :param shows: texts of which one has to be painted, once it is there; ``None`` before.
        """
        self._writes, self._awaited = [], True
        began = monotonic()
        name = {" ": "space", ".": "full_stop", ",": "comma"}.get(key, key)
        self._post(name, char)
        try:
            while monotonic() - began < LIMIT:
                texts = shows()
                for at, data in self._writes if texts else ():
                    if any(text in data for text in texts or ()):
                        self.found.keys.setdefault(kind, []).append((at - began) * 1000)
                        return True
                await asyncio.sleep(0.004)
        finally:
            self._awaited = False
        self.found.lost.append(f"{kind} at {self.page.place.name}")
        return False

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(self._dice.uniform(0.5, 1.5) * seconds)

    # What is there

    @property
    def _at(self) -> int:
        row = self.page.listing.current
        return row.number if row else 0

    @property
    def _shown(self) -> int:
        thread = self.page.reading.thread
        return thread.row.number if thread else 0

    @property
    def _composing(self) -> bool:
        composer = self.page.composer
        return composer is not None and composer.is_open

    def _beginnings(self) -> list[str]:
        thread = self.page.reading.thread
        assert thread is not None
        return [" ".join(message.text.split()[:2]) for message in thread.messages[-2:]]

    def _moved(self, before: int) -> Callable[[], list[str] | None]:
        return lambda: self._beginnings() if self._at != before and self._shown == self._at else None

    def _opened(self, before: int | None, *, mine: bool = False) -> Callable[[], list[str] | None]:
        """A conversation has the focus: its text, or, where it was shown beside the list already, anything."""

        def shows() -> list[str] | None:
            thread = self.page.reading.thread
            if thread is None or self.page.place.name != "THREAD" or thread.row.number == before:
                return None
            if mine and thread.row.assignee != self.session.desk.agent.id:
                return None
            return self._beginnings() if mine else [""]

        return shows


def main() -> int:
    """Run the console that the argument describes until its time is over."""
    job = Job(**json.loads(sys.argv[1]))
    hold()
    os.environ.setdefault("TEXTUAL_FPS", "240")
    options = argparse.Namespace(config=Path(job.configuration), agent=None)
    with opened(options) as desk:
        view = "newest" if job.does == "list" else saved_views.views_of(desk)[0].id
        chosen = saved_views.view_of(desk, view)
        session = Session(desk, Keymap(desk.config.keys), chosen, sync=False, dashboard=job.does == "dashboard")
        app = Measured(session, job)
        return app.run() or 0


if __name__ == "__main__":
    sys.exit(main())
