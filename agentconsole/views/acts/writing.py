"""Replies, notes and drafts. Words leave the composer only once the desk has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.timer import Timer

from agentconsole.config import State
from agentconsole.desk import conversations, drafts, replies
from agentconsole.errors import ConsoleError, Stale
from agentconsole.i18n import _, clock_time
from agentconsole.model.conversation import ConversationRow, DraftKind, Thread
from agentconsole.views.acts.reading import SHOWN, Reading
from agentconsole.views.foreign import steady
from agentconsole.views.page import Page
from agentconsole.views.rows import medium_of
from agentconsole.views.widgets.composer import Composer

_SAVE = 0.6
"""Seconds between a key and the writing of the draft: what is typed is on the desk within a second."""


class Writing:
    """The composer's life: opened, kept, sent, closed."""

    def __init__(self, page: Page, reading: Reading, kick: Callable[[], None]) -> None:
        self.page, self.reading, self._kick = page, reading, kick
        self.busy = False
        self._save_soon: Timer | None = None
        self._dropping = False
        self._files: dict[int, tuple[Path, ...]] = {}
        """What was attached to replies that are not sent yet, by conversation, for as long as the console runs."""
        self._refused_words = ""
        self._unkept: dict[tuple[int, DraftKind], tuple[str, int]] = {}
        """Words on their way to the desk, and what their writer had seen, by conversation and kind."""

    @property
    def _composer(self) -> Composer:
        composer = self.page.composer
        if composer is None or composer.number is None:
            raise RuntimeError("nothing is being written")
        return composer

    # Opening

    def reply(self, _key: str) -> None:
        """Answer the customer."""
        self._begin(DraftKind.REPLY)

    def note(self, _key: str) -> None:
        """For colleagues only."""
        self._begin(DraftKind.NOTE)

    def go_on(self, number: int, kind: DraftKind) -> None:
        """With the words that were begun in a conversation."""
        read = partial(conversations.open_thread, self.page.desk, number, SHOWN)
        self.page.work.look("compose", read, partial(self._open, kind))

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
            self._open(kind, thread)
        else:
            self.go_on(row.number, kind)

    def _open(self, kind: DraftKind, thread: Thread) -> None:
        if self.page.thread.number != thread.row.number or self.page.app.focused is not self.page.thread:
            self.reading.open_number(thread.row.number)
        composer = self._mounted()
        me = self.page.desk.agent.id
        mine = next((d for d in thread.drafts if d.agent == me and d.kind is kind), None)
        number = thread.row.number
        medium = medium_of(thread.row.channel, self.page.desk)
        self._dropping = False
        composer.address(thread.customer.name, medium, public=thread.row.public)
        composer.open(
            number,
            kind,
            *self._unkept.get((number, kind), (mine.text, mine.seen) if mine else ("", thread.seen)),
            self._files.get(number, ()) if kind is DraftKind.REPLY else (),
        )
        pane = self.page.thread
        if pane.number == number:  # my words stand in the composer, not below the thread too
            pane.renew(pane.messages, pane.earlier, tuple(draft for draft in pane.drafts if draft.agent != me))
        if mine:
            composer.tell(_("draft of {time}").format(time=clock_time(mine.updated_at, self.page.desk.config.zone)))
        self.page.redraw()

    def _mounted(self) -> Composer:
        composer = self.page.composer
        if composer is None:
            raise RuntimeError("the composer is mounted before it is asked for")
        return composer

    # Drafts

    def changed(self) -> None:
        """A key was typed: the draft is written within a second."""
        composer = self.page.composer
        if composer is None or not composer.is_open or self.busy:
            return
        if composer.notice and composer.words.text != self._refused_words:
            composer.tell("")
            composer.tell_files()
        if composer.words.text == composer.known:
            return
        self._dropping = False
        if self._save_soon is None:
            composer.tell(_("not saved yet"))
            self._save_soon = self.page.set_timer(_SAVE, self._save)

    def _save(self) -> None:
        self._save_soon = None
        composer = self.page.composer
        if composer is None or composer.number is None or self.busy:
            return
        self._keep(composer.number, composer.kind, composer.words.text, composer.seen)

    def _keep(self, number: int, kind: DraftKind, text: str, seen: int) -> None:
        """Write words to the desk; they stay here until it has them, though the composer be closed meanwhile."""
        self._unkept[number, kind] = text, seen
        keep = partial(drafts.keep, self.page.desk, number, text, seen, kind)
        self.page.work.write(keep, lambda _none: self._saved(number, kind, text), self._not_saved)

    def _saved(self, number: int, kind: DraftKind, text: str) -> None:
        if self._unkept.get((number, kind), ("", 0))[0] == text:
            self._unkept.pop((number, kind), None)
        composer = self.page.composer
        if composer is None or composer.number != number:
            return
        composer.known = text
        if not self.busy and self._save_soon is None:
            composer.tell(
                _("draft saved {time}").format(time=clock_time(self.page.desk.now(), self.page.desk.config.zone))
            )

    def _not_saved(self, error: ConsoleError) -> None:
        composer = self.page.composer
        if composer is not None and composer.is_open:
            composer.tell(_("NOT SAVED, trying again"), "late")
        if self._save_soon is None:
            self._save_soon = self.page.set_timer(5, self._keep_again)
        self.page.warn(error)

    def _keep_again(self) -> None:
        """Try what the desk did not take: the open composer's words as they are now, and those of closed ones."""
        self._save()
        composer = self.page.composer
        open_one = (composer.number, composer.kind) if composer is not None and composer.is_open else None
        for (number, kind), (text, seen) in list(self._unkept.items()):
            if (number, kind) != open_one:
                self._keep(number, kind, text, seen)

    @property
    def unkept(self) -> bool:
        """Whether there are words that the desk does not have yet."""
        return bool(self._unkept)

    def _stop_saving(self) -> None:
        if self._save_soon is not None:
            self._save_soon.stop()
            self._save_soon = None

    def close(self) -> bool:
        """Close the composer, its words kept as a draft; False where none is open."""
        composer = self.page.composer
        if composer is None or not composer.is_open:
            return False
        if self.busy:
            self.page.say(_("It is being sent."))
            return True
        if self._save_soon is not None:
            self._stop_saving()
            self._save()
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
        composer = self._composer
        if composer.words.text.strip() and not self._dropping:
            self._dropping = True
            composer.tell(_("press again to drop these words for good"), "late")
            return
        number, kind = composer.number, composer.kind
        self._stop_saving()
        if number is not None:
            self._unkept.pop((number, kind), None)
            self._forget_files(number, kind)
            self.page.work.write(partial(drafts.drop, self.page.desk, number, kind))
        self._closed()

    # Files

    def attach(self, _key: str) -> None:
        """By path."""
        from agentconsole.views.overlays import Ask

        ask = Ask(_("Attach a file"), _("Its path; ~ is your home folder."), _wrong_file)
        self.page.app.push_screen(ask, self._attach)

    def _attach(self, given: str | None) -> None:
        composer = self.page.composer
        if composer is not None and composer.is_open:
            if given is not None:
                self._keep_files(composer, (*composer.files, Path(given.strip()).expanduser()))
            composer.words.focus()

    def detach(self, _key: str) -> None:
        """All of them."""
        self._keep_files(self._composer, ())

    def _keep_files(self, composer: Composer, files: tuple[Path, ...]) -> None:
        composer.files = files
        if composer.number is not None:
            self._files[composer.number] = files
        composer.tell_files()

    def _forget_files(self, number: int, kind: DraftKind) -> None:
        if kind is DraftKind.REPLY:
            self._files.pop(number, None)

    # Sending

    def send(self, _key: str) -> None:
        """And wait for the customer."""
        self._send(State.PENDING, onward=False)

    def send_next(self, _key: str) -> None:
        """Finish and advance."""
        self._send(State.PENDING, onward=True)

    def send_resolve(self, _key: str) -> None:
        """And done."""
        self._send(State.RESOLVED, onward=False)

    def send_resolve_next(self, _key: str) -> None:
        """Done, and the next."""
        self._send(State.RESOLVED, onward=True)

    def send_keep(self, _key: str) -> None:
        """And leave the state."""
        self._send(None, onward=False)

    def _send(self, state: State | None, *, onward: bool) -> None:
        composer = self._composer
        number, text, desk = composer.number, composer.words.text, self.page.desk
        if number is None:
            return
        self._stop_saving()
        self.busy = True
        composer.words.read_only = True
        composer.tell(_("saving …") if composer.kind is DraftKind.NOTE else _("sending …"))
        if composer.kind is DraftKind.NOTE:
            self.page.work.write(
                partial(replies.note, desk, number, text),
                lambda _none: self._sent(number, DraftKind.NOTE, onward),
                self._refused,
            )
            return
        send = partial(replies.reply, desk, number, text, seen=composer.seen, state=state, attachments=composer.files)
        self.page.work.write(send, lambda _queued: self._sent(number, DraftKind.REPLY, onward), self._refused)

    def _sent(self, number: int, kind: DraftKind, onward: bool) -> None:
        self.busy = False
        self._unkept.pop((number, kind), None)
        self._forget_files(number, kind)
        self._closed()
        said = _("Note saved on #{number}.") if kind is DraftKind.NOTE else _("Reply to #{number} is on its way.")
        self.page.say(said.format(number=number), "ok")
        self._kick()
        if onward:
            self.reading.advance(number)

    def _refused(self, error: ConsoleError) -> None:
        self.busy = False
        composer = self.page.composer
        if composer is None or not composer.is_open:
            self.page.warn(error)
            return
        composer.words.read_only = False
        composer.words.focus()
        self._refused_words = composer.words.text
        new = getattr(error, "messages", ()) if isinstance(error, Stale) else ()
        if not new:
            composer.tell(_("NOT SENT; your words are kept"), "late")
            composer.tell_files(f"{error.what} {error.do}".strip())
            self.changed()
            return
        composer.seen = new[-1].seq
        composer.tell(_("NOT SENT: read what is new, then send again"), "late")
        first = new[0]
        who, at = (
            steady(first.author_name, one_line=True, limit=60),
            clock_time(first.at, self.page.desk.config.zone),
        )
        composer.tell_files(_("{name} wrote at {time} while you were writing.").format(name=who, time=at))
        self._show_new(composer.number, first.seq)

    def _show_new(self, number: int | None, seq: int) -> None:
        """Bring what the writer had not seen into sight."""
        if number is None:
            return
        read = partial(conversations.open_thread, self.page.desk, number, SHOWN)

        def shown(thread: Thread) -> None:
            self.page.thread.renew(thread.messages, thread.earlier, ())
            self.page.thread.to_message(seq)

        self.page.work.look("compose", read, shown)

    def can_reply(self, row: ConversationRow) -> str:
        """Why a conversation cannot be answered; empty where it can."""
        channel = self.page.desk.config.channel(row.channel)
        if channel is None or not channel.active:
            return _("Its channel {channel} is not in use here (any more).").format(
                channel=steady(row.channel, one_line=True)
            )
        return ""


def _wrong_file(given: str) -> str:
    path = Path(given.strip()).expanduser()
    if not given.strip():
        return _("Type the path of a file.")
    return "" if path.is_file() else _("There is no such file.")
