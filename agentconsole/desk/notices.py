"""What a supervisor tells the consoles: a banner stays on all of them until it ends, a message is read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.desk.supervisor import must_supervise, must_work_here
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.ids import new_id
from agentconsole.store import floor_trail
from agentconsole.store import notices as store
from agentconsole.store.notices import Notice

__all__ = ["MAX_BANNER", "MAX_MESSAGE", "Live", "Notice", "Told", "banner", "end", "live", "message", "seen", "told"]

MAX_BANNER = 200
"""Characters of a banner, which is one line."""
MAX_MESSAGE = 2000
"""Characters of a message."""
TO_ALL_LASTS = timedelta(hours=24)
"""A message to everybody is news for so long: who comes back from a holiday is not shown a month of them."""


@dataclass(frozen=True, slots=True)
class Live:
    """What is told to whoever is at the keyboard: banners, the newest first; unread messages, the oldest first."""

    banners: tuple[Notice, ...] = ()
    messages: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was told, and which agents have read it when (UTC); a banner is not marked as read."""

    notice: Notice
    readers: tuple[tuple[str, datetime], ...]


def banner(desk: Desk, text: str, until: datetime | None = None) -> UUID:
    """Show a line on all consoles.

    :param until: UTC; it ends by itself then. ``None``: until somebody ends it.
    :raises UsageError: not a supervisor; no text or too much of it; ``until`` is over.
    """
    with desk.store.write() as connection:
        return put_banner(connection, desk, text, until)


def put_banner(connection: Connection, desk: Desk, text: str, until: datetime | None = None) -> UUID:
    """:func:`banner`, within a transaction."""
    must_supervise(desk)
    now, words = desk.now(), _words(" ".join(text.split()), MAX_BANNER)
    if until is not None and until <= now:
        raise UsageError(_("A banner can only end at a time to come."), _("Give a later time."))
    made = Notice(new_id(), "banner", None, words, desk.agent.id, now, until)
    store.add(connection, made)
    ends = {"until": until.isoformat()} if until else {}
    floor_trail.record(connection, now, desk.agent.id, "banner", notice=str(made.id), text=words, **ends)
    return made.id


def message(desk: Desk, text: str, to: str | None) -> UUID:
    """Send an adviser, or (``None``) everybody else, a message that each of them reads once.

    One to everybody lasts a day (:data:`TO_ALL_LASTS`), one to an adviser until they have read it.

    :raises UsageError: not a supervisor; no text or too much of it.
    :raises NotFound: there is no such agent, or they do not work here any more.
    """
    must_supervise(desk)
    if to is not None:
        must_work_here(desk, to)
    now, words = desk.now(), _words(text.strip(), MAX_MESSAGE)
    made = Notice(new_id(), "message", to, words, desk.agent.id, now)
    with desk.store.write() as connection:
        store.add(connection, made)
        floor_trail.record(connection, now, desk.agent.id, "message", notice=str(made.id), to=to, text=words)
    return made.id


def live(desk: Desk) -> Live:
    """What is told now to whoever is at the keyboard. Two short reads."""
    now = desk.now()
    with desk.store.read() as connection:
        banners = store.banners(connection, now)
        messages = store.unread(connection, desk.agent.id, now - TO_ALL_LASTS)
    return Live(tuple(banners), tuple(messages))


def seen(desk: Desk, ids: Iterable[UUID]) -> None:
    """Whoever is at the keyboard has read these messages; those that were not for them are passed over."""
    now, me = desk.now(), desk.agent.id
    with desk.store.write() as connection:
        found = store.of(connection, list(ids))
        mine = [n.id for n in found if n.kind == "message" and n.recipient in (None, me)]
        store.see(connection, mine, me, now)


def end(desk: Desk, notice_id: UUID) -> None:
    """Take a banner or a message back; one that has ended stays so.

    :raises UsageError: not a supervisor. :raises NotFound: there is none of that id.
    """
    with desk.store.write() as connection:
        end_within(connection, desk, notice_id)


def end_within(connection: Connection, desk: Desk, notice_id: UUID) -> None:
    """:func:`end`, within a transaction."""
    must_supervise(desk)
    found = store.of(connection, [notice_id])
    if not found:
        raise NotFound(_("There is no such banner or message."), _("See `agentconsole notices`."))
    now = desk.now()
    if store.end(connection, notice_id, desk.agent.id, now):
        kind = "banner_ended" if found[0].kind == "banner" else "message_ended"
        floor_trail.record(connection, now, desk.agent.id, kind, notice=str(notice_id), text=found[0].text)


def told(desk: Desk, limit: int = 50) -> list[Told]:
    """What supervisors have told the floor, the newest first, with who has read it.

    :raises UsageError: not a supervisor.
    """
    must_supervise(desk)
    with desk.store.read() as connection:
        found = store.latest(connection, limit)
        readers = store.readers(connection, [n.id for n in found])
    return [Told(n, tuple(readers.get(n.id, ()))) for n in found]


def _words(text: str, most: int) -> str:
    if not text or len(text) > most:
        raise UsageError(
            _("A notice without words.") if not text else _("The notice is too long."),
            _("Say it in at most {n} characters.").format(n=most),
        )
    return text
