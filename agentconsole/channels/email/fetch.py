"""Fetching messages: bounded in bytes, flags untouched, and no message passed over in silence.

A server may refuse one message of a hundred, or lose one in the middle of a command. So what a batch does not
bring is asked for again, in halves down to one, and what cannot be had then comes as a message that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from agentconsole.channels.email.imap import words

BATCH_BYTES = 4 << 20
"""Bytes asked for in one FETCH, unless one message alone is larger."""
PAGE_BYTES = 32 << 20
"""Bytes after which a page is closed."""
CUT_BYTES = 256 << 10
"""Bytes brought of a message that is too large."""

_BODY, _HEAD, _CUT = b"BODY[]", b"BODY[HEADER]", b"BODY[]<0>"
_Parts = dict[bytes, Any]


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


def fetch(client: IMAPClient, uids: Sequence[int], max_size: int) -> tuple[list[Fetched], int]:
    """Bring messages of the selected folder, in the order of ``uids``, until the page is full.

    :param uids: at least one.
    :param max_size: bytes above which only the beginning is brought.
    :returns: the messages (without those that are gone meanwhile), and the last UID that was looked at.
    """
    about, _none = _ask(client, uids, ["RFC822.SIZE", "INTERNALDATE"])
    known = {uid: int(about.get(uid, {}).get(b"RFC822.SIZE") or 0) for uid in uids}
    bodies: dict[int, Fetched] = {}
    asked: list[int] = []
    for batch in _batches(uids, known, max_size):
        asked += batch
        cut = known[batch[0]] > max_size
        items = [f"BODY.PEEK[]<0.{CUT_BYTES}>"] if cut else ["BODY.PEEK[]"]
        found, refused = _ask(client, batch, items)
        for uid in batch:
            raw = found.get(uid, {}).get(_CUT if cut else _BODY)
            arrived = _utc(about.get(uid, {}).get(b"INTERNALDATE"))
            if raw is not None:
                bodies[uid] = Fetched(uid, raw, arrived, known[uid], cut)
            elif _is_there(client, uid):
                why = refused.get(uid) or "no content"
                bodies[uid] = Fetched(uid, _header(client, uid), arrived, known[uid], refused=why)
    return [bodies[uid] for uid in asked if uid in bodies], asked[-1]


def _batches(uids: Sequence[int], sizes: dict[int, int], max_size: int) -> Iterator[list[int]]:
    """Runs that one FETCH asks for, one at least; a message that is too large is a run of its own."""
    batch: list[int] = []
    batch_bytes = page_bytes = 0
    for uid in uids:
        alone = sizes[uid] > max_size
        size = min(sizes[uid], CUT_BYTES) if alone else sizes[uid]
        if batch and (alone or batch_bytes + size > BATCH_BYTES):
            yield batch
            batch, batch_bytes = [], 0
        if page_bytes and page_bytes + size > PAGE_BYTES:
            break
        page_bytes += size
        if alone:
            yield [uid]
        else:
            batch.append(uid)
            batch_bytes += size
    if batch:
        yield batch


def _ask(
    client: IMAPClient, uids: Sequence[int], items: list[str]
) -> tuple[dict[int, _Parts], dict[int, str]]:
    """FETCH, and where it fails as a whole, its halves: what was found, and why the rest was refused."""
    try:
        return client.fetch(uids, items), {}
    except IMAPClientAbortError:
        raise
    except (IMAPClientError, ValueError) as error:
        client.noop()  # lets the server tell what is gone, which may be all that was wrong
        if len(uids) == 1:
            return {}, {uids[0]: words(error)}
    half = len(uids) // 2
    found, refused = _ask(client, uids[:half], items)
    more_found, more_refused = _ask(client, uids[half:], items)
    return found | more_found, refused | more_refused


def _is_there(client: IMAPClient, uid: int) -> bool:
    return uid in client.search(["UID", str(uid)])


def _header(client: IMAPClient, uid: int) -> bytes:
    found, _refused = _ask(client, [uid], ["BODY.PEEK[HEADER]"])
    return found.get(uid, {}).get(_HEAD) or b""


def _utc(at: datetime | None) -> datetime:
    now = datetime.now(UTC)
    return min(at.astimezone(UTC), now) if at is not None and at.tzinfo is not None else now
