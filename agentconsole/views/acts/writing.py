"""The composer's life: opened, closed, discarded. What is done in it: keeping, sending, attaching, helping."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from agentconsole.desk import conversations, mentions
from agentconsole.i18n import _, clock_time
from agentconsole.model.conversation import ConversationRow, DraftKind, Thread
from agentconsole.model.macro import MacroGesture
from agentconsole.views.acts.composing import Composing
from agentconsole.views.acts.files import Files
from agentconsole.views.acts.keeping import Keeping
from agentconsole.views.acts.reading import SHOWN, Reading
from agentconsole.views.acts.sending import Sending
from agentconsole.views.foreign import steady
from agentconsole.views.page import Acting
from agentconsole.views.rows import medium_of
from agentconsole.views.widgets.composer import Addressee, Composer

if TYPE_CHECKING:
    from agentconsole.views.acts.macros import Macros


class Writing:
    """Replies, notes and drafts. Words leave the composer only once the desk has them."""

    def __init__(self, page: Acting, reading: Reading, kick: Callable[[], None]) -> None:
        self.page, self.reading = page, reading
        self.keeping = Keeping(page)
        self.files = Files(page, self.keeping)
        self.sending = Sending(page, reading, self.keeping, self._closed, kick)
        self.composing = Composing(page, self.keeping)
        self.propose: Callable[[Thread, MacroGesture], None] | None = None
        """Opens the gesture panel with what a macro proposes."""
        self.opened: Callable[[], None] | None = None
        """Called once the composer has opened."""
        self.touched = 0
        """Changes with every word that is typed, and whenever a composer opens."""
        self._dropping: str | None = None
        """The words that are dropped for good where the key is pressed once more."""

    @property
    def busy(self) -> bool:
        """The words are being sent."""
        return self.keeping.busy

    @property
    def unkept(self) -> bool:
        """Whether there are words that the desk does not have yet."""
        return self.keeping.unkept

    @cached_property
    def macros(self) -> Macros:
        """Made once there is something to see: much is imported for it."""
        from agentconsole.views.acts.macros import Macros

        return Macros(self.page, self.reading, self)

    # Opening

    def reply(self, _key: str) -> None:
        """Answer the customer."""
        self._begin(DraftKind.REPLY)

    def note(self, _key: str) -> None:
        """For colleagues only."""
        self._begin(DraftKind.NOTE)

    def book(self, _key: str) -> None:
        """For whoever serves the customer next."""
        self._begin(DraftKind.BOOK)

    def go_on(self, number: int, kind: DraftKind) -> None:
        """With the words that were begun in a conversation."""
        read = partial(conversations.open_thread, self.page.desk, number, SHOWN)
        self.page.work.look("compose", read, partial(self.open, kind))

    def _begin(self, kind: DraftKind) -> None:
        row, composer = self.page.target, self.page.composer
        if row is None:
            return
        if composer is not None and composer.number == row.number and composer.kind == kind:
            composer.words.focus()
            return
        if composer is not None and composer.is_open:
            self.close()
        thread = self.reading.thread
        if thread is not None and thread.row.number == row.number:
            self.open(kind, thread)
        else:
            self.go_on(row.number, kind)

    def open(self, kind: DraftKind, thread: Thread) -> None:
        """Write in a conversation, with the words that were begun there."""
        self.touched += 1
        self.keeping.flush()
        if self.page.thread.number != thread.row.number or self.page.app.focused is not self.page.thread:
            self.reading.open_number(thread.row.number)
        composer = self._mounted()
        me = self.page.desk.agent.id
        mine = next((d for d in thread.drafts if d.agent == me and d.kind is kind), None)
        number = thread.row.number
        self._dropping = None
        self.sending.begin()
        called = partial(mentions.goes_on, self.page.desk.config, me) if kind is DraftKind.NOTE else None
        composer.words.goes_on = called
        composer.open(number, kind, self._addressee(thread), self.keeping.begun(thread, kind, mine))
        self.files.measure()
        self.composing.tell_actions()
        pane = self.page.thread
        if pane.number == number:  # my words stand in the composer, not below the thread too
            pane.renew(pane.messages, pane.earlier, tuple(draft for draft in pane.drafts if draft.agent != me))
        if mine:
            composer.tell(_("draft of {time}").format(time=clock_time(mine.updated_at, self.page.desk.config.zone)))
        if self.opened is not None:
            self.opened()
        self.page.redraw()

    def _addressee(self, thread: Thread) -> Addressee:
        row, desk = thread.row, self.page.desk
        language = row.language or thread.customer.language
        channel = desk.config.channel(row.channel)
        return Addressee(thread.customer.name, medium_of(row.channel, desk), row.public, channel, language)

    def _mounted(self) -> Composer:
        composer = self.page.composer
        if composer is None:
            raise RuntimeError("the composer is mounted before it is asked for")
        return composer

    def can_reply(self, row: ConversationRow) -> str:
        """Why a conversation cannot be answered; empty where it can."""
        channel = self.page.desk.config.channel(row.channel)
        if channel is None or not channel.active:
            return _("Its channel {channel} is not in use here (any more).").format(
                channel=steady(row.channel, one_line=True)
            )
        return ""

    def back(self) -> None:
        """The desk is there again, after it was out of reach."""
        self.keeping.again()
        self.sending.back()

    # Changing

    def changed(self) -> None:
        """A key was typed."""
        composer = self.page.composer
        if composer is None or not composer.is_open or self.busy:
            return
        self.touched += 1
        self.sending.changed()
        self.macros.changed()
        self.keeping.changed()
        composer.recount()

    # Closing

    def close(self) -> bool:
        """Close the composer, its words kept as a draft; False where none is open."""
        composer = self.page.composer
        if composer is None or not composer.is_open:
            return False
        if self.busy:
            self.page.say(_("It is being sent."))
            return True
        self.keeping.flush()
        self._closed()
        return True

    def _closed(self) -> None:
        composer = self.page.composer
        if composer is not None:
            composer.close()
        self.page.show_pane("thread")
        self.reading.renew()

    def discard(self, _key: str) -> None:
        """Twice, for good."""
        composer = self.keeping.composer
        written = composer.written
        if (written.text.strip() or written.files or written.actions) and self._dropping != written.text:
            self._dropping = written.text
            composer.tell(_("press again to drop these words for good"), "late")
            return
        self.keeping.drop()
        self._closed()
