"""Snoozing: setting a conversation aside until a time that people write as they say it (:mod:`.when`)."""

from __future__ import annotations

from datetime import date, datetime, time

from agentconsole import i18n
from agentconsole.config import State
from agentconsole.desk import moves
from agentconsole.desk.context import Desk
from agentconsole.desk.hours import Calendar
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, Move, make
from agentconsole.desk.when import MORNING, Opens, parse_when
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import journal
from agentconsole.text import fold

__all__ = ["last", "moment", "move", "opening", "parse_when", "remember", "snooze", "suggestions", "until"]

_SAME = frozenset(("=", "same", "same as last time", "idem", "pareil", "comme la derniere fois"))
_LONGEST = 60
"""Characters of a remembered snooze."""
_SUGGESTED = {
    "en": ("1h", "3h", "tomorrow", "tomorrow 14:00", "mon", "1 week", "until reply"),
    "fr": ("1h", "3h", "demain", "demain 14h", "lun", "1 semaine", "jusqu'à réponse"),
}


def snooze(desk: Desk, number: int, text: str) -> ConversationRow:
    """Set a conversation aside, as a step of its own.

    :param text: until when, in words; ``=`` or ``same``: as in the agent's latest snooze.
    :raises UsageError: the words mean no time to come. :raises NotFound: no such conversation.
    """
    return make(desk, number, move(desk, text))


def move(desk: Desk, text: str) -> Move:
    """:func:`snooze` as a move, for many conversations or along with other moves.

    :raises UsageError: the words mean no time to come.
    """
    words = _meant(desk, text)
    at = _read(desk, words)

    def set_aside(doing: Doing, standing: Standing) -> None:
        moves.set_state(doing, standing, State.SNOOZED, at)
        journal.remember(doing.connection, _name(desk), words)

    return set_aside


def until(desk: Desk, text: str) -> datetime | None:
    """The moment that words mean at this desk, UTC; ``None``: until the customer writes.

    :raises UsageError: they mean no time to come.
    """
    return _read(desk, _meant(desk, text))


def moment(desk: Desk, text: str) -> datetime:
    """:func:`until` for what needs a time of its own: waiting for the customer is none.

    :raises UsageError: the words mean no time to come.
    """
    at = parse_when(_meant(desk, text), desk.now(), desk.config.zone, opening(desk), reply=False)
    if at is None:  # never, of what needs a time
        raise UsageError(_("{text!r} is not a time.").format(text=text[:60]))

    return at


def remember(desk: Desk, text: str) -> None:
    """``text`` was a snooze of the agent's that happened along with something else, such as a reply.

    :raises UsageError: the words mean no time to come.
    """
    words = _meant(desk, text)
    _read(desk, words)
    with desk.store.write() as connection:
        journal.remember(connection, _name(desk), words)


def last(desk: Desk) -> str:
    """The agent's latest snooze, as it was written; empty where there was none."""
    with desk.store.read() as connection:
        return journal.remembered(connection, _name(desk)) or ""


def suggestions(desk: Desk) -> list[tuple[str, datetime | None]]:
    """What a person may want, in the language of the interface: the words, and when that is (UTC).

    The agent's latest snooze comes first, where it still means a time to come.
    """
    known = (last(desk), *_SUGGESTED[i18n.language()])
    found: dict[str, datetime | None] = {}
    for words in filter(None, known):
        try:
            found[words] = _read(desk, words)
        except UsageError:  # a date that has passed since
            continue
    return list(found.items())


def opening(desk: Desk) -> Opens:
    """When the desk opens on a day of its zone; a desk that is open all night begins its day at nine."""
    calendar, zone = Calendar.of(desk.config.hours), desk.config.zone

    def opens(day: date) -> time | None:
        at = calendar.next_open(datetime.combine(day, time.min, zone))
        local = at.astimezone(zone) if at else None
        if local is None or local.date() != day:
            return None
        return local.time() if local.time() != time.min else MORNING

    return opens


def _read(desk: Desk, words: str) -> datetime | None:
    return parse_when(words, desk.now(), desk.config.zone, opening(desk))


def _meant(desk: Desk, text: str) -> str:
    words = " ".join(text.split())
    if fold(words) not in _SAME:
        return words[:_LONGEST]
    before = last(desk)
    if not before:
        raise UsageError(_("You have not snoozed anything yet."), _("Give a time, such as 2h or tomorrow 9:00."))
    return before


def _name(desk: Desk) -> str:
    return f"snooze:{desk.agent.id}"
