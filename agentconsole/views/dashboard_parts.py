"""What the dashboard is made of: numbers that one can stand on, rows of them, panels, and panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agentconsole.model.floor import Which
from agentconsole.views.layout import BAR, fit, width

Opens = Literal["list", "approvals", "control", "meaning", "trend"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the dashboard.

    :param metric: its definition in :data:`agentconsole.desk.metrics.METRICS`.
    :param name: what it is about, in words that are safe to show.
    :param which: the list behind it. :param opens: what enter opens.
    :param told: further words for the line below the board.
    """

    panel: str
    metric: str
    name: str
    which: Which | None = None
    opens: Opens = "list"
    told: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """By which it is found again when the figures have changed."""
        where = (self.which.figure, self.which.scope) if self.which is not None else ("", "")
        return (self.panel, self.metric, *where)

    def part(self, kind: str) -> str:
        """The id after ``kind:`` in its scope; empty for another kind."""
        scope = self.which.scope if self.which is not None else ""
        return scope.removeprefix(f"{kind}:") if scope.startswith(f"{kind}:") else ""


Bit = tuple[str, str, Figure | None]
"""Text, names of its styles, and the number that it is."""
Row = tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows that belong together; the first ``head`` are repeated where the rest goes on elsewhere."""

    rows: tuple[Row, ...]
    head: int = 1
    keep: bool = False
    """Not to be divided."""


def plain(text: str, style: str = "") -> Bit:
    """Words that are no number."""
    return text, style, None


def row_width(row: Sequence[Bit]) -> int:
    """Columns a row takes."""
    return sum(width(text) for text, _style, _figure in row)


def shaped(row: Sequence[Bit], columns: int) -> Row:
    """The row in exactly so many columns."""
    out: list[Bit] = []
    left = columns
    for text, style, figure in row:
        if left <= 0:
            break
        size = width(text)
        out.append((text if size <= left else fit(text, left), style, figure))
        left -= min(size, left)
    return (*out, plain(" " * left)) if left > 0 else tuple(out)


def ends(left: Sequence[Bit], right: Sequence[Bit], columns: int) -> Row:
    """Two sides of a row; the left one gives way."""
    room = columns - row_width(right)
    return (*shaped(left, max(0, room)), *right)


@dataclass(frozen=True, slots=True)
class Lane:
    """Panels below one another."""

    columns: int
    panels: tuple[Panel, ...]


def pages_of(lane: Lane, height: int, first: int) -> list[list[Row]]:
    """The lane's rows in pages of ``height`` lines (the first of ``first``), a blank line between panels."""
    pages: list[list[Row]] = [[]]

    def room() -> int:
        most = first if len(pages) == 1 else height
        return most - len(pages[-1]) - (1 if pages[-1] else 0)

    for panel in lane.panels:
        head, rest = panel.rows[: panel.head], list(panel.rows[panel.head :])
        if not rest:
            continue
        fits = len(panel.rows) <= room()
        if not fits and pages[-1] and (panel.keep or room() < panel.head + 3):
            pages.append([])
        while rest:
            space = room() - len(head)
            if space <= 0:
                if not pages[-1]:
                    return pages
                pages.append([])
                continue
            blank: list[Row] = [()] if pages[-1] else []
            pages[-1] += [*blank, *head, *rest[:space]]
            rest = rest[space:]
            if rest:
                pages.append([])
    return pages


def side_by_side(lanes: Sequence[Lane], top: Sequence[Row], columns: int, height: int) -> list[tuple[Row, ...]]:
    """Pages of the whole board: ``top`` over all of the first page, then lanes beside one another."""
    above = [shaped(row, columns) for row in top]
    made = [pages_of(lane, height, height - len(above)) for lane in lanes]
    pages = []
    for number in range(max(map(len, made), default=1)):
        high = height - (len(above) if number == 0 else 0)
        parts = [page[number] if number < len(page) else [] for page in made]
        lines = []
        for y in range(high):
            bits: list[Bit] = []
            for lane, part in zip(lanes, parts, strict=True):
                bits += [plain(f" {BAR} ", "line") if bits else plain(" ")]
                bits += shaped(part[y] if y < len(part) else (), lane.columns)
            lines.append(shaped(bits, columns))
        pages.append((*(above if number == 0 else ()), *lines))
    return pages
