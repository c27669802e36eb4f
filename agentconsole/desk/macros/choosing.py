"""Which macro first: what fits the conversation, what was typed, what is used. Pure.

Typed words must all be found: in title, tags or body, accents and case aside, as the beginning of a word, else
anywhere, else with one typing mistake (two letters swapped, or one too many), else as letters of a word in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agentconsole.desk.context import Desk
from agentconsole.desk.macros.files import MacroFile
from agentconsole.desk.macros.reading import Macro
from agentconsole.model.conversation import Thread
from agentconsole.model.message import Direction
from agentconsole.text import fold

_WORD = re.compile(r"[^\W_]+")
_LATEST = 3
"""Messages of the customer that tell what it is about."""
_LOOKED_AT = 2_000
"""Characters of each of them."""
_STEM = 5
"""Letters of a word that count: enough to tell words apart, few enough for a plural to be the same word."""
_SHORTEST = 4
"""Letters of a word that says what it is about."""
_ABOUT = 6
"""Points at most for what it is about."""
_FIT = 8
"""How much one point of fitting weighs against what was typed."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a macro is chosen for.

    :param stems: beginnings of the words of the customer's latest messages and of the conversation's tags.
    """

    channel: str = ""
    medium: str = ""
    language: str = ""
    stems: frozenset[str] = frozenset()


def situation(desk: Desk, thread: Thread) -> Situation:
    """The situation of an opened conversation."""
    incoming = [m for m in thread.messages if m.direction is Direction.IN][-_LATEST:]
    texts = [thread.row.subject, *thread.tags, *(message.text[:_LOOKED_AT] for message in incoming)]
    return Situation(
        channel=thread.row.channel,
        medium=desk.medium(thread.row.channel),
        language=thread.row.language or thread.customer.language or "",
        stems=frozenset(stem for text in texts for stem in stems(text)),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A macro as it is searched: folded, each word after a blank."""

    macro: Macro
    title: str
    tags: str
    body: str
    about: tuple[frozenset[str], ...]


class Chooser:
    """Macros in the best order, as often as it is asked: everything that can be prepared is.

    :param uses: how often each was used, by name.
    """

    def __init__(self, macros: Iterable[Macro], uses: Mapping[str, int] | None = None) -> None:
        self.uses: Mapping[str, int] = uses or {}
        self._entries = [_entry(macro) for macro in macros]
        self._fits: tuple[Situation, dict[str, int]] | None = None

    def best(self, where: Situation, typed: str = "") -> list[Macro]:
        """The macros that have all that was typed, the best first; all where nothing was."""
        words = [_Typed(word) for word in dict.fromkeys(_WORD.findall(fold(typed[:200])))]
        fits = self._fit(where)
        ranked: list[tuple[int, int, str, str, Macro]] = []
        for entry in self._entries:
            found = 0
            for word in words:
                points = word.found_in(entry)
                if not points:
                    break
                found += points
            else:
                score = found + _FIT * fits[entry.macro.name]
                used = self.uses.get(entry.macro.name, 0)
                ranked.append((-score, -used, entry.title, entry.macro.name, entry.macro))
        ranked.sort(key=lambda item: item[:4])
        return [item[4] for item in ranked]

    def _fit(self, where: Situation) -> dict[str, int]:
        if self._fits is None or self._fits[0] != where:
            self._fits = (where, {entry.macro.name: _fitting(entry, where) for entry in self._entries})
        return self._fits[1]


def placed(file: MacroFile, where: Situation) -> int:
    """How well a macro fits the language and then the channel; negative where it is for another one."""
    points = 0
    if file.language and where.language:
        points += 6 if file.language == where.language else -20
    if file.channels and where.channel:
        points += 5 if where.channel in file.channels else 4 if where.medium in file.channels else -12
    return points


def about(file: MacroFile, where: Situation) -> int:
    """How many of a macro's tags are what the conversation is about, 2 points each, as far as they count."""
    tags = filter(None, (frozenset(stems(text)) for text in file.tags))
    return min(_ABOUT, 2 * sum(1 for tag in tags if tag <= where.stems))


def _fitting(entry: _Entry, where: Situation) -> int:
    """How well a macro fits: language before channel before what the conversation is about."""
    return placed(entry.macro.file, where) + min(_ABOUT, 2 * sum(1 for tag in entry.about if tag <= where.stems))


class _Typed:
    """One typed word, with the ways in which it may be found."""

    def __init__(self, word: str) -> None:
        self.word, self.start = word, f" {word}"
        self.near = _near(word)
        letters = r"\w*?".join(map(re.escape, word))
        self.letters = re.compile(rf" {letters}") if len(word) > 2 else None

    def found_in(self, entry: _Entry) -> int:
        """Points for how it is found; 0 where it is not."""
        for text, points in ((entry.title, 100), (entry.tags, 80)):
            if self.start in text:
                return points + 10 if f"{self.start} " in text else points
        if self.word in entry.title or self.word in entry.tags:
            return 55
        if self.start in entry.body:
            return 35
        for pattern, points in ((self.near, 30), (self.letters, 20)):
            if pattern and (pattern.search(entry.title) or pattern.search(entry.tags)):
                return points
        return 0


def _near(word: str) -> re.Pattern[str] | None:
    """The beginning of a word that was meant where two letters were swapped, or one typed too many."""
    if len(word) < 4:
        return None
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    shorter = {word[:i] + word[i + 1 :] for i in range(len(word))}
    return re.compile(" (?:" + "|".join(map(re.escape, sorted(swapped | shorter))) + ")")


def _entry(macro: Macro) -> _Entry:
    file = macro.file
    about = (frozenset(stems(text)) for text in file.tags)
    return _Entry(
        macro=macro,
        title=_spaced(f"{file.title} {macro.name}"),
        tags=_spaced(" ".join(file.tags)),
        body=_spaced(file.body),
        about=tuple(found for found in about if found),
    )


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(fold(text)))} "


def stems(text: str) -> Iterable[str]:
    """Beginnings of the words of a text that say what it is about."""
    return (word[:_STEM] for word in _WORD.findall(fold(text)) if len(word) >= _SHORTEST)
