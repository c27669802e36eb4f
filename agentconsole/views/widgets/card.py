"""The customer's card: who it is, what they are known by, what the desk remembers, their other conversations."""

from __future__ import annotations

from textual import events

from agentconsole.desk import wording
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, date, moment
from agentconsole.model.conversation import ConversationRow, Thread
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut, wrap
from agentconsole.views.rows import about, medium_of
from agentconsole.views.widgets.lines import Lines


class CustomerCard(Lines):
    """Lines about the customer; the cursor walks through their other conversations."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="card")
        self._desk = desk
        self._thread: Thread | None = None
        self._lines: list[tuple[Line, ConversationRow | None]] = []
        self._made_for = 0

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

    @property
    def current(self) -> ConversationRow | None:
        """The other conversation under the cursor."""
        return self._lines[self.cursor][1] if 0 <= self.cursor < len(self._lines) else None

    def count(self) -> int:
        return len(self._lines)

    def line(self, index: int, _columns: int) -> Line:
        if index >= len(self._lines):
            return []
        line, row = self._lines[index]
        return [("> ", "accent"), *line[1:]] if row is not None and index == self.cursor else line

    def can_rest(self, index: int) -> bool:
        return 0 <= index < len(self._lines) and self._lines[index][1] is not None

    def _make(self) -> None:
        self._made_for = columns = self.columns
        self._lines = []
        if self._thread is None or columns < 4:
            self.lines_changed()
            return
        customer = self._thread.customer
        self._say(steady(customer.name, one_line=True, limit=200), "bold")
        if customer.tags:
            self._say(DOT.join(steady(tag, one_line=True) for tag in customer.tags), "accent")
        self._say(
            _("since {date}").format(date=date(customer.since.astimezone(self._desk.config.zone).date())),
            "dim",
        )
        if customer.language:
            self._say(_("language: {language}").format(language=steady(customer.language, one_line=True)), "dim")
        self._part(_("Known by"))
        for identity in customer.identities:
            kind = steady(identity.kind, one_line=True, limit=20)
            self._say(f"{kind}  {steady(identity.value, one_line=True, limit=200)}")
        if customer.notes:
            self._part(_("Client book"))
            for note in customer.notes:
                self._say(steady(note.text, limit=2000))
        if self._thread.tags:
            self._part(_("Tags of the conversation"))
            self._say(DOT.join(steady(tag, one_line=True) for tag in self._thread.tags))
        if self._thread.drafts:
            self._part(_("Unsent words"))
            for draft in self._thread.drafts:
                name = steady(self._desk.agent_name(draft.agent), one_line=True, limit=40)
                mine = draft.agent == self._desk.agent.id  # a colleague's words are hers until she sends them
                self._say(f"{name}: {steady(draft.text, one_line=True, limit=80) if mine else '…'}")
        self._part(_("Other conversations"))
        if not self._thread.history:
            self._say(_("none"), "dim")
        for row in self._thread.history:
            self._lines.append((self._history_line(row, columns), row))
        if not self.can_rest(self.cursor):
            self.cursor = self._first()
        self.lines_changed()

    def on_resize(self, event: events.Resize) -> None:
        if self.columns != self._made_for:
            self._make()
        super().on_resize(event)

    def _first(self) -> int:
        return next((i for i, (_line, row) in enumerate(self._lines) if row), -1)

    def _history_line(self, row: ConversationRow, columns: int) -> Line:
        when = moment(row.updated_at, self._desk.config.zone, self._desk.now())
        subject, excerpt = about(row)
        head = f"#{row.number} {when} {medium_of(row.channel, self._desk)} {wording.state(row.state)} "
        return [
            ("  ", "accent"),
            (head, "dim"),
            (cut(subject or excerpt, columns - len(head) - 2), ""),
        ]

    def _say(self, text: str, style: str = "") -> None:
        self._lines += [([(line, style)], None) for line in wrap(text, self.columns)]

    def _part(self, title: str) -> None:
        self._lines += [([], None), ([(title, "title")], None)]


def _shown(thread: Thread) -> tuple[object, ...]:
    return thread.customer, thread.tags, thread.history, thread.drafts
