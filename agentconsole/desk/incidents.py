"""Incidents: bursts of similar conversations, from the signal until a supervisor says that it is over.

Whoever keeps house looks for them (:func:`keep`). One is *raised* by that; a supervisor *confirms* it, with a banner on
all consoles and a macro that is pinned to its conversations, or *dismisses* it; in the end they *end* it. New
conversations that match one that goes on join it. docs/crisis.md tells it to supervisors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk import incident_macros, notices
from agentconsole.desk.context import Desk
from agentconsole.desk.spotting import end_within, keep
from agentconsole.desk.supervisor import must_supervise
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.floor import Incident
from agentconsole.store import conversations, floor_trail
from agentconsole.store import incidents as store
from agentconsole.store.incidents import Kept

__all__ = ["Pin", "confirm", "dismiss", "end", "keep", "latest", "live", "pinned", "rows"]

_BETWEEN = "\n"
"""Between the names of macros where they are kept."""


@dataclass(frozen=True, slots=True)
class Pin:
    """That a conversation belongs to a known incident, and the macro for it.

    :param macro: its name; ``None`` where none of those that were pinned fits it.
    :param words: what its conversations share. :param by: who confirmed it, an agent's id.
    """

    incident: UUID
    macro: str | None
    words: tuple[str, ...]
    by: str


def live(desk: Desk) -> list[Incident]:
    """The incidents that go on, the newest first."""
    with desk.store.read() as connection:
        return [_shown(one) for one in store.live(connection)]


def latest(desk: Desk, limit: int = 50) -> list[Incident]:
    """All there were, the newest first."""
    with desk.store.read() as connection:
        return [_shown(one) for one in store.latest(connection, limit)]


def rows(desk: Desk, incident_id: UUID, limit: int = 500) -> list[ConversationRow]:
    """The conversations of an incident, the newest first.

    :raises NotFound: there is no such incident.
    """
    with desk.store.read() as connection:
        if store.get(connection, incident_id) is None:
            raise _none()
        numbers = store.numbers(connection, incident_id, limit)
        found = {row.number: row for row in conversations.by_numbers(connection, numbers)}
    return [found[number] for number in numbers]


def confirm(desk: Desk, incident_id: UUID, banner: str | None = None, macro: str | Sequence[str] | None = None) -> None:
    """It is known: tell all consoles, and pin a macro to its conversations. Again, to change either.

    :param banner: a line for all consoles, in place of the one before; ``None``: none, or the one before stays.
    :param macro: one of the brand's, by name, or several: a conversation shows the one that fits its language and
        channel best. ``None`` or empty: none, or those before stay.
    :raises NotFound: no such incident or macro. :raises UsageError: not a supervisor; it is over; a banner that cannot
        be; a macro of one's own, which others do not have.
    """
    must_supervise(desk)
    names = _macros(desk, [macro] if isinstance(macro, str) else macro or ())
    now = desk.now()
    with desk.store.write() as connection:
        one = _going_on(connection, incident_id)
        values: dict[str, object] = {"state": "confirmed", "actor": desk.agent.id}
        if banner:
            if one.notice_id is not None:
                notices.end_within(connection, desk, one.notice_id)
            values["notice_id"] = notices.put_banner(connection, desk, banner)
        if names:
            values["macro"] = _BETWEEN.join(names)
        store.change(connection, incident_id, **values)
        said = {"banner": banner or "", "macro": ", ".join(names)}
        _record(connection, desk, now, "incident_confirmed", one, **said)


def dismiss(desk: Desk, incident_id: UUID) -> None:
    """It is none; the same words are not told again for the time of ``crisis.forgotten``.

    :raises NotFound: no such incident. :raises UsageError: not a supervisor; it is over, or was confirmed.
    """
    must_supervise(desk)
    now = desk.now()
    with desk.store.write() as connection:
        one = _going_on(connection, incident_id)
        if one.state == "confirmed":
            raise UsageError(_("This incident was confirmed."), _("End it instead."))
        end_within(connection, one, "dismissed", desk.agent.id, now)


def end(desk: Desk, incident_id: UUID) -> None:
    """It is over: its banner ends, and its macro is not proposed any more.

    :raises NotFound: no such incident. :raises UsageError: not a supervisor, or it is over already.
    """
    must_supervise(desk)
    now = desk.now()
    with desk.store.write() as connection:
        one = _going_on(connection, incident_id)
        if one.notice_id is not None:
            notices.end_within(connection, desk, one.notice_id)
        end_within(connection, one, "ended", desk.agent.id, now)


def pinned(desk: Desk, number: int) -> Pin | None:
    """The known incident that a conversation belongs to, the latest of several; ``None`` where it belongs to none."""
    with desk.store.read() as connection:
        one = next((one for one in store.of_number(connection, number) if one.state == "confirmed"), None)
        rows = conversations.by_numbers(connection, [number]) if one is not None and one.macro else []
    if one is None:
        return None
    macro = incident_macros.fitting(desk, (one.macro or "").split(_BETWEEN), rows[0]) if rows else None
    return Pin(one.id, macro, one.words.shown, one.actor or "")


def _macros(desk: Desk, names: Sequence[str]) -> list[str]:
    from agentconsole.desk.macros.library import Library

    library, found = Library.of(desk), list[str]()
    for name in dict.fromkeys(filter(None, names)):
        macro = library.get(name)
        if macro.own:
            raise UsageError(
                _("The macro {name} is your own: others do not have it.").format(name=macro.name),
                _("Pin one of the brand's."),
            )
        found.append(macro.name)
    return found


def _going_on(connection: Connection, incident_id: UUID) -> Kept:
    one = store.get(connection, incident_id, lock=True)
    if one is None:
        raise _none()
    if one.ended_at is not None:
        raise UsageError(_("This incident is over."), _("`agentconsole incident list` has those that go on."))
    return one


def _none() -> NotFound:
    return NotFound(_("There is no such incident."), _("See `agentconsole incident list`."))


def _record(connection: Connection, desk: Desk, now: datetime, kind: str, one: Kept, **detail: str) -> None:
    about = {"incident": str(one.id), "words": one.words.shown, "count": one.count}
    floor_trail.record(connection, now, desk.agent.id, kind, **about, **{k: v for k, v in detail.items() if v})


def _shown(one: Kept) -> Incident:
    return Incident(
        id=one.id,
        begins=one.begins,
        raised_at=one.raised_at,
        words=one.words.shown,
        count=one.count,
        usual=one.usual,
        channels=one.channels,
        state=one.state,
        macro=one.macro.replace(_BETWEEN, ", ") if one.macro else None,
        banner=one.banner,
        actor=one.actor,
    )
