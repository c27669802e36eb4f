"""The data files of this folder, read once and made ready.

A scenario is a skeleton of a conversation. ``long`` opens it by mail or form, ``short`` on instant channels,
``post`` in public; ``hold`` is the adviser's question back, ``give`` the customer's answer to it, ``solve`` the
solution, ``again`` what the customer writes when it was none, ``public`` the adviser's own words in public where
the shared ones do not fit. In a ``paired`` scenario the n-th text of each belongs to the n-th of the others.
In texts ``<this|that>`` is a choice and ``{name}`` a slot of :mod:`.details`. What weighs nothing is never drawn:
it belongs to the trouble of the day (:mod:`.trouble`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from agentconsole.config import Priority
from agentconsole.demo.world.dice import Dice

_CHOICE = re.compile(r"<([^<>]*\|[^<>]*)>")
_SCENARIO_FILES = ("fr_shop", "fr_bills", "fr_line", "en_home", "en_line", "trouble")
_BEATS = ("long", "short", "post", "hold", "give", "solve", "again", "public", "subject")
_OPENINGS = {"mail": "long", "form": "long", "whatsapp": "short", "chat": "short", "x": "post"}


class Phrase:
    """A text with choices and slots."""

    __slots__ = ("_parts", "_slots")

    def __init__(self, text: str) -> None:
        parts = _CHOICE.split(text)
        self._parts: tuple[str | tuple[str, ...], ...] = tuple(
            tuple(part.split("|")) if number % 2 else part for number, part in enumerate(parts)
        )
        self._slots = "{" in text

    def say(self, dice: Dice, slots: Mapping[str, Any]) -> str:
        """The text, with a choice made at each fork and the slots filled."""
        text = "".join([part if isinstance(part, str) else dice.pick(part) for part in self._parts])
        return text.format_map(slots) if self._slots else text

    @property
    def fixed(self) -> bool:
        """Whether it has no slot, so that it fits any conversation."""
        return not self._slots


Phrases = tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One skeleton; ``texts`` by beat."""

    id: str
    language: str
    weight: int
    tags: tuple[str, ...]
    priority: Priority
    mood: str
    paired: bool
    attachments: bool
    person: str
    channels: tuple[str, ...]
    texts: dict[str, Phrases]

    def phrase(self, beat: str, track: int, dice: Dice) -> Phrase:
        """One of a beat's texts; the one of that track where they are paired."""
        choices = self.texts[beat]
        return choices[track % len(choices)] if self.paired else dice.pick(choices)

    def has(self, beat: str) -> bool:
        """Whether there is any text for the beat."""
        return bool(self.texts[beat])

    def opening(self, channel: str) -> str:
        """The beat that opens it on that channel."""
        return _OPENINGS[channel]

    @property
    def serious(self) -> bool:
        """Neither jokes, nor slips of the pen, nor a cheerful thank-you fit."""
        return self.mood in ("grave", "formal")


@dataclass(frozen=True, slots=True)
class Special:
    """Newsletters, spam, bounces and hostile text: taken literally."""

    id: str
    language: str
    kind: str
    channels: tuple[str, ...]
    subject: str
    text: str
    hostile: bool
    name: str
    address: str
    attachment: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class World:
    """Everything in the data files."""

    scenarios: dict[str, Scenario]
    by_place: dict[tuple[str, str], tuple[Scenario, ...]]
    """By language and channel, each as often as it weighs."""
    specials: tuple[Special, ...]
    phrases: dict[str, dict[str, Phrases]]
    swaps: dict[tuple[str, str], tuple[re.Pattern[str], dict[str, str]]]
    """By language and kind ("sms", "slips"): what a hurried thumb replaces."""
    people: dict[str, Any]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def _scenario(table: dict[str, Any], language: str) -> Scenario:
    texts = {beat: tuple(map(Phrase, table.get(beat, ()))) for beat in _BEATS}
    allowed = table.get("channels", tuple(_OPENINGS))
    return Scenario(
        id=table["id"],
        language=language,
        weight=table["weight"],
        tags=tuple(table["tags"]),
        priority=Priority(table.get("priority", "normal")),
        mood=table.get("mood", ""),
        paired=table.get("paired", False),
        attachments=table.get("attachments", False),
        person=table.get("person", ""),
        channels=tuple(channel for channel in allowed if texts[_OPENINGS[channel]]),
        texts=texts,
    )


def _special(table: dict[str, Any]) -> Special:
    part, times = table.get("repeat", ("", 0))
    attachment = table.get("attachment")
    return Special(
        id=table["id"],
        language=table["language"],
        kind=table["kind"],
        channels=tuple(table.get("channels", ("mail",))),
        subject=table["subject"],
        text=table["text"] + part * times,
        hostile=table.get("hostile", False),
        name=table.get("name", ""),
        address=table.get("address", ""),
        attachment=(attachment[0], attachment[1]) if attachment else None,
    )


def _swaps(table: dict[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    words = sorted(table, key=len, reverse=True)
    return re.compile("|".join(r"\b" * word[0].isalpha() + re.escape(word) for word in words)), table


@lru_cache(maxsize=1)
def world() -> World:
    """The data files, read at the first call."""
    tables = [(table, name) for name in _SCENARIO_FILES for table in _read(name)["scenario"]]
    scenarios = [_scenario(table, table.get("language", name[:2])) for table, name in tables]
    by_place: dict[tuple[str, str], list[Scenario]] = {}
    for scenario in scenarios:
        for channel in scenario.channels:
            by_place.setdefault((scenario.language, channel), []).extend([scenario] * scenario.weight)
    spoken = _read("phrases")
    phrases = {
        language: {
            key: tuple(map(Phrase, value if isinstance(value, list) else [value]))
            for key, value in table.items()
            if not isinstance(value, dict)
        }
        for language, table in spoken.items()
    }
    return World(
        scenarios={scenario.id: scenario for scenario in scenarios},
        by_place={place: tuple(found) for place, found in by_place.items()},
        specials=tuple(map(_special, _read("specials")["special"])),
        phrases=phrases,
        swaps={(lang, kind): _swaps(spoken[lang][kind]) for lang in spoken for kind in ("sms", "slips")},
        people=_read("people"),
    )
