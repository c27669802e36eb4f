"""The box in which tags are put on and taken off: several, before it closes."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentconsole.desk import moves
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.text import fold
from agentconsole.views.foreign import steady
from agentconsole.views.layout import Line, cut, fit, width
from agentconsole.views.messages import Chosen
from agentconsole.views.overlays import Choices, Item, Narrowed, field

Change = tuple[tuple[str, ...], tuple[str, ...]]
"""Tags that are put on, and tags that are taken off."""
_MOVES = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}


class TagChoices(Choices):
    """A line a tag: what becomes of it, the tag, how often it is used."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, str] = {}

    def line(self, index: int, columns: int) -> Line:
        item = self.items[index]
        tag = str(item.value)
        mark = self.marks.get(tag, "")
        room = columns - 8 - width(item.right)
        text = fit(item.text, min(room, self.aligned)) if item.right else cut(item.text, room)
        return [
            ("> " if index == self.cursor else "  ", "accent"),
            (f"[{mark or ' '}] ", "accent" if mark else "dim"),
            (text, "bold" if mark in ("x", "+") else ""),
            ("  " + item.right, "dim"),
        ]


class TagBox(Narrowed[Change | None]):
    """Type to find a tag or to write a new one; enter puts it on or takes it off; escape closes, and keeps that.

    :param own: tags that are there already; ``None`` for many conversations, each with its own: there a tag
        is put on, taken off, or left as it is.
    :param known: tags in use, with how many conversations have each.
    """

    def __init__(self, title: str, own: Sequence[str] | None, known: Sequence[tuple[str, int]]) -> None:
        super().__init__(title)
        self._many, self._own = own is None, frozenset(own or ())
        counts = dict(known)
        self._tags = {tag: counts.get(tag, 0) for tag in (*sorted(self._own), *counts)}
        self._added: set[str] = set()
        self._removed: set[str] = set()
        self._choices = TagChoices()

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield self.title_bar
            yield field(placeholder=_("type to find, or a new tag"))
            yield self._choices
            yield self.foot

    def on_mount(self) -> None:
        self.narrow("")

    def _hint(self) -> None:
        self.foot.show([(_("enter puts it on or takes it off, esc closes and keeps that"), "dim")])

    def narrow(self, typed: str) -> None:
        self._hint()
        words = fold(typed).split()
        found = [tag for tag in self._tags if all(word in fold(tag) for word in words)]
        if words:
            found.sort(key=lambda tag: not fold(tag).startswith(words[0]))
        else:
            found.sort(key=lambda tag: not self._mark(tag))
        items: list[Item[object]] = [Item(tag, _shown(tag), str(self._tags[tag] or "")) for tag in found]
        new = self._new(typed)
        if new:
            items.append(Item(new, _shown(new), _("new tag")))
        self._choices.items = items
        self._choices.aligned = max((width(item.text) for item in items), default=0)
        self._choices.cursor = 0
        self._choices.scroll_to(y=0, animate=False)
        self._draw()

    def _new(self, typed: str) -> str:
        """What was typed, as a tag that nobody has yet; empty where it is none."""
        try:
            tag = moves.tag_of(typed) if typed.strip() else ""
        except UsageError as error:
            self.foot.show([(f"{error.what} {error.do}", "warn")])
            return ""
        return "" if tag in self._tags else tag

    def _mark(self, tag: str) -> str:
        if self._many:
            return "+" if tag in self._added else "-" if tag in self._removed else ""
        return "x" if tag in (self._own | self._added) - self._removed else ""

    def _draw(self) -> None:
        self._choices.marks = {tag: self._mark(tag) for tag in (*self._tags, *self._added)}
        self._choices.lines_changed()
        self._choices.refresh(layout=True)  # it is as high as there are lines

    # Keys

    def on_chosen(self, message: Chosen) -> None:
        message.stop()
        self._toggle()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            self._close()
        elif event.key == "enter":
            self.hear()
            self._toggle()
        elif event.key in _MOVES:
            self.hear()
            self._choices.press(_MOVES[event.key])
        else:
            return
        event.stop()
        event.prevent_default()

    def _toggle(self) -> None:
        choices, box = self._choices, self.query_one(Input)
        if not 0 <= choices.cursor < len(choices.items):
            return
        tag = str(choices.items[choices.cursor].value)
        self._tags.setdefault(tag, 0)
        if self._many:
            if tag in self._added:
                self._added.discard(tag)
                self._removed.add(tag)
            elif tag in self._removed:
                self._removed.discard(tag)
            else:
                self._added.add(tag)
        elif tag in self._own:
            self._removed ^= {tag}
        else:
            self._added ^= {tag}
        if box.value:
            box.value = ""  # the next one can be typed
        else:
            self._draw()

    def _close(self) -> None:
        added, removed = tuple(sorted(self._added)), tuple(sorted(self._removed))
        self.dismiss((added, removed) if added or removed else None)


def _shown(tag: str) -> str:
    return steady(tag, one_line=True, limit=60)
