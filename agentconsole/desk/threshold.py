"""What every message passes as it comes in: bounds that no channel, however careless, can make the desk break.

A page is one transaction that is tried again until it succeeds. One message that the store refuses would stop its
channel for good, so whatever could make it refuse is put right here. The original stays as it was.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from agentconsole.model.filenames import safe_name
from agentconsole.model.message import Address, Attachment, Incoming
from agentconsole.store.types import storable

MAX_KEY = 500
"""Characters of what is looked up in an index (PostgreSQL: 2700 bytes)."""
MAX_REFERENCES = 100
"""References of a message that are followed, the nearest ones."""
MAX_RECIPIENTS = 20
"""Recipients of a message whose conversations it may belong to."""
MAX_NUMBER = 10**15
"""The largest conversation's number that is looked up."""
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""What claims to be older was dated by a broken clock."""


def key(text: str) -> str:
    """Something that is looked up, as it is kept: itself, or a hash of it where it is too long for an index."""
    text = storable(text)
    return text if len(text) <= MAX_KEY else f"sha256-{hashlib.sha256(text.encode()).hexdigest()}"


def kept(item: Incoming, now: datetime) -> Incoming:
    """A message as the desk can keep it.

    A date to come, or from before :data:`EARLIEST`, is taken for a broken clock's: the message came ``now``.
    """
    return replace(
        item,
        external_id=key(item.external_id),
        at=item.at if EARLIEST <= item.at <= now else now,
        author=_address(item.author),
        recipients=tuple(map(_address, item.recipients[:MAX_RECIPIENTS])),
        references=tuple(map(key, item.references[:MAX_REFERENCES])),
        number=item.number if item.number and 0 < item.number <= MAX_NUMBER else None,
        bounce_of=item.bounce_of and key(item.bounce_of),
        attachments=_files(item.attachments),
    )


def _address(who: Address) -> Address:
    return Address(storable(who.value), storable(who.name))


def _files(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    taken: set[str] = set()
    return tuple(replace(item, name=safe_name(item.name, item.media_type, taken)) for item in attachments)
