"""Texts whose words are as unevenly common as real ones: Zipf's law over some 30 000 words, and a long tail.

The most common words are real French and English ones, the rest is made of syllables, so that beginnings are
shared by many words as in a real dictionary. Order references and family names are the tail: each of them is in
about ten messages, however large the desk is.
"""

from __future__ import annotations

import tomllib
from itertools import accumulate
from pathlib import Path
from random import Random

SIZE = 30_000
TAIL_HITS = 10
"""Messages that a word of the tail is in, on average."""
TAILED = 3
"""One message in so many holds a word of the tail."""

_FILE = Path(__file__).with_name("words.toml")


def _read() -> dict[str, list[str]]:
    return {name: words.split() for name, words in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}


def _made(random: Random, parts: dict[str, list[str]], count: int, taken: set[str]) -> list[str]:
    starts, vowels, ends = parts["starts"], parts["vowels"], parts["ends"]
    words: list[str] = []
    while len(words) < count:
        middle = "".join(random.choice(starts) + random.choice(vowels) for _ in range(random.choice((1, 1, 2, 2, 3))))
        word = middle + random.choice(ends)
        if word not in taken:
            taken.add(word)
            words.append(word)
    return words


class Words:
    """The dictionary of a desk, the same for the same number of messages; texts are drawn from it.

    :param messages: how many the desk will hold, which sets the length of the tail.
    """

    def __init__(self, messages: int) -> None:
        random = Random(17)
        parts = _read()
        self.names = parts["names"]
        head = list(dict.fromkeys(parts["head"]))
        self.words = head + _made(random, parts, SIZE - len(head), set(head))
        self._weights = list(accumulate(1 / rank for rank in range(1, SIZE + 1)))
        self.tail = max(20, messages // TAILED // TAIL_HITS)

    def tail_word(self, number: int) -> str:
        """A word of the tail, ``0 <= number < tail``: a reference such as ``fx0012345``."""
        return f"fx{number * 7919 % 10_000_019:07d}"

    def text(self, random: Random) -> str:
        """A message of some sentences; lengths are spread as people's are, some very short, few long."""
        count = min(400, max(4, int(random.lognormvariate(3.4, 0.75))))
        drawn = random.choices(self.words, cum_weights=self._weights, k=count)
        if random.random() * TAILED < 1:
            drawn.append(self.tail_word(random.randrange(self.tail)))
        sentences = [" ".join(drawn[at : at + 13]).capitalize() for at in range(0, len(drawn), 13)]
        return ". ".join(sentences) + "."

    def subject(self, random: Random) -> str:
        """A few words."""
        return " ".join(random.choices(self.words, cum_weights=self._weights, k=random.randint(2, 7))).capitalize()
