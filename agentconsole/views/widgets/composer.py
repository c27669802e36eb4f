"""Where replies and notes are written. It keeps its words until the desk has confirmed that it has them."""

from __future__ import annotations

import re
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from agentconsole.i18n import _
from agentconsole.model.conversation import DraftKind
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, Spread
from agentconsole.views.widgets.lines import Bar

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Words(TextArea, inherit_bindings=True):
    """Plain text; control characters that come with a paste are left out."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = _CONTROLS.sub("", event.text.replace("\r\n", "\n").replace("\r", "\n"))
        await super()._on_paste(event)


class Composer(Vertical):
    """A title, the words, and a line for what is attached or what stands in the way."""

    def __init__(self) -> None:
        super().__init__(id="composer")
        self.number: int | None = None
        self.kind = DraftKind.REPLY
        self.seen = 0
        self.files: tuple[Path, ...] = ()
        self.known = ""
        """The words as the desk has them."""
        self._to = ""

    def compose(self) -> ComposeResult:
        yield Bar(id="composer-title")
        words = Words(
            "", id="words", soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False,
            compact=True,
        )  # fmt: skip
        words.cursor_blink = False
        yield words
        yield Bar(id="composer-foot")

    @property
    def words(self) -> Words:
        """The text area."""
        return self.query_one("#words", Words)

    @property
    def is_open(self) -> bool:
        """Something is being written."""
        return self.number is not None

    def open(self, number: int, kind: DraftKind, to: str, text: str, seen: int) -> None:
        """Write to a conversation: ``seen`` the latest message its writer has seen."""
        self.number, self.kind, self.seen, self._to, self.files = number, kind, seen, to, ()
        words = self.words
        self.known = _CONTROLS.sub("", text)
        words.load_text(self.known)
        words.move_cursor(words.document.end)
        words.read_only = False
        self.set_class(kind is DraftKind.NOTE, "note")
        self.display = True
        self.tell("")
        self.tell_files()
        words.focus()

    def close(self) -> None:
        """Away with it; the words are with the desk by now."""
        self.number, self.files = None, ()
        self.display = False
        self.words.load_text("")

    def tell(self, said: str, style: str = "dim") -> None:
        """The title line, with what is to be said about the words at its right."""
        left: Line = (
            [(_("Note"), "note bold"), ("  " + _("only colleagues see it"), "dim")]
            if self.kind is DraftKind.NOTE
            else [(_("Reply"), "accent bold"), ("  " + steady(self._to, one_line=True, limit=120), "dim")]
        )
        bar = self.query_one("#composer-title", Bar)
        bar.show(Spread(left, [(said + " ", style)] if said else []))

    def tell_files(self, notice: str = "") -> None:
        """What is attached, or what stands in the way of sending."""
        bar = self.query_one("#composer-foot", Bar)
        names = DOT.join(steady(path.name, one_line=True, limit=80) for path in self.files)
        line: Line = (
            [(notice, "warn")] if notice else [(_("attached: {name}").format(name=names), "accent")] if names else []
        )
        bar.show(line)
        bar.appear(bool(line))
