"""Reading the folders of one connected mailbox, page by page, from a cursor on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

from agentconsole.channels.email.cursor import Cursor, Place
from agentconsole.channels.email.fetch import PAGE_BYTES, Breaks, Fetched, Fetcher
from agentconsole.channels.email.imap import Mailbox, Selected, day_before
from agentconsole.channels.email.settings import Settings

WINDOW = 50_000
"""UIDs searched at once: imaplib refuses answer lines above a million bytes."""


@dataclass(slots=True)
class Gathered:
    """What one page brought: messages with the folder they lie in, where to go on, and whether more waits."""

    messages: list[tuple[str, Fetched]] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    more: bool = False

    @property
    def room(self) -> int:
        """Bytes that still fit in the page."""
        return PAGE_BYTES - sum(len(message.raw) for _folder, message in self.messages)


@dataclass(slots=True)
class Memory:
    """What outlives a connection: the UIDs to mark as seen once they are on the desk, and what broke it."""

    unmarked: dict[str, list[int]] = field(default_factory=dict)
    breaks: Breaks = field(default_factory=Breaks)


class Reader:
    """Reads one mailbox over one connection; belongs to the thread that pulls."""

    def __init__(self, box: Mailbox, settings: Settings, memory: Memory) -> None:
        self.box = box
        self._settings = settings
        self._unmarked = memory.unmarked
        self._fetcher = Fetcher(box, settings.max_size_mb << 20, memory.breaks)
        self._waiting: tuple[Selected, list[int]] | None = None
        self._watched: Selected | None = None

    def folders(self) -> list[str]:
        """The folders to read: the configured ones, then Sent where it is wanted and found."""
        names = list(dict.fromkeys(self._settings.folders))
        sent = self.sent()
        return names if sent is None or sent in names else [*names, sent]

    def sent(self) -> str | None:
        """The folder whose messages the brand wrote, where it is read."""
        return self.box.sent_folder(self._settings.sent_folder) if self._settings.pull_sent else None

    def gather(self, cursor: Cursor, limit: int) -> Gathered:
        """One page: ``limit`` messages at most, folder after folder."""
        page = Gathered(cursor=cursor)
        for folder in self.folders():
            if len(page.messages) >= limit or page.room <= 0:
                page.more = True
                break
            self._read_folder(folder, page, limit)
            if page.more:
                break
        return page

    def _read_folder(self, folder: str, page: Gathered, limit: int) -> None:
        now = self._enter(folder)
        place = self._place(page.cursor.places.get(folder), now)
        self._mark_seen(folder, place)
        while uids := self._next(now, place):
            asked = uids[: limit - len(page.messages)]
            if not asked or page.more:
                page.more = True
                break
            found, last = self._fetcher.fetch(asked, page.room)
            page.more = last != asked[-1]
            page.messages += [(folder, message) for message in found]
            if self._settings.mark_seen and folder in self._settings.folders:
                self._unmarked.setdefault(folder, []).extend(message.uid for message in found)
            place = Place(place.validity, last, place.first, place.since)
        else:
            place = Place(place.validity, max(place.uid, now.next_uid - 1), place.first, place.since)
        page.cursor = page.cursor.at(folder, place)

    def _enter(self, folder: str) -> Selected:
        """Enter a folder, unless what is known of it is not yet used up."""
        if self._waiting and self._waiting[0].folder == folder and self._waiting[0] == self.box.selected:
            return self._waiting[0]
        self._waiting = None
        write = self._settings.mark_seen and folder in self._settings.folders
        now = self.box.select(folder, write=write)
        if folder == self._settings.folders[0]:
            self._watched = now
        return now

    def _place(self, place: Place | None, now: Selected) -> Place:
        """Where to go on: the start for a folder that is new, has other UIDs now, or is an older copy."""
        if place and place.validity == now.validity and place.uid < now.next_uid:
            return place
        since = place.since if place else day_before(datetime.now(UTC), self._settings.since)
        return Place(now.validity, 0, now.next_uid - 1, since)

    def _next(self, now: Selected, place: Place) -> list[int]:
        """UIDs above the place's, from the next stretch of UIDs in which there are any; empty at the end."""
        if self._waiting and self._waiting[0] == now:
            rest = [uid for uid in self._waiting[1] if uid > place.uid]
            if rest:
                self._waiting = (now, rest)
                return rest
        for low, high in _windows(place, now):
            uids = self.box.uids(low, high, place.since if high <= place.first else None)
            if uids:
                self._waiting = (now, uids)
                return uids
        self._waiting = None
        return []

    def _mark_seen(self, folder: str, place: Place) -> None:
        r"""Set \Seen on what the cursor says is on the desk: that page has been committed."""
        done = [uid for uid in self._unmarked.get(folder, ()) if uid <= place.uid]
        if done:
            self.box.mark_seen(done)
            self._unmarked[folder] = [uid for uid in self._unmarked[folder] if uid > place.uid]

    def wait(self, seconds: float, stop: Event) -> None:
        """Return when the first folder may have news, ``stop`` is set or time is over.

        At once where the folder has not been read over this connection, or has changed since.
        """
        until = time.monotonic() + seconds
        if not self.box.can_idle:
            stop.wait(seconds)
            return
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            before, self._waiting = self._watched, None
            if before is None or self.box.select(before.folder) != before:
                return
            if self.box.idle(left, stop):
                return


def _windows(place: Place, now: Selected) -> Iterator[tuple[int, int]]:
    """Stretches of UIDs after the place's, none of them across the end of the first import.

    A folder of few messages is one stretch, however far apart their UIDs are.
    """
    low = place.uid + 1
    wide = WINDOW if now.messages > WINDOW else now.next_uid
    while low < now.next_uid:
        high = min(low + wide, now.next_uid) - 1
        if low <= place.first < high:
            high = place.first
        yield low, high
        low = high + 1
