"""Help while one writes: the customer's words quoted, and one's own editor."""

from __future__ import annotations

from dataclasses import replace

from textual.app import SuspendNotSupported

from agentconsole.errors import ConsoleError, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import Message
from agentconsole.model.macro import Actions
from agentconsole.model.message import Direction
from agentconsole.text import clean
from agentconsole.views import editor
from agentconsole.views.acts.keeping import Keeping
from agentconsole.views.page import Page
from agentconsole.views.situation import Place
from agentconsole.views.widgets.composer import Written


class Composing:
    """What is done to the words in the composer."""

    def __init__(self, page: Page, keeping: Keeping) -> None:
        self.page, self.keeping = page, keeping

    def tell_actions(self) -> None:
        """What macros do along with the words, below them."""
        composer = self.keeping.composer
        composer.along = ()
        if composer.actions:
            from agentconsole.desk.macros.applying import said

            actions = Actions.from_json(composer.actions)
            composer.along = said(self.page.desk, replace(actions, gesture=None))
            if actions.gesture is not None:
                (proposed,) = said(self.page.desk, Actions(gesture=actions.gesture))
                key = self.page.session.keymap.key("gesture", Place.COMPOSER)
                not_yet = _("NOT GRANTED YET, {gesture}: {key} opens the panel").format(gesture=proposed, key=key)
                composer.along = (not_yet, *composer.along)
        composer.tell_below(*composer.notice)

    # Quoting

    def quote(self, _key: str) -> None:
        """The customer's message that is in sight, the latest of them, at the cursor."""
        composer = self.keeping.composer
        if self.page.thread.number != composer.number:
            return
        message = self._in_sight()
        if message is None:
            self.page.say(_("The customer has written nothing here that could be quoted."), "warn")
            return
        (row, column), _end = sorted(composer.words.selection)
        before = composer.words.document.get_line(row)[:column]
        composer.words.put(("\n" if before.strip() else "") + quoted(message.text) + "\n")
        composer.words.focus()

    def _in_sight(self) -> Message | None:
        """The last of the customer's messages that begins above the end of the thread's pane; else the last one."""
        pane = self.page.thread
        bottom = pane.scroll_offset.y + pane.scrollable_content_region.height
        begin, found, last = int(bool(pane.earlier)), None, None
        for block in pane.blocks:
            message = block.message
            if message.direction is Direction.IN and message.text.strip():
                last, found = message, message if begin < bottom else found
            begin += len(block.lines)
        return found or last

    # The editor

    def edit(self, _key: str) -> None:
        """In $VISUAL or $EDITOR; the draft is on the desk before the screen is given away."""
        try:
            command = editor.command()
        except ConsoleError as error:
            self.page.warn(error)
            return
        before = self.keeping.composer.written
        self.keeping.save(lambda: self._edit(command, before))

    def _edit(self, command: list[str], before: Written) -> None:
        composer = self.page.composer
        if composer is None or not composer.is_open or self.keeping.busy:
            return
        if composer.written != before:  # typed ahead of the editor: it gets these words too
            self.edit("")
            return
        try:
            edited = self._suspended(command, before.text)
        except ConsoleError as error:
            self.page.warn(error)
            composer.words.focus()
            return
        words = composer.words
        if edited != before.text:
            words.select_all()
            words.put(edited)
        words.focus()

    def _suspended(self, command: list[str], text: str) -> str:
        """The text as the editor leaves it.

        :raises UsageError: it could not be edited.
        """
        failed: ConsoleError | None = None
        try:
            with self.page.app.suspend():
                try:  # what is raised inside would leave the screen suspended
                    text = editor.edit(text, command)
                except ConsoleError as error:
                    failed = error
        except SuspendNotSupported:
            raise UsageError(
                _("This terminal cannot be given to an editor."), _("Go on writing here; your words are kept.")
            ) from None
        if failed is not None:
            raise failed
        return text


def quoted(text: str) -> str:
    """Somebody's words as mail quotes them, each line after ``> `` (RFC 3676, 4.5); safe to show and to send."""
    lines = clean(text).strip("\n").split("\n")
    return "".join(f"> {line}".rstrip() + "\n" for line in lines)
