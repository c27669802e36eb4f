"""The list of requests for gestures, and all about the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from agentconsole.desk.context import Desk
from agentconsole.desk.deciding import Case, Request, Whose
from agentconsole.i18n import _
from agentconsole.views.approval_lines import case_lines, request_line, widest
from agentconsole.views.layout import Line
from agentconsole.views.widgets.lines import Lines, nowhere


class RequestList(Lines):
    """A line a request, below what it is to me."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="approvals")
        self._desk = desk
        self.items: list[Request | str] = []
        self._amounts = 0

    def fill(self, requests: Sequence[Request]) -> None:
        """Show these, the cursor on the one that it was on."""
        held = self.request.approval.id if self.request else None
        heads = {Whose.DECIDE: _("To decide"), Whose.MINE: _("I asked for"), Whose.ENDED: _("What became of it")}
        self.items, self._amounts = [], widest(requests)
        for whose, head in heads.items():
            some = [request for request in requests if request.whose is whose]
            self.items += [head, *some] if some else []
        at = next(
            (i for i, item in enumerate(self.items) if isinstance(item, Request) and item.approval.id == held), -1
        )
        self.cursor = at if at >= 0 else self._nearest(min(self.cursor, len(self.items) - 1)) if self.items else 0
        self.lines_changed()

    @property
    def request(self) -> Request | None:
        """The one under the cursor."""
        item = self.items[self.cursor] if 0 <= self.cursor < len(self.items) else None
        return item if isinstance(item, Request) else None

    def count(self) -> int:
        return len(self.items)

    def can_rest(self, index: int, /) -> bool:
        return isinstance(self.items[index], Request)

    def line(self, index: int, columns: int, /) -> Line:
        item = self.items[index]
        if isinstance(item, str):
            return [(" " + item, "title")]
        return request_line(item, self._desk, columns, self._amounts, here=index == self.cursor)


class Details(Lines, can_focus=False):
    """All about the request under the cursor."""

    can_rest = nowhere

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="approval-case")
        self._desk = desk
        self.case: Case | None = None
        self._lines: list[Line] = []

    def show(self, case: Case | None) -> None:
        """Show this one; from its top where it is another one."""
        before, self.case = self.case, case
        self._make()
        if before is None or case is None or before.request.approval.id != case.request.approval.id:
            self.scroll_to(y=0, animate=False)

    def _make(self) -> None:
        columns = self.columns - 1
        self._lines = case_lines(self.case, self._desk, columns) if self.case and columns > 20 else []
        self.lines_changed()

    def count(self) -> int:
        return len(self._lines)

    def line(self, index: int, _columns: int, /) -> Line:
        return [(" ", ""), *self._lines[index]] if index < len(self._lines) else []

    def on_resize(self, event: events.Resize) -> None:
        self._make()
        super().on_resize(event)
