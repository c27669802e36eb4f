"""Inside a thread: unfolding, earlier messages, attachments, and who did what."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from platformdirs import user_downloads_path

from agentconsole.desk import conversations, wording, wording_trail
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, moment
from agentconsole.model.conversation import ConversationRow, Event, Message
from agentconsole.views.foreign import steady
from agentconsole.views.layout import ASCII, DOT, Line, cut, file_size, wrap
from agentconsole.views.page import Page

EARLIER = 50
"""Messages read each time earlier ones are asked for."""


class Inside:
    """What one does with the messages of the conversation in the thread pane."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._asked: int | None = None

    def fold(self, _key: str) -> None:
        """Quoted history and signatures."""
        look = self.page.thread.look
        self.page.thread.change_look(replace(look, unfolded=not look.unfolded))

    def whole(self, _key: str) -> None:
        """Long messages."""
        look = self.page.thread.look
        self.page.thread.change_look(replace(look, whole=not look.whole))

    def earlier(self, _key: str = "") -> None:
        """More of the thread."""
        pane, desk = self.page.thread, self.page.desk
        if pane.number is None or not pane.earlier or not pane.messages:
            return
        number, before = pane.number, pane.messages[0].seq
        if self._asked == before:
            return
        self._asked = before
        read = partial(conversations.earlier, desk, number, before, EARLIER)
        self.page.work.look("earlier", read, partial(self._prepend, number, before), self._no_earlier)

    def _prepend(self, number: int, before: int, found: tuple[Message, ...]) -> None:
        self._asked = None
        pane = self.page.thread
        if pane.number == number and pane.messages and pane.messages[0].seq == before:
            pane.prepend(found)

    def _no_earlier(self, error: ConsoleError) -> None:
        self._asked = None
        self.page.warn(error)

    def save_file(self, _key: str) -> None:
        """An attachment, into the folder for downloads or the one we are in."""
        from agentconsole.views.overlays import Item, Picker

        items = []
        for message in reversed(self.page.thread.messages):
            for file in message.attachments:
                name = steady(file.name, one_line=True, limit=120)
                by = steady(message.author_name, one_line=True, limit=40)
                items.append(Item((message, file.position), name, f"{by}{DOT}{file_size(file.size)}"))
        if len(items) == 1:
            self._save(items[0].value)
            return
        picker: Picker[tuple[Message, int]] = Picker(
            _("Save an attachment into {folder}").format(folder=_downloads()), items
        )
        self.page.app.push_screen(picker, lambda chosen: None if chosen is None else self._save(chosen))

    def _save(self, chosen: tuple[Message, int]) -> None:
        message, position = chosen
        save = partial(conversations.save_attachment, self.page.desk, message.id, position, _downloads())
        self.page.work.write(
            save,
            lambda place: self.page.say(_("Saved: {place}").format(place=steady(str(place), one_line=True))),
        )

    def trail(self, _key: str) -> None:
        """Who did what when."""
        row = self.page.target
        if row is not None:
            self.page.work.look(
                "trail",
                partial(conversations.trail, self.page.desk, row.number),
                partial(self._show_trail, row),
            )

    def _show_trail(self, row: ConversationRow, events: list[Event]) -> None:
        from agentconsole.views.overlays import Reader

        desk = self.page.desk

        def make(columns: int) -> list[Line]:
            lines: list[Line] = []
            for event in events:
                at = moment(event.at, desk.config.zone, desk.now(), time=True)
                who = steady(wording.actor(desk, event.actor), one_line=True, limit=40)
                words = wording_trail.event(event.kind, event.detail, desk)
                if event.undone:
                    words = f"{words} ({_('undone')})"
                said = steady(words.replace("→", "->") if ASCII else words, one_line=True, limit=400)
                first, *rest = wrap(said, max(10, columns - 34))
                strong, plain = ("dim", "dim") if event.undone else ("bold", "")
                lines.append([(f"{at:<16} ", "dim"), (cut(who, 15).ljust(16), strong), (first, plain)])
                lines += [[(" " * 33, ""), (line, "dim")] for line in rest]
            return lines or [[(_("Nothing was done yet."), "dim")]]

        title = _("Trail of #{number}").format(number=row.number)
        self.page.app.push_screen(Reader(title, make, self.page.session.keymap))


def _downloads() -> Path:
    folder = user_downloads_path()
    return folder if folder.is_dir() else Path.home()
