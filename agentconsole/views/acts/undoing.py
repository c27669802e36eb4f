"""Undo: the latest step made to unhappen; a reply that is held back goes once its seconds are over."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from math import ceil
from typing import TYPE_CHECKING
from uuid import UUID

from agentconsole.config import Priority, State
from agentconsole.desk import wording, wording_trail
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, NotFound
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import DraftKind, Event
from agentconsole.views.acts.going import Going
from agentconsole.views.acts.writing import Writing
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line
from agentconsole.views.messages import Changed
from agentconsole.views.page import Page
from agentconsole.views.situation import Place

if TYPE_CHECKING:
    from agentconsole.desk.undo import Undoable, Undone

_WORDS = {"replied": DraftKind.REPLY, "noted": DraftKind.NOTE}
"""Entries of the audit trail whose undoing gives words back."""
_BESIDE_NOTE = frozenset(("state", "tagged", "assigned", "escalation_taken"))
"""Entries beside a note that is what was wanted."""


class Undoing:
    """Takes back what the adviser did last."""

    def __init__(self, page: Page, writing: Writing, going: Going) -> None:
        self.page, self._writing, self._going = page, writing, going
        self._too_late: set[UUID] = set()
        self._held: dict[int, datetime] = {}

    def undo(self, _key: str) -> None:
        """The latest step, or, where it is too late for it, the one before."""
        if self._going.busy:
            return
        self._writing.keeping.flush()  # what is written by now goes below what comes back
        self._going.write(partial(_undo, self.page.desk, frozenset(self._too_late)), self._undone, self._not_undone)

    def _undone(self, done: Undone) -> None:
        for row in done.rows:
            self._held.pop(row.number, None)
            self.page.put_row(row)
        self.page.say(_said(done.step, self.page.desk), "ok")
        self.page.draw_status()
        self.page.post_message(Changed())
        words = _words(done.step)
        if words is not None:
            self.page.listing.seek(words[0])
            self._writing.go_on(*words)

    def _not_undone(self, error: ConsoleError) -> None:
        from agentconsole.desk.undo import TooLate

        if isinstance(error, TooLate):
            self._too_late.add(error.step)
            key = self.page.session.keymap.key("undo", Place.LIST)
            again = _("{key} again goes on to the step before it.").format(key=key)
            self.page.say(f"{error.what} {again}", "warn")
        elif isinstance(error, NotFound):
            self.page.say(error.what, "warn")
        else:
            self.page.warn(error)

    # Replies that are held back

    def held(self, number: int) -> None:
        """A reply was given to the outbox, which holds it back for some seconds."""
        hold = self.page.desk.config.outbox.hold
        if hold:
            self._held[number] = self.page.desk.now() + hold
            self.page.draw_status()

    def tick(self) -> None:
        """A second has passed."""
        if self._held:
            now = self.page.desk.now()
            self._held = {number: until for number, until in self._held.items() if until > now}
            self.page.draw_status()

    def countdown(self) -> Line:
        """``#12 goes in 6 s · z takes it back``, for the reply that was sent last."""
        number, until = next(reversed(self._held.items()), (0, None))
        if until is None:
            return []
        left = max(1, ceil((until - self.page.desk.now()).total_seconds()))
        key = self.page.session.keymap.key("undo", Place.LIST)
        goes = _("#{number} goes in {n} s").format(number=number, n=left)
        return [(goes, "accent bold"), (DOT + _("{key} takes it back").format(key=key) + "  ", "dim")]


def _undo(desk: Desk, passed_over: frozenset[UUID]) -> Undone:
    from agentconsole.desk import undo

    found = undo.latest(desk, passed_over)
    if found is None:
        raise NotFound(_("There is nothing to undo."), _("Undo goes back one hour."))
    return undo.undo(desk, found.step)


def _words(step: Undoable) -> tuple[int, DraftKind] | None:
    """The conversation in which words are a draft again, and of what kind; ``None`` for none, and for several.

    A note that something else wrote, such as an escalation, is part of that: its words do not come back.
    """
    words = [
        (number, _WORDS[event.kind])
        for number, event in step.entries
        if event.kind in _WORDS and not json.loads(event.detail).get("part")
    ]
    others = {event.kind for _number, event in step.entries} - {*_WORDS}
    if len(words) != 1 or (words[0][1] is DraftKind.NOTE and not others <= _BESIDE_NOTE):
        return None
    return words[0]


def _said(step: Undoable, desk: Desk) -> str:
    """What was undone: ``Undone: #12 resolved``."""
    kinds = {event.kind for _number, event in step.entries}
    numbers = step.numbers
    if "replied" in kinds and len(numbers) == 1:
        return _("The reply to #{number} is not sent: its words are here again.").format(number=numbers[0])
    if len(numbers) == 1:
        what = f"#{numbers[0]}"
    else:
        what = ngettext("{n} conversation", "{n} conversations", len(numbers)).format(n=len(numbers))
    words = ", ".join(dict.fromkeys(filter(None, (_told(event, desk) for _number, event in step.entries[:20]))))
    return _("Undone: {what} {words}").format(what=what, words=steady(words, one_line=True, limit=160))


def _told(event: Event, desk: Desk) -> str:
    """One entry in a word or two; what it came to, not what it came from."""
    was = json.loads(event.detail)
    if event.kind == "state":
        return wording.state(State(was["state"]))
    if event.kind == "priority":
        return wording.priority(Priority(was["priority"]))
    return wording_trail.event(event.kind, event.detail, desk)
