"""Which key does what where: the registry's own keys, changed by ``[keys]`` of agentconsole.toml.

Keys are dispatched by :class:`Keymap` alone: there is no Textual action string that does anything, so no text can
name one. Nothing of Textual is imported here: ``agentconsole check`` looks for clashes without a screen.

A key is written as one character ("r", "R", "?"), or by name: enter, escape, tab, space, up, f5, ctrl+s, alt+enter.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from agentconsole.config import Config
from agentconsole.i18n import N_, _
from agentconsole.views.actions import ACTIONS, BY_ID, Action
from agentconsole.views.situation import Place

_NAMED = re.compile(
    r"((ctrl|alt|shift)\+)*(enter|escape|tab|space|backspace|delete|insert|home|end|pageup|pagedown|up|down|left|right"
    r"|f([1-9]|1[0-2]))|((ctrl|alt)\+)+\S"
)
_SHOWN = {
    "escape": N_("esc"), "enter": N_("enter"), "tab": N_("tab"), "space": N_("space"), "backspace": N_("backspace"),
    "pageup": N_("pgup"), "pagedown": N_("pgdn"), "home": N_("home"), "end": N_("end"), "delete": N_("del"),
    "up": N_("up"), "down": N_("down"), "left": N_("left"), "right": N_("right"),
}  # fmt: skip


def is_key(key: str) -> bool:
    """Whether that is how a key is written."""
    return (len(key) == 1 and key.isprintable() and key != " ") or bool(_NAMED.fullmatch(key))


def is_typed(key: str) -> bool:
    """Whether the key is text where one types."""
    return len(key) == 1 or key in (
        "space",
        "backspace",
        "enter",
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
        "delete",
    )


def key_words(key: str) -> str:
    """A key as people read it, in the language in use: ``esc``, ``^s`` is written ``ctrl+s``."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    return "+".join([*modifiers, _(_SHOWN[last]) if last in _SHOWN else last])


def places_of(action: Action, key: str) -> Place:
    """Where that key of an action works: one that is typed only where nothing is typed, and where it may be bare."""
    return action.places & action.bare & ~Place.TYPING if is_typed(key) else action.places


def _given(keys: str) -> list[str]:
    """Keys of the user's: separated by commas (a comma itself by the word ``comma``) or blanks."""
    return [{"comma": ",", "esc": "escape"}.get(key, key) for key in re.split(r"[,\s]+", keys.strip()) if key]


class Keymap:
    """Which key does what where: the registry, with the user's ``[keys]`` in place of an action's own."""

    def __init__(self, changed: dict[str, str] | None = None) -> None:
        self._keys: dict[str, tuple[str, ...]] = {a.id: tuple(a.keys.split()) for a in ACTIONS}
        for name, keys in (changed or {}).items():
            if name in self._keys:
                self._keys[name] = tuple(key for key in _given(keys) if is_key(key))
        self._by_key: dict[str, list[Action]] = {}
        for action in ACTIONS:
            for key in self._keys[action.id]:
                self._by_key.setdefault(key, []).append(action)

    def find(self, key: str, place: Place) -> Action | None:
        """What that key does there; a typed key does nothing where one types."""
        for action in self._by_key.get(key, ()):
            if place in places_of(action, key):
                return action
        return None

    def keys(self, action_id: str, place: Place | None = None) -> tuple[str, ...]:
        """The keys of an action; with a place, those that work there."""
        keys = self._keys[action_id]
        return keys if place is None else tuple(k for k in keys if place in places_of(BY_ID[action_id], k))

    def key(self, action_id: str, place: Place | None = None) -> str:
        """The first key of an action as people read it; empty where it has none."""
        return next((key_words(key) for key in self.keys(action_id, place)), "")

    def at(self, place: Place) -> Iterator[Action]:
        """The actions whose keys work there, in the registry's order."""
        return (action for action in ACTIONS if place in action.places)


def clashes(config: Config) -> list[str]:
    """What is wrong with ``[keys]`` of agentconsole.toml, one line each: unknown actions, keys, and clashes."""
    problems = []
    for name, keys in config.keys.items():
        if name not in BY_ID:
            near = difflib.get_close_matches(name, BY_ID, 1)
            hint = _(" Did you mean {name!r}?").format(name=near[0]) if near else ""
            problems.append(_("keys.{name}: there is no such action.").format(name=name) + hint)
            continue
        for key in _given(keys):
            if not is_key(key):
                problems.append(
                    _('keys.{name}: {key!r} is not a key; write "R", "f5", "ctrl+s" or "alt+enter".').format(
                        name=name, key=key
                    )
                )
            elif is_typed(key) and BY_ID[name].places in Place.TYPING:
                problems.append(
                    _("keys.{name}: {key!r} is text while one writes; use a key with ctrl or alt.").format(
                        name=name, key=key
                    )
                )
        if not _given(keys):
            problems.append(_("keys.{name}: no key is given.").format(name=name))
    return problems + list(_collisions(Keymap(config.keys)))


def _collisions(keymap: Keymap) -> Iterator[str]:
    for number, action in enumerate(ACTIONS):
        for other in ACTIONS[number + 1 :]:
            for key in sorted(set(keymap.keys(action.id)) & set(keymap.keys(other.id))):
                if not places_of(action, key) & places_of(other, key):
                    continue
                yield _("keys: {key} is both {one!r} and {other!r}.").format(
                    key=key_words(key), one=action.id, other=other.id
                )
