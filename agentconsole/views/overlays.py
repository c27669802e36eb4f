"""What opens over the page and gives it back as it was: a list to choose from, a text to read, a line to fill in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.console import RenderableType
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.widgets import Input

from agentconsole.i18n import _
from agentconsole.text import fold
from agentconsole.views.behind import Behind
from agentconsole.views.keys import Keymap
from agentconsole.views.layout import Line, Spread, cut, fit, width, wrap
from agentconsole.views.messages import Chosen
from agentconsole.views.situation import Place
from agentconsole.views.timers import Certain
from agentconsole.views.widgets.lines import Bar, Lines, nowhere

_MOST = 4
"""Lines that a title or a foot may take."""

V = TypeVar("V")
R = TypeVar("R")


def key_name(event: events.Key) -> str:
    """A pressed key as :mod:`.keys` writes it."""
    return event.character if event.is_printable and event.character and event.character != " " else event.key


@dataclass(frozen=True)
class Item(Generic[V]):
    """Something to choose: cleaned words, and why it cannot be chosen now (empty where it can)."""

    value: V
    text: str
    right: str = ""
    why_not: str = ""
    more: str = ""
    """Further words that it is found by."""


class Choices(Lines, can_focus=False):
    """The items that fit what was typed."""

    def __init__(self) -> None:
        super().__init__(id="choices")
        self.items: list[Item[object]] = []
        self.aligned = 0

    @property
    def shows_focus(self) -> bool:
        return True

    def count(self) -> int:
        return len(self.items)

    def line(self, index: int, columns: int) -> Line:
        item = self.items[index]
        mark = ("> " if index == self.cursor else "  ", "accent")
        said = item.why_not or item.right
        room = max(columns - 4 - width(said), columns // 2) if said else columns - 2
        text = fit(item.text, min(room, self.aligned)) if said else cut(item.text, room)
        return [
            mark,
            (text, "dim" if item.why_not else ""),
            ("  ", ""),
            (cut(said, columns - 4 - width(text)), "dim"),
        ]


class Told(Bar):
    """Words that go on below themselves where the box is too narrow for them; at most :data:`_MOST` lines."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._told: tuple[Line | Spread, ...] = ()
        self._high = 1

    def show(self, *lines: Line | Spread) -> None:
        """Say this; a line of several styles stays one line."""
        self._told = lines
        self._wrap()

    def on_resize(self) -> None:
        self._wrap()

    def _wrap(self) -> None:
        columns, shown = self.size.width, list[Line | Spread]()
        for line in self._told:
            if columns > 0 and isinstance(line, list) and len(line) == 1:
                shown += [[(part, line[0][1])] for part in wrap(line[0][0], columns)]
            else:
                shown.append(line)
        super().show(*shown[:_MOST])
        high = max(1, min(len(shown), _MOST))
        if high != self._high:
            self._high = high
            self.styles.height = high


class Overlay(Certain, ModalScreen[R], Generic[R], inherit_bindings=False):
    """Over the page; escape gives it back. What it is made of is at hand before it is on the screen."""

    BINDINGS: ClassVar = []
    DEFAULT_CLASSES = "overlay"
    AUTO_FOCUS = "Input, Lines"

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title_bar, self.foot = Told(id="box-title"), Told(id="box-foot")
        self.title_bar.show([(title, "title")])

    @property
    def is_open(self) -> bool:
        """It was not closed meanwhile: what was looked up for it may come when its widgets are gone."""
        return self in self.app.screen_stack

    def render(self) -> RenderableType:
        made = super().render()
        return Behind(made.screen, made.color) if isinstance(made, BackgroundScreen) else made


def field(value: str = "", placeholder: str = "") -> Input:
    """A line to type in."""
    box = Input(value, id="filter", placeholder=placeholder, compact=True, select_on_focus=bool(value))
    box.cursor_blink = False
    return box


