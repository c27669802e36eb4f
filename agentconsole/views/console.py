"""The application: themes, the last guard against control bytes, and an end that shows nobody's data."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter, NoColor
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widget import Widget

from agentconsole.i18n import _
from agentconsole.text import clean
from agentconsole.views.driver import steady
from agentconsole.views.layout import ASCII
from agentconsole.views.main import MainScreen
from agentconsole.views.page import Session
from agentconsole.views.themes import DEFAULTS, PLAIN, THEMES
from agentconsole.views.timers import Certain
from agentconsole.views.turns import Mark, Turns

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOTICE = 120
"""Characters of a notification."""
_log = logging.getLogger(__name__)


def _bare(event: events.Key | events.Paste) -> events.Key | events.Paste:
    """A key with alt writes nothing: Textual gives it the character of the key alone, which a field would take."""
    if isinstance(event, events.Key) and event.key.startswith("alt+") and event.is_printable:
        return events.Key(event.key, None)
    return event


class Guard(LineFilter):
    """Drops whatever would act on the terminal. Nothing should get this far: see :func:`agentconsole.text.clean`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without control characters and bidi controls."""
        del background
        if not any(_CONTROL.search(segment.text) for segment in segments):
            return segments
        return [Segment(_CONTROL.sub("", text), style, control) for text, style, control in segments]


class PlainBar(ScrollBarRender):
    """A scrollbar of whole cells: the ends of Textual's are drawn with eighths of blocks."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8


if ASCII:
    ScrollBar.renderer = PlainBar


class Console(Certain, App[int], inherit_bindings=False):
    """One page; everything else opens over it. No Textual action does anything but move the focus."""

    CSS_PATH: ClassVar = ["console.tcss", "main.tcss"]
    """The page's own is here: one that comes with a screen has Textual read all of them anew."""
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = []
    TITLE = "agentconsole"

    def __init__(self, session: Session, log_file: Path) -> None:
        super().__init__()
        self.session = session
        self._log_file = log_file
        self._failed = False
        self._page: MainScreen | None = None
        self._turns = Turns(self, super().on_event)
        self._guard, self._colourless = Guard(), NoColor()
        for theme in THEMES:
            self.register_theme(theme)
        wanted = PLAIN if "NO_COLOR" in os.environ else session.desk.config.theme
        self.theme = wanted if wanted in self.available_themes else THEMES[0].name

    def get_driver_class(self) -> type[Driver]:
        """Textual's own for this terminal, which goes on where it stood still."""
        return steady(super().get_driver_class())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for Textual's themes, which do not know them."""
        theme = self.current_theme
        if theme.ansi:
            return DEFAULTS
        known = {name: value for name, value in THEMES[0 if theme.dark else 1].variables.items() if name in DEFAULTS}
        ground = theme.background or theme.surface
        return {**known, "bar": theme.panel or ground or known["bar"]}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No colour at all where NO_COLOR asks for none, and the guard.

        Textual's own turn colours into greys under NO_COLOR, and look on every line for ANSI colours, which we lack.
        """
        return (self._colourless, self._guard) if self.no_color else (self._guard,)

    def on_mount(self) -> None:
        self.set_class(ASCII, "-ascii")
        self._page = page = MainScreen(self.session)
        self._turns.page = page.ahead
        self.push_screen(page)

    def notify_desktop(self, said: str) -> None:
        """Have the terminal show a notification (OSC 9, as iTerm2 defined it); others ignore it.

        What is said is made safe once more: nothing in it can end the sequence or begin another.
        """
        if self._driver is not None and not self.is_headless:
            self._driver.write(f"\x1b]9;{_CONTROL.sub('', clean(said, one_line=True, limit=_NOTICE))}\x07")

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes go through :class:`Turns`; those that come back from widgets, and all else, do not."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self._turns.take(_bare(event))
        else:
            await super().on_event(event)

    def on_mark(self, mark: Mark) -> None:
        self._turns.returned(mark)

    def pop_screen(self) -> AwaitComplete:
        """A mark that is under way in the screen may go with it.

        The lines that were drawn on the screen are dropped at once: they are tens of thousands of objects, which would
        wait for Python's search for garbage. And Textual remembers colours by the cache of lines that asked for them,
        in an ``lru_cache``, which would keep the lines of every screen there ever was.
        """
        closed = self.screen
        popped = super().pop_screen()
        for widget in closed.walk_children(Widget, with_self=True):
            widget._styles_cache.clear()
        StylesCache.get_inner_outer.cache_clear()
        self._turns.reached()
        return popped

    # The end

    def on_exit_app(self) -> None:
        """Told to end from outside: by a signal, or by the browser that has gone. What was typed is written first."""
        if self._page is not None:
            self._page.writing.keeping.flush()

    @property
    def stuck(self) -> bool:
        """It was left while the desk did not answer, and threads wait for it still."""
        return self._page is not None and self._page.stuck

    @property
    def return_value(self) -> int | None:
        """The exit code: 1 after a mistake, whatever was asked for before."""
        return 1 if self._failed else super().return_value

    def _fatal_error(self) -> None:
        """Two lines rather than a traceback with what the variables hold."""
        self._failed = True
        _log.critical("the console stopped", exc_info=sys.exc_info())
        self.bell()
        self._exit_renderables.append(
            f"{_('The console stopped: it met a mistake of its own. Drafts are on the desk.')}\n"
            f"{_('Details are in {path}.').format(path=self._log_file)}"
        )
        self._close_messages_no_wait()
