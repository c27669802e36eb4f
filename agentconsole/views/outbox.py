"""Replies that are not known to be sent: what became of each, and what one can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult

from agentconsole.desk import delivery
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, moment
from agentconsole.store.outbox import Entry
from agentconsole.views.bars import chosen_hints
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut, fit, wrap
from agentconsole.views.over import Over
from agentconsole.views.page import Session
from agentconsole.views.rows import delivery_words
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.entries import Entries
from agentconsole.views.widgets.lines import Bar

_EVERY = 2.0
"""Seconds between two looks."""


class OutboxList(Entries[Entry]):
    """A line a reply."""

    def name_of(self, entry: Entry, /) -> object:
        return entry.key

    def line(self, index: int, columns: int) -> Line:
        entry = self.entries[index]
        words, style = delivery_words(entry.state)
        at = moment(entry.queued_at, self.desk.config.zone, self.desk.now(), time=True)
        head = f"#{entry.number:<7} {fit(at, 16)} {fit(steady(entry.channel, one_line=True), 10)} "
        text = steady(entry.text, one_line=True, limit=200)
        return [
            ("> " if index == self.cursor else "  ", "accent"),
            (fit(words, 19), style),
            (head, "dim"),
            (cut(text, columns - 21 - len(head)), ""),
        ]


class OutboxScreen(Over[int]):
    """Answers with the number of a conversation to open."""

    PLACE = Place.OUTBOX
    AUTO_FOCUS = "#outbox"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list = OutboxList(self.desk, id="outbox")

    @property
    def where(self) -> str:
        return _("in the outbox")

    def compose(self) -> ComposeResult:
        yield Bar(id="outbox-title")
        yield self._list
        yield Bar(id="outbox-detail")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_EVERY, self._read)

    def _read(self) -> None:
        self.work.look("outbox", partial(delivery.undelivered, self.desk), self._show)

    def _show(self, entries: Sequence[Entry]) -> None:
        self._list.fill(entries)
        self.draw()

    def draw(self) -> None:
        entry, columns = self._list.current, self.app.size.width
        self.query_one("#outbox-title", Bar).show(
            [(" " + _("Outbox"), "title"), (DOT + _("replies that are not sent"), "dim")]
        )
        detail: list[Line] = []
        words, style = self.said
        if words:
            detail += [[(" " + line, style)] for line in wrap(words, columns - 2)]
        elif entry is None:
            detail.append([(" " + _("Everything is sent."), "ok")])
        else:
            why = steady(entry.error, one_line=True, limit=400)
            said = {
                "failed": _("It did not reach the customer. Send it again, or open the conversation and write anew."),
                "unknown": _(
                    "It may have been sent: look whether it arrived; then mark it as sent, send it again, or give up."
                ),
                "queued": _("It goes out by itself."),
            }.get(entry.state, _("It is going out now."))
            detail += [[(" " + line, "late")] for line in wrap(why, columns - 2)] if why else []
            detail += [[(" " + line, "")] for line in wrap(said, columns - 2)]
        self.query_one("#outbox-detail", Bar).show(*detail)
        self.query_one("#hints", Bar).show([(" ", ""), *chosen_hints(self.hints(), [], columns - 1)])

    def situation(self) -> Situation:
        entry = self._list.current
        return Situation(Place.OUTBOX, unsent=entry.state if entry else "")

    def press(self, name: str) -> bool:
        return self._list.press(name)

    def acts(self) -> dict[str, Callable[[], object]]:
        return {
            "again": partial(self._decide, delivery.again), "mark_sent": partial(self._decide, delivery.mark_sent),
            "give_up": partial(self._decide, delivery.give_up),
        }  # fmt: skip

    def _decide(self, decision: Callable[[Desk, str], None]) -> None:
        entry = self._list.current
        if entry is not None:
            self.work.write(partial(decision, self.desk, entry.key), lambda _none: self._read())

    def open_chosen(self) -> None:
        entry = self._list.current
        if entry is not None:
            self.dismiss(entry.number)
