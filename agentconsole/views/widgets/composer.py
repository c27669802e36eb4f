"""Where replies and notes are written. It keeps its words until the desk has confirmed that it has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from agentconsole.config import ChannelSettings
from agentconsole.desk.checks import placeholders
from agentconsole.desk.limits import limit_of
from agentconsole.i18n import _
from agentconsole.model.conversation import DraftKind
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, ELLIPSIS, Line, Spread, cut, line_width, wrap
from agentconsole.views.widgets.lines import Bar

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CALL = re.compile(r"(?:^|[\s(])@(\w[\w. -]*)$")
_HIGH = 30
"""Lines of a terminal from which on three may be below the words, else two."""
_NEAR = 0.9
"""Share of a channel's limit from which on it is told how much is left."""


def plain(text: str) -> str:
    """The text without control characters; ends of lines as the composer has them."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class Written:
    """What the composer holds.

    :param seen: seq of the latest message that its writer has seen.
    :param actions: JSON of what macros do along with it; empty for nothing.
    """

    text: str = ""
    seen: int = 0
    files: tuple[Path, ...] = ()
    actions: str = ""

    @property
    def content(self) -> tuple[str, tuple[Path, ...], str]:
        """All of it but what was seen."""
        return self.text, self.files, self.actions


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who will read it, and how it gets there.

    :param medium: the channel's name as people know it.
    :param channel: ``None`` where it is not configured (any more).
    :param language: the customer's (ISO 639-1), where known.
    """

    name: str = ""
    medium: str = ""
    public: bool = False
    channel: ChannelSettings | None = None
    language: str | None = None