class Narrowed(Overlay[R], Generic[R]):
    """A box whose :func:`field` narrows down what is offered below it."""

    _heard = ""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Something was typed."""
        event.stop()
        self.hear()

    def hear(self) -> None:
        """Take in what was typed: keys that follow it ask first, since Textual tells of it only after them."""
        typed = self.query_one("#filter", Input).value
        if typed != self._heard:
            self._heard = typed
            self.narrow(typed)

    def narrow(self, typed: str) -> None:
        """Offer what fits."""
        raise NotImplementedError


class Picker(Narrowed[V | None], Generic[V]):
    """Choose one: type to narrow down, arrows to move, enter to take it, escape to leave it."""

    def __init__(self, title: str, items: Sequence[Item[V]], *, placeholder: str = "") -> None:
        super().__init__(title)
        self._items, self._placeholder = list(items), placeholder
        self._choices = Choices()
        self._by = [fold(f"{item.text} {item.right} {item.more}") for item in self._items]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield self.title_bar
            yield field(placeholder=self._placeholder or _("type to find"))
            yield self._choices
            yield self.foot

    def on_mount(self) -> None:
        self.narrow("")
        # Kept from now on: the box does not jump as one types, nor is the list without a line once nothing has fitted.
        self._choices.styles.height = max(1, len(self._items))

    def narrow(self, typed: str) -> None:
        choices = self._choices
        words = fold(typed).split()
        found = [item for item, by in zip(self._items, self._by, strict=True) if all(word in by for word in words)]
        if words:  # what begins with the words typed first, then the rest in its order
            found.sort(key=lambda item: not fold(item.text).startswith(words[0]))
        choices.items = [Item(item.value, item.text, item.right, item.why_not) for item in found]
        choices.aligned = max((width(item.text) for item in self._items), default=0)
        choices.cursor = 0
        choices.scroll_to(y=0, animate=False)
        choices.lines_changed()
        fits = (_("enter takes it, esc leaves it"), "dim") if found else (_("Nothing fits."), "warn")
        self.foot.show([fits])

    def on_chosen(self, message: Chosen) -> None:
        message.stop()
        self._take()

    def _take(self) -> None:
        choices = self._choices
        if not choices.items:
            return
        item = choices.items[choices.cursor]
        if item.why_not:
            self.foot.show([(item.why_not, "warn")])
            return
        self.dismiss(item.value)  # type: ignore[arg-type]  # the items are those this picker was given

    def on_key(self, event: events.Key) -> None:
        move = {
            "up": "up",
            "down": "down",
            "pageup": "page_up",
            "pagedown": "page_down",
            "ctrl+p": "up",
            "ctrl+n": "down",
        }
        if event.key == "escape":
            self.dismiss(None)
        elif event.key == "enter":
            self.hear()
            self._take()
        elif event.key in move:
            self.hear()
            self._choices.press(move[event.key])
        else:
            return
        event.stop()
        event.prevent_default()


class Text(Lines):
    """Lines to read."""

    def __init__(self, make: Callable[[int], list[Line]], *, id: str = "text") -> None:
        super().__init__(id=id)
        self._make, self._lines, self._for = make, list[Line](), 0

    can_rest = nowhere

    def count(self) -> int:
        return len(self._lines)

    def line(self, index: int, _columns: int) -> Line:
        return self._lines[index] if index < len(self._lines) else []

    def remake(self) -> None:
        """What there is to read has changed: from its top."""
        if self.columns > 0:
            self._for, self._lines = self.columns, self._make(self.columns)
            self.scroll_to(y=0, animate=False)
            self.lines_changed()

    def on_resize(self, event: events.Resize) -> None:
        if self.columns != self._for:
            self._for = self.columns
            self._lines = self._make(self.columns)
            self.lines_changed()
        super().on_resize(event)


class Reader(Overlay[None]):
    """Something to read; the keys of a list scroll it."""

    def __init__(self, title: str, make: Callable[[int], list[Line]], keymap: Keymap) -> None:
        super().__init__(title)
        self._text, self._keymap = Text(make), keymap

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="tall"):
            yield self.title_bar
            yield self._text
            yield self.foot

    def on_mount(self) -> None:
        self.foot.show([(_("esc goes back"), "dim")])

    def on_key(self, event: events.Key) -> None:
        action = self._keymap.find(key_name(event), Place.OUTBOX)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        if action.id in ("back", "help", "quit", "open"):
            self.dismiss(None)
        else:
            self._text.press(action.id)


class Ask(Overlay[str | None]):
    """One line to fill in: enter takes it, escape leaves it.

    :param check: says what is wrong with it; empty where nothing is.
    :param value: what is taken unless something else is typed in its place.
    """

    def __init__(
        self,
        title: str,
        hint: str,
        check: Callable[[str], str],
        value: str = "",
    ) -> None:
        super().__init__(title)
        self._hint, self._check, self._value = hint, check, value

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="short"):
            yield self.title_bar
            yield field(self._value)
            yield self.foot

    def on_mount(self) -> None:
        self._tell(self._hint, "dim")

    def _tell(self, said: str, style: str) -> None:
        self.foot.show([(said, style)])

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell(self._hint, "dim")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        wrong = self._check(event.value)
        if wrong:
            self._tell(wrong, "warn")
        else:
            self.dismiss(event.value)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.dismiss(None)
