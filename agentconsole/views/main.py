"""The page: views, list, thread and customer in one place, laid out by the terminal's size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual import events, on
from textual.widgets import Input, TextArea

from agentconsole.desk.served import is_left
from agentconsole.errors import ConsoleError
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.news import News
from agentconsole.views import bars
from agentconsole.views.actions import BY_ID, Action
from agentconsole.views.acts.around import Around
from agentconsole.views.acts.changes import Changes
from agentconsole.views.acts.changing import Wish
from agentconsole.views.acts.finding import Finding
from agentconsole.views.acts.gestures import Gestures
from agentconsole.views.acts.inside import Inside
from agentconsole.views.acts.live import Live
from agentconsole.views.acts.other import Other
from agentconsole.views.acts.reading import Reading
from agentconsole.views.acts.saying import Saying
from agentconsole.views.acts.searching import Searching
from agentconsole.views.acts.table import acts_of
from agentconsole.views.acts.unsent import Unsent
from agentconsole.views.acts.writing import Writing
from agentconsole.views.ahead import Ahead
from agentconsole.views.messages import Changed, Chosen, Done, Moved, NearEnd, NearTop, Refused, Unreached
from agentconsole.views.page import Session
from agentconsole.views.panes import Panes
from agentconsole.views.settling import settle
from agentconsole.views.situation import Place, Situation
from agentconsole.views.whereabouts import situation_of
from agentconsole.views.widgets.lines import Lines
from agentconsole.views.work import Work, updated

_BEGIN, _SETTLE = 0.1, 2.5
"""Seconds until counts, channels and outbox are read, the first rows being there; from then until all is settled."""
_AT_END = 4.0
"""Seconds that what is being written, and the channels' work, may take to end once the console is left."""
_COMPOSER = frozenset(("reply", "note", "book", "drafts", "macro", "gesture", "undo"))


