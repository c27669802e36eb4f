"""The dashboard's board: panels side by side, a page at a time, with a cursor that goes from number to number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Offset
from textual.strip import Strip

from agentconsole.views.dashboard_parts import Figure, Row
from agentconsole.views.layout import Line, width
from agentconsole.views.messages import Chosen, Moved
from agentconsole.views.widgets.lines import Painted

_STEPS = {"down": (0, 1), "up": (0, -1), "right": (1, 0), "left": (-1, 0)}
_ASIDE = 6
"""Lines that a number of another line is farther off than one beside it, when the cursor goes left or right."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the board.

    :param lines: what is drawn, each with the lane (column of panels) that its bits belong to.
    """

    lines: tuple[Row, ...]
    edges: tuple[int, ...]
    """Screen columns at which lanes begin."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a number stands: page, lane, line, screen columns."""

    page: int
    lane: int
    y: int
    x: int
    end: int
    figure: Figure


class Board(Painted, can_focus=True):
    """Draws sheets of rows.

    Posts :class:`Moved` when the cursor comes to another number, :class:`Chosen` on a click.
    """

    def __init__(self) -> None:
        super().__init__(id="board")
        self.sheets: tuple[Sheet, ...] = ()
        self._cells: list[Cell] = []
        self._at: Cell | None = None

    # What is shown

    def show(self, sheets: tuple[Sheet, ...]) -> None:
        """Other sheets; the cursor stays on its number, or near where it was if that is gone."""
        before, self.sheets = self._shown, sheets
        self._cells = cells_of(sheets)
        if self._at is not None:
            self._at = self._again(self._at)
        if self._at is None:
            self._at = self._cells[0] if self._cells else None
        after = self._shown
        if len(before) != len(after):
            self.refresh()
        else:
            for y, (old, new) in enumerate(zip(before, after, strict=True)):
                if old != new:
                    self.refresh_line(y)
        self._place_terminal_cursor()

    def _again(self, was: Cell) -> Cell | None:
        same = next((cell for cell in self._cells if cell.figure.key == was.figure.key), None)
        near = [cell for cell in self._cells if cell.page == was.page]
        return same or min(near, key=lambda cell: abs(cell.y - was.y) * 4 + abs(cell.x - was.x), default=None)

    @property
    def current(self) -> Figure | None:
        """The number under the cursor."""
        return self._at.figure if self._at is not None else None

    @property
    def page(self) -> tuple[int, int]:
        """The page that is shown, from 1, and how many there are."""
        return (self._at.page + 1 if self._at is not None else 1), max(1, len(self.sheets))

    @property
    def _shown(self) -> tuple[Row, ...]:
        page = self.page[0] - 1
        return self.sheets[page].lines if page < len(self.sheets) else ()

    @property
    def text(self) -> str:
        """All pages without styles, for tests."""
        lines = (line for sheet in self.sheets for line in sheet.lines)
        return "\n".join("".join(text for text, _style, _figure in line).rstrip() for line in lines)

    def seek(self, key: tuple[str, ...]) -> bool:
        """Put the cursor on the number with that key, if it is shown."""
        found = next((cell for cell in self._cells if cell.figure.key == key), None)
        if found is not None:
            self._go(found)
        return found is not None

    # Drawing

    def render_line(self, y: int) -> Strip:
        rows = self._shown
        if y >= len(rows):
            return Strip.blank(self.size.width, self.base_style)
        here = self._at.figure.key if self._at is not None else None
        line: Line = [
            (text, f"{style} cursor" if figure is not None and figure.key == here else style)
            for text, style, figure in rows[y]
        ]
        return self.paint(line, self.size.width, self.base_style)

    def _place_terminal_cursor(self) -> None:
        if self.has_focus and self._at is not None:
            region = self.content_region
            self.app.cursor_position = Offset(region.x + self._at.x, region.y + self._at.y)

    def on_focus(self) -> None:
        """The terminal's own cursor goes to the number, for screen readers."""
        self._place_terminal_cursor()

    # Moving

    def press(self, action: str) -> bool:
        """One of the moving actions; False where it is none of them."""
        if action in _STEPS:
            self._go(toward(self._cells, self._at, *_STEPS[action]) if self._at is not None else None)
        elif action in ("first", "last"):
            self._go(self._cells[0 if action == "first" else -1] if self._cells else None)
        elif action in ("page_down", "page_up"):
            self._turn(1 if action == "page_down" else -1)
        elif action in ("panel_next", "panel_previous"):
            self._panel(1 if action == "panel_next" else -1)
        else:
            return False
        return True

    def _turn(self, by: int) -> None:
        page = self.page[0] - 1 + by
        self._go(next((cell for cell in self._cells if cell.page == page), None))

    def _panel(self, by: int) -> None:
        if self._at is None:
            return
        names = list(dict.fromkeys(cell.figure.panel for cell in self._cells))
        wanted = names[(names.index(self._at.figure.panel) + by) % len(names)]
        self._go(next(cell for cell in self._cells if cell.figure.panel == wanted))

    def _go(self, cell: Cell | None) -> None:
        if cell is None or self._at is None or cell.figure.key == self._at.figure.key:
            return
        before, self._at = self._at, cell
        if before.page != cell.page:
            self.refresh()
        else:
            for y, row in enumerate(self._shown):
                if any(f is not None and f.key in (before.figure.key, cell.figure.key) for _t, _s, f in row):
                    self.refresh_line(y)
        self._place_terminal_cursor()
        self.post_message(Moved(self.id, 0))

    def refresh_line(self, y: int) -> None:
        """Draw one line again."""
        from textual.geometry import Region

        self.refresh(Region(0, y, self.size.width, 1))

    def on_click(self, event: events.Click) -> None:
        """Once puts the cursor there, twice opens what is behind it."""
        for cell in self._cells:
            if cell.page == self.page[0] - 1 and cell.y == event.y and cell.x <= event.x < cell.end:
                if event.chain > 1 or cell is self._at:
                    self.post_message(Chosen(self.id, cell.figure))
                self._go(cell)
                return


