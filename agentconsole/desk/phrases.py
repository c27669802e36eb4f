"""Words and phrases of rules, found in what people write: accents, case, blanks and apostrophes do not matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agentconsole.text import fold

_APOSTROPHES = re.compile("['\u2018\u2019\u02bc]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word or phrase, found only between word boundaries, whatever blanks or apostrophes are in it.

    Texts are searched as :func:`agentconsole.text.fold` makes them. ``needle`` is the longest run of word characters:
    a plain search for it spares most texts the pattern.
    """

    needle: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, phrase: str) -> Phrase:
        """A phrase as a person writes it; one of blanks alone is found nowhere."""
        words = [_APOSTROPHES.sub("'", word) for word in fold(phrase).split()]
        body = r"\s+".join(re.escape(word).replace("'", _APOSTROPHES.pattern) for word in words)
        runs = re.findall(r"\w+", " ".join(words))
        if not words:
            return cls("", re.compile(r"(?!)"))
        left = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
        right = r"(?!\w)" if re.search(r"\w\Z", words[-1]) else ""
        return cls(max(runs, key=len, default=""), re.compile(left + body + right))

    def found_in(self, text: str) -> bool:
        """Whether a folded text has it."""
        return self.needle in text and self.pattern.search(text) is not None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a folded text has it: begin and end."""
        if self.needle in text:
            yield from (match.span() for match in self.pattern.finditer(text))


@lru_cache(maxsize=16)
def phrases_of(words: tuple[str, ...]) -> tuple[Phrase, ...]:
    """Phrases made ready for many texts."""
    return tuple(map(Phrase.of, words))
