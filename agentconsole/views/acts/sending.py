"""Sending: what stands against it is told once; what was sent is on the desk before the composer lets go of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

from agentconsole.config import State
from agentconsole.desk import conversations, customers, mentions, replies, tries
from agentconsole.desk.checks import Finding, findings
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, DeskError, RuleRefused, Stale
from agentconsole.i18n import _, clock_time
from agentconsole.model.conversation import DraftKind, Thread
from agentconsole.model.ids import new_id
from agentconsole.model.macro import Actions
from agentconsole.views.actions import BY_ID
from agentconsole.views.acts.keeping import Keeping
from agentconsole.views.acts.reading import SHOWN, Reading
from agentconsole.views.foreign import steady
from agentconsole.views.keys import key_words
from agentconsole.views.layout import Line, wrap
from agentconsole.views.page import Acting
from agentconsole.views.situation import Place
from agentconsole.views.widgets.composer import Composer, Written

_LOOK_AGAIN = 1.5
"""Seconds until it is looked whether the desk has what it was sent, where nobody heard."""
Content = tuple[str, tuple[Path, ...], str]


class Sending:
    """Checks and sends what is in the composer.

    :param closed: closes it; :param kick: tells the outbox that there is something to deliver.
    """

    def __init__(
        self, page: Acting, reading: Reading, keeping: Keeping, closed: Callable[[], None], kick: Callable[[], None]
    ) -> None:
        self.page, self.reading, self.keeping = page, reading, keeping
        self._closed, self._kick = closed, kick
        self._told: Content | None = None
        """What was not sent because of findings that its writer was told: sent where the next wish is the same."""
        self._refused_text: str | None = None
        self._try: tuple[int, DraftKind, UUID] | None = None
        """What was sent without hearing what came of it: another try has the same identifier."""
        self.codes: Callable[[], Collection[str]] = tuple
        """Codes of vouchers that were granted for the reply in the composer."""

    # Wishes

    def send(self, key: str) -> None:
        """And wait for the customer."""
        self._send(State.PENDING, key)

    def send_next(self, key: str) -> None:
        """Finish and advance."""
        self._send(State.PENDING, key, onward=True)

    def send_resolve(self, key: str) -> None:
        """And done."""
        self._send(State.RESOLVED, key)

    def send_resolve_next(self, key: str) -> None:
        """Done, and the next."""
        self._send(State.RESOLVED, key, onward=True)

    def send_keep(self, key: str) -> None:
        """And leave the state."""
        self._send(None, key)

    def send_snooze(self, key: str) -> None:
        """And choose when the conversation comes back."""
        self._send(State.PENDING, key, after="snooze")

    # Checks

    def begin(self) -> None:
        """Other words are in the composer."""
        self._told = self._refused_text = self._try = None

    def changed(self) -> None:
        """Other words: what was said of those before does not hold any more."""
        composer = self.keeping.composer
        if self._told is not None and self._told != composer.written.content:
            self._told = None
        if composer.notice and composer.words.text != self._refused_text:
            composer.tell("")
            composer.tell_below()

    def checks(self, _key: str) -> None:
        """Everything that stands against sending the words as they are, and why."""
        from agentconsole.views.overlays import Reader

        found = self._findings(self.keeping.composer)
        if not found:
            self.page.say(_("Nothing stands against sending this."), "ok")
            return
        reader = Reader(_("Before this is sent"), partial(_explained, found), self.page.session.keymap)
        self.page.app.push_screen(reader)

    def _findings(self, composer: Composer) -> tuple[Finding, ...]:
        if composer.kind is DraftKind.NOTE:
            return mentions.findings(composer.words.text, self.page.desk.config)
        if composer.kind is not DraftKind.REPLY:
            return ()
        to, rules = composer.to, self.page.desk.config.checks
        return findings(
            composer.words.text, rules, channel=to.channel, public=to.public, language=to.language,
            files=len(composer.files), along="\n".join(composer.along), codes=self.codes(),
        )  # fmt: skip

    def _may(self, composer: Composer, key: str) -> bool:
        """Whether it may be sent: nothing stands against it, or its writer was told and wishes it all the same."""
        content = composer.written.content
        if self._told == content:
            return True
        found = self._findings(composer)
        if not found:
            return True
        blocked = any(finding.blocks for finding in found)
        self._told = None if blocked else content
        said = " ".join(finding.said for finding in found if finding.blocks == blocked)
        explains = _("{key} explains").format(key=self._key_of("checks"))
        pressed = key_words(key) if key else self._key_of("send")
        if composer.kind is DraftKind.NOTE:
            composer.tell("")
            again = _("{key} again saves it anyway").format(key=pressed)
            self._object(composer, _("NOT SAVED: {why}").format(why=said), again)
        elif blocked:
            composer.tell(_("NOT SENT; your words are kept"), "late")
            self._object(composer, said, explains)
        else:
            composer.tell("")
            again = _("{key} again sends it anyway").format(key=pressed)
            self._object(composer, _("NOT SENT: {why}").format(why=said), f"{again}, {explains}")
        return False

    def _key_of(self, action: str) -> str:
        return self.page.session.keymap.key(action, Place.COMPOSER)

    def _object(self, composer: Composer, *lines: str) -> None:
        self._refused_text = composer.words.text
        composer.tell_below(*lines)
        composer.words.focus()
        if composer.written != composer.known:
            self.keeping.save()

    # Sending

    def _send(self, state: State | None, key: str, *, onward: bool = False, after: str = "") -> None:
        composer = self.keeping.composer
        number, text, desk = composer.number, composer.words.text, self.page.desk
        if number is None or not self._may(composer, key):
            return
        self.keeping.stop()
        self.keeping.busy = True
        composer.words.read_only = True
        composer.tell(_("sending …") if composer.kind is DraftKind.REPLY else _("saving …"))
        calls = mentions.said(desk, text) if composer.kind is DraftKind.NOTE else ""
        sent = partial(self._sent, number, composer.kind, onward, after, calls)
        if self._try is None or self._try[:2] != (number, composer.kind):
            self._try = number, composer.kind, new_id()
        message_id = self._try[2]
        if composer.kind is not DraftKind.REPLY:
            keep = replies.note if composer.kind is DraftKind.NOTE else customers.note
            store = partial(keep, desk, number, text, message_id=message_id)
            self.page.work.write(store, lambda _kept: sent(), self._refused)
            return
        send = partial(_reply, desk, number, composer.written, state, message_id)
        self.page.work.write(send, lambda _none: sent(), self._refused)

    def back(self) -> None:
        """The desk is there again: what was sent as it went may have reached it."""
        composer = self.page.composer
        if self._try is None or self.keeping.busy or composer is None or not composer.is_open:
            return
        number, kind, message_id = self._try
        if (composer.number, composer.kind) == (number, kind) and kind is not DraftKind.BOOK:
            look = partial(tries.stored, self.page.desk, message_id)
            looked = partial(self._looked, composer.written, self._try)
            self.page.work.look("tried", look, looked, lambda _error: None)

    def _looked(self, written: Written, tried: tuple[int, DraftKind, UUID], stored: bool) -> None:
        composer = self.page.composer
        if stored and composer is not None and composer.written == written and self._try == tried:
            self._sent(*tried[:2], onward=False, after="")
            self.page.say(
                _("What you sent to #{number} had reached the desk.").format(number=tried[0]), "ok", stays=True
            )

    def _sent(self, number: int, kind: DraftKind, onward: bool, after: str, calls: str = "") -> None:
        self.keeping.busy = False
        self._told = self._try = None
        self.keeping.forget(number, kind)
        self._closed()
        said = {
            DraftKind.REPLY: _("Reply to #{number} is on its way."),
            DraftKind.NOTE: _("Note saved on #{number}."),
            DraftKind.BOOK: _("Written into the client book of #{number}."),
        }[kind]
        told = said.format(number=number)
        self.page.say(f"{told} {_('It {calls}.').format(calls=steady(calls, one_line=True))}" if calls else told, "ok")
        self._kick()
        if kind is DraftKind.REPLY:
            self.page.held(number)
        if onward:
            self.reading.advance(number)
        elif after in BY_ID and self.page.target is not None and self.page.target.number == number:
            self.page.run_act(BY_ID[after])

    def _refused(self, error: ConsoleError) -> None:
        self.keeping.busy = False
        if isinstance(error, DeskError):
            self.page.set_timer(_LOOK_AGAIN, self.back)
        else:
            self._try = None
        composer = self.page.composer
        if composer is None or not composer.is_open:
            self.page.warn(error)
            return
        composer.words.read_only = False
        if isinstance(error, RuleRefused):
            self._leave_out(composer, getattr(error, "entries", ()))
        new = getattr(error, "messages", ()) if isinstance(error, Stale) else ()
        if not new:
            composer.tell(_("NOT SENT; your words are kept"), "late")
            self._object(composer, f"{error.what} {error.do}".strip())
            return
        composer.seen = new[-1].seq
        composer.tell(_("NOT SENT: read what is new, then send again"), "late")
        first = new[0]
        who, at = (
            steady(first.author_name, one_line=True, limit=60),
            clock_time(first.at, self.page.desk.config.zone),
        )
        self._object(composer, _("{name} wrote at {time} while you were writing.").format(name=who, time=at))
        self._show_new(composer.number, first.seq)

    def _leave_out(self, composer: Composer, voided: Collection[str]) -> None:
        """Gestures that hold no more, and were told of: sending again is without them."""
        told = self._told is not None and self._told == composer.written.content
        actions = Actions.from_json(composer.actions)
        left = tuple(each for each in actions.granted if each not in voided)
        if left != actions.granted:
            composer.actions = replace(actions, granted=left).to_json()
            self._told = composer.written.content if told else None

    def _show_new(self, number: int | None, seq: int) -> None:
        """Bring what the writer had not seen into sight."""
        if number is None:
            return
        read = partial(conversations.open_thread, self.page.desk, number, SHOWN)

        def shown(thread: Thread) -> None:
            self.page.thread.renew(thread.messages, thread.earlier, ())
            self.page.thread.to_message(seq)

        self.page.work.look("compose", read, shown)


def _reply(desk: Desk, number: int, written: Written, state: State | None, message_id: UUID) -> None:
    """Send, with what macros do along with it; run where writes are."""
    from agentconsole.desk import acting

    acting.send(
        desk, number, written.text, Actions.from_json(written.actions), state=state, seen=written.seen,
        attachments=written.files, hold=desk.config.outbox.hold, message_id=message_id,
    )  # fmt: skip


def _explained(found: Sequence[Finding], columns: int) -> list[Line]:
    lines: list[Line] = []
    for finding in found:
        said = wrap(steady(finding.said, one_line=True, limit=400), columns)
        why = wrap(steady(finding.explain.replace("`", ""), one_line=True), columns - 2)
        lines += [[(line, "warn")] for line in said] + [[("  " + line, "")] for line in why] + [[]]
    return lines[:-1]
