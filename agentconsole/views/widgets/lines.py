"""The base of every pane: lines drawn one by one as they come into sight, with or without a cursor.

Nothing is parsed as markup here: a line is spans of plain text with names of styles.
"""

from __future__ import annotations

from itertools import chain
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import FIFOCache
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from agentconsole.views.layout import Line, Span, Spread, spread
from agentconsole.views.messages import Chosen, Moved

STYLES = (
    "bold", "dim", "accent", "late", "due", "ok", "note", "reply", "warn", "cursor", "blurred", "title", "ghost",
    "line",
)  # fmt: skip


_KEPT = 256
"""Strips that a widget keeps: a line that was drawn before, scrolled since, is not made of its spans again."""


class Painted(Widget):
    """Draws lines in its own style, worked out once rather than for each line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{name}" for name in STYLES}
    _base: Style | None = None
    _named: dict[str, Style] | None = None
    _strips: FIFOCache[tuple[tuple[Span, ...], int, Style], Strip] | None = None

    @property
    def base_style(self) -> Style:
        """The widget's own colours."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def notify_style_update(self) -> None:
        self._base = self._named = self._strips = None
        super().notify_style_update()

    def paint(self, line: Line, columns: int, base: Style) -> Strip:
        """A line as a strip of exactly so many columns."""
        if self._strips is None:
            self._strips = FIFOCache(_KEPT)
        key = (tuple(line), columns, base)
        strip = self._strips.get(key)
        if strip is None:
            segments = [Segment(text, base + self._style(names)) for text, names in line]
            strip = self._strips[key] = Strip(segments).adjust_cell_length(columns, base)
        return strip

    def _style(self, names: str) -> Style:
        """The style that some names mean together."""
        if self._named is None:
            self._named = {}
        style = self._named.get(names)
        if style is None:
            style = Style.null()
            for name in names.split():
                style += self.get_component_rich_style(f"line--{name}", partial=True)
            self._named[names] = style
        return style


