"""The box in which a time to come is said in words, and shown as it is understood while one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentconsole import i18n
from agentconsole.desk import snooze
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.text import fold
from agentconsole.views.layout import ASCII, DOT
from agentconsole.views.messages import Chosen
from agentconsole.views.overlays import Choices, Item, Narrowed, field
from agentconsole.views.widgets.lines import Bar

Suggestion = tuple[str, datetime | None]
"""Words, and the moment they mean (UTC); ``None``: until the customer writes."""
_SAME = ("=", "same", "idem", "pareil")
_MOVES = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}


def when_words(at: datetime | None, desk: Desk) -> str:
    """A moment with its weekday, in the desk's zone: ``Tue 3 March 09:00``."""
    if at is None:
        return _("when the customer writes")
    local, now = at.astimezone(desk.config.zone), desk.now().astimezone(desk.config.zone)
    return f"{i18n.day_in_full(local.date(), now.date())} {local:%H:%M}"


@dataclass(frozen=True)
class Said:
    """What the box answers with: the words as they can be read again, the moment they mean, and what for."""

    words: str
    at: datetime | None
    what: str = ""


class WhenBox(Narrowed[Said | None]):
    """Enter takes what was typed, or the marked suggestion; the arrows mark another one.

    :param known: suggestions; where nothing is typed, the first one is marked.
    :param same: what ``=`` stands for, empty for nothing.
    :param what: a second line to fill in, by what it asks for; empty for none.
    :param until_reply: "until the customer writes" is a time too.
    """

    def __init__(
        self, title: str, desk: Desk, known: Sequence[Suggestion], *, same: str = "", what: str = "",
        until_reply: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(title)
        self._desk, self._same, self._what, self._until_reply = desk, same, what, until_reply
        self._known = [each for each in known if until_reply or each[1] is not None]
        self._opens = snooze.opening(desk)
        self._choices, self._understood = Choices(), Bar(id="box-understood")
        self._said: Said | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield self.title_bar
            yield field(placeholder=_("2h, tomorrow 9:00, mon 14:00, 24/12 …"))
            yield self._understood
            if self._what:
                what = Input(id="what", placeholder=self._what, compact=True, select_on_focus=False)
                what.cursor_blink = False
                yield what
            yield self._choices
            yield self.foot

    def on_mount(self) -> None:
        self._hint()
        self.narrow("")

    def _hint(self, said: str = "") -> None:
        usual = _("enter goes on, esc leaves it") if self._what else _("enter takes it, esc leaves it")
        self.foot.show([(said or usual, "warn" if said else "dim")])

    # What is typed

    @property
    def _when(self) -> Input:
        return self.query_one("#filter", Input)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Of either line."""
        super().on_input_changed(event)
        self._hint()

    def narrow(self, typed: str) -> None:
        """What it means; where it means nothing yet, the suggestions that go on like it."""
        words = typed.strip()
        at, wrong = self._parse(words) if words else (None, "")
        understood = bool(words) and not wrong
        fitting = [each for each in self._known if fold(words) in fold(each[0])]
        self._offer(fitting, marked=not understood and bool(fitting))
        if understood:
            self._said = Said(self._same if self._is_same(words) else words, at)
            self._show(words, at)
        elif fitting:
            self._mark()
        else:
            self._said = None
            self._understood.show([(wrong, "warn")])

    def _is_same(self, words: str) -> bool:
        return fold(words) in _SAME and bool(self._same)

    def _parse(self, words: str) -> tuple[datetime | None, str]:
        desk = self._desk
        try:
            at = snooze.parse_when(
                self._same if self._is_same(words) else words, desk.now(), desk.config.zone, self._opens
            )
        except UsageError as error:
            return None, error.what
        return at, "" if at or self._until_reply else _("Give a time.")

    def _offer(self, fitting: Sequence[Suggestion], *, marked: bool) -> None:
        choices = self._choices
        choices.items = [Item(each, each[0], self._meaning(each)) for each in fitting]
        choices.aligned = 24
        choices.cursor = 0 if marked else -1
        choices.scroll_to(y=0, animate=False)
        choices.lines_changed()
        choices.refresh(layout=True)  # it is as high as there are lines

    def _meaning(self, each: Suggestion) -> str:
        words = when_words(each[1], self._desk)
        return words if each[0] != self._same else f"{words}{DOT}{_('as last time')}"

    def _mark(self) -> None:
        """The marked suggestion is what is meant."""
        choices = self._choices
        if 0 <= choices.cursor < len(choices.items):
            item = choices.items[choices.cursor]
            at = item.value[1] if isinstance(item.value, tuple) else None
            self._said = Said(item.text, at)
            self._show(item.text, at)

    def _show(self, words: str, at: datetime | None) -> None:
        arrow = "->" if ASCII else "→"
        self._understood.show([(f"{words} {arrow} ", "dim"), (when_words(at, self._desk), "ok")])

    # Keys

    def on_chosen(self, message: Chosen) -> None:
        message.stop()
        self._choices.cursor = message.value
        self._mark()
        self._take()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            self.dismiss(None)
        elif event.key == "enter":
            self.hear()
            self._take()
        elif event.key == "tab" and self._what:
            self._other()
        elif event.key in _MOVES and self._when.has_focus:
            self.hear()
            self._move(_MOVES[event.key])
        else:
            return
        event.stop()
        event.prevent_default()

    def _other(self) -> None:
        when, what = self._when, self.query_one("#what", Input)
        (what if when.has_focus else when).focus()

    def _move(self, move: str) -> None:
        choices = self._choices
        if choices.cursor < 0 and move in ("down", "page_down"):
            choices.go(0)
        else:
            choices.press(move)
        self._mark()

    def _take(self) -> None:
        if self._said is None:
            self._hint(_("Give a time to come, or esc leaves it."))
            self._when.focus()
            return
        if not self._what:
            self.dismiss(self._said)
            return
        what = self.query_one("#what", Input)
        if what.value.strip():
            self.dismiss(Said(self._said.words, self._said.at, what.value.strip()))
        elif what.has_focus:
            self._hint(_("Say what is promised."))
        else:
            what.focus()
