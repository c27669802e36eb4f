"""Text as it goes into a mail: format=flowed (RFC 3676) or as it was written, and quotations."""

from __future__ import annotations

import re

WIDTH = 76
"""Columns a flowed line is broken at; with its blank and its stuffing it stays within the 78 of RFC 3676."""
SIGNATURE = "-- "
"""The line above a signature; the only one whose blank at the end is no soft break."""

_MARKS = re.compile(r"(?:> ?)*")


def flowed(text: str) -> str:
    """Text in which paragraphs are broken softly: a blank at the end of a line says that it goes on.

    Lines of the text that end in blanks lose them, or they would run into the next one. A word longer than a
    line stays whole.

    :param text: lines separated by newlines.
    :returns: lines separated by newlines, that a reader who knows RFC 3676 joins to the lines of ``text``.
    """
    return "\n".join(_flow(line, "") for line in text.split("\n"))


def plain(text: str) -> str:
    """Text as it was written, without blanks at the ends of lines but for :data:`SIGNATURE`."""
    return "\n".join(line if line == SIGNATURE else line.rstrip(" ") for line in text.split("\n"))


def quoted(text: str, *, flow: bool) -> str:
    """Text as a quotation, each line one level deeper than it was."""
    lines: list[str] = []
    for line in text.split("\n"):
        marks = _MARKS.match(line)
        depth = marks[0].count(">") if marks else 0
        rest = line[marks.end() :] if marks and depth else line
        prefix = ">" * (depth + 1)
        lines.append(_flow(rest, prefix) if flow else f"{prefix} {rest}".rstrip())
    return "\n".join(lines)


def _flow(line: str, prefix: str) -> str:
    """One line of text as lines of flowed text, each behind ``prefix`` (quote marks or nothing)."""
    if line == SIGNATURE:
        return f"{prefix} {line}" if prefix else line
    line = line.rstrip(" ")
    out: list[str] = []
    while len(line) > WIDTH:
        at = line.rfind(" ", 1, WIDTH)
        while at > 0 and not line[:at].strip(" "):
            at = -1
        if at < 0:
            at = line.find(" ", max(WIDTH, len(line) - len(line.lstrip(" "))))
        if at < 0:
            break
        if line[: at + 1] == SIGNATURE:  # would be read as the line above a signature
            at = line.find(" ", at + 1)
            if at < 0:
                break
        out.append(line[: at + 1])
        line = line[at + 1 :]
    return "\n".join(_stuffed(part, prefix) for part in [*out, line])


def _stuffed(line: str, prefix: str) -> str:
    """RFC 3676, 4.4: a blank before what would be read as a quote mark, a stuffed blank, or mbox's From."""
    if prefix:
        return f"{prefix} {line}" if line else prefix
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
