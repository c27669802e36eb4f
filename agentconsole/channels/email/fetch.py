"""Fetching messages: bounded in bytes, flags untouched, and no message passed over in silence.

A server may refuse one message of a hundred, lose one in the middle of a command, or even close the connection
over one that it cannot read. So what a batch does not bring is asked for again, in halves down to one; what broke
the connection is asked for alone; and what cannot be had then comes as a message that says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from agentconsole.channels.email.imap import Mailbox, words
from agentconsole.i18n import _

BATCH_BYTES = 4 << 20
"""Bytes asked for in one FETCH, unless one message alone is larger."""
PAGE_BYTES = 32 << 20
"""Bytes after which a page is closed."""
CUT_BYTES = 256 << 10
"""Bytes brought of a message that is too large."""

_BODY, _HEAD, _CUT = b"BODY[]", b"BODY[HEADER]", b"BODY[]<0>"
_Parts = dict[bytes, Any]
_Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server has it.

    :param raw: the whole message; its beginning where ``cut``; its header or nothing where ``refused``.
    :param arrived: INTERNALDATE in UTC; now where the server does not know.
    :param size: bytes of the whole message, 0 where unknown.
    :param refused: why the server would not hand it over, in its words.
    """

    uid: int
    raw: bytes
    arrived: datetime
    size: int
    cut: bool = False
    refused: str = ""


class Breaks:
    """How often the connection broke while messages were asked for. Outlives connections."""

    AT_MOST = 3

    def __init__(self) -> None:
        self._counts: Counter[_Key] = Counter()

    @contextmanager
    def watch(self, keys: Sequence[_Key]) -> Iterator[None]:
        """Count for ``keys`` what breaks the connection in here."""
        try:
            yield
        except (IMAPClientAbortError, OSError):
            self._counts.update(keys)
            raise

    def clear(self, key: _Key) -> None:
        """Forget about a message that was brought."""
        self._counts.pop(key, None)

    def suspects(self, key: _Key) -> bool:
        """Whether it shall be asked for alone."""
        return key in self._counts

    def gives_up(self, key: _Key) -> bool:
        """Whether it shall not be asked for again."""
        return self._counts[key] >= self.AT_MOST if key in self._counts else False


class Fetcher:
    """Fetches from the folder that is selected in ``box``.

    :param max_size: bytes above which only the beginning is brought.
    """

    def __init__(self, box: Mailbox, max_size: int, breaks: Breaks) -> None:
        self._box = box
        self._max_size = max_size
        self._breaks = breaks

    def fetch(self, uids: Sequence[int], room: int) -> tuple[list[Fetched], int]:
        """Bring messages, in the order of ``uids``: one, and more while they fit into ``room`` bytes.

        :returns: the messages (without those that are gone meanwhile), and the last UID that was looked at.
        """
        about: dict[int, _Parts] = {}
        refused: dict[int, str] = {}
        for group in self._groups(uids):
            found, failed = self._ask(group, ["RFC822.SIZE", "INTERNALDATE"])
            about |= found
            refused |= failed
        sizes = {uid: int(about.get(uid, {}).get(b"RFC822.SIZE") or 0) for uid in uids}
        messages: list[Fetched] = []
        last = uids[0]
        for batch in self._batches(uids, sizes, room):
            last = batch[-1]
            cut = sizes[batch[0]] > self._max_size
            found, failed = self._ask(batch, [f"BODY.PEEK[]<0.{CUT_BYTES}>" if cut else "BODY.PEEK[]"])
            for uid in batch:
                raw = found.get(uid, {}).get(_CUT if cut else _BODY)
                arrived = _utc(about.get(uid, {}).get(b"INTERNALDATE"))
                if raw is not None:
                    messages.append(Fetched(uid, raw, arrived, sizes[uid], cut))
                    self._breaks.clear(self._key(uid))
                elif self._is_there(uid):
                    why = failed.get(uid) or refused.get(uid) or _("no content")
                    messages.append(Fetched(uid, self._header(uid), arrived, sizes[uid], refused=why))
        return messages, last

    def _key(self, uid: int) -> _Key:
        here = self._box.selected
        return (here.folder, here.validity, uid) if here else ("", 0, uid)

    def _groups(self, uids: Sequence[int]) -> Iterator[list[int]]:
        """Runs of UIDs; one under suspicion is a run of its own."""
        group: list[int] = []
        for uid in uids:
            if not self._breaks.suspects(self._key(uid)):
                group.append(uid)
                continue
            if group:
                yield group
            yield [uid]
            group = []
        if group:
            yield group

    def _batches(self, uids: Sequence[int], sizes: dict[int, int], room: int) -> Iterator[list[int]]:
        """Runs that one FETCH asks for, one at least; a message that is too large is a run of its own."""
        batch: list[int] = []
        batch_bytes = page_bytes = 0
        for uid in uids:
            large = sizes[uid] > self._max_size
            alone = large or self._breaks.suspects(self._key(uid))
            size = min(sizes[uid], CUT_BYTES) if large else sizes[uid]
            full = bool(page_bytes) and page_bytes + size > room
            if batch and (alone or full or batch_bytes + size > BATCH_BYTES):
                yield batch
                batch, batch_bytes = [], 0
            if full:
                return
            page_bytes += size
            if alone:
                yield [uid]
            else:
                batch.append(uid)
                batch_bytes += size
        if batch:
            yield batch

    def _ask(self, uids: Sequence[int], items: list[str]) -> tuple[dict[int, _Parts], dict[int, str]]:
        """FETCH, and where it fails as a whole, its halves: what was found, and why the rest was refused."""
        keys = [self._key(uid) for uid in uids]
        if len(keys) == 1 and self._breaks.gives_up(keys[0]):
            return {}, {uids[0]: _("it closes the connection each time")}
        client = self._box.client
        with self._breaks.watch(keys):
            try:
                return client.fetch(uids, items), {}
            except IMAPClientAbortError:
                raise
            except (IMAPClientError, ValueError) as error:
                client.noop()  # lets the server tell what is gone, which may be all that was wrong
                if len(uids) == 1:
                    return {}, {uids[0]: words(error)}
        half = len(uids) // 2
        found, refused = self._ask(uids[:half], items)
        more_found, more_refused = self._ask(uids[half:], items)
        return found | more_found, refused | more_refused

    def _is_there(self, uid: int) -> bool:
        return uid in self._box.client.search(["UID", str(uid)])

    def _header(self, uid: int) -> bytes:
        found, _refused = self._ask([uid], ["BODY.PEEK[HEADER]"])
        return found.get(uid, {}).get(_HEAD) or b""


def _utc(at: datetime | None) -> datetime:
    now = datetime.now(UTC)
    return min(at.astimezone(UTC), now) if at is not None and at.tzinfo is not None else now
