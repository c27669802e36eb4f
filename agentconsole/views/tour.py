"""Six screens for whoever sees the console for the first time. Keys are the user's own; escape ends it anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from agentconsole.desk.context import Desk
from agentconsole.i18n import N_, _
from agentconsole.views.foreign import steady
from agentconsole.views.keys import Keymap, key_words
from agentconsole.views.layout import Line, fit, wrap
from agentconsole.views.overlays import Overlay, Text
from agentconsole.views.situation import Place

_KEY_COLUMNS = 14


@dataclass(frozen=True)
class Step:
    """A screen of the tour: what it says, and the actions whose keys it shows."""

    title: str
    says: str
    actions: tuple[str, ...]
    place: Place = Place.LIST


STEPS = (
    Step(
        N_("Welcome to {brand}"),
        N_("The list is what waits, the most urgent first. LATE and DUE say how the clock stands; the line below "
           "the list says why a conversation is where it is. This desk is invented: try everything."),
        ("down", "up", "open", "take_next", "take", "view_number"),
    ),
    Step(
        N_("Answer, and go on"),
        N_("Write, and one key sends, sets the state and opens the next conversation. What you write is kept while "
           "you type: it survives anything."),
        ("reply", "note", "send_next", "send_resolve_next", "back"),
        Place.THREAD,
    ),
    Step(
        N_("Texts that are at hand"),
        N_("A macro is a text with its actions. Type a few letters to find one; what it leaves open is asked or shown, "
           "never sent as a hole."),
        ("macro", "macro_save", "checks"),
        Place.THREAD,
    ),
    Step(
        N_("Set aside, promise, undo"),
        N_("Put aside what cannot be done now and it comes back in time. Everything but money can be taken back, a "
           "sent reply for some seconds."),
        ("snooze", "promise", "escalate", "mark", "undo"),
    ),
    Step(
        N_("Know who writes"),
        N_("The customer's card has who they are, what was promised, what they agree to, and the client book: what "
           "the next adviser should know."),
        ("card", "book", "consent", "link"),
        Place.THREAD,
    ),
    Step(
        N_("Find everything"),
        N_("You need not remember any of this: the line at the bottom has the keys of where you are, and one list has "
           "every action by name. This tour is in it too."),
        ("search", "mentions", "palette", "help", "day", "quit"),
    ),
)  # fmt: skip

_ON, _BACK = frozenset(("enter", "space", "right", "down", "pagedown", "tab")), frozenset(("left", "up", "pageup"))


class Tour(Overlay[bool]):
    """One screen after the other; answers whether the last one was come to."""

    AUTO_FOCUS = "Text"
    CSS: ClassVar[str] = """
    #box.tour { width: 76; max-width: 96%; height: 19; max-height: 96%; }
    #box.tour > Text { height: 1fr; margin: 1 0; }
    """

    def __init__(self, desk: Desk, keymap: Keymap) -> None:
        super().__init__("")
        self._desk, self._keymap, self._at = desk, keymap, 0
        self._page = Text(self._lines)

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="tour"):
            yield self.title_bar
            yield self._page
            yield self.foot

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        brand = steady(self._desk.config.brand.name, one_line=True, limit=40)
        title = _(STEPS[self._at].title).format(brand=brand)
        self.title_bar.show([(title, "title"), (f"  {self._at + 1}/{len(STEPS)}", "dim")])
        last = self._at == len(STEPS) - 1
        self.foot.show([(_("enter begins, left goes back") if last else _("enter goes on, esc ends the tour"), "dim")])
        self._page.remake()

    def _lines(self, columns: int) -> list[Line]:
        step = STEPS[self._at]
        lines: list[Line] = [[(line, "")] for line in wrap(_(step.says), columns)]
        lines.append([])
        for name in step.actions:
            action = next((action for action in self._keymap.at(step.place) if action.id == name), None)
            action = action or next((action for action in self._keymap.at(Place.COMPOSER) if action.id == name), None)
            if action is None:
                continue
            known = self._keymap.keys(name, step.place) or self._keymap.keys(name)
            if name == "view_number" and len(known) > 1:
                keys = f"{key_words(known[0])}-{key_words(known[-1])}"
            else:
                keys = " ".join(map(key_words, known))
            room = max(10, columns - _KEY_COLUMNS - 1)
            first, *rest = wrap(action.help(), room)
            lines.append([(fit(keys, _KEY_COLUMNS) + " ", "accent bold"), (first, "")])
            lines += [[(" " * (_KEY_COLUMNS + 1) + line, "")] for line in rest]
        return lines

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "q"):
            self.dismiss(False)
        elif event.key in _ON:
            if self._at == len(STEPS) - 1:
                self.dismiss(True)
            else:
                self._at += 1
                self._show()
        elif event.key in _BACK:
            self._at = max(0, self._at - 1)
            self._show()
        else:
            return
        event.stop()
        event.prevent_default()
