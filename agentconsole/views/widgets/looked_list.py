"""The list of gestures that are looked at afterwards."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.control import Looked
from agentconsole.i18n import money
from agentconsole.views.control_lines import looked_line
from agentconsole.views.layout import Line, width
from agentconsole.views.widgets.lines import Lines


class LookedList(Lines):
    """A line a gesture that is to be looked at."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="control")
        self._desk = desk
        self.items: list[Looked] = []
        self._amounts = 0

    def fill(self, items: list[Looked]) -> None:
        """Show these, the cursor where it was: on what is next, once the one under it has its verdict."""
        self.items = items
        self._amounts = max((width(money(i.given.amount, i.given.currency)) for i in items), default=0)
        self.cursor = min(self.cursor, max(0, len(items) - 1))
        self.lines_changed()

    @property
    def current(self) -> Looked | None:
        """The one under the cursor."""
        return self.items[self.cursor] if self.has_cursor else None

    def count(self) -> int:
        return len(self.items)

    def line(self, index: int, columns: int, /) -> Line:
        here = index == self.cursor
        return looked_line(self._desk, self.items[index], columns, self._amounts, self._desk.now(), here=here)
