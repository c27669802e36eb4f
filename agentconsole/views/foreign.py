"""How foreign text is shown: cleaned, and of a width that every terminal agrees on.

Terminals differ on how wide joined emoji, skin tones, variation selectors and flags are; one that disagrees
shifts the rest of the line, neighbouring panes included. So emoji are shown apart, and flags as letters.
"""

from __future__ import annotations

import re

from agentconsole.text import MAX_LENGTH, Clean, clean

_UNSTEADY = re.compile("[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\u200c\u200d\ufe0f\u20e3]")
_LETTERS = {code: chr(code - 0x1F1E6 + ord("A")) for code in range(0x1F1E6, 0x1F200)}
_JOINED_EMOJI = re.compile(
    "(?<=[\u2190-\u2bff\U0001f000-\U0001faff])[\u200c\u200d]|[\u200c\u200d](?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
_DROPPED = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u20e3]")


def steady(text: str, *, one_line: bool = False, limit: int | None = MAX_LENGTH) -> Clean:
    """:func:`agentconsole.text.clean`, with emoji apart and flags as letters."""
    cleaned = clean(text, one_line=one_line, limit=limit)
    if cleaned.isascii() or not _UNSTEADY.search(cleaned):
        return cleaned
    apart = _JOINED_EMOJI.sub("", _DROPPED.sub("", cleaned))
    return Clean(apart.translate(_LETTERS))
