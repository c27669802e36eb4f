"""The placeholders that a macro may use, and how one that could not be filled in is found in a text."""

from __future__ import annotations

import re

PLACEHOLDERS = {
    "customer": ("name", "first_name", "language", "since"),
    "conversation": ("number", "subject", "channel", "opened"),
    "agent": ("name", "first_name", "team"),
    "brand": ("name",),
    "gesture": ("amount", "code", "label", "expires"),
}
"""What there is to fill in, by its first word; ``ask.NAME`` is the answer to a macro's question."""
NAMES = frozenset(f"{first}.{last}" for first, rest in PLACEHOLDERS.items() for last in rest)
"""All of them but ``ask.NAME``."""

UNRESOLVED = re.compile(r"\{\{\s*([^{}|\s][^{}|]*?)\s*(?:\|[^{}]*)?\}\}")
"""A placeholder in a text, with whatever filters it has; group 1 is its name."""


def unresolved_in(text: str) -> tuple[str, ...]:
    """The names of the placeholders that a text still has, each once, in their order."""
    return tuple(dict.fromkeys(found[1] for found in UNRESOLVED.finditer(text)))