class Words(TextArea, inherit_bindings=True):
    """Plain text; placeholders that nobody filled in stand out, control characters of a paste are left out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"words--unresolved"}
    goes_on: Callable[[str], str] | None = None
    """What completes a colleague's name that is typed after an ``@``; ``None`` where nobody is called."""

    def update_suggestion(self) -> None:
        """At the end of a line; the right arrow takes it."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        begun = _CALL.search(line) if self.goes_on is not None and column == len(line) else None
        self.suggestion = self.goes_on(begun[1]) if self.goes_on is not None and begun else ""

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn."""
        line = super().get_line(line_index)
        if "{{" in line.plain:
            style = self.get_component_rich_style("words--unresolved", partial=True)
            for begin, end in placeholders(line.plain):
                line.stylize(style, begin, end)
        return line

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = plain(event.text)
        await super()._on_paste(event)

    def undo(self) -> None:
        """Take the last edit back."""
        self._travel(super().undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._travel(super().redo)

    def _travel(self, change: Callable[[], None]) -> None:
        """Textual (8.2.8) looks for the cursor on lines that have gone, and fails; the first line always stays."""
        before, text = self.selection, self.text
        self.selection = Selection.cursor((0, 0))
        change()
        if self.text == text:
            self.selection = before

    def put(self, text: str) -> None:
        """Insert at the cursor, in place of what is selected; one undo takes it away again."""
        start, end = sorted(self.selection)
        self.replace(plain(text), start, end, maintain_selection_offset=False)


class Composer(Vertical):
    """A title, the words, and lines for what is attached or what stands in the way."""

    def __init__(self) -> None:
        super().__init__(id="composer")
        self.number: int | None = None
        self.kind = DraftKind.REPLY
        self.seen = 0
        self.files: tuple[Path, ...] = ()
        self.sizes: dict[Path, str] = {}
        """How large files are, in words; reading them is for a worker."""
        self.actions = ""
        """JSON of what macros do along with the words."""
        self.along: tuple[str, ...] = ()
        """That in words."""
        self.to = Addressee()
        self.known = Written()
        """What the desk has of it."""
        self.notice: tuple[str, ...] = ()
        """What stands in the way of sending, and what one can do: at most two lines."""
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

    @property
    def written(self) -> Written:
        """What it holds now."""
        return Written(self.words.text, self.seen, self.files, self.actions)

    def open(self, number: int, kind: DraftKind, to: Addressee, written: Written) -> None:
        """Write to a conversation."""
        self.number, self.kind, self.to = number, kind, to
        self.seen, self.files, self.actions = written.seen, written.files, written.actions
        words = self.words
        words.load_text(plain(written.text))
        self.known = self.written
        words.move_cursor(words.document.end)
        words.read_only = False
        self.set_class(kind is not DraftKind.REPLY, "note")
        self.set_class(kind is DraftKind.REPLY and to.public, "public")
        self._appear(True)
        self._said = ("", "")
        self.tell_below()
        words.focus()

    def close(self) -> None:
        """Away with it; the words are with the desk by now."""
        self.number, self.files, self.actions, self.along = None, (), "", ()
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

    def tell_below(self, *notice: str) -> None:
        """What stands in the way of sending and what one can do, or else what goes along with the words."""
        self.notice = notice
        self._draw()

    def recount(self) -> None:
        """The words have changed."""
        if self.kind is DraftKind.REPLY:
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        columns = self._title.size.width or self.app.size.width
        said: Line = [self._said] if self._said[0] else []
        titles, count = self._titles(), self._count()
        ways: tuple[tuple[Line, Line], ...] = (_apart(said, count), []), (count, said), ([], _apart(said, count))
        right, under = next((way for way in ways if line_width(titles[-1]) + _room(way[0]) <= columns), ways[-1])
        room = columns - _room(right)
        title = next((title for title in titles if line_width(title) <= room), titles[-1])
        self._title.show(Spread(title, [*right, (" ", "")] if right else []))
        below = [line for line in [under, *self._below(columns)] if line][: self._lines]
        self._foot.show(*(_cut(line, columns) for line in below))
        self._foot.set_class(len(below) == 2, "two")
        self._foot.set_class(len(below) == 3, "three")
        self._foot.appear(bool(below))

    def _titles(self) -> list[Line]:
        """From the longest to the shortest."""
        if self.kind is DraftKind.NOTE:
            note: Line = [(_("Note"), "note bold")]
            return [[*note, ("  " + _("only colleagues see it"), "dim")], note]
        if self.kind is DraftKind.BOOK:
            name = steady(self.to.name, one_line=True, limit=120)
            book: Line = [(_("Client book of {name}").format(name=name), "note bold")]
            return [[*book, ("  " + _("the next adviser reads it"), "dim")], book]
        head = _("PUBLIC reply to {name}") if self.to.public else _("Reply to {name}")
        name = steady(self.to.name, one_line=True, limit=120)
        short: Line = [(head.format(name=name), "warn" if self.to.public else "accent bold")]
        return [[*short, (DOT + self.to.medium, "dim")], short]

    def _count(self) -> Line:
        """How long a reply is where its channel bounds that: ``112/280``; near the limit what is left, past it more."""
        limit = limit_of(self.to.channel, public=self.to.public) if self.to.channel else None
        if limit is None or self.kind is not DraftKind.REPLY:
            return []
        size = limit.count(self.words.text.strip())
        left = limit.most - size
        said, style = f"{size}/{limit.most}", "dim"
        if left < 0:
            said, style = said + ", " + _("{n} too many").format(n=-left), "late"
        elif size >= limit.most * _NEAR:
            said, style = said + ", " + _("{n} left").format(n=left), "due"
        return [(said, style)]

    @property
    def _lines(self) -> int:
        """How many lines there may be below the words."""
        return 3 if self.app.size.height >= _HIGH else 2

    def _below(self, columns: int) -> list[Line]:
        if self.notice:
            first, *rest = (steady(line, one_line=True, limit=400) for line in self.notice)
            room = max(1, self._lines - len(rest) - bool(self._said[0]))
            *whole, last = wrap(first, columns)[:room]
            last = last if len(whole) + 1 < room or first.endswith(last) else last + ELLIPSIS
            return [*([(line, "warn")] for line in (*whole, last)), *([(str(line), "dim")] for line in rest)]
        names = [f"{steady(path.name, one_line=True, limit=80)} {self.sizes.get(path, '')}" for path in self.files]
        said = _("attached: {name}").format(name=DOT.join(name.strip() for name in names))
        lines: list[Line] = [[(said, "accent")]] if names else []
        if self.along:
            what = DOT.join(steady(line, one_line=True, limit=120) for line in self.along)
            lines += [[(line, "accent")] for line in wrap(_("along with it: {what}").format(what=what), columns)]
        return lines


def _room(right: Line) -> int:
    """Columns that the right of a title takes, with the gap before it."""
    return line_width(right) + 2 if right else 0


def _apart(left: Line, right: Line) -> Line:
    return [*left, ("  ", ""), *right] if left and right else left or right


def _cut(line: Line, columns: int) -> Line:
    """A line in so many columns, its end cut; who is written to and counts come first."""
    out, used = list[tuple[str, str]](), 0
    for text, style in line:
        out.append((cut(text, columns - used), style))
        used += line_width(out[-1:])
    return out
