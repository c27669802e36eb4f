"""Opening conversations: what the thread pane and the customer's card show."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import monotonic

from textual.timer import Timer

from agentconsole.config import ClockKind, Priority
from agentconsole.desk import conversations, wording
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import ConversationRow, Draft, Thread
from agentconsole.model.news import EVERYTHING, News
from agentconsole.views.beside import present_words
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, Spread, cut, line_width, width
from agentconsole.views.page import Page
from agentconsole.views.rows import clock_of, due_words, medium_of

SHOWN = 30
"""Messages read when a conversation is opened."""
_KEPT = 64
_NAME = 10
"""Columns that a customer's name keeps beside what is told of gestures."""
_REST = 0.08
"""Seconds the cursor must rest before the conversation under it is read, where it moves quickly."""


class Reading:
    """The conversation that is open, or shown for the row under the cursor."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._thread: Thread | None = None
        self.new = 0
        self._wanted: int | None = None
        self._kept: dict[int, Thread] = {}
        self._moved_at = 0.0
        self._pause: Timer | None = None
        self._ahead: Timer | None = None
        self.opened: Callable[[], None] | None = None
        """Called once a conversation was opened."""
        self.granted: Callable[[int], list[str]] = lambda _number: []
        """What is granted in a conversation and in no reply, from the longest words to the shortest."""
        self.refused: Callable[[int], str] = lambda _number: ""
        """What became of my request for a gesture in a conversation, where it was refused, in words."""

    @property
    def thread(self) -> Thread | None:
        """The conversation in the thread pane; its row as the list has it, which is told first of what was changed."""
        thread = self._thread
        if thread is None:
            return None
        index = self.page.listing.index_of(thread.row.number)
        return thread if index is None else replace(thread, row=self.page.listing.rows[index])

    @property
    def merged(self) -> tuple[int, ...]:
        """Numbers of the conversations that were merged into the one in the thread pane."""
        return self._thread.merged if self._thread is not None else ()

    @property
    def shown(self) -> int | None:
        """Number of the conversation that the thread pane shows, or is about to show."""
        return self._wanted

    # Showing

    def preview(self, row: ConversationRow | None) -> None:
        """The cursor of the list is on this row: show its conversation beside it, without marking it read.

        The bars are drawn: at once where the conversation is at hand, else for the row, and again when it is read.
        """
        resting, self._moved_at = monotonic() - self._moved_at > 2 * _REST, monotonic()
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        composer = self.page.composer
        if row is not None and (not self.page.thread_shown or (composer is not None and composer.is_open)):
            self.page.redraw()
        elif row is None:
            self._clear()
        elif row.number in self._kept:
            self.show(row.number)
        else:
            self.page.redraw()
            if resting:
                self.show(row.number)
            else:
                self._pause = self.page.set_timer(_REST, partial(self.show, row.number))

    def show(self, number: int) -> None:
        """Show a conversation in the thread pane."""
        if self._pause is not None:  # a row that the cursor has left must not take its place
            self._pause.stop()
            self._pause = None
        self._wanted = number
        kept = self._kept.get(number)
        if kept is not None:
            self._show(kept)
        elif self.thread is None or self.thread.row.number != number:
            self._read(number, self._show)
        self._look_ahead()

    def _read(self, number: int, then: Callable[[Thread], None]) -> None:
        desk = self.page.desk
        read = partial(conversations.open_thread, desk, number, SHOWN)
        self.page.work.look("thread", read, partial(self._came, number, then), self._failed)

    def _came(self, asked: int, then: Callable[[Thread], None], thread: Thread) -> None:
        """What was read; a conversation that was merged into another one leads there."""
        if thread.row.number == asked:
            then(thread)
        elif self._wanted == asked:
            self._wanted = thread.row.number
            self._show(thread)

    def _failed(self, error: ConsoleError) -> None:
        self.page.warn(error)

    def _show(self, thread: Thread) -> None:
        self._keep(thread)
        if thread.row.number != self._wanted:
            return
        same = self.thread is not None and self.thread.row.number == thread.row.number
        self._thread = thread
        pane = self.page.thread
        if same and pane.number == thread.row.number:
            self._renewed(thread)
            return
        self.new = 0
        pane.show(thread.row.number, thread.messages, thread.earlier, self._drafts(thread))
        self.page.card.show(thread)
        self.page.redraw()

    def _clear(self) -> None:
        self._thread, self._wanted = None, None
        self.page.thread.clear()
        self.page.card.show(None)
        self.page.redraw()

    def renew(self, news: News = EVERYTHING) -> None:
        """Somebody changed something: where it concerns them, read the shown conversation again, forget others."""
        me, shown = self.page.desk.agent.id, self._thread
        composer = self.page.composer
        writing = composer is not None and shown is not None and composer.number == shown.row.number
        news = news.without(me, "presence", *(("draft",) if writing else ()))
        for number in [number for number, thread in self._kept.items() if _concerns(news, thread)]:
            del self._kept[number]
        if shown is not None and self._wanted == shown.row.number and _concerns(news, shown):
            self._read(shown.row.number, self._renewed)

    def _renewed(self, thread: Thread) -> None:
        self._keep(thread)
        if self.thread is None or thread.row.number != self.thread.row.number:
            return
        self._thread = thread
        self.new += self.page.thread.renew(thread.messages, thread.earlier, self._drafts(thread))
        if not self.page.thread.below:
            self.new = 0
        self.page.card.show(thread)
        self.page.put_row(thread.row)
        self.page.redraw()

    def _drafts(self, thread: Thread) -> tuple[Draft, ...]:
        """Unsent words in the thread, but for those that are in the composer."""
        composer, me = self.page.composer, self.page.desk.agent.id
        writing = composer is not None and composer.number == thread.row.number
        return tuple(draft for draft in thread.drafts if not (writing and draft.agent == me))

    def _keep(self, thread: Thread) -> None:
        self._kept[thread.row.number] = thread
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]

    def _look_ahead(self) -> None:
        """Read the conversations above and below in advance, so that moving to them shows them at once."""
        if self._ahead is not None:
            self._ahead.stop()
        self._ahead = self.page.set_timer(0.15, self._read_ahead)

    def _read_ahead(self) -> None:
        rows, at = self.page.listing.rows, self.page.listing.cursor
        near = [rows[i].number for i in (at + 1, at - 1, at + 2) if 0 <= i < len(rows)]
        wanted = [number for number in near if number not in self._kept]
        if wanted and self.page.thread_shown:
            read = partial(_read_some, self.page.desk, wanted)
            self.page.work.look("ahead", read, self._keep_all)

    def _keep_all(self, threads: list[Thread]) -> None:
        for thread in threads:
            self._kept.setdefault(thread.row.number, thread)

    # Actions

    def open(self, _key: str) -> None:
        """What is under the cursor of list or card: on the card another conversation of the customer's."""
        card = self.page.card
        row = card.current if self.page.app.focused is card else self.page.target
        if row is not None:
            self.open_number(row.number)

    def open_number(self, number: int) -> None:
        """Open a conversation: it is read now."""
        self.page.leave(number)
        index = self.page.listing.index_of(number)
        if index is not None:
            self.page.listing.go(index, tell=False)
            opened = self.page.listing.rows[index]
            if opened.unread:
                self.page.listing.put(replace(opened, unread=0))
        self.page.show_pane("thread")
        self.show(number)
        if self.opened is not None:
            self.opened()

    def take(self, _key: str) -> None:
        """From the list the first conversation of the view, from a thread the one after it."""
        rows = self.page.listing
        if self.page.app.focused is rows:
            first = next((row for row in rows.rows if row.number != rows.ghost), None)
        else:
            self._step(1)
            first = rows.current
        if first is not None:
            self.open_number(first.number)

    def advance(self, done: int) -> None:
        """The first conversation of the view but the one that was just done."""
        row = next(
            (row for row in self.page.listing.rows if row.number not in (done, self.page.listing.ghost)),
            None,
        )
        if row is None:
            self.page.show_pane("list")
            self.page.say(_("That was the last one of this view."))
            return
        self.open_number(row.number)

    def row_next(self, _key: str) -> None:
        """The next row, without leaving the pane."""
        self._step(1)
        self._follow()

    def row_previous(self, _key: str) -> None:
        """The row before, without leaving the pane."""
        self._step(-1)
        self._follow()

    def _step(self, by: int) -> None:
        rows = self.page.listing
        rows.go(rows.cursor + by)

    def _follow(self) -> None:
        row = self.page.listing.current
        if row is not None and self.page.app.focused is self.page.thread:
            self.open_number(row.number)

    def go_card(self, _key: str) -> None:
        """To the customer's card."""
        row = self.page.target
        if row is not None:
            self.page.leave(row.number)
            self.page.show_pane("card")
            self.show(row.number)

    # Words

    def head(self, columns: int, *, writing: bool) -> tuple[Spread, Spread]:
        """The two lines over a thread: what it is about, and how it stands."""
        thread = self.thread
        if thread is None:
            return Spread([]), Spread([])
        row, desk = thread.row, self.page.desk
        subject = steady(row.subject or row.excerpt, one_line=True, limit=300)
        clock, style = clock_of(row, desk, self.page.listing.now)
        name = steady(thread.customer.name, one_line=True, limit=80)
        tags = " ".join(steady(tag, one_line=True, limit=30).upper() for tag in thread.customer.tags[:3])
        who = wording.assignee(row, desk) or _("nobody has it")
        if row.escalated_to is not None:
            who = _("escalated to {who}").format(who=wording.escalated_to(row.escalated_to, desk))
        state = wording.stands(row, desk, self.page.listing.now)
        parts = [medium_of(row.channel, desk), state, steady(who, one_line=True, limit=60)]
        if row.priority is not Priority.NORMAL:
            parts.append(wording.priority(row.priority))
        promised = next((each for each in thread.promises if each.number == row.number), None)
        if promised is not None:
            parts.insert(2, wording.due(ClockKind.PROMISE, promised.at, desk, self.page.listing.now))
            parts.append(steady(promised.text, one_line=True, limit=120))
        left: Line = [(f" {tags}" if tags else "", "due"), (DOT + DOT.join(parts), "dim")]
        present = present_words(thread, desk)
        right: Line = [(f"{present}  ", "note bold")] if present else []
        if self.new and not writing:
            right.append(
                (ngettext("{n} new below", "{n} new below", self.new).format(n=self.new) + "  ", "accent bold")
            )
        if row.due_at:
            right += [(f"{due_words(row, desk)}  " if columns >= 90 else "", "dim"), (f"{clock} ", style)]
        left = [*self._named(name, row.number, columns - line_width(right) - 1), *left]
        return Spread([(subject, "bold")], [(f"#{row.number} ", "dim")]), Spread(left, right)

    def _named(self, name: str, number: int, room: int) -> Line:
        """Whose conversation it is, and what came of its gestures: the name gives way, amounts never do."""
        loose, refused = self.granted(number), self.refused(number)
        short = min(width(name), _NAME)
        words = next((each for each in loose if short + 2 + width(each) <= room), loose[-1] if loose else "")
        said = f"  {words}" if words else ""
        left = short if refused else max(short, room - width(said))
        return [(cut(name, left), "accent"), (said, "warn"), (f"  {refused}" if refused else "", "late")]


def _read_some(desk: Desk, numbers: list[int]) -> list[Thread]:
    found = []
    for number in numbers:
        with contextlib.suppress(ConsoleError):  # read again, and reported, when it is really wanted
            found.append(conversations.open_thread(desk, number, SHOWN))
    return found


def _concerns(news: News, thread: Thread) -> bool:
    return news.concerns(thread.row.id, {thread.row.customer_id, *(other.customer_id for other in thread.history)})
