"""Laying text out in terminal cells: spans, cutting, padding, wrapping. Works on text that has been cleaned.

Pure: no widget. A line is a list of :data:`Span`; a span's style is names of component classes, blank-separated.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size

Span = tuple[str, str]
"""Text and the names of its styles, such as ``("LATE 12m", "late bold")``."""
Line = list[Span]


def _plain_terminal() -> bool:
    """A terminal whose font has little beyond ASCII: the Linux console, VT terminals, or by wish."""
    return os.environ.get("AGENTCONSOLE_ASCII", "") not in ("", "0") or os.environ.get("TERM", "") in (
        "linux", "vt100", "vt102", "vt220", "dumb",
    )  # fmt: skip


ASCII = _plain_terminal()
DOT, DASH, ELLIPSIS, BAR = (" - ", "-", "~", "|") if ASCII else (" · ", "─", "…", "│")


def width(text: str) -> int:
    """Columns a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, columns: int) -> str:
    """The text in at most so many columns, what is cut announced by an ellipsis."""
    if columns <= 0:
        return ""
    if width(text) <= columns:
        return text
    return set_cell_size(text, columns - 1).rstrip() + ELLIPSIS


def fit(text: str, columns: int, *, right: bool = False) -> str:
    """:func:`cut`, padded to exactly so many columns."""
    text = cut(text, columns)
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank


def line_width(line: Iterable[Span]) -> int:
    """Columns a line takes."""
    return sum(width(text) for text, _ in line)


@dataclass(frozen=True)
class Spread:
    """A line whose two sides are laid out once its width is known: see :func:`spread`."""

    left: Line
    right: Line = field(default_factory=list)


def spread(left: Line, right: Line, columns: int) -> Line:
    """Left and right at the two ends of a line; the left one gives way."""
    room = columns - line_width(right) - (1 if right else 0)
    out, used = [], 0
    for text, style in left:
        short = cut(text, room - used)
        out.append((short, style))
        used += width(short)
        if short != text:
            break
    return [*out, (" " * (columns - used - line_width(right)), ""), *right]


def wrap(text: str, columns: int) -> list[str]:
    """The text in lines of at most so many columns, broken between words where it can be.

    Leading blanks of a line are kept (indented lists, code); a word that is too long is broken anywhere.
    """
    columns = max(columns, 2)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if width(paragraph) <= columns:
            lines.append(paragraph)
        else:
            lines.extend(_wrapped(paragraph, columns))
    return lines


def _wrapped(paragraph: str, columns: int) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for word in _words(paragraph):
        if used + width(word.rstrip()) <= columns:
            line, used = line + word, used + width(word)
            continue
        if line:
            lines.append(line.rstrip())
        *full, line = broken(word, columns) if width(word) > columns else [word]
        lines.extend(full)
        used = width(line)
    lines.append(line.rstrip())
    return lines


def _words(paragraph: str) -> list[str]:
    """Words with the blanks after them; the paragraph's first blanks go with its first word."""
    indent = len(paragraph) - len(paragraph.lstrip(" "))
    parts = paragraph[indent:].split(" ")
    words = [part + " " for part in parts[:-1]] + parts[-1:]
    words[0] = " " * indent + words[0]
    return words


def broken(word: str, columns: int) -> list[str]:
    """A word in pieces of at most so many columns; a base character keeps its marks."""
    if word.isascii():
        return [word[i : i + columns] for i in range(0, len(word), columns)]
    pieces: list[str] = []
    piece: list[str] = []
    used = 0
    for char in word:
        size = cell_len(char)
        if used + size > columns and piece:
            pieces.append("".join(piece))
            piece, used = [], 0
        piece.append(char)
        used += size
    pieces.append("".join(piece))
    return pieces


def file_size(size: int) -> str:
    """Bytes as people say them: ``34 kB``, ``1.2 MB``."""
    if size < 1000:
        return f"{size} B"
    return f"{size // 1000} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
