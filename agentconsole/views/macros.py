"""The macro picker: type to find, see what would be sent, one key takes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from agentconsole.desk.macros.applying import Planned
from agentconsole.desk.macros.choosing import Chooser, Situation
from agentconsole.desk.macros.reading import Broken, Macro
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, ngettext
from agentconsole.text import fold
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, wrap
from agentconsole.views.messages import Chosen, Moved
from agentconsole.views.overlays import Choices, Item, Narrowed, field
from agentconsole.views.widgets.lines import Lines, nowhere

_PLACEHOLDER = re.compile(r"(\{\{.*?\}\})")
_SIDE_BY_SIDE = 96
"""Columns from which the list and the preview stand beside one another."""


@dataclass(frozen=True)
class Choice:
    """A macro that was taken; ``whole``: its actions too, not its words alone."""

    macro: Macro
    whole: bool = True


@dataclass(frozen=True)
class Shelf:
    """What there is to choose from, for one conversation.

    :param plan: fills a macro in. :param pinned: the macro of the known incident that the conversation belongs to.
    """

    chooser: Chooser
    where: Situation
    broken: Sequence[Broken]
    plan: Callable[[Macro], Planned]
    pinned: str | None = None


class Preview(Lines, can_focus=False):
    """What a macro would send and do."""

    def __init__(self) -> None:
        super().__init__(id="preview")
        self._lines: list[Line] = []

    can_rest = nowhere

    def count(self) -> int:
        return len(self._lines)

    def line(self, index: int, _columns: int) -> Line:
        return self._lines[index] if index < len(self._lines) else []

    def show(self, lines: list[Line]) -> None:
        """Other lines, from the top."""
        self._lines = lines
        self.scroll_to(y=0, animate=False)
        self.lines_changed()


class MacroPicker(Narrowed[Choice | None]):
    """Type to find, arrows to move, enter runs it whole, tab takes its words alone, escape leaves it.

    Arrows with shift or ctrl scroll the preview.
    """

    def __init__(self, title: str, shelf: Shelf) -> None:
        super().__init__(title)
        self._shelf = shelf
        self._choices, self._preview = Choices(), Preview()
        self._shown: object = None

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="tall macros"):
            yield self.title_bar
            yield field(placeholder=_("type to find: title, words, tags"))
            with Horizontal(id="sides"):
                yield self._choices
                yield self._preview
            yield self.foot

    def on_mount(self) -> None:
        self._tell("")
        self.narrow("")

    def on_resize(self) -> None:
        self.set_class(self.app.size.width < _SIDE_BY_SIDE, "narrow")
        self._shown = None
        self.call_after_refresh(self._show)

    def _tell(self, warning: str) -> None:
        keys = _("enter runs it, tab takes the words alone, esc leaves it")
        self.foot.show([(warning or keys, "warn" if warning else "dim")])

    # Finding

    def narrow(self, typed: str) -> None:
        choices = self._choices
        pinned = self._shelf.pinned
        best = sorted(self._shelf.chooser.best(self._shelf.where, typed), key=lambda macro: macro.name != pinned)
        found: list[Item[object]] = [
            Item(
                macro,
                steady(macro.title, one_line=True, limit=120),
                _("known incident") if macro.name == pinned else _for(macro),
            )
            for macro in best
        ]
        words = fold(typed).split()
        for broken in self._shelf.broken:
            title = steady(broken.title, one_line=True, limit=120)
            if all(word in fold(f"{broken.name} {title}") for word in words):
                why = "; ".join(str(problem) for problem in broken.problems)
                found.append(Item(broken, title, why_not=steady(_("broken: {why}").format(why=why), one_line=True)))
        choices.items, choices.aligned, choices.cursor = found, 120, 0
        choices.scroll_to(y=0, animate=False)
        choices.lines_changed()
        self._show()

    # The preview

    def on_moved(self, message: Moved) -> None:
        message.stop()
        self._show()

    def _show(self) -> None:
        choices = self._choices
        value = choices.items[choices.cursor].value if choices.items else None
        columns = self._preview.columns
        if columns < 4 or self._shown == (value, columns):
            return
        self._shown = (value, columns)
        if isinstance(value, Macro):
            lines = self._planned(value, columns)
        elif isinstance(value, Broken):
            said = [str(value.path), *(str(problem) for problem in value.problems)]
            lines = [[(line, "warn")] for text in said for line in wrap(steady(text, one_line=True), columns)]
        else:
            lines = [[(_("No macro has all of these words."), "dim")]]
        self._preview.show(lines)

    def _planned(self, macro: Macro, columns: int) -> list[Line]:
        try:
            planned = self._shelf.plan(macro)
        except ConsoleError as error:
            return [[(line, "warn")] for line in wrap(f"{error.what} {error.do}", columns)]
        lines = [highlighted(line) for line in wrap(steady(planned.text).strip("\n"), columns)] if planned.text else []
        if planned.unresolved:
            count = len(planned.unresolved)
            said_so = ngettext("{n} placeholder to fill in", "{n} placeholders to fill in", count).format(n=count)
            lines += [[(said_so, "warn")]]
            if any(name.startswith("gesture.") for name in planned.unresolved):
                by_panel = _("What the gesture panel grants fills them in.")
                lines += [[(line, "warn")] for line in wrap(by_panel, columns)]
        if lines:
            lines.append([])
        lines += [[(line, "accent")] for line in _asked(macro, columns)]
        for action in planned.lines:
            said = wrap(steady(action, one_line=True, limit=300), columns - 2)
            lines += [[("> " if not at else "  ", "dim"), (line, "note")] for at, line in enumerate(said)]
        return [*lines, *([(line, "dim")] for line in wrap(_where(macro), columns))]

    # Taking

    def on_chosen(self, message: Chosen) -> None:
        message.stop()
        self._take(whole=True)

    def _take(self, *, whole: bool) -> None:
        choices = self._choices
        value = choices.items[choices.cursor].value if choices.items else None
        if isinstance(value, Macro):
            if not whole and not value.file.body.strip():
                self._tell(_("This macro has no words: enter runs it."))
                return
            self.dismiss(Choice(value, whole))
        elif isinstance(value, Broken):
            self._tell(_("It is broken: `agentconsole macro check` tells more.").replace("`", ""))

    def on_key(self, event: events.Key) -> None:
        move = {
            "up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down", "ctrl+p": "up", "ctrl+n": "down",
        }  # fmt: skip
        if event.key in ("shift+down", "ctrl+down", "shift+up", "ctrl+up"):
            self._preview.press("page_down" if event.key.endswith("down") else "page_up")
        elif event.key == "escape":
            self.dismiss(None)
        elif event.key in ("enter", "tab"):
            self.hear()
            self._take(whole=event.key == "enter")
        elif event.key in move:
            self.hear()
            self._choices.press(move[event.key])
            self._show()
        else:
            return
        event.stop()
        event.prevent_default()


def highlighted(line: str) -> Line:
    """A line of a text with its unresolved placeholders standing out."""
    parts = _PLACEHOLDER.split(line)
    return [(part, "warn" if at % 2 else "") for at, part in enumerate(parts) if part]


def _for(macro: Macro) -> str:
    """Its language, and whether it is one's own."""
    return DOT.join(part for part in (_("own") if macro.own else "", macro.file.language) if part)


def _where(macro: Macro) -> str:
    """The channels it was written for, and its name."""
    channels = ", ".join(macro.file.channels) or _("all channels")
    return str(steady(f"{macro.name}{DOT}{channels}", one_line=True, limit=200))


def _asked(macro: Macro, columns: int) -> list[str]:
    """The questions it will ask, with their defaults."""
    lines = []
    for question in macro.file.questions:
        default = f" [{question.default}]" if question.default else ""
        lines += wrap(steady(f"? {question.ask}{default}", one_line=True, limit=200), columns)
    return lines
