"""Colleagues who are on the same conversation, in words."""

from __future__ import annotations

from collections.abc import Iterable

from agentconsole.desk.context import Desk
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import Presence, Thread
from agentconsole.views.foreign import steady
from agentconsole.views.rows import initials


def present_words(thread: Thread, desk: Desk) -> str:
    """Who else is on a conversation: ``Tom is writing``; those who write first, empty for nobody."""
    writing = [who for who in thread.present if who.doing == "writing"]
    reading = [who for who in thread.present if who.doing != "writing"]
    parts = []
    if writing:
        said = ngettext("{names} is writing", "{names} are writing", len(writing))
        parts.append(said.format(names=names_of(writing, desk)))
    if reading:
        said = ngettext("{names} is reading", "{names} are reading", len(reading))
        parts.append(said.format(names=names_of(reading, desk)))
    return ", ".join(parts)


def row_words(who: Iterable[Presence], desk: Desk) -> str:
    """For the row of a conversation: ``OB writing:``; of several colleagues the first."""
    first = next(iter(who))
    said = _("{who} writing:") if first.doing == "writing" else _("{who} reading:")
    return said.format(who=initials(desk.agent_name(first.agent)))


def names_of(who: Iterable[Presence], desk: Desk) -> str:
    """Their names: ``Tom, Léa Martin``."""
    return ", ".join(steady(desk.agent_name(one.agent), one_line=True, limit=30) for one in who)
