"""The line for a query: typed into, gone back in its history, completed, and kept as a view."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.suggester import Suggester
from textual.widgets import Input

from agentconsole.config import ClockState, Priority, State, View
from agentconsole.desk import saved_views, searches
from agentconsole.desk.context import Desk
from agentconsole.desk.search import KEYS
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.views.foreign import steady
from agentconsole.views.widgets.view_list import name_of

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen


class Completer(Suggester):
    """Goes on with what is typed last: a key such as ``from:``, or a value of one that has few."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        config = desk.config
        values = {
            "is": [*map(str, State), *map(str, ClockState)],
            "priority": [*map(str, Priority)],
            "channel": [channel.id for channel in config.channels],
            "team": [team.id for team in config.teams],
            "assignee": ["me", "nobody", *(agent.id for agent in config.agents)],
        }
        self._known = [f"{key}:" for key in KEYS]
        self._known += [f"{key}:{value}" for key, some in values.items() for value in some]

    async def get_suggestion(self, value: str) -> str | None:
        """The whole query, its last word complete; ``None`` where nothing begins like it."""
        before, blank, last = value.rpartition(" ")
        if len(last) < 2:
            return None
        found = next((known for known in self._known if known.startswith(last) and known != last), None)
        return None if found is None else before + blank + found


class SearchLine(Input):
    """Where a query is typed.

    :param recall: called by up (1) and down (-1): an older or a newer search.
    """

    def __init__(self, desk: Desk, recall: Callable[[int], None]) -> None:
        placeholder = "  ".join([_("words"), *(f"{key}:" for key in KEYS)])
        super().__init__(
            placeholder=placeholder, id="search", compact=True, select_on_focus=False, suggester=Completer(desk)
        )
        self.cursor_blink = False
        self._recall = recall

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ("up", "down"):
            event.stop()
            event.prevent_default()
            self._recall(1 if event.key == "up" else -1)
        else:
            await super()._on_key(event)


class Searching:
    """What one does in the line for a query. What it finds is for :class:`.finding.Finding`."""

    def __init__(self, page: MainScreen) -> None:
        self.page, self._rules = page, page.desk.config
        self._history: list[str] = []
        self._back, self._typed = 0, ""
        """How far back in the history the line is, and what was typed in it before."""

    @property
    def _line(self) -> SearchLine | None:
        """The line, once it was opened."""
        return next(iter(self.page.query("#search").results(SearchLine)), None)

    # Opening and closing

    def begin(self, _key: str = "") -> None:
        """Open the line, over the list."""
        self.page.show_pane("list")
        line = self._line
        if line is None:
            line = SearchLine(self.page.desk, self._recall)
            self.page.query_one("#left").mount(line, before="#list")
        line.display = True
        line.focus()
        self._back, self._typed = 0, ""
        self.page.work.look("searches", partial(searches.history, self.page.desk), self._read, _without)

    def _read(self, found: list[str]) -> None:
        if not self._back:
            self._history = found

    def end(self, *, keep: bool) -> None:
        """Back to the list; ``keep`` leaves what was found there."""
        line = self._line
        if line is not None and not keep:
            with line.prevent(Input.Changed):
                line.value = ""
            line.display = False
        if not keep:
            self.page.finding.unfind()
        self.page.show_pane("list")

    # Typing

    def typed(self, query: str) -> None:
        """The query has changed."""
        if query != self._at(self._back):
            self._back = 0
        self.page.finding.typed(query)

    def given(self, query: str) -> None:
        """Enter: what is found stays, and the query is remembered."""
        query = query.strip()
        self.page.finding.find(query)
        if query and self.page.finding.wrong is None:
            self.page.work.write(partial(searches.remember, self.page.desk, query), None, _without)
        if query and self.page.finding.wrong is not None:
            return  # what corrects it is typed here, not taken for commands
        self.end(keep=bool(query))

    def _recall(self, by: int) -> None:
        """An older search, or a newer one; below the newest what was typed."""
        line = self._line
        back = self._back + by
        if line is None or not 0 <= back <= len(self._history):
            return
        if self._back == 0:
            self._typed = line.value
        self._back = back
        line.value = self._at(back)
        line.cursor_position = len(line.value)

    def _at(self, back: int) -> str:
        return self._history[back - 1] if back else self._typed

    def follow(self) -> None:
        """Where the desk's rules are others now, so may its views be."""
        desk = self.page.desk
        if self._rules is not desk.config:
            self._rules = desk.config
            self.page.work.look("views", lambda: saved_views.views_of(desk), self._followed, lambda _error: None)

    def _followed(self, views: tuple[View, ...]) -> None:
        finding = self.page.finding
        if views != finding.views:
            finding.views = views
            finding.count()
            now = next((view for view in views if view.id == finding.view.id), views[0])
            if now != finding.view and not finding.query:
                finding.show_view(now)
            self.page.redraw()

    # A view of it

    def keep(self, _key: str) -> None:
        """Save the search as a view of one's own."""
        from agentconsole.views.overlays import Ask

        query = self.page.finding.query
        hint = _("The view's name; enter saves it: {query}").format(query=steady(query, one_line=True, limit=60))
        self.page.app.push_screen(Ask(_("Save this search as a view"), hint, _wrong_name), partial(self._keep, query))

    def _keep(self, query: str, name: str | None) -> None:
        if name is not None:
            self.page.work.write(partial(_save, self.page.desk, query, name.strip()), self._kept)

    def _kept(self, found: tuple[View, tuple[View, ...]]) -> None:
        saved, known = found
        self.page.finding.views = known
        self.page.finding.count()
        self.page.redraw()
        number = next((number for number, view in enumerate(known, 1) if view.id == saved.id), len(known))
        self.page.say(_("Saved as view {number}: {name}").format(number=number, name=name_of(saved)), "ok")


def _save(desk: Desk, query: str, name: str) -> tuple[View, tuple[View, ...]]:
    """The new view, and all views there are now."""
    saved = searches.save(desk, query, name)
    return saved, saved_views.views_of(desk)


def _wrong_name(name: str) -> str:
    """Why it is no name for a view; empty where it is one."""
    if not name.strip():
        return _("Give it a name.")
    return _("At most {n} characters.").format(n=searches.MAX_NAME) if len(name.strip()) > searches.MAX_NAME else ""


def _without(_error: ConsoleError) -> None:
    """Searching goes on without its history; the list says that the desk cannot be reached."""
