"""The panes of the page, and how they are laid out at the terminal's size. What happens in them: :mod:`.main`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from agentconsole.desk.context import Desk
from agentconsole.views.blocks import BlockKeys
from agentconsole.views.page import Session
from agentconsole.views.situation import Place
from agentconsole.views.timers import Certain
from agentconsole.views.widgets.card import CustomerCard
from agentconsole.views.widgets.conversation_list import ConversationList
from agentconsole.views.widgets.lines import Bar
from agentconsole.views.widgets.thread_view import ThreadView
from agentconsole.views.widgets.view_list import ViewLine, ViewList

if TYPE_CHECKING:
    from agentconsole.views.widgets.composer import Composer

_BARS = ("header", "banner", "title", "empty", "pin", "why", "notice", "hints", "status")
_PLACES = {
    "list": Place.LIST, "thread": Place.THREAD, "card": Place.CARD, "words": Place.COMPOSER, "search": Place.SEARCH,
}  # fmt: skip
WIDE, MEDIUM, LOW, TINY = 160, 100, 20, 16
"""Columns from which views, list, thread and customer stand side by side; from which list and thread do; lines
below which one pane is shown at a time all the same; and those below which a composer takes the whole pane."""


class Panes(Certain, Screen[None], inherit_bindings=False):
    """Views, list, thread and customer in one place."""

    BINDINGS: ClassVar = []
    AUTO_FOCUS = "#list"
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual's own draws the whole screen anew whenever the focus moves."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.came_from = Place.LIST
        self._before = "list"
        """The pane that is in front where not all can be seen."""
        desk = session.desk
        self.listing = ConversationList(desk)
        self.thread = ThreadView(desk, BlockKeys(*map(session.keymap.key, ("reply", "fold", "whole"))))
        self.card = CustomerCard(desk, session.keymap)
        self.view_list, self.view_line = ViewList(), ViewLine()
        self.thread_head = Bar(id="thread-head")
        self.right = Vertical(id="right")
        self.composer: Composer | None = None
        self._bars = {name: Bar(id=name) for name in _BARS}

    def compose(self) -> ComposeResult:
        bars = self._bars
        yield bars["header"]
        yield bars["banner"]
        yield self.view_line
        with Horizontal(id="panes"):
            yield self.view_list
            with Vertical(id="left"):
                yield bars["title"]
                yield self.listing
                yield bars["empty"]
            with self.right:
                yield self.thread_head
                yield bars["pin"]
                yield self.thread
            yield self.card
        yield bars["why"]
        yield bars["notice"]
        yield bars["hints"]
        yield bars["status"]

    @property
    def desk(self) -> Desk:
        return self.session.desk

    def bar(self, name: str) -> Bar:
        """A bar by its id."""
        return self._bars[name]

    @property
    def thread_shown(self) -> bool:
        return self.right.display

    @property
    def place(self) -> Place:
        """Where keys go."""
        return _PLACES.get(self.focused.id or "", Place.LIST) if self.focused is not None else Place.LIST

    def show_pane(self, name: str) -> None:
        if name == "card":
            self.came_from = self.place
        self._before = name
        self.lay_out()
        composer = self.composer
        covered = composer is not None and composer.is_open and self.app.size.height < TINY
        if name == "thread" and composer is not None and covered and composer.number == self.thread.number:
            composer.words.focus()
        else:
            self.set_focus(self.query_one(f"#{name}"))

    def focus_step(self, by: int) -> None:
        """To the next pane that can be seen."""
        chain = [w for w in self.focus_chain if w.id in _PLACES]
        if chain:
            at = chain.index(self.focused) if self.focused in chain else 0
            chain[(at + by) % len(chain)].focus()

    def lay_out(self) -> None:
        """The classes that main.tcss lays the panes out by."""
        width, height = self.app.size
        size = "wide" if width >= WIDE else "medium" if width >= MEDIUM and height >= LOW else "small"
        front = self._before
        reading = size == "small" and (front == "thread" or (front == "card" and self.came_from is not Place.LIST))
        wanted = {
            size,
            *(["reading"] if reading else []),
            *(["card"] if front == "card" and size != "wide" else []),
        }
        if height < TINY:
            wanted.add("tiny")
        names = ("small", "medium", "wide", "reading", "card", "tiny")
        # A change works out every pane's style anew, which Textual is about to do in any case when the screen begins.
        self.update_classes({name: name in wanted for name in names}, update=self.stack_updates > 0)
