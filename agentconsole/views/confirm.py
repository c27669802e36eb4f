"""What is going to happen, told before it does: enter does it, escape leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from agentconsole.i18n import _
from agentconsole.views.layout import Line, wrap
from agentconsole.views.overlays import Overlay, Text

_MOVES = {
    "up": "up", "k": "up", "down": "down", "j": "down", "pageup": "page_up", "pagedown": "page_down",
    "space": "page_down", "home": "first", "end": "last",
}  # fmt: skip


class Confirm(Overlay[bool]):
    """Lines to read, and one decision.

    :param make: the lines, for so many columns.
    :param can: it can be done; where not, enter does nothing.
    """

    AUTO_FOCUS = "Text"
    CSS: ClassVar[str] = "#box > Text { height: auto; margin: 1 0; }"

    def __init__(self, title: str, make: Callable[[int], list[Line]], *, can: bool = True) -> None:
        super().__init__(title)
        self._title, self._make, self._can = title, make, can
        self._text = Text(make)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield self.title_bar
            yield self._text
            yield self.foot

    def on_mount(self) -> None:
        self.foot.show([(_("enter does it, esc leaves it") if self._can else _("esc goes back"), "dim")])
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """As high as the lines are, as far as they fit."""
        columns, rows = self.app.size
        room = min(110, columns * 9 // 10) - 5
        lines, above = len(self._make(room)), len(wrap(self._title, room + 1))
        self._text.styles.height = max(1, min(lines, rows * 8 // 10 - 5 - above))

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "q"):
            self.dismiss(False)
        elif event.key == "enter":
            if self._can:
                self.dismiss(True)
        elif event.key in _MOVES:
            self._text.press(_MOVES[event.key])
        else:
            return
        event.stop()
        event.prevent_default()
