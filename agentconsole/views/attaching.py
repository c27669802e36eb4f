"""The box in which a file is chosen by its path: tab completes, the arrows choose, enter takes."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentconsole.desk.served import is_served
from agentconsole.i18n import _, ngettext
from agentconsole.text import fold
from agentconsole.views.foreign import steady
from agentconsole.views.layout import file_size, width
from agentconsole.views.messages import Chosen
from agentconsole.views.overlays import Choices, Item, Overlay, field
from agentconsole.views.work import Work

LOOKED_AT = 5_000
"""Entries of a folder that are looked at."""
SHOWN = 200
"""Entries that are offered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder that fits what was typed.

    :param typed: what one would have typed for it; a folder ends in a slash.
    :param size: of a file, bytes; ``None`` where it cannot be read.
    """

    path: Path
    typed: str
    folder: bool
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a typed path can become; ``more`` entries are not among these."""

    typed: str
    entries: tuple[Entry, ...] = ()
    more: int = 0

    @property
    def common(self) -> str:
        """As far as all entries agree; never less than what was typed, up to its case."""
        names = [entry.typed for entry in self.entries]
        agreed = self.typed if self.more else os.path.commonprefix(names)  # noqa: RUF071 (characters are wanted)
        # A name that is no text a field can show is chosen with the arrows.
        agreed = agreed[: next((at for at, char in enumerate(agreed) if not char.isprintable()), len(agreed))]
        return agreed if len(agreed) >= len(self.typed) else self.typed


def find_paths(typed: str) -> Found:
    """Files and folders whose paths begin like what was typed; case and accents do not matter.

    ``~`` is the home folder; hidden ones are offered once their dot is typed. A folder that cannot be read has none.
    In a browser there are none: what this machine has is not theirs to look through.
    """
    if is_served():
        return Found(typed)
    with contextlib.suppress(OSError, ValueError, RuntimeError):  # RuntimeError: ~ of somebody who has no home
        if typed in ("~", ".", "..") or (typed.startswith("~") and "/" not in typed):
            return Found(typed, (Entry(Path(typed).expanduser(), typed + "/", folder=True),))
        head, slash, tail = typed.rpartition("/")
        head, wanted = head + slash, fold(tail)
        with os.scandir(Path(head).expanduser()) as entries:
            fitting = [
                entry
                for entry in islice(entries, LOOKED_AT)
                if fold(entry.name).startswith(wanted) and (tail.startswith(".") or not entry.name.startswith("."))
            ]
        found = sorted((_entry(entry, head) for entry in fitting), key=_order)
        return Found(typed, tuple(found[:SHOWN]), max(0, len(found) - SHOWN))
    return Found(typed)


def _entry(entry: os.DirEntry[str], head: str) -> Entry:
    folder, size = False, None
    with contextlib.suppress(OSError):
        status = entry.stat()
        folder = stat.S_ISDIR(status.st_mode)
        size = None if folder else status.st_size
    path = Path(head).expanduser() / entry.name if head else Path(entry.name)
    return Entry(path, head + entry.name + "/" * folder, folder, size)


def _order(entry: Entry) -> tuple[bool, str, str]:
    return not entry.folder, fold(entry.path.name), entry.path.name


class Paths(Choices):
    """What fits; no line is marked before an arrow was pressed, so that enter takes what was typed."""

    def offer(self, items: Sequence[Item[object]]) -> None:
        """Show these, none of them marked."""
        self.items, self.cursor = list(items), -1
        self.aligned = max((width(item.text) for item in self.items), default=0)
        self.scroll_to(y=0, animate=False)
        self.lines_changed()
        self.refresh()

    def press(self, action: str) -> bool:
        if self.cursor < 0 and action in ("down", "page_down"):
            self.go(0)
            return True
        return super().press(action)


class AttachBox(Overlay[Path | None]):
    """Asks for a file. Folders are read in a worker; keys that come meanwhile wait for it."""

    def __init__(self, work: Work) -> None:
        super().__init__(_("Attach a file"))
        self._work, self._paths = work, Paths()
        self._entries: tuple[Entry, ...] = ()
        self._shown = ""
        """What was typed for the entries that are offered."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="listed"):
            yield self.title_bar
            yield field(placeholder=_("its path; ~ is your home folder"))
            yield self._paths
            yield self.foot

    def on_mount(self) -> None:
        self._hint()
        self._look("")

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value

    def _hint(self) -> None:
        self._tell(_("tab completes, the arrows choose, enter takes it, esc leaves it"))

    def _tell(self, said: str, style: str = "dim") -> None:
        self.foot.show([(said, style)])

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._hint()
        self._look(event.value)

    def _look(self, typed: str) -> None:
        self._work.look("paths", partial(find_paths, typed), self._show)

    def _show(self, found: Found) -> None:
        if not self.is_open or found.typed != self._typed:
            return
        self._entries, self._shown = found.entries, found.typed
        self._paths.offer([_item(entry) for entry in found.entries])
        if found.more:
            self._tell(ngettext("{n} more; type on", "{n} more; type on", found.more).format(n=found.more))

    # Keys

    def on_key(self, event: events.Key) -> None:
        moves = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}
        if event.key == "escape":
            self.dismiss(None)
        elif event.key == "enter":
            self._take()
        elif event.key == "tab":
            self._work.look("path", partial(find_paths, self._typed), self._complete)
        elif event.key in moves:
            self._paths.press(moves[event.key])
        else:
            return
        event.stop()
        event.prevent_default()

    def _complete(self, found: Found) -> None:
        if not self.is_open or found.typed != self._typed:
            return
        if not found.entries:
            self._tell(_("Nothing begins like that."), "warn")
        elif found.common == found.typed:
            self._show(found)
        else:
            self._put(found.common)

    def _put(self, typed: str) -> None:
        box = self.query_one(Input)
        box.value = typed
        box.cursor_position = len(typed)

    def on_chosen(self, message: Chosen) -> None:
        message.stop()
        self._paths.cursor = message.value
        self._take()

    def _take(self) -> None:
        """What an arrow marked, or else what was typed."""
        if 0 <= self._paths.cursor < len(self._entries) and self._typed == self._shown:
            entry = self._entries[self._paths.cursor]
            if not entry.folder:
                self.dismiss(entry.path.absolute())
            elif entry.typed.isprintable():
                self._put(entry.typed)
            else:
                self._tell(_("The name of that folder cannot be shown; move the file elsewhere first."), "warn")
        elif not self._typed.strip():
            self._tell(_("Type the path of a file."), "warn")
        else:
            self._work.look("path", partial(_file, self._typed), self._took)

    def _took(self, path: Path | None) -> None:
        if not self.is_open:
            return
        if path is not None:
            self.dismiss(path)
        else:
            self._tell(_("There is no such file."), "warn")


def _file(typed: str) -> Path | None:
    """The file of that path; ``None`` where there is none."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        path = Path(typed.strip()).expanduser().absolute()
        return path if path.is_file() else None
    return None


def _item(entry: Entry) -> Item[object]:
    name = steady(entry.path.name or entry.typed, one_line=True, limit=120) + "/" * entry.folder
    return Item(entry, name, "" if entry.size is None else file_size(entry.size))
