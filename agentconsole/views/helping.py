"""The keys of a screen that opens over the page, to read."""

from __future__ import annotations

from agentconsole.i18n import _
from agentconsole.views.keys import Keymap, key_words
from agentconsole.views.layout import Line, fit
from agentconsole.views.overlays import Reader
from agentconsole.views.situation import Place

_KEYS = 18
"""Columns of the keys of an action."""


def keys_of(keymap: Keymap, place: Place, where: str) -> Reader:
    """What each key does there; ``where`` as the title says it."""

    def make(columns: int) -> list[Line]:
        return [
            [
                (fit(" ".join(map(key_words, keymap.keys(action.id, place))), _KEYS), "accent"),
                (fit(action.help(), columns - _KEYS - 2), ""),
            ]
            for action in keymap.at(place)
        ]

    return Reader(_("Keys {where}").format(where=where), make, keymap)
