"""The box in which an entry of the client book is written."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from agentconsole.i18n import _
from agentconsole.views.keys import Keymap
from agentconsole.views.overlays import Overlay, key_name
from agentconsole.views.situation import Place
from agentconsole.views.widgets.composer import Words

_SAVES = frozenset(("send", "send_next", "send_keep"))
"""What sends a reply or saves a note saves an entry too."""


class BookBox(Overlay[str | None]):
    """One to several lines; the key that saves a note saves them, escape leaves them.

    :param text: what was written before.
    """

    AUTO_FOCUS = "Words"
    CSS: ClassVar[str] = "#entry { height: 7; background: $background; border: none; padding: 0; margin: 0 0 1 0; }"

    def __init__(self, title: str, keymap: Keymap, text: str = "") -> None:
        super().__init__(title)
        self._keymap, self._text = keymap, text
        self._dropping: str | None = None
        """The words that are dropped where escape is pressed once more."""

    def compose(self) -> ComposeResult:
        words = Words(
            self._text, id="entry", soft_wrap=True, tab_behavior="focus", show_line_numbers=False,
            highlight_cursor_line=False, compact=True,
        )  # fmt: skip
        words.cursor_blink = False
        with Vertical(id="box"):
            yield self.title_bar
            yield words
            yield self.foot

    @property
    def _words(self) -> Words:
        return self.query_one(Words)

    def on_mount(self) -> None:
        self._words.move_cursor(self._words.document.end)
        self._hint()

    def _hint(self) -> None:
        key = self._keymap.key("send", Place.COMPOSER)
        self.foot.show([(_("{key} keeps it for whoever comes next, esc leaves it").format(key=key), "dim")])

    def on_text_area_changed(self) -> None:
        self._dropping = None
        self._hint()

    def on_key(self, event: events.Key) -> None:
        action = self._keymap.find(key_name(event), Place.COMPOSER)
        if event.key == "escape":
            self._leave()
        elif action is not None and action.id in _SAVES:
            self._save()
        else:
            return
        event.stop()
        event.prevent_default()

    def _save(self) -> None:
        text = self._words.text.strip()
        if text:
            self.dismiss(text)
        else:
            self.foot.show([(_("Nothing is written."), "warn")])

    def _leave(self) -> None:
        text = self._words.text
        if text.strip() in ("", self._text.strip()) or self._dropping == text:
            self.dismiss(None)
        else:
            self._dropping = text
            self.foot.show([(_("press again to drop these words for good"), "late")])
