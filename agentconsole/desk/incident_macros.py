"""Macros for an incident: which fit its conversations, best first, and which of those pinned fits a conversation.

A macro is for a language and for channels, an incident seldom is: so several can be pinned, and in a conversation only
one shows that fits it. What would tell customers that all is well again comes last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from agentconsole.desk.context import Desk
from agentconsole.desk.macros.choosing import Situation, about, placed, stems
from agentconsole.desk.macros.files import MacroFile
from agentconsole.desk.macros.library import Library, brand_folder
from agentconsole.desk.macros.reading import FoundFile, Macro, read
from agentconsole.errors import NotFound
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import conversations
from agentconsole.store import incidents as store
from agentconsole.text import fold

_WORD = re.compile(r"[^\W_]+")
_LOOKED_AT = 500
"""Conversations of an incident that are looked at."""
_TROUBLE = frozenset(stems("incident outage disruption breakdown panne coupure"))
"""What a macro for an incident is called by, in the languages of the macros that come with the program."""
_OVER = frozenset(
    fold(
        "over fixed restored resolved repaired ended rétabli rétablie réparé réparée résolu résolue terminé terminée"
    ).split()
)
"""Words of one that tells that it has passed."""
_CALLED = 10
"""Points of a macro that has such a word in its title: more than what it is about can give."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A macro, and how many of the incident's conversations it fits by language and channel."""

    macro: Macro
    count: int
    channels: tuple[str, ...]
    """Ids of their channels, the one with most of them first."""
    over: bool
    """It says that the trouble is over."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Macros for an incident.

    :param total: its conversations. :param ranked: all that fit one of them, the best first.
    :param best: together the best for each language and channel; empty where none is about an incident.
    :param covered: conversations that one of ``best`` fits.
    """

    total: int
    ranked: tuple[Fit, ...]
    best: tuple[Fit, ...]
    covered: int


def offer(desk: Desk, incident: UUID) -> Offer:
    """The brand's macros for the conversations of an incident.

    :raises NotFound: there is no such incident.
    """
    with desk.store.read() as connection:
        one = store.get(connection, incident)
        if one is None:
            raise NotFound(_("There is no such incident."), _("See `agentconsole incident list`."))
        rows = conversations.by_numbers(connection, store.numbers(connection, incident, _LOOKED_AT))
        tags = conversations.tags_of(connection, [row.id for row in rows])
    said = [*one.words.shown, *one.words.terms, *(tag for found in tags.values() for tag in found)]
    groups = Counter(_place(desk, row) for row in rows)
    words = frozenset(stem for text in (*said, *(row.subject for row in rows)) for stem in stems(text))
    return rank([macro for macro in Library.of(desk).macros if not macro.own], groups, words)


def rank(macros: Iterable[Macro], groups: Counter[Situation], words: frozenset[str]) -> Offer:
    """:func:`offer`, of conversations counted by their language and channel. Pure.

    :param words: beginnings of the words that say what the incident is about.
    """
    ranked: list[tuple[tuple[bool, bool, int, int, str], Fit]] = []
    points: dict[str, int] = {}
    for macro in macros:
        fits = Counter({where: count for where, count in groups.items() if placed(macro.file, where) >= 0})
        over = says_over(macro.file)
        points[macro.name] = _points(macro.file, words)
        if fits:
            channels = Counter[str]()
            for where, count in fits.items():
                channels[where.channel] += count
            fit = Fit(macro, fits.total(), tuple(channel for channel, _n in channels.most_common()), over)
            worth = points[macro.name]
            ranked.append(((over, worth < _CALLED, -worth * fit.count, -fit.count, macro.name), fit))
    ranked.sort(key=lambda pair: pair[0])
    found = [fit for _key, fit in ranked]
    best: list[Fit] = []
    covered = 0
    for where, count in groups.most_common():
        able = [
            fit for fit in found if not fit.over and points[fit.macro.name] >= _CALLED and _fits(fit.macro.file, where)
        ]
        if able:
            chosen = max(able, key=lambda fit: placed(fit.macro.file, where))
            covered += count
            best += [] if chosen in best else [chosen]
    return Offer(groups.total(), tuple(found), tuple(best), covered)


def says_over(file: MacroFile) -> bool:
    """Whether a macro says that the trouble is over."""
    return not _OVER.isdisjoint(word for text in (file.title, *file.tags) for word in _WORD.findall(fold(text)))


def fitting(desk: Desk, names: Sequence[str], row: ConversationRow) -> str | None:
    """Which of these macros of the brand's fits a conversation best; ``None`` where none does."""
    where, found = _place(desk, row), list[tuple[int, str]]()
    for name in names:
        file = _file(desk, name)
        if file is not None and _fits(file, where):
            found.append((placed(file, where), name))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _file(desk: Desk, name: str) -> MacroFile | None:
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        return None
    found = read(FoundFile(name, brand_folder(desk) / f"{name}.toml", (0, 0, 0)), own=False)
    return found.file if isinstance(found, Macro) else None


def _place(desk: Desk, row: ConversationRow) -> Situation:
    return Situation(channel=row.channel, medium=desk.medium(row.channel), language=row.language or "")


def _fits(file: MacroFile, where: Situation) -> bool:
    return placed(file, where) >= 0


def _points(file: MacroFile, words: frozenset[str]) -> int:
    return about(file, Situation(stems=words)) + (0 if _TROUBLE.isdisjoint(stems(file.title)) else _CALLED)
