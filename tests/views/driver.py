"""An adviser at the console, for tests that read as stories: what she presses, what she sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from textual import events
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.strip import Strip
from textual.worker import WorkerCancelled

from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import views
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.console import Console
from agentconsole.views.keys import Keymap
from agentconsole.views.main import MainScreen
from agentconsole.views.page import Session
from agentconsole.views.widgets.lines import Bar, Lines

_parse = Stylesheet._parse_rules
_parsed: dict[Hashable, list[RuleSet]] = {}


def _parse_once(sheet: Stylesheet, css: str, *more: Hashable, **named: Hashable) -> list[RuleSet]:
    """Textual's own reading of a style sheet, shared by the consoles of a process as Textual shares it in one."""
    key = (css, more, tuple(sorted(named.items())), tuple(sorted(sheet._variables.items())))
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, *more, **named)
    return _parsed[key]


def _paint_later(compositor: Compositor, **_options: object) -> None:
    """No picture for a terminal that is not there: :attr:`Adviser.screen` paints what is looked at, whole.

    What is shown is painted before each act too: a line that forgets to say that it has changed reads as it was then.
    """
    compositor._dirty_regions.clear()


PATIENCE = 10.0
"""Seconds after which what should be seen is not coming any more."""


class Adviser:
    """Somebody at a running console. ``sees`` and ``until`` look at the screen; ``presses`` types keys."""

    def __init__(self, pilot: Pilot[int], desk: Desk) -> None:
        self.pilot, self.desk = pilot, desk
        self.pressed = 0
        """Keys so far, letters of what was typed included."""

    @property
    def app(self) -> Console:
        """The application."""
        app = self.pilot.app
        assert isinstance(app, Console)
        return app

    @property
    def page(self) -> MainScreen:
        """The main screen, whatever is open over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, MainScreen))

    async def presses(self, *keys: str) -> None:
        """Press keys one after another, and wait each time until what it began has ended."""
        self._paint()
        for key in keys:
            self._press(key)
            await self.settles()

    async def types(self, text: str) -> None:
        """Type a text where one types, faster than anybody can."""
        self._paint()
        for char in text:
            self._press({" ": "space", "\n": "enter", "\b": "backspace"}.get(char, char))
        await self.settles()

    def _paint(self) -> list[Strip]:
        return self.app.screen._compositor.render_strips()

    def _press(self, key: str) -> None:
        self.pressed += 1
        char = {"space": " ", "enter": "\r"}.get(key, key if len(key) == 1 else None)
        self.app.post_message(events.Key(key, char))

    async def settles(self) -> None:
        """Until looks and writes that were asked for are done and shown."""
        await self.pilot.pause()
        stirred = -1
        for _round in range(8):  # what is looked at by itself would go on for ever
            work = self.page.work
            await self._looks_end()
            if work.writing is not None:
                await asyncio.wrap_future(work.writing)
            await self.pilot.pause()
            if work.stirred == stirred:
                return
            stirred = work.stirred

    async def _looks_end(self) -> None:
        for worker in list(self.app.workers):
            with suppress(WorkerCancelled):  # a newer look took its place, and is waited for too
                await worker.wait()

    async def reads(self, *texts: str) -> None:
        """Wait until all of these can be read on the screen."""
        await self.until(lambda: self.sees(*texts))

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait for something that happens by itself."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not seen():
            assert asyncio.get_running_loop().time() < end, f"not seen:\n{self.screen}"
            await self.settles()
            await asyncio.sleep(0.02)

    @property
    def screen(self) -> str:
        """All that the screen shows, line by line."""
        return "\n".join(strip.text.rstrip() for strip in self._paint())

    def sees(self, *texts: str) -> bool:
        """Whether all of these can be read on the screen."""
        screen = self.screen
        return all(text in screen for text in texts)

    def bar(self, name: str) -> str:
        """Text of a bar of the page."""
        return self.page.query_one(f"#{name}", Bar).text

    def pane(self, name: str) -> str:
        """All lines of a pane, in sight or not."""
        return self.app.screen.query_one(f"#{name}", Lines).text

    async def goes_to(self, number: int) -> None:
        """Open the conversation of that number."""
        await self.presses("#")
        await self.types(str(number))
        await self.presses("enter")
        assert self.page.thread.number == number

    @property
    def row(self) -> ConversationRow:
        """The conversation under the list's cursor."""
        row = self.page.listing.current
        assert row is not None
        return row

    @property
    def here(self) -> int:
        """Its number."""
        return self.row.number

    @property
    def numbers(self) -> list[int]:
        """Numbers in the list, from the top."""
        return [row.number for row in self.page.listing.rows]

    @property
    def focus(self) -> str:
        """Id of the pane that has the focus."""
        return (self.app.focused.id or "") if self.app.focused else ""

    @property
    def words(self) -> str:
        """What the composer holds."""
        composer = self.page.composer
        return composer.words.text if composer else ""


@asynccontextmanager
async def at_work(
    desk: Desk, size: tuple[int, int] = (120, 40), view: str = "", *, tour: bool = False
) -> AsyncIterator[Adviser]:
    """An adviser at a console of that many columns and rows, on a desk whose channels stand still."""
    known = views(desk.config)
    chosen = next((v for v in known if v.id == view), known[0])
    session = Session(desk, Keymap(desk.config.keys), chosen, sync=False, tour=tour)
    app = Console(session, Path("agentconsole.log"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stylesheet, "_parse_rules", _parse_once)
        patched.setattr(Compositor, "render_update", _paint_later)
        async with app.run_test(size=size) as pilot:
            adviser = Adviser(pilot, desk)
            await adviser.settles()
            yield adviser
            if app.is_running:
                assert adviser.screen is not None  # what it ends with can be painted
