"""A list that is read again and again, a line an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from agentconsole.desk.context import Desk
from agentconsole.views.widgets.lines import Lines

E = TypeVar("E")


class Entries(Lines, Generic[E]):
    """The cursor stays on the entry that it is on, wherever that comes to stand."""

    def __init__(self, desk: Desk, *, id: str) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.entries: Sequence[E] = ()

    def name_of(self, entry: E, /) -> object:
        """What an entry is known by from one look to the next."""
        raise NotImplementedError

    def fill(self, entries: Sequence[E]) -> None:
        """Show these."""
        held = self.current
        at = min(self.cursor, max(0, len(entries) - 1))
        if held is not None:
            name = self.name_of(held)
            at = next((i for i, entry in enumerate(entries) if self.name_of(entry) == name), at)
        self.entries, self.cursor = entries, at
        self.lines_changed()

    @property
    def current(self) -> E | None:
        """The one under the cursor."""
        return self.entries[self.cursor] if self.has_cursor else None

    def count(self) -> int:
        return len(self.entries)