def toward(cells: Sequence[Cell], at: Cell, right: int, down: int) -> Cell | None:
    """The number next to one, in that direction; below the last of a lane that of the next page."""
    if not down:
        aside = [cell for cell in cells if cell.page == at.page and (cell.x - at.x) * right > 0]
        return min(aside, key=lambda cell: _far(cell, at), default=None)
    lane = [c for c in cells if c.page == at.page and c.lane == at.lane and (c.y - at.y) * down > 0]
    if lane:
        nearest = min(abs(cell.y - at.y) for cell in lane)
        return min((cell for cell in lane if abs(cell.y - at.y) == nearest), key=lambda cell: _gap(cell, at))
    beyond = [cell for cell in cells if cell.page == at.page + down]
    beyond = [cell for cell in beyond if cell.lane == at.lane] or beyond
    return (beyond[0] if down > 0 else beyond[-1]) if beyond else None


def _far(cell: Cell, at: Cell) -> tuple[int, int, int]:
    """Beside it in its lane, else in the next lane, as near its line as can be."""
    same = cell.lane == at.lane and cell.y == at.y
    lanes = 0 if same else _ASIDE if cell.lane == at.lane else abs(cell.lane - at.lane)
    return lanes, abs(cell.y - at.y), abs(cell.x - at.x) if same else cell.x


def _gap(one: Cell, other: Cell) -> int:
    """Columns between two numbers; none where one is above the other."""
    return max(0, one.x - other.end + 1, other.x - one.end + 1) * 100 + abs(one.end - other.end)


def cells_of(sheets: Sequence[Sheet]) -> list[Cell]:
    """The numbers of all pages, page by page."""
    return [cell for number, sheet in enumerate(sheets) for cell in _cells(number, sheet)]


def _cells(page: int, sheet: Sheet) -> list[Cell]:
    """The numbers of a page in reading order, lane by lane; one that takes several lines stands at its lowest."""
    found: dict[tuple[str, ...], Cell] = {}
    for y, row in enumerate(sheet.lines):
        x = 0
        for text, _style, figure in row:
            end = x + width(text)
            if figure is not None and end > x:
                lane = sum(edge <= x for edge in sheet.edges) - 1
                found[figure.key] = Cell(page, lane, y, x, end, figure)
            x = end
    return sorted(found.values(), key=lambda cell: (cell.lane, cell.y, cell.x))
