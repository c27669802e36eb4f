"""The customer's card: who it is, what they are known by, what the desk remembers, their other conversations."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from textual import events

from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow, Thread
from agentconsole.views.keys import Keymap
from agentconsole.views.layout import Line
from agentconsole.views.messages import Moved
from agentconsole.views.widgets.card_lines import About, CardLine, CardLines
from agentconsole.views.widgets.lines import Lines

_NOTHING = About()


class CustomerCard(Lines):
    """Lines about the customer; the cursor walks through their other conversations.

    ``wanted`` is called with whom the card shows once it is in sight: what is then read comes by :meth:`tell`.
    """

    def __init__(self, desk: Desk, keymap: Keymap) -> None:
        super().__init__(id="card")
        self._desk, self._keymap = desk, keymap
        self._thread: Thread | None = None
        self._known: tuple[UUID | None, About] = None, _NOTHING
        self._lines: list[CardLine] = []
        self._made_for = 0
        self.wanted: Callable[[UUID], None] | None = None

    @property
    def thread(self) -> Thread | None:
        """The conversation whose customer is shown."""
        return self._thread

    def show(self, thread: Thread | None) -> None:
        """The customer of that conversation."""
        if thread and self._thread and _shown(thread) == _shown(self._thread):
            return
        same = thread and self._thread and thread.customer.id == self._thread.customer.id
        self._thread = thread
        self._make()
        if not same:
            self.cursor = self._first()
            self.scroll_to(y=0, animate=False)

    def tell(self, customer: UUID, known: About) -> None:
        """What else is known of a customer."""
        if (customer, known) != self._known:
            self._known = customer, known
            self._make(ask=False)

    def tick(self) -> None:
        """A minute has passed: the clocks of promises."""
        if self._thread is not None and self._thread.promises:
            self._make(ask=False)

    @property
    def current(self) -> ConversationRow | None:
        """The other conversation under the cursor, if it can be seen: nothing is done to what is out of sight."""
        return self._lines[self.cursor][1] if self.has_cursor and self._sight(self.cursor) == 0 else None

    def count(self) -> int:
        return len(self._lines)

    def line(self, index: int, _columns: int) -> Line:
        if index >= len(self._lines):
            return []
        line, row = self._lines[index]
        return [("> ", "accent"), *line[1:]] if row is not None and index == self.cursor else line

    def can_rest(self, index: int) -> bool:
        return 0 <= index < len(self._lines) and self._lines[index][1] is not None

    def _make(self, *, ask: bool = True) -> None:
        self._made_for = columns = self.columns
        thread = self._thread
        if thread is None or columns < 4:
            self._lines = []
            self.lines_changed()
            return
        customer, known = self._known
        if customer != thread.customer.id:
            known = _NOTHING
        self._lines = CardLines(thread, known, self._desk, self._keymap, columns, self._desk.now()).make()
        if not self.can_rest(self.cursor):
            self.cursor = self._first()
        self.lines_changed()
        if ask:
            self._ask()

    def _ask(self) -> None:
        """What is read only of customers whose card is in sight."""
        if self.wanted is not None and self._thread is not None and self.display:
            self.wanted(self._thread.customer.id)

    def renew(self) -> None:
        """What is read of a customer may have changed."""
        self._ask()

    def on_show(self) -> None:
        if self._thread is not None and self._known[0] != self._thread.customer.id:
            self._ask()

    def _first(self) -> int:
        return next((i for i, (_line, row) in enumerate(self._lines) if row), -1)

    # Moving: what stands above the conversations is read by scrolling

    def press(self, action: str) -> bool:
        before, top = self.cursor, self.scroll_offset.y
        sight = self._sight(self.cursor) if self.has_cursor else 0
        page = max(1, self.scrollable_content_region.height - 1)
        step = {"down": 1, "up": -1, "page_down": page, "page_up": -page}.get(action, 0)
        if sight > 0 and step:  # not come to the conversations yet
            self.scroll_to(y=top + step, animate=False)
        elif not super().press(action):
            return False
        elif action == "first":
            self.scroll_to(y=0, animate=False)
        elif step < 0 and self.has_cursor and self.cursor == before:
            self.scroll_to(y=top + step, animate=False)
        self.post_message(Moved(self.id, self.cursor))
        return True

    def _sight(self, index: int) -> int:
        """0: that line is in sight; negative: it is above; positive: below."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        return index - top if index < top else max(0, index - top - height + 1)

    def on_resize(self, event: events.Resize) -> None:
        event.prevent_default()  # which would scroll to the cursor, past all that stands above it
        if self.columns != self._made_for:
            self._make()
        self.place_terminal_cursor()


def _shown(thread: Thread) -> tuple[object, ...]:
    return thread.customer, thread.tags, thread.history, thread.drafts, thread.promises
