"""The list of conversations: pages of rows, drawn line by line, the cursor held by number, not by place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial

from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.criteria import Position
from agentconsole.views.layout import Line
from agentconsole.views.messages import Moved, NearEnd
from agentconsole.views.rows import CLOCK_COLUMNS, clock_of, row_line
from agentconsole.views.widgets.lines import Lines

AHEAD = 60
"""Rows before the last one read at which the next page is asked for."""
_KEPT = 256
"""Lines that are kept as they were laid out: scrolling by one draws all that are in sight."""
_WIDER = 2
"""Columns that what is told in place of the clock takes beside those of a clock."""


class ConversationList(Lines):
    """Rows of a view or a search.

    The cursor stays on its conversation whatever changes. One that leaves the view stays as a ghost, in its
    place, until the cursor leaves it.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="list")
        self._desk = desk
        self.rows: list[ConversationRow] = []
        self.next: Position | None = None
        self.ghost: int | None = None
        self.drafted: Collection[int] = ()
        self.present: Mapping[int, str] = {}
        self.told: Callable[[ConversationRow, datetime], tuple[str, str]] | None = None
        """What is said of a conversation in place of its clock, and the style of it."""
        self._marks: set[int] = set()
        self._sought: int | None = None
        self._now = desk.now()
        self._said = ""
        self._minute = -1
        self._row_line = lru_cache(_KEPT)(partial(row_line, desk=desk))

    @property
    def current(self) -> ConversationRow | None:
        """The conversation under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def count(self) -> int:
        return len(self.rows)

    def line(self, index: int, columns: int) -> Line:
        row = self.rows[index]
        here = index == self.cursor
        return self._row_line(
            row,
            columns,
            clock=self._clock(row, ticking=here),
            clock_columns=CLOCK_COLUMNS + (_WIDER if self.told else 0),
            here=here,
            ghost=row.number == self.ghost,
            drafted=row.number in self.drafted,
            present=self.present.get(row.number, ""),
            marked=row.number in self._marks and row.number != self.ghost,
        )

    def _clock(self, row: ConversationRow, *, ticking: bool) -> tuple[str, str]:
        if self.told is not None:
            return self.told(row, self._now)
        return clock_of(row, self._desk, self._now, ticking=ticking)

    # What is shown

    def show(self, rows: Sequence[ConversationRow], following: Position | None, number: int | None = None) -> None:
        """Rows of another view, the cursor on a conversation, else on the first one."""
        self.rows, self.next, self.ghost, self._sought = list(rows), following, None, None
        self._now = self._desk.now()
        self.cursor = next((i for i, row in enumerate(self.rows) if row.number == number), 0)
        self.lines_changed()
        self.scroll_to(y=0, animate=False)
        self.scroll_to_line(self.cursor)
        self.post_message(Moved(self.id, self.cursor))

    def extend(self, rows: Sequence[ConversationRow], following: Position | None) -> None:
        """The next page."""
        known = {row.number for row in self.rows}
        self.rows += [row for row in rows if row.number not in known]
        self.next = following
        self.lines_changed()

    def renew(self, rows: Sequence[ConversationRow], following: Position | None) -> None:
        """The same view, read again: the cursor stays on its conversation and that one on its screen line.

        What has left the view is not marked any more, should it come back.
        """
        self._marks -= {row.number for row in self.rows[: len(rows)]} - {row.number for row in rows}
        held, place = self.current, self.cursor
        if self.ghost is None and list(rows) == self.rows:
            self.next = following
            return
        self.rows, self.next = list(rows), following
        self._now = self._desk.now()
        if held is None:
            self.cursor = 0
            self.lines_changed()
            self.post_message(Moved(self.id, 0))
            return
        index = next((i for i, row in enumerate(self.rows) if row.number == held.number), None)
        if index is None:
            index, self.ghost = min(place, len(self.rows)), held.number
            self.rows.insert(index, held)
        else:
            self.ghost = None
        top = self.scroll_offset.y + index - place
        self.cursor = index
        self.lines_changed()
        self.scroll_to(y=max(0, top), animate=False)
        self.scroll_to_line(index)
        if self._sought is not None:
            self.seek(self._sought)

    def put(self, row: ConversationRow) -> None:
        """One conversation as it stands now, in its place."""
        for index, old in enumerate(self.rows):
            if old.number == row.number:
                self.rows[index] = row
                self.refresh_line(index)

    def mark_drafts(self, numbers: Collection[int]) -> None:
        """Which conversations hold unsent words of mine."""
        if set(numbers) != set(self.drafted):
            self.drafted = numbers
            self.refresh()

    def mark_present(self, words: Mapping[int, str]) -> None:
        """Which colleague is on which conversation, in words for its row."""
        if words != self.present:
            self.present = words
            self.refresh()

    # Marks

    @property
    def marked(self) -> tuple[int, ...]:
        """The marked conversations, in the order of the list: of what is not in it (any more) none is."""
        if not self._marks:
            return ()
        return tuple(row.number for row in self.rows if row.number in self._marks and row.number != self.ghost)

    def mark(self, numbers: Collection[int], *, marked: bool = True) -> None:
        """Mark conversations, or take their marks away."""
        self._marks = self._marks | set(numbers) if marked else self._marks - set(numbers)
        self.refresh()

    def unmark(self) -> None:
        """No marks any more."""
        if self._marks:
            self._marks.clear()
            self.refresh()

    def index_of(self, number: int) -> int | None:
        """Where a conversation is in the list, if it is."""
        return next((i for i, row in enumerate(self.rows) if row.number == number), None)

    # Moving

    def seek(self, number: int) -> None:
        """The cursor to that conversation: now, or once it is in the list, unless the cursor is moved before."""
        index = self.index_of(number)
        if index is None:
            self._sought = number
        else:
            self.go(index, tell=False)

    def go(self, index: int, *, tell: bool = True) -> None:
        self._sought = None
        if self.ghost is not None and index != self.cursor and self.rows:
            gone = self.cursor
            del self.rows[gone]
            self.ghost = None
            index = index - 1 if index > gone else index
            self.cursor = -1
            self.lines_changed()
        super().go(index, tell=tell)
        if self.next is not None and self.cursor + AHEAD >= len(self.rows):
            self.post_message(NearEnd())

    # Time

    def tick(self) -> None:
        """A second has passed: draw the focused clock again if its words changed, all of them once a minute."""
        self._now = self._desk.now()
        if self._now.minute != self._minute:
            self._minute = self._now.minute
            self.refresh()
        row = self.current
        if row is not None:
            said, _style = self._clock(row, ticking=True)
            if said != self._said:
                self._said = said
                self.refresh_line(self.cursor)

    @property
    def now(self) -> datetime:
        """The time that the clocks show."""
        return self._now
