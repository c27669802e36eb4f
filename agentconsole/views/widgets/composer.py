"""Where replies and notes are written. It keeps its words until the desk has confirmed that it has them."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from agentconsole.i18n import _
from agentconsole.model.conversation import DraftKind
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, Spread, cut, file_size, line_width, width
from agentconsole.views.widgets.lines import Bar

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Words(TextArea, inherit_bindings=True):
    """Plain text; control characters that come with a paste are left out."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = _CONTROLS.sub("", event.text.replace("\r\n", "\n").replace("\r", "\n"))
        await super()._on_paste(event)


class Composer(Vertical):
    """A title, the words, and lines for what is attached or what stands in the way."""

    def __init__(self) -> None:
        super().__init__(id="composer")
        self.number: int | None = None
        self.kind = DraftKind.REPLY
        self.seen = 0
        self.files: tuple[Path, ...] = ()
        self.known = ""
        """The words as the desk has them."""
        self.notice = ""
        """What stands in the way of sending."""
        self._to, self._medium, self._public = "", "", False
        self._said: tuple[str, str] = ("", "")
        self._title, self._foot = Bar(id="composer-title"), Bar(id="composer-foot")

    def compose(self) -> ComposeResult:
        yield self._title
        words = Words(
            "", id="words", soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False,
            compact=True,
        )  # fmt: skip
        words.cursor_blink = False
        yield words
        yield self._foot

    @property
    def words(self) -> Words:
        """The text area."""
        return self.query_one("#words", Words)

    @property
    def is_open(self) -> bool:
        """Something is being written."""
        return self.number is not None

    def address(self, to: str, medium: str, *, public: bool) -> None:
        """To whom the next words are, on what; ``public`` where anybody can read the answer."""
        self._to, self._medium, self._public = steady(to, one_line=True, limit=120), medium, public

    def open(self, number: int, kind: DraftKind, text: str, seen: int, files: tuple[Path, ...]) -> None:
        """Write to a conversation: ``seen`` the latest message its writer has seen."""
        self.number, self.kind, self.seen, self.files = number, kind, seen, files
        words = self.words
        self.known = _CONTROLS.sub("", text)
        words.load_text(self.known)
        words.move_cursor(words.document.end)
        words.read_only = False
        self.set_class(kind is DraftKind.NOTE, "note")
        self.set_class(kind is DraftKind.REPLY and self._public, "public")
        self._appear(True)
        self._said = ("", "")
        self.tell_files()
        words.focus()

    def close(self) -> None:
        """Away with it; the words are with the desk by now."""
        self.number, self.files = None, ()
        self._appear(False)
        self.words.load_text("")

    def _appear(self, wanted: bool) -> None:
        self.display = wanted
        if isinstance(self.parent, Vertical):  # where lines are few, main.tcss gives them all to the composer
            self.parent.set_class(wanted, "writing")

    def tell(self, said: str, style: str = "dim") -> None:
        """Say something about the words: at the right of the title, or below them where it has no room there."""
        self._said = (said, style)
        self._draw()

    def tell_files(self, notice: str = "") -> None:
        """What is attached, or what stands in the way of sending."""
        self.notice = notice
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        said, style = self._said
        columns = self._title.size.width or self.app.size.width
        titles = self._titles()
        right: Line = [(said + " ", style)] if said else []
        room = columns - (width(said) + 3 if said else 0)
        title = next((title for title in titles if line_width(title) <= room), None)
        below: list[Line] = []
        if title is None:  # whom one writes to is never cut for the sake of what is said
            title = next((title for title in titles if line_width(title) <= columns), titles[-1])
            below, right = [[(cut(said, columns), style)]] if said else [], []
        self._title.show(Spread(title, right))
        line = self._below()
        below += [line] if line else []
        self._foot.show(*below)
        self._foot.set_class(len(below) > 1, "two")
        self._foot.appear(bool(below))

    def _titles(self) -> list[Line]:
        """From the longest to the shortest."""
        if self.kind is DraftKind.NOTE:
            note: Line = [(_("Note"), "note bold")]
            return [[*note, ("  " + _("only colleagues see it"), "dim")], note]
        head = _("PUBLIC reply to {name}") if self._public else _("Reply to {name}")
        short: Line = [(head.format(name=self._to), "warn" if self._public else "accent bold")]
        return [[*short, (DOT + self._medium, "dim")], short]

    def _below(self) -> Line:
        if self.notice:
            return [(self.notice, "warn")]
        names = DOT.join(_file_words(path) for path in self.files)
        return [(_("attached: {name}").format(name=names), "accent")] if names else []


def _file_words(path: Path) -> str:
    """Its name and size; the size is left out where it cannot be read."""
    size = ""
    with contextlib.suppress(OSError):
        size = " " + file_size(path.stat().st_size)
    return steady(path.name, one_line=True, limit=80) + size
