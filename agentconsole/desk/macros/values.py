"""What there is to fill in about a conversation."""

from __future__ import annotations

import re
from datetime import date, datetime

from agentconsole import i18n
from agentconsole.config.values import say
from agentconsole.desk import wording
from agentconsole.desk.context import Desk
from agentconsole.desk.macros.formats import language_name
from agentconsole.desk.macros.reading import Macro
from agentconsole.desk.macros.template import Setting
from agentconsole.model.conversation import Thread

_ADDRESS = re.compile(r"\S+@\S+\.\S+|[+\d][\d\s().-]{5,}")
_TITLES = frozenset(
    (
        "m",
        "mr",
        "mrs",
        "ms",
        "miss",
        "mme",
        "mlle",
        "dr",
        "me",
        "monsieur",
        "madame",
        "mademoiselle",
        "herr",
        "frau",
        "prof",
    )
)
_FIRST_NAME = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?")


def setting(desk: Desk, macro: Macro, thread: Thread) -> Setting:
    """The language a macro is filled in with (its own, else the conversation's, the customer's, the interface's)."""
    language = macro.file.language or thread.row.language or thread.customer.language or i18n.language()
    return Setting(language, _day(desk.now(), desk))


def values(desk: Desk, thread: Thread, language: str) -> dict[str, str]:
    """All placeholders but answers, by name; empty where it is not known. Dates are ISO 8601, in the desk's zone.

    ``gesture.…`` is left out: a gesture's code and amount are known when it has been granted.
    """
    row, customer, agent = thread.row, thread.customer, desk.agent
    name = "" if _ADDRESS.fullmatch(customer.name.strip()) else customer.name
    spoken = customer.language or row.language or ""
    return {
        "customer.name": name,
        "customer.first_name": first_name(name),
        "customer.language": language_name(spoken, language),
        "customer.since": _day(customer.since, desk).isoformat(),
        "conversation.number": str(row.number),
        "conversation.subject": row.subject,
        "conversation.channel": _channel(desk, row.channel, language),
        "conversation.opened": _day(row.opened_at, desk).isoformat(),
        "agent.name": agent.name,
        "agent.first_name": first_name(agent.name) or agent.name,
        "agent.team": _team(desk, language),
        "brand.name": desk.config.brand.name,
    }


def first_name(name: str) -> str:
    """The first name in a name as people write it; empty where that cannot be told.

    ``DURAND, Camille`` and ``DURAND Camille`` have the first name last; a title is passed over, and after a title a
    single word is a surname. A handle, or a word with digits, is no name.
    """
    surname, comma, rest = name.partition(",")
    words = (rest if comma and rest.strip() else surname).split()
    titled = bool(words) and words[0].rstrip(".").casefold() in _TITLES
    words = words[1:] if titled else words
    if not words or (titled and len(words) == 1):
        return ""
    shouted = [word for word in words if len(word) > 1 and word.isupper()]
    found = next((word for word in words if word not in shouted), "") if shouted else words[0]
    found = found or words[0].capitalize()
    return found if _FIRST_NAME.fullmatch(found) else ""


def _day(at: datetime, desk: Desk) -> date:
    return at.astimezone(desk.config.zone).date()


def _channel(desk: Desk, channel_id: str, language: str) -> str:
    settings = desk.config.channel(channel_id)
    return say(settings.name, language) if settings and settings.name else wording.channel(desk, channel_id)


def _team(desk: Desk, language: str) -> str:
    named = {team.id: team.name for team in desk.config.teams}
    return next((say(named[team], language) for team in desk.agent.teams if team in named), "")
