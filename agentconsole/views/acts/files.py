"""Files that go along with a reply: chosen by path, taken off one by one, kept with the draft."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

from agentconsole.i18n import _, ngettext
from agentconsole.views.acts.keeping import Keeping
from agentconsole.views.foreign import steady
from agentconsole.views.layout import file_size
from agentconsole.views.page import Page
from agentconsole.views.widgets.composer import Composer


class Files:
    """What is attached to the words in the composer."""

    def __init__(self, page: Page, keeping: Keeping) -> None:
        self.page, self.keeping = page, keeping

    def attach(self, _key: str) -> None:
        """By path."""
        from agentconsole.views.attaching import AttachBox

        self.page.app.push_screen(AttachBox(self.page.work), self._attach)

    def _attach(self, path: Path | None) -> None:
        composer = self.page.composer
        if composer is None or not composer.is_open:
            return
        if path is not None and path not in composer.files:
            self._change(composer, (*composer.files, path))
        composer.words.focus()

    def detach(self, _key: str) -> None:
        """The only one, or those that are chosen."""
        from agentconsole.views.overlays import Item, Picker

        files = self.keeping.composer.files
        if len(files) < 2:
            self._detach(())
            return
        all_of_them = ngettext("all {n}", "all {n}", len(files)).format(n=len(files))
        items = [
            Item(tuple(other for other in files if other != path), _shown(path), _shown(path.parent)) for path in files
        ]
        picker: Picker[tuple[Path, ...]] = Picker(_("Take off which file?"), [*items, Item((), all_of_them)])
        self.page.app.push_screen(picker, self._detach)

    def _detach(self, left: tuple[Path, ...] | None) -> None:
        composer = self.page.composer
        if composer is None or not composer.is_open:
            return
        if left is not None:
            self._change(composer, left)
        composer.words.focus()

    def _change(self, composer: Composer, files: tuple[Path, ...]) -> None:
        composer.files = files
        composer.tell_below()
        self.keeping.save()
        self.measure()

    def measure(self) -> None:
        """Read how large the files are; what cannot be read has no size."""
        composer = self.page.composer
        if composer is not None and composer.files:
            self.page.work.look("sizes", partial(_sizes, composer.files), self._measured)

    def _measured(self, sizes: dict[Path, str]) -> None:
        composer = self.page.composer
        if composer is not None and composer.is_open:
            composer.sizes = sizes
            composer.recount()


def _sizes(files: tuple[Path, ...]) -> dict[Path, str]:
    sizes = {}
    for path in files:
        with contextlib.suppress(OSError):
            sizes[path] = file_size(path.stat().st_size)
    return sizes


def _shown(path: Path) -> str:
    return steady(str(path.name or path), one_line=True, limit=120)
