"""Chance that repeats itself: a seeded generator with the three throws this world needs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws that depend on the seed alone.

    Built on ``Random.random()`` only, whose sequence Python keeps the same across versions; ``choice`` and
    ``shuffle`` promise no such thing, and are slower.
    """

    __slots__ = ("roll",)

    def __init__(self, seed: int | str) -> None:
        self.roll = random.Random(seed).random  # noqa: S311 (no secret: invented people, the same for a seed)

    def pick(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[int(self.roll() * len(choices))]

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.roll() * (high - low + 1))

    def chance(self, percent: float) -> bool:
        """True in so many of a hundred throws."""
        return self.roll() * 100 < percent

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A new list in another order."""
        return [item for _, _, item in sorted((self.roll(), n, item) for n, item in enumerate(items))]
