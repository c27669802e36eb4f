"""The customers: some write once, some come back for years, on one channel and on another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from agentconsole.demo.world.brand import CHANNELS
from agentconsole.demo.world.data import world
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.story import Person
from agentconsole.text import fold

_REMEMBERED = 4000
"""People who may come back; more would only cost memory."""
_COME_BACK = 45.0
"""Percent of stories by somebody who wrote before, once enough people are known."""
_MOST_STORIES = 5
_PLAIN_ADDRESSES = 2500
"""So many people get an address without a number of their own in it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person with what only this world knows of them.

    :param ending: agrees French participles.
    :param style: 0 to 99, how they write (:mod:`.voice`).
    :param work: the name on their business card, empty where they write privately.
    :param told: the scenarios they have lived through.
    """

    person: Person
    ending: str
    style: int
    work: str = ""
    told: list[str] = field(default_factory=list)


class People:
    """Everybody who ever wrote, numbered from ``after`` + 1; the number also makes their telephone number."""

    def __init__(self, prefix: str = "p", after: int = 0) -> None:
        self._prefix, self._serial, self._plain = prefix, after, after + _PLAIN_ADDRESSES
        self._known: dict[str, list[Known]] = {"fr": [], "en": []}
        self._taken: set[str] = set()  # looked up, never walked through: its order plays no part

    def someone(self, dice: Dice, language: str, channel: str, on: date, scenario: str) -> Known:
        """A person who writes on that channel; often one who wrote before, though not about the same."""
        known = self._known[language]
        if known and dice.chance(_COME_BACK * min(1.0, len(known) / 60)):
            identity = CHANNELS[channel].identity
            for _ in range(4):
                found = dice.pick(known)
                if (
                    found.person.since <= on
                    and len(found.told) < _MOST_STORIES
                    and scenario not in found.told
                    and any(kind == identity for kind, _, _ in found.person.identities)
                ):
                    found.told.append(scenario)
                    return found
        found = self.stranger(dice, language, channel, on)
        found.told.append(scenario)
        return found

    def stranger(self, dice: Dice, language: str, channel: str, on: date, tag: str = "") -> Known:
        """A new person; ``tag`` is what they are known for."""
        self._serial += 1
        folk = world().people[language]
        woman = dice.chance(52)
        name = f"{dice.pick(folk['women' if woman else 'men'])} {dice.pick(folk['last'])}"
        work = dice.pick(world().people["work_domains"]) if dice.chance(8) else ""
        tags = (tag,) if tag else _tags(dice)
        person = Person(
            key=f"{self._prefix}{self._serial:06}",
            name=name,
            language=language,
            identities=tuple(self._identities(dice, name, channel, work)),
            tags=tags,
            since=on - timedelta(days=int(dice.roll() ** 2 * 2900)),
            note=dice.pick(world().people["notes"]) if dice.chance(12) else "",
        )
        known = Known(person, "e" if woman else "", dice.number(0, 99), work)
        if not tag:
            self._remember(dice, language, known)
        return known

    def _remember(self, dice: Dice, language: str, known: Known) -> None:
        pool = self._known[language]
        if len(pool) < _REMEMBERED:
            pool.append(known)
        else:
            pool[int(dice.roll() * _REMEMBERED)] = known

    def _identities(self, dice: Dice, name: str, channel: str, work: str) -> list[tuple[str, str, str]]:
        first_kind = CHANNELS[channel].identity
        found: list[tuple[str, str, str]] = []
        if first_kind == "email" or dice.chance(60):
            value = self._address(dice, name, work)
            shown = name if dice.chance(85) else value.split("@")[0]
            found.append(("email", value, shown))
        if first_kind == "whatsapp" or dice.chance(35):
            number = f"+3363998{self._serial * 7 % 10_000:04}" if self._serial < 10_000 else f"+33639980{self._serial}"
            shown = name if dice.chance(70) else name.split(" ", 1)[0]
            found.append(("whatsapp", number, shown))
        if first_kind == "x" or dice.chance(12):
            handle = self._unique(dice, "@" + _handle(dice, name), "")
            found.append(("x", handle, name if dice.chance(50) else name.split(" ", 1)[0]))
        return found

    def _address(self, dice: Dice, name: str, work: str) -> str:
        first, last = _plain(name)
        if work:
            return self._unique(dice, f"{first}.{last}", "@" + work)
        local = dice.pick(
            (
                f"{first}.{last}",
                f"{first[0]}.{last}",
                f"{first}{last}",
                f"{last}.{first}",
                f"{first}.{last}{dice.number(50, 99)}",
                f"{first}{dice.number(1, 99)}",
            )
        )
        return self._unique(dice, local, "@" + dice.pick(world().people["mail_domains"]))

    def _unique(self, dice: Dice, local: str, domain: str) -> str:
        """Nobody shares an address: later people's carry their serial number."""
        if self._serial > self._plain:
            return f"{local}{self._serial}{domain}"
        while local + domain in self._taken:
            local += str(dice.number(2, 9))
        self._taken.add(local + domain)
        return local + domain


def _plain(name: str) -> tuple[str, str]:
    first, _, last = fold(name).replace("'", "").partition(" ")
    return first, (last or first).replace(" ", "")


def _tags(dice: Dice) -> tuple[str, ...]:
    roll = dice.roll() * 100
    return ("vip",) if roll < 4 else ("forum",) if roll < 6 else ("influencer",) if roll < 7 else ()


def _handle(dice: Dice, name: str) -> str:
    first, last = _plain(name)
    stem = dice.pick((first, first + last[:1], first[:4] + last[:4], f"{last}_{first}", f"{first}_{last}"))
    return stem.replace("-", "") + str(dice.pick(world().people["handle_tails"]))
