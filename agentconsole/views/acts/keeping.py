"""Drafts: what is in the composer is on the desk within a second, and stays here until the desk has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic

from textual.timer import Timer

from agentconsole.desk import drafts
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, clock_time
from agentconsole.model.conversation import Draft, DraftKind, Thread
from agentconsole.model.macro import Actions
from agentconsole.views.page import Page
from agentconsole.views.widgets.composer import Composer, Written

_SAVE = 0.6
"""Seconds between a key and the writing of the draft: what is typed is on the desk within a second."""
_AGAIN = 5.0
"""Seconds until words that the desk did not take are tried again."""
_FRESH = 5.0
"""Seconds after a draft was written during which what is read of its conversation may be older."""
Key = tuple[int, DraftKind]
"""Whose words: the conversation's number, and what they are to become."""


def _readable(actions: str) -> str:
    """What another version wrote and this one cannot read is left out, rather than done wrongly."""
    try:
        return Actions.from_json(actions).to_json()
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class _Taken:
    """Words that the desk took at that moment, ``known`` here since (:func:`time.monotonic`)."""

    written: Written
    at: datetime
    known: float

    def newer(self, read: Draft | None) -> bool:
        """What was read of the desk was read before it took these."""
        return monotonic() - self.known < _FRESH and (read is None or read.updated_at < self.at)


class Keeping:
    """Writes drafts to the desk. ``busy``: the words are being sent, and no draft any more."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.busy = False
        self._soon: Timer | None = None
        self._retry: Timer | None = None
        self._unkept: dict[Key, Written] = {}
        """On their way to the desk."""
        self._taken: dict[Key, _Taken] = {}
        """What the desk took last: what is read of it may be older."""

    @property
    def composer(self) -> Composer:
        """The composer while something is being written: actions for it run only then."""
        composer = self.page.composer
        if composer is None or composer.number is None:
            raise RuntimeError("nothing is being written")
        return composer

    @property
    def unkept(self) -> bool:
        """Whether there is something that the desk does not have yet."""
        return bool(self._unkept)

    def begun(self, thread: Thread, kind: DraftKind, mine: Draft | None) -> Written:
        """What was written before: on its way to the desk, or there, or nothing.

        :param thread: the conversation; what was written to one that was merged into it is its own by now.
        :param mine: what is on the desk as far as ``thread`` knows.
        """
        for number in (thread.row.number, *thread.merged):
            if (number, kind) in self._unkept:
                return self._unkept[number, kind]
            taken = self._taken.get((number, kind))
            if taken is not None and taken.newer(mine):
                return taken.written
        if mine is None:
            return Written(seen=thread.seen)
        return Written(mine.text, mine.seen, tuple(map(Path, mine.files)), _readable(mine.actions))

    def changed(self) -> None:
        """Something was typed, attached or stacked."""
        composer = self.page.composer
        if composer is None or not composer.is_open or self.busy or composer.written == composer.known:
            return
        if self._soon is None:
            composer.tell(_("not saved yet"))
            self._soon = self.page.set_timer(_SAVE, self.save)

    def stop(self) -> None:
        """The words go elsewhere: what is typed last is not kept as a draft."""
        if self._soon is not None:
            self._soon.stop()
            self._soon = None

    def flush(self) -> None:
        """What was typed last is written now, not soon; Textual may not have told of it yet."""
        composer = self.page.composer
        behind = composer is not None and composer.is_open and composer.written != composer.known
        if behind or self._soon is not None:
            self.save()

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Write what is in the composer now; ``then`` once the desk has it."""
        self.stop()
        composer = self.page.composer
        if composer is not None and composer.number is not None and not self.busy:
            self._keep((composer.number, composer.kind), composer.written, then)

    def drop(self) -> None:
        """What is in the composer shall not be kept, nor what was kept of it."""
        self.stop()
        composer = self.composer
        if composer.number is not None:
            self._keep((composer.number, composer.kind), Written(seen=composer.seen))

    def forget(self, number: int, kind: DraftKind) -> None:
        """The desk need not have it any more."""
        self._unkept.pop((number, kind), None)
        self._taken.clear()  # they may be known by the number of one that was merged

    def _keep(self, key: Key, written: Written, then: Callable[[], None] | None = None) -> None:
        """They stay here until the desk has them, though the composer be closed meanwhile."""
        self._unkept[key] = written
        composer, known = self.page.composer, ""
        if composer is not None and (composer.number, composer.kind) == key:
            known = composer.known.text
        keep = partial(_keep, self.page.desk, key, written, known)
        self.page.work.write(keep, lambda at: self._saved(key, written, then, at), self._not_saved)

    def _saved(self, key: Key, written: Written, then: Callable[[], None] | None, at: datetime) -> None:
        if self._unkept.get(key) == written:
            del self._unkept[key]
            self._taken[key] = _Taken(written, at, monotonic())
        composer = self.page.composer
        if composer is not None and (composer.number, composer.kind) == key:
            composer.known = written
            if not self.busy and self._soon is None and not composer.notice:
                now = clock_time(self.page.desk.now(), self.page.desk.config.zone)
                composer.tell(_("draft saved {time}").format(time=now))
        if then is not None:
            then()

    def _not_saved(self, error: ConsoleError) -> None:
        composer = self.page.composer
        if composer is not None and composer.is_open:
            composer.tell(_("NOT SAVED, trying again"), "late")
        if self._retry is None:
            self._retry = self.page.set_timer(_AGAIN, self._again)
        self.page.warn(error)

    def _again(self) -> None:
        """The open composer's words as they are now, and those of closed ones."""
        self._retry = None
        self.save()
        composer = self.page.composer
        opened = (composer.number, composer.kind) if composer is not None and composer.is_open else None
        for key, written in list(self._unkept.items()):
            if key != opened:
                self._keep(key, written)


def _keep(desk: Desk, key: Key, written: Written, known: str) -> datetime:
    """Run where writes are; answers the moment before."""
    number, kind = key
    at, files = desk.now(), tuple(map(str, written.files))
    drafts.keep(desk, number, written.text, written.seen, kind, files, written.actions, known)
    return at
