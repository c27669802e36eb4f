"""The trouble of the day: the fibre of Brumeval, which does not exist, was cut half an hour ago."""

from __future__ import annotations

from typing import NamedTuple

from agentconsole.demo.world.data import Scenario, world
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.story import Story

_ID = "brumeval-"
_FIRST, _LAST = 27.0, 5.0
"""Minutes before now that the first and the last one on the desk wrote."""
_LATER = {"whatsapp": 2, "x": 1}
"""How many of a channel's first newcomers write of it too."""


class Place(NamedTuple):
    """A customer's language, and the beat and the channel on which they write."""

    language: str
    opening: str
    channel: str


PLACES = tuple(
    Place(language, opening, channel)
    for language, opening, channel in (
        ("fr", "short", "whatsapp"),
        ("fr", "post", "x"),
        ("fr", "long", "mail"),
        ("en", "post", "x"),
        ("fr", "short", "whatsapp"),
        ("fr", "long", "form"),
        ("en", "long", "mail"),
        ("fr", "post", "x"),
        ("fr", "short", "whatsapp"),
    )
)
"""Who writes, in this order."""


def scenario(language: str) -> Scenario:
    """What is written in that language."""
    return world().scenarios[_ID + language]


def track(number: int) -> int:
    """Which of the scenario's texts is that of :data:`PLACES` with this number: no two write the same."""
    place = PLACES[number]
    return sum(other[:2] == place[:2] for other in PLACES[:number])


def minutes_ago(number: int, dice: Dice) -> float:
    """When that one wrote."""
    step = (_FIRST - _LAST) / (len(PLACES) - 1)
    return _FIRST - step * (number + 0.8 * dice.roll() - 0.4)


def later(channel: str, number: int) -> int | None:
    """Which text a channel's n-th newcomer has, counted from the last one; ``None``: they write of other things."""
    return -1 - number if number < _LATER.get(channel, 0) else None


def is_trouble(story: Story) -> bool:
    """Whether it is told of this."""
    return story.scenario.startswith(_ID)
