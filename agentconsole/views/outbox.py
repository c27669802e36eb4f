"""Replies that are not known to be sent: what became of each, and what one can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from agentconsole.desk import delivery
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, moment
from agentconsole.store.outbox import Entry
from agentconsole.views.foreign import steady
from agentconsole.views.keys import key_words
from agentconsole.views.layout import DOT, Line, cut, fit, wrap
from agentconsole.views.messages import Chosen, Done, Refused
from agentconsole.views.overlays import Reader, key_name
from agentconsole.views.page import Session
from agentconsole.views.rows import delivery_words
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.lines import Bar, Lines
from agentconsole.views.work import Work


class OutboxList(Lines):
    """A line a reply."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="outbox")
        self._desk = desk
        self.entries: Sequence[Entry] = ()

    def count(self) -> int:
        return len(self.entries)

    def line(self, index: int, columns: int) -> Line:
        entry = self.entries[index]
        words, style = delivery_words(entry.state)
        at = moment(entry.queued_at, self._desk.config.zone, self._desk.now(), time=True)
        head = f"#{entry.number:<7} {fit(at, 16)} {fit(steady(entry.channel, one_line=True), 10)} "
        text = steady(entry.text, one_line=True, limit=200)
        return [
            ("> " if index == self.cursor else "  ", "accent"),
            (fit(words, 19), style),
            (head, "dim"),
            (cut(text, columns - 21 - len(head)), ""),
        ]


QUIT = 0
"""No conversation has this number: the adviser leaves the console."""


class OutboxScreen(Screen[int | None], inherit_bindings=False):
    """Answers with the number of a conversation to open, or :data:`QUIT`."""

    BINDINGS: ClassVar = []
    AUTO_FOCUS = "#outbox"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._work = Work(self)
        self._problem = ""

    def compose(self) -> ComposeResult:
        yield Bar(id="outbox-title")
        yield OutboxList(self._session.desk)
        yield Bar(id="outbox-detail")
        yield Bar(id="hints")

    @property
    def _list(self) -> OutboxList:
        return self.query_one("#outbox", OutboxList)

    def on_mount(self) -> None:
        self._read()
        self.set_interval(2.0, self._read)

    def on_unmount(self) -> None:
        self._work.finish()

    def _read(self) -> None:
        self._work.look("outbox", partial(delivery.undelivered, self._session.desk), self._show)

    def _show(self, entries: Sequence[Entry]) -> None:
        shown_list = self._list
        held = shown_list.entries[shown_list.cursor].key if shown_list.has_cursor else None
        shown_list.entries = entries
        shown_list.cursor = next(
            (i for i, entry in enumerate(entries) if entry.key == held),
            min(shown_list.cursor, max(0, len(entries) - 1)),
        )
        shown_list.lines_changed()
        self._draw()

    @property
    def _entry(self) -> Entry | None:
        return self._list.entries[self._list.cursor] if self._list.has_cursor else None

    def _draw(self) -> None:
        entry, columns = self._entry, self.app.size.width
        self.query_one("#outbox-title", Bar).show(
            [(" " + _("Outbox"), "title"), (DOT + _("replies that are not sent"), "dim")]
        )
        detail: list[Line] = []
        if self._problem:
            detail.append([(" " + self._problem, "warn")])
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
        hints: Line = [(" ", "")]
        for action in self._session.keymap.at(Place.OUTBOX):
            if Place.OUTBOX in action.hint and not action.why_not(self._situation()):
                key = self._session.keymap.key(action.id, Place.OUTBOX)
                hints += [(key + " ", "accent"), (action.words() + "  ", "dim")]
        self.query_one("#hints", Bar).show(hints)

    def _situation(self) -> Situation:
        entry = self._entry
        return Situation(Place.OUTBOX, unsent=entry.state if entry else "")

    def on_moved(self) -> None:
        self._problem = ""
        self._draw()

    def on_chosen(self, _message: Chosen) -> None:
        self._open()

    def on_done(self, message: Done) -> None:
        message.then(message.result)

    def on_refused(self, message: Refused) -> None:
        self._tell(message.error)

    def _tell(self, error: ConsoleError) -> None:
        self._problem = steady(f"{error.what} {error.do}".replace("`", ""), one_line=True, limit=400)
        self._draw()

    def on_key(self, event: events.Key) -> None:
        action = self._session.keymap.find(key_name(event), Place.OUTBOX)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        self._problem = ""
        if action.id in ("back", "quit"):
            self.dismiss(QUIT if action.id == "quit" else None)
        elif action.id == "open":
            self._open()
        elif action.id == "help":
            self._help()
        elif not self._list.press(action.id):
            why_not = action.why_not(self._situation())
            if why_not:
                self._problem = why_not
                self._draw()
            else:
                self._decide(action.id)

    def _decide(self, action_id: str) -> None:
        entry = self._entry
        choices: dict[str, Callable[[Desk, str], None]] = {
            "again": delivery.again, "mark_sent": delivery.mark_sent, "give_up": delivery.give_up,
        }  # fmt: skip
        if entry is not None and action_id in choices:
            self._work.write(partial(choices[action_id], self._session.desk, entry.key), lambda _none: self._read())

    def _open(self) -> None:
        entry = self._entry
        if entry is not None:
            self.dismiss(entry.number)

    def _help(self) -> None:
        keymap = self._session.keymap

        def make(columns: int) -> list[Line]:
            return [
                [
                    (fit(" ".join(map(key_words, keymap.keys(a.id, Place.OUTBOX))), 18), "accent"),
                    (fit(a.help(), columns - 20), ""),
                ]
                for a in keymap.at(Place.OUTBOX)
            ]

        self.app.push_screen(Reader(_("Keys {where}").format(where=_("in the outbox")), make, keymap))
