"""On which line of a TOML file a key stands: tomllib does not say, and a person who looks for a mistake must know."""

from __future__ import annotations

import re

_TABLE = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-\"' ]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(
    r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=\s*"
)
_LONG = ('"""', "'''")


class Places:
    """The lines of a file's keys, each as ``actions.note`` or ``questions.1.name``.

    Knows TOML's tables and multi-line texts; what stands in an inline table has the line of that table.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        self._texts: dict[str, int] = {}
        self._read(text.split("\n"))

    def line(self, key: str) -> int | None:
        """The line of a key, from 1; of what it stands in where it has none of its own."""
        while key and key not in self._lines:
            key = key.rpartition(".")[0]
        return self._lines.get(key)

    def line_in(self, key: str, number: int) -> int | None:
        """The line of the file on which line ``number`` (from 1) of a key's text stands."""
        at = self._texts.get(key)
        return at + number - 1 if at else self.line(key)

    def _read(self, lines: list[str]) -> None:
        table, counts, long = "", dict[str, int](), ""
        for number, line in enumerate(lines, 1):
            if long:
                long = "" if long in line else long
                continue
            if head := _TABLE.fullmatch(line):
                table = ".".join(part.strip(" \"'") for part in head[2].split("."))
                if head[1] == "[[":
                    counts[table] = counts.get(table, 0) + 1
                    table = f"{table}.{counts[table]}"
                self._lines.setdefault(table, number)
            elif found := _KEY.match(line):
                name = ".".join(part.strip(" \"'") for part in found[1].split("."))
                key = f"{table}.{name}" if table else name
                self._lines.setdefault(key, number)
                value = line[found.end() :]
                if value[:3] in _LONG:
                    self._texts[key] = number if value[3:].strip() else number + 1
                    long = "" if value[:3] in value[3:] else value[:3]
