"""Lines of a message's text with what the mail program itself says of them."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Mark(IntEnum):
    """What the sender's mail program marked a line as."""

    NONE = 0
    SIGNATURE = 1
    """In an element that mail programs put signatures in."""
    BLOCK = 2
    """In a plain ``<blockquote>``: quoted history if somebody is said to have written it."""
    INTRODUCTION = 3
    """In an element that says who wrote the history below."""
    HISTORY = 4
    """In an element that mail programs put history in."""


class Line(NamedTuple):
    """One line without its line break. ``depth`` is how deep it is quoted by its element (0 for plain text)."""

    text: str
    mark: Mark = Mark.NONE
    depth: int = 0


def as_lines(text: str) -> list[Line]:
    """Plain text as unmarked lines; CRLF and CR count as line breaks, form feeds and the like do not."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [Line(one) for one in text.split("\n")]