class Bar(Painted):
    """A few lines that are not scrolled: header, hints, status."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line | Spread] = []

    def show(self, *lines: Line | Spread) -> None:
        """Draw these lines, where they differ from what is there."""
        if list(lines) != self._lines:
            self._lines = list(lines)
            self.refresh()

    def appear(self, wanted: bool) -> None:
        """Be there or not. Setting ``display`` lays the whole screen out anew, even where it changes nothing."""
        if self.display != wanted:
            self.display = wanted

    @property
    def text(self) -> str:
        """What is shown, without styles."""
        return "\n".join("".join(text for text, _ in self._laid_out(line)).rstrip() for line in self._lines)

    def _laid_out(self, line: Line | Spread) -> Line:
        return spread(line.left, line.right, self.size.width) if isinstance(line, Spread) else line

    def render_line(self, y: int) -> Strip:
        line: Line | Spread = self._lines[y] if y < len(self._lines) else []
        return self.paint(self._laid_out(line), self.size.width, self.base_style)


def nowhere(_lines: Lines, _index: int, /) -> bool:
    """For :meth:`Lines.can_rest`: there is no cursor, keys scroll."""
    return False


class Lines(Painted, ScrollView, can_focus=True):
    """Lines that scroll. A subclass says how many there are and what each holds."""

    BINDINGS: ClassVar = []

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor: int = 0
        self._drawn = 0
        """Lines when all were drawn last: what is below them is blank and stays so."""

    # What a subclass says

    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, index: int, columns: int, /) -> Line:
        """A line, for a pane of so many columns."""
        raise NotImplementedError

    def can_rest(self, _index: int, /) -> bool:
        """Whether the cursor may rest on that line. Where it may on none, keys scroll."""
        return True

    # Drawing

    @property
    def columns(self) -> int:
        """Columns there are for a line."""
        return self.scrollable_content_region.width

    def render_line(self, y: int) -> Strip:
        index, columns = y + self.scroll_offset.y, self.size.width
        base = self.base_style
        if index >= self.count():
            return Strip.blank(columns, base)
        if self.has_cursor and index == self.cursor:
            name = "line--cursor" if self.shows_focus else "line--blurred"
            base += self.get_component_rich_style(name, partial=True)
        return self.paint(self.line(index, self.columns), columns, base)

    @property
    def shows_focus(self) -> bool:
        """Whether the cursor is drawn as the one that keys move."""
        return self.has_focus

    @property
    def has_cursor(self) -> bool:
        """Whether there is a line that the cursor rests on."""
        return 0 <= self.cursor < self.count() and self.can_rest(self.cursor)

    def lines_changed(self) -> None:
        """The number of lines, or all of them, changed."""
        size = Size(0, self.count())
        if size != self.virtual_size:
            # Setting the attribute would lay the screen out anew. The scrollbar is always there: no width changes.
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)
        drawn, self._drawn = max(self._drawn, self.count()), self.count()
        self.refresh_lines(self.scroll_offset.y, max(1, drawn - self.scroll_offset.y))

    def place_terminal_cursor(self) -> None:
        """Put the terminal's own cursor on the focused line, for screen readers and input methods."""
        if self.has_focus:
            region = self.content_region
            y = min(max(self.cursor - self.scroll_offset.y, 0), max(region.height - 1, 0)) if self.has_cursor else 0
            self.app.cursor_position = Offset(region.x, region.y + y)

    # Moving

    def go(self, index: int, *, tell: bool = True) -> None:
        """Put the cursor on a line, or the nearest before or after it that it can rest on."""
        index = self._nearest(index)
        if index == self.cursor:
            return
        before, self.cursor = self.cursor, index
        self.scroll_to_line(index)
        self.refresh_line(before)
        self.refresh_line(index)
        self.place_terminal_cursor()
        if tell:
            self.post_message(Moved(self.id, index))

    def _nearest(self, index: int) -> int:
        index = max(0, min(index, self.count() - 1))
        after, before = range(index, self.count()), range(index, -1, -1)
        order = chain(after, before) if index >= self.cursor else chain(before, after)
        return next((i for i in order if self.can_rest(i)), self.cursor)

    def scroll_to_line(self, index: int) -> None:
        """Scroll no more than needed to show a line."""
        height = self.scrollable_content_region.height
        if height <= 0:
            return
        top = self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index, animate=False)
        elif index >= top + height:
            self.scroll_to(y=index - height + 1, animate=False)

    def press(self, action: str) -> bool:
        """One of the moving actions; False where it is none of them."""
        height = max(1, self.scrollable_content_region.height - 1)
        step = {"down": 1, "up": -1, "page_down": height, "page_up": -height}.get(action)
        if action in ("first", "last"):
            step = -self.count() if action == "first" else self.count()
        if step is None:
            return False
        if self.has_cursor:
            self.go(self.cursor + step)
        else:
            self.scroll_to(y=self.scroll_offset.y + step, animate=False)
        return True

    # Events

    def on_focus(self, event: events.Focus) -> None:
        self._take_focus(event, events.DescendantFocus(self), held=True)
        self.place_terminal_cursor()

    def on_blur(self, event: events.Blur) -> None:
        self._take_focus(event, events.DescendantBlur(self), held=False)

    def _take_focus(self, event: events.Event, told: events.Event, *, held: bool) -> None:
        """What Textual does with it, but for drawing the whole pane: the focus shows on the cursor's line alone."""
        event.prevent_default()
        self.has_focus = held
        if self.has_cursor:
            self.refresh_line(self.cursor)
        if self.parent is not None:
            self.parent.post_message(told)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """No style depends on it: Textual would work out all of them anew."""

    def on_resize(self, _event: events.Resize) -> None:
        if self.has_cursor:
            self.scroll_to_line(self.cursor)
        self.place_terminal_cursor()

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.scroll_offset.y
        if not 0 <= index < self.count() or not self.can_rest(index):
            return
        if event.chain > 1 or index == self.cursor:
            self.post_message(Chosen(self.id, index))
        self.go(index)

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_to(y=self.scroll_offset.y + 3, animate=False)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_to(y=self.scroll_offset.y - 3, animate=False)

    @property
    def text(self) -> str:
        """All lines without styles, for tests and for copying."""
        columns = self.columns or 80
        return "\n".join("".join(t for t, _ in self.line(i, columns)).rstrip() for i in range(self.count()))