class MainScreen(Panes):
    """Panes, and the passing on of keys and news. What actions do is in :mod:`agentconsole.views.acts`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.work = Work(self)
        self.saying = Saying(self)
        self.reading = Reading(self)
        self.inside = Inside(self)
        self.finding = Finding(self)
        self.searching = Searching(self)
        self.live = Live(self, self._renew, self.finding)
        self.writing = Writing(self, self.reading, self.live.kick)
        self.gestures = Gestures(self, self.reading, self.writing)
        self.unsent = Unsent(self, self.writing)
        self.changes = Changes(self, self.reading, self.writing)
        self.other = Other(self)
        self.around = Around(self)
        self._acts = acts_of(self)
        self.ahead = Ahead(self)
        self.stuck = False
        """The console was left, and the desk did not answer to the end."""

    @property
    def target(self) -> ConversationRow | None:
        shown = self.reading.thread
        if self.place in Place.THREAD | Place.CARD | Place.COMPOSER:
            return shown.row if shown and shown.row.number == self.reading.shown else None
        return self.listing.current

    @property
    def marked(self) -> tuple[int, ...]:
        return self.listing.marked if self.place is Place.LIST else ()

    def situation(self) -> Situation:
        """What actions look at to say whether they can run."""
        return situation_of(self)

    # Beginning and end

    def on_mount(self) -> None:
        self.lay_out()
        self.finding.begin()
        self.set_interval(1.0, self._tick)
        self.set_timer(_BEGIN, self._settle_in)

    def _settle_in(self) -> None:
        """What can wait until there is something to see."""
        self.finding.count()
        self.around.check_keys()
        self.unsent.begin()
        self.around.taking.begin()  # before the house is kept: who is back keeps what they have
        self.live.start()
        self.around.begin()
        self.gestures.renew()
        self.writing.macros.prepare()
        self.gestures.prepare()
        self.set_timer(_SETTLE, settle)

    def on_unmount(self) -> None:
        self.around.beside.leave()
        self.around.taking.leave()
        self.changes.changing.stop()
        ending = self.live.stop()
        all_written = self.work.finish(_AT_END)
        ending.join(_AT_END)
        self.stuck = not all_written or ending.is_alive()

    # Keys and actions

    def on_key(self, event: events.Key) -> None:
        from agentconsole.views.overlays import key_name

        key = key_name(event)
        self.around.beside.awake()
        action = self.session.keymap.find(key, self.place)
        if action is not None:
            event.stop()
            event.prevent_default()
            self.run_act(action, key)

    def run_act(self, action: Action, key: str = "") -> None:
        """Run an action, or say why it cannot run."""
        why_not = action.why_not(self.situation()) or self.changes.out_of_sight(action.id)
        if why_not:
            self.ahead.nothing_opens = True
            self.say(why_not, "warn")
            return
        if action.id in _COMPOSER and self.composer is None:
            self.call_later(self._mount_composer, action, key)
            return
        self.saying.unsay()
        if self.saying.warned is not None and action.id != "back":
            self.warn(None)
        self._guarded(self._acts[action.id], key)

    def _guarded(self, act: Callable[[Any], object], given: Any) -> None:
        """Much is imported when it is first wanted: by then another version of the program may be installed."""
        try:
            act(given)
        except ImportError as error:
            self.ahead.nothing_opens = True
            self.warn(updated(error))

    async def _mount_composer(self, action: Action, key: str) -> None:
        """Made when it is first wanted: most of what the console imports is for it."""
        if self.composer is None:
            try:
                from agentconsole.views.widgets.composer import Composer
            except ImportError as error:
                self.warn(updated(error))
                return
            composer = Composer()
            composer.display = False
            await self.right.mount(composer)
            self.composer = composer
        self.run_act(action, key)

    def move(self, name: str) -> None:
        """A key that moves, in the pane that has the focus."""
        if isinstance(self.focused, Lines):
            self.focused.press(name)

    def back(self, _key: str = "") -> None:
        """Close what is open over the list, one thing at a time."""
        place = self.place
        if self.saying.warned is not None:
            self.warn(None)
        if place is Place.SEARCH:
            self.searching.end(keep=False)
        elif place is Place.COMPOSER:
            self.writing.close()
        elif place is Place.CARD:
            self.show_pane("list" if self.came_from is Place.LIST else "thread")
        elif place is Place.THREAD:
            if not self.writing.close() and not self.around.dashboard.back(self.reading.shown):
                self.show_pane("list")
                self.reading.preview(self.listing.current)
        elif self.changes.marking.clear():
            self.redraw()
        elif self.finding.unfind():
            self.searching.end(keep=False)

    def show_pane(self, name: str) -> None:
        super().show_pane(name)
        self.redraw()

    def leave(self, number: int) -> None:
        """Another conversation is about to be shown: a composer that belongs to one closes, its words kept."""
        composer = self.composer
        if composer is not None and composer.is_open and composer.number != number:
            self.writing.close()

    def open_number(self, number: int) -> None:
        """Open a conversation."""
        self.reading.open_number(number)

    def change(self, numbers: Sequence[int], wish: Wish) -> None:
        self.changes.changing.change(numbers, wish)

    def held(self, number: int) -> None:
        self.changes.undoing.held(number)

    # Search

    @on(Input.Changed, "#search")
    def _query_typed(self, event: Input.Changed) -> None:
        self.searching.typed(event.value)

    @on(Input.Submitted, "#search")
    def _query_given(self, event: Input.Submitted) -> None:
        self.searching.given(event.value)

    # News

    def on_done(self, message: Done) -> None:
        self._guarded(message.then, message.result)

    def on_refused(self, message: Refused) -> None:
        self._guarded(message.otherwise or self.warn, message.error)

    def on_changed(self, message: Changed) -> None:
        self.live.changed(message.news)

    def on_unreached(self, message: Unreached) -> None:
        if self.live.unreached(message.error):
            self.unsent.bring_back()

    def _renew(self, news: News) -> None:
        """Read again what these news are about, and nothing else."""
        self.searching.follow()
        self.finding.renew(news)
        self.reading.renew(news)
        if news.of("draft", agent=self.desk.agent.id):
            self.unsent.read()
        self.around.renew(news)
        if news.of("gesture", "policy"):
            self.gestures.renew()

    def on_moved(self, message: Moved) -> None:
        if message.name == "list" and self.place in Place.LIST | Place.SEARCH:
            self.reading.preview(self.listing.current)
        else:
            self.redraw()

    def on_near_end(self, _message: NearEnd) -> None:
        self.finding.more()

    def on_near_top(self, _message: NearTop) -> None:
        self.inside.earlier()

    def on_chosen(self, message: Chosen) -> None:
        if message.name in ("views", "viewline"):
            self._acts["view_number"](str(message.value + 1))
        elif message.name in ("list", "card"):
            self.run_act(BY_ID["open"])

    @on(TextArea.Changed, "#words")
    def _typed(self) -> None:
        self.writing.changed()
        self.around.beside.awake()

    def on_descendant_focus(self) -> None:
        self.around.beside.look()
        self.redraw()

    # Size and time

    def on_resize(self) -> None:
        self.lay_out()
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        if self.thread_shown and self.reading.thread is None:
            self.reading.preview(self.listing.current)
        else:
            self.redraw()

    def _tick(self) -> None:
        if is_left():
            self.app.exit()
        before = self.listing.now.minute
        self.listing.tick()
        self.live.tick()
        self.changes.undoing.tick()
        minute = self.listing.now.minute != before
        self.around.tick(minute=minute)
        if minute:
            self.redraw()

    # Words

    def say(self, said: str, style: str = "accent", *, stays: bool = False) -> None:
        self.saying.say(said, style, stays=stays)

    def warn(self, error: ConsoleError | None) -> None:
        self.saying.warn(error)

    def put_row(self, row: ConversationRow) -> None:
        self.listing.put(row)
        self.redraw()

    def draw_status(self) -> None:
        bars.draw_status(self)

    def redraw(self) -> None:
        if self.is_mounted:
            bars.draw(self, self.saying.said, self.saying.warned)
            self.around.notices.thread_shown(self.reading.shown)

    def end(self, _key: str = "") -> None:
        """Leave, with all words on the desk."""
        if not self.changes.changing.holds_up():
            self.unsent.leave()
