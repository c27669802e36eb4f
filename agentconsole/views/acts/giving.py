"""What the gesture panel is wished: granting, asking, voiding, and getting what was granted into the reply.

Money waits for the desk's answer. Where the answer is lost, the desk is asked by the gesture's key which way it went,
until it says so, whether the panel is still open or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from agentconsole.config.gestures import Gift
from agentconsole.desk import gestures
from agentconsole.desk.gestures import Asked, Granted
from agentconsole.errors import ConsoleError, NotFound, RuleRefused, UsageError
from agentconsole.i18n import _, language
from agentconsole.model.conversation import ConversationRow, DraftKind, Thread
from agentconsole.model.gesture import Given
from agentconsole.model.macro import Actions
from agentconsole.views import gesture_words as words
from agentconsole.views.acts.presents import Present, present, put, take_out, voided_words
from agentconsole.views.foreign import steady
from agentconsole.views.messages import Changed
from agentconsole.views.page import Acting
from agentconsole.views.widgets.composer import Composer

if TYPE_CHECKING:
    from agentconsole.views.acts.writing import Writing
    from agentconsole.views.gesture import GesturePanel
    from agentconsole.views.gesture_form import Form, Wish
    from agentconsole.views.offers import Basis, Known, Needed

_AGAIN = 2.0
"""Seconds until the desk is asked once more which way a gesture went."""
_REFUSED = (RuleRefused, UsageError, NotFound)
"""Errors after which it is certain that nothing was given."""
Reread = Callable[["Form"], Callable[[], "Known"]]


@dataclass(frozen=True)
class _Attempt:
    """A wish under way: ``key`` is the same however often it is tried."""

    thread: Thread
    wish: Wish
    key: UUID

    @property
    def number(self) -> int:
        return self.thread.row.number


class Acts:
    """Does what the panel is wished.

    :param reread: makes what reads anew all that the panel knows.
    :param needed: what a basis needs.
    """

    def __init__(self, page: Acting, writing: Writing, reread: Reread, needed: Callable[[int, Basis], Needed]) -> None:
        self.page, self._writing, self._reread, self._needed = page, writing, reread, needed
        self.busy = self.failed = False
        """The desk has not answered yet; what the last key wished was not done."""
        self.codes: dict[str, str] = {}
        """Codes that were shown, by entry: a reply that encloses them must say them."""
        self.panel: GesturePanel | None = None
        self._last: _Attempt | None = None
        self._void_keys: dict[UUID, UUID] = {}

    # Looking

    def look(self, form: Form, basis: Basis) -> None:
        """Read what the basis needs."""
        known = form.known

        def show(needed: Needed) -> None:
            known.add(basis, needed)
            panel = self._shown(form)
            if panel is not None:
                panel.looked(basis)

        read = partial(self._needed, known.thread.row.number, basis)
        self.page.work.look("box", read, show, lambda error: self._tell(form, _said(error), "late"))

    def _again(self, form: Form, said: str, style: str) -> None:
        """Show the panel what is so now, and say what came of the last key."""

        def show(known: Known) -> None:
            panel = self._shown(form)
            if panel is not None:
                panel.renew(known)
            self._tell(form, said, style)

        if self._shown(form) is None:
            self._tell(form, said, style)
            return
        self._begin(form, said, leave=True)  # said at once: reading takes its time, or is given up
        self.page.work.look("box", self._reread(form), show, lambda _error: self._tell(form, said, style))

    # Granting and asking

    def give(self, form: Form, wish: Wish) -> None:
        """Grant or ask; the same wish once more has the same key."""
        thread, last = form.known.thread, self._last
        if last is not None and last.number == thread.row.number and last.wish == wish:
            attempt = last
        else:
            attempt = self._last = _Attempt(thread, wish, uuid4())
        self._begin(form, _("asking …") if wish.asks else _("granting …"))
        self.busy, self.failed = True, False
        act: Callable[[], Any]
        if wish.asks:
            act = partial(gestures.request, self.page.desk, attempt.number, wish.wanted, attempt.key, wish.remark)
        else:
            approval = wish.offer.approval.id if wish.offer.approval is not None else None
            act = partial(gestures.grant, self.page.desk, attempt.number, wish.wanted, attempt.key, approval)
        self.page.work.write(act, partial(self._done, form, attempt), partial(self._not_done, form, attempt))

    def _done(self, form: Form, attempt: _Attempt, done: Granted | Asked) -> None:
        self.page.put_row(done.row)
        if isinstance(done, Granted):
            self._granted(form, attempt, done.entry, _("Granted: {what}."))
        else:
            self._asked(form, attempt, _("Asked for {what}; the conversation waits, you can go on."))

    def _granted(self, form: Form, attempt: _Attempt, entry: UUID, said: str) -> None:
        self._last = None
        self.page.post_message(Changed())
        self._into_reply(form, attempt.thread, entry, attempt.wish.offer.gift, said.format(what=self._what(attempt)))

    def _asked(self, form: Form, attempt: _Attempt, said: str) -> None:
        self._last, self.busy = None, False
        self.page.post_message(Changed())
        self._close(form)
        self.page.say(said.format(what=self._what(attempt)), "ok")

    def _not_done(self, form: Form, attempt: _Attempt, error: ConsoleError) -> None:
        self.busy, self.failed = False, True
        if isinstance(error, _REFUSED):
            self._last = None
            self._again(form, _("NOT GRANTED: {why}").format(why=_said(error)), "late")
        else:
            self._begin(form, _("The answer was lost: looking up which way it went …"), leave=True)
            self._look_up(form, attempt)

    # Which way it went

    def _look_up(self, form: Form, attempt: _Attempt) -> None:
        found = partial(self._found, form, attempt)
        self.page.work.write(
            partial(gestures.look_up, self.page.desk, attempt.key), found, lambda _e: self._look_later(form, attempt)
        )

    def _look_later(self, form: Form, attempt: _Attempt) -> None:
        said = _("Not known yet whether it was granted: the desk does not answer. It is asked again …")
        self._begin(form, said, leave=True)
        self.page.set_timer(_AGAIN, partial(self._look_up, form, attempt))

    def _found(self, form: Form, attempt: _Attempt, found: UUID | None) -> None:
        what, asks = self._what(attempt), attempt.wish.asks
        if found is None:
            said = _("NOT ASKED: {what}. The answer was lost before; enter tries again.") if asks else _(
                "NOT GRANTED: {what}. The answer was lost, and nothing was spent; enter tries again."
            )  # fmt: skip
            self._again(form, said.format(what=what), "late")
        elif asks:
            self._asked(form, attempt, _("The answer was lost, but it WAS ASKED: {what}."))
        else:
            self._granted(form, attempt, found, _("The answer was lost, but it WAS GRANTED: {what}."))

    # Into the reply

    def put(self, form: Form, given: Given) -> None:
        """What was granted before."""
        gift = gestures.gift_of(self.page.desk, given)
        self.busy, self.failed = True, False
        what = words.what_words(self.page.desk, given.kind, given.amount, given.currency)
        self._into_reply(form, form.known.thread, given.id, gift, _("In the reply: {what}.").format(what=what))

    def _into_reply(self, form: Form, thread: Thread, entry: UUID, gift: Gift | None, said: str) -> None:
        if self._writing.can_reply(thread.row) or self._shown(form) is None:  # left meanwhile: not into other words
            self.busy = False
            self._close(form)
            self.page.say(said, "ok", stays=True)
            return
        self.busy = True  # keys that were typed ahead are for the reply
        self._begin(form, f"{said} {_('Putting it into the reply …')}")
        spoken = thread.row.language or thread.customer.language or language()
        shown = partial(present, self.page.desk, thread.row.number, entry, gift, spoken)
        self.page.work.write(shown, partial(self._put, form, thread, said), partial(self._not_put, form, said))

    def _put(self, form: Form, thread: Thread, said: str, gift: Present) -> None:
        self.busy = False
        self._close(form)
        composer = self._reply_to(thread)
        if gift.code is not None:
            self.codes[str(gift.given.id)] = gift.code.code
        put(self.page.desk, composer.words, gift)
        actions = Actions.from_json(composer.actions)
        granted = tuple(dict.fromkeys((*actions.granted, str(gift.given.id))))
        composer.actions = replace(actions, granted=granted, gesture=None).to_json()
        composer.words.focus()
        self._writing.composing.tell_actions()
        self._writing.keeping.changed()
        self.page.say(said, "ok")

    def _not_put(self, form: Form, said: str, error: ConsoleError) -> None:
        self.busy, self.failed = False, True
        self._again(form, f"{said} {_('NOT IN THE REPLY: {why}').format(why=_said(error))}", "late")

    def _reply_to(self, thread: Thread) -> Composer:
        """The composer with a reply to that conversation."""
        composer = self.page.composer
        if composer is None or composer.number != thread.row.number or composer.kind is not DraftKind.REPLY:
            self._writing.close()
            self._writing.open(DraftKind.REPLY, thread)
        return self._writing.keeping.composer

    # Voiding

    def void(self, form: Form, given: Given) -> None:
        """Take it back, and out of the draft."""
        what = words.what_words(self.page.desk, given.kind, given.amount, given.currency)
        key = self._void_keys.setdefault(given.id, uuid4())
        self._begin(form, _("voiding …"))
        self.busy, self.failed = True, False

        def voided(done: tuple[ConversationRow, str]) -> None:
            row, text = done
            self.busy = False
            said = _("Voided: {what}.").format(what=what)
            if not self._out_of_draft(row.number, str(given.id), text):
                said += " " + _("Take its words out of the reply.")
            self.page.put_row(row)
            self.page.post_message(Changed())
            form.pick_none()
            self._again(form, said, "ok")

        def refused(error: ConsoleError) -> None:
            self.busy, self.failed = False, True
            form.pick_none()
            self._again(form, _("NOT VOIDED: {why}").format(why=_said(error)), "late")

        thread = form.known.thread
        spoken = thread.row.language or thread.customer.language or language()
        self.page.work.write(partial(voided_words, self.page.desk, given, key, spoken), voided, refused)

    def _out_of_draft(self, number: int, entry: str, text: str) -> bool:
        """With its words, where they stand as they were put there; answers whether none of them can be left."""
        composer = self.page.composer
        if composer is None or composer.number != number or not composer.actions:
            return True
        actions = Actions.from_json(composer.actions)
        left = tuple(each for each in actions.granted if each != entry)
        if left == actions.granted:
            return True
        composer.actions = replace(actions, granted=left).to_json()
        whole = take_out(composer.words, text)
        self._writing.composing.tell_actions()
        self._writing.keeping.changed()
        return whole

    def _what(self, attempt: _Attempt) -> str:
        wanted = attempt.wish.wanted
        return words.what_words(self.page.desk, wanted.kind, wanted.amount, wanted.currency)

    def _shown(self, form: Form) -> GesturePanel | None:
        """The panel, while the adviser did not leave that form: it may show another one by now."""
        panel = self.panel
        there = panel is not None and panel in self.page.app.screen_stack and panel.form is form
        return panel if there else None

    def _begin(self, form: Form, said: str, *, leave: bool = False) -> None:
        panel = self._shown(form)
        if panel is not None:
            panel.begin(said, leave=leave)

    def _tell(self, form: Form, said: str, style: str) -> None:
        panel = self._shown(form)
        if panel is not None:
            panel.tell(said, style)
        else:
            self.page.say(said, style, stays=True)

    def _close(self, form: Form) -> None:
        panel = self._shown(form)
        if panel is not None:
            panel.leave()


def _said(error: ConsoleError) -> str:
    return steady(f"{error.what} {error.do}".replace("`", ""), one_line=True, limit=400)
