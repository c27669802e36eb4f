"""The words of ``phrases.toml`` in the shapes they are looked up by; read once, when the first mail is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FIELDS = ("from", "date", "to", "cc", "subject")
"""Kinds of header field that mail programs repeat above what they quote."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """All languages together: a message's language is not known, and mail mixes them.

    :param keys: a header field's translated name -> one of :data:`FIELDS`.
    :param told: finds a verb that stands before the name; ``by`` a "from" or "by".
    """

    wrote: tuple[str, ...]
    told: re.Pattern[str]
    by: re.Pattern[str]
    begin: tuple[str, ...]
    original: tuple[str, ...]
    forwarded: tuple[str, ...]
    above: tuple[str, ...]
    keys: dict[str, str]
    mobile: tuple[str, ...]
    mobile_end: tuple[str, ...]
    closing: frozenset[str]
    matter: tuple[str, ...]
    to_me: tuple[str, ...]
    away: tuple[str, ...]
    undelivered: tuple[str, ...]


@cache
def phrases() -> Phrases:
    """The words of every language that is known."""
    source = files("agentconsole.channels.email").joinpath("phrases.toml").read_text("utf-8")
    languages: list[dict[str, list[str]]] = list(tomllib.loads(source).values())

    def every(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word.lower() for language in languages for word in language.get(kind, ())))

    return Phrases(
        wrote=tuple(sorted(every("wrote"), key=len, reverse=True)),
        told=_any_of(every("told")),
        by=_any_of(every("by")),
        begin=every("begin"),
        original=every("original"),
        forwarded=every("forwarded"),
        above=every("above"),
        keys={word: kind for kind in reversed(FIELDS) for word in every(kind)},
        mobile=every("mobile"),
        mobile_end=every("mobile_end"),
        closing=frozenset(every("closing")),
        matter=every("matter"),
        to_me=every("to_me"),
        away=every("away"),
        undelivered=every("undelivered"),
    )


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")\s", re.IGNORECASE)
