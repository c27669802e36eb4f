"""The keys of a screen that opens over the page, to read."""

from __future__ import annotations

from collections.abc import Sequence

from agentconsole.i18n import _
from agentconsole.views.keys import Keymap, key_words
from agentconsole.views.layout import Line, fit, width, wrap
from agentconsole.views.overlays import Reader
from agentconsole.views.situation import Place

_LEAST = 14
"""Columns of what stands first in a pair, the blanks after it included, at least."""


def keys_of(keymap: Keymap, place: Place, where: str) -> Reader:
    """What each key does there; ``where`` as the title says it."""
    return Reader(_("Keys {where}").format(where=where), lambda columns: key_lines(keymap, place, columns), keymap)


def key_lines(keymap: Keymap, place: Place, columns: int) -> list[Line]:
    """What each action does, beside its keys; those without a key are left out."""
    pairs = [(" ".join(map(key_words, keymap.keys(a.id, place))), a.help(place)) for a in keymap.at(place)]
    return pair_lines([(keys, says) for keys, says in pairs if keys], columns, "accent")


def pair_lines(pairs: Sequence[tuple[str, str]], columns: int, style: str) -> list[Line]:
    """Two columns of words that go on below themselves: nothing is cut.

    :param style: of what stands first.
    """
    longest = max((width(head) for head, _words in pairs), default=0)
    first = max(_LEAST, min(longest + 2, columns // 3))
    lines: list[Line] = []
    for head, words in pairs:
        left, right = wrap(head, first - 2), wrap(words, max(10, columns - first - 1))
        for row in range(max(len(left), len(right))):
            name, said = left[row] if row < len(left) else "", right[row] if row < len(right) else ""
            lines.append([(fit(name, first), style), (said, "")])
    return lines
