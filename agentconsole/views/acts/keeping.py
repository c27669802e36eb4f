"""Drafts: what is in the composer is on the desk within a second, and stays here until the desk has it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic

from textual.timer import Timer

from agentconsole.desk import drafts, local_drafts
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, DeskError
from agentconsole.i18n import _, clock_time
from agentconsole.model.conversation import Draft, DraftKind, Thread
from agentconsole.model.macro import Actions
from agentconsole.views.page import Page
from agentconsole.views.widgets.composer import Composer, Written

_SAVE = 0.6
"""Seconds between a key and the writing of the draft: what is typed is on the desk within a second."""
_AGAIN = 5.0
"""Seconds until words that the desk did not take are tried again."""
_SLOW = 2.0
"""Seconds after which words that are still on their way to the desk are kept on this machine too."""
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
class _Kept:
    """When the desk took words; ``text``: as it has them, where it had others that were joined with them."""

    at: datetime
    text: str | None = None


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
        self._bases: dict[Key, list[str]] = {}
        """Of words that the desk did not take: what it may have of them."""
        self._local: dict[Key, Written] = {}
        """Kept on this machine while the desk does not have them."""
        self._slow: Timer | None = None
        self._refused = ""
        """What the composer tells of the desk, which did not take the words: it goes once the desk has them."""

    @property
    def composer(self) -> Composer:
        """The composer while something is being written: actions for it run only then."""
        composer = self.page.composer
        if composer is None or composer.number is None:
            raise RuntimeError("nothing is being written")
        return composer

    @property
    def unkept(self) -> bool:
        """Whether there is something that neither the desk has nor this machine's disk."""
        return any(self._local.get(key) != written for key, written in self._unkept.items())

    @property
    def waiting(self) -> tuple[Key, ...]:
        """What the desk does not have yet: it is tried again from here."""
        return tuple(self._unkept)

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
        self._settled((number, kind))
        self._taken.clear()  # they may be known by the number of one that was merged

    def _keep(self, key: Key, written: Written, then: Callable[[], None] | None = None) -> None:
        """They stay here until the desk has them, though the composer be closed meanwhile."""
        self._unkept[key] = written
        composer, known = self.page.composer, ""
        if composer is not None and (composer.number, composer.kind) == key:
            known = composer.known.text
        bases = self._bases.get(key)
        keep = partial(_keep, self.page.desk, key, written, known, bases)
        self.page.work.write(
            keep, lambda kept: self._saved(key, written, then, kept), partial(self._not_saved, key, written, known)
        )
        if self._slow is None:
            self._slow = self.page.set_timer(_SLOW, self._is_slow)

    def _saved(self, key: Key, written: Written, then: Callable[[], None] | None, kept: _Kept) -> None:
        latest = self._unkept.get(key) == written
        if kept.text is not None:
            written = self._joined(key, written, kept.text)
        if latest:
            del self._unkept[key]
            self._taken[key] = _Taken(written, kept.at, monotonic())
            self._settled(key)
        elif key in self._bases:
            self._bases[key].append(written.text)
        composer = self.page.composer
        if composer is not None and (composer.number, composer.kind) == key:
            composer.known = written
            if self._refused and any(line.startswith(self._refused) for line in composer.notice):
                composer.tell_below()
            if not self.busy and self._soon is None and (self._refused or not composer.notice):
                now = clock_time(self.page.desk.now(), self.page.desk.config.zone)
                composer.tell(_("draft saved {time}").format(time=now))
            self._refused = ""
        if then is not None:
            then()

    def _joined(self, key: Key, written: Written, text: str) -> Written:
        """The desk had other words of mine, written elsewhere: they stand in the composer too."""
        composer = self.page.composer
        if composer is not None and composer.is_open and (composer.number, composer.kind) == key:
            now = composer.words.text
            composer.words.select_all()
            composer.words.put(text.replace(written.text.strip(), now.strip(), 1))
            self.page.say(_("Words of yours from elsewhere stand before these now."), "warn")
        return replace(written, text=text)

    def _not_saved(self, key: Key, written: Written, known: str, error: ConsoleError) -> None:
        composer = self.page.composer
        if composer is not None and composer.is_open:
            composer.tell(_("NOT SAVED, trying again"), "late")
            self._refused = error.what
        if self._retry is None:
            self._retry = self.page.set_timer(_AGAIN, self.again)
        self.page.warn(error)
        if not isinstance(error, DeskError):
            return
        bases = self._bases.setdefault(key, [known])
        bases.append(written.text)
        if key in self._unkept:
            self._keep_here(key)

    # On this machine

    def _is_slow(self) -> None:
        self._slow = None
        for key in self._unkept:
            self._keep_here(key)

    def _keep_here(self, key: Key) -> None:
        """On the disk of this machine, until the desk has them."""
        written, (number, kind) = self._unkept[key], key
        if self._local.get(key) == written:
            return
        words = local_drafts.Words(
            number, kind, written.text, written.seen, tuple(map(str, written.files)), written.actions,
            tuple(self._bases.get(key, ())),
        )  # fmt: skip
        self.page.work.long(
            partial(local_drafts.keep, self.page.desk, words),
            lambda _none: self._kept_here(key, written),
            self.page.warn,
        )

    def _kept_here(self, key: Key, written: Written) -> None:
        if key not in self._unkept:  # the desk has taken them meanwhile
            self.page.work.long(partial(local_drafts.drop, self.page.desk, *key), _nothing, self.page.warn)
            return
        self._local[key] = written
        composer = self.page.composer
        if composer is not None and composer.is_open and (composer.number, composer.kind) == key and not self.busy:
            composer.tell(_("kept on this machine until the desk takes it"), "due")

    def _settled(self, key: Key) -> None:
        """The desk has them, or need not: they are nowhere else any more."""
        self._bases.pop(key, None)
        if self._local.pop(key, None) is not None:
            self.page.work.long(partial(local_drafts.drop, self.page.desk, *key), _nothing, self.page.warn)

    def again(self) -> None:
        """The open composer's words as they are now, and those of closed ones."""
        if self._retry is not None:
            self._retry.stop()
        self._retry = None
        self.save()
        composer = self.page.composer
        opened = (composer.number, composer.kind) if composer is not None and composer.is_open else None
        for key, written in list(self._unkept.items()):
            if key != opened:
                self._keep(key, written)


def _keep(desk: Desk, key: Key, written: Written, known: str, bases: Collection[str] | None) -> _Kept:
    """Run where writes are; answers the moment before.

    :param bases: what the desk may have of words that it did not take before; ``None`` where it took them.
    """
    number, kind = key
    at, files = desk.now(), tuple(map(str, written.files))
    if bases is None:
        drafts.keep(desk, number, written.text, written.seen, kind, files, written.actions, known)
        return _Kept(at)
    kept = drafts.bring_back(desk, number, written.text, written.seen, kind, files, written.actions, bases)
    joined = kept is not None and written.text.strip() in kept.text and kept.text.strip() != written.text.strip()
    return _Kept(at, kept.text if kept is not None and joined else None)


def _nothing(_none: None) -> None:
    return None
