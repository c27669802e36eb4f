"""Views, search, and the list that shows either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from uuid import UUID

from textual.timer import Timer

from agentconsole.config import State, View
from agentconsole.desk import triage
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import views_of
from agentconsole.desk.triage import ViewPage
from agentconsole.errors import ConsoleError, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow, ViewCount
from agentconsole.model.criteria import Position
from agentconsole.model.news import EVERYTHING, News
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT
from agentconsole.views.page import Page
from agentconsole.views.widgets.view_list import count_words, name_of

ALL_OPEN = View(id="console.all-open", name={"en": "-"}, states=(State.OPEN,))
"""Counted along with the views, for the header."""
_AT_LEAST, _BEYOND = 200, 100
_RETRY = 3.0
"""Seconds after which a view that could not be read is tried again."""
_SEARCHED = 5.0
"""Seconds after which what a search finds is looked for again, whatever has changed."""
_COUNTED, _SELDOM, _SHARE = 0.9, 20.0, 40
"""Seconds between two counts at least and at most, and how many times as long as a count takes: thirty consoles that
count all day take less than one processor of the server.
"""


@dataclass(frozen=True)
class _Kept:
    """A list as it was before a search."""

    view: View
    rows: list[ConversationRow]
    following: Position | None
    number: int | None
    top: int


class Finding:
    """Which conversations the list shows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.view = page.session.view
        self.views = views_of(page.desk)
        self.counts: dict[str, ViewCount] = {}
        self.query = ""
        self.wrong: ConsoleError | None = None
        """What is not understood of the query; the list is empty meanwhile."""
        self.state = "loading"
        self._kept: _Kept | None = None
        self._more = False
        self._owed: News | None = None
        """News that no look has heeded to its end: a newer one takes its place."""
        self._looks = 0
        self.read_at = float("-inf")
        """When the list was last read whatever had changed (:func:`time.monotonic`)."""
        self.rest = _COUNTED
        """Seconds between two counts."""
        self._pause: Timer | None = None
        self._retry: Timer | None = None

    # The source of the rows

    def _read(self, after: Position | None = None, limit: int = triage.PAGE) -> Callable[[], ViewPage]:
        desk, view, query = self.page.desk, self.view, self.query
        if query:
            from agentconsole.desk.search import search

            return lambda: search(desk, query, after, limit)
        return lambda: triage.page(desk, view, after, limit)

    def begin(self) -> None:
        """The first page of the first view, which was asked for before there was a screen."""
        first = self.page.session.first
        if first is not None and first.done() and first.exception() is None:
            self._shown(self._source, first.result())
            return
        self._look(first.result if first else self._read())

    @property
    def _source(self) -> tuple[str, str]:
        """What the rows are of: those of another view or query come too late."""
        return self.view.id, self.query

    def _look(self, read: Callable[[], ViewPage]) -> None:
        self.page.work.look("page", read, partial(self._shown, self._source), self._not_shown)

    def show_view(self, view: View) -> None:
        """Another view, or the same one from its top."""
        self._stop_pause()
        self.page.listing.unmark()
        self.view, self.query, self._kept, self.state, self.wrong = view, "", None, "loading", None
        self._look(self._read())
        self.page.redraw()

    def _shown(self, source: tuple[str, str], found: ViewPage) -> None:
        if source != self._source or self.wrong is not None:
            return
        self._well()
        self.read_at = monotonic()
        self.page.listing.show(found.rows, found.next)
        self.page.redraw()

    def _well(self) -> None:
        if self.state == "failed":
            self.page.warn(None)
        self.state, self._more = "ready", False

    def _not_shown(self, error: ConsoleError) -> None:
        """Nothing of the view before may stand under the name of this one."""
        self.page.listing.show((), None)
        self._failed(error)

    def _failed(self, error: ConsoleError) -> None:
        if self.state != "failed":  # it is tried again and again: said once
            self.page.warn(error)
        self.state = "failed"
        if self._retry is None:
            self._retry = self.page.set_timer(_RETRY, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        if self.state == "failed":
            self.renew()
            self.count()

    def more(self) -> None:
        """The next page, ahead of the cursor."""
        following = self.page.listing.next
        if following is not None and not self._more:
            self._more = True
            self.page.work.look("more", self._read(following), self._extended, self._no_more)

    def _extended(self, found: ViewPage) -> None:
        self._more = False
        self.page.listing.extend(found.rows, found.next)
        self.page.redraw()

    def _no_more(self, error: ConsoleError) -> None:
        self._more = False
        self.page.warn(error)

    def renew(self, news: News = EVERYTHING) -> None:
        """The same rows as they stand now, where they may be others: as many as the cursor has come to, and some."""
        if self.wrong is not None:
            return
        shown = self.page.listing
        limit = max(_AT_LEAST, min(len(shown.rows), shown.cursor + _BEYOND))
        self._owed = news = news if self._owed is None else self._owed | news
        self._looks += 1
        then = partial(self._renewed, self._source, self._looks)
        changed, customers = news.subjects("conversation"), news.subjects("customer")
        if changed is None or customers is None or self._overdue(news) or self._holds(customers):
            self.read_at = monotonic()
            self.page.work.look("page", self._read(None, limit), then, self._failed)
        elif changed and not self.query:
            ids = frozenset(row.id for row in shown.rows)
            read = partial(triage.page_if, self.page.desk, self.view, limit, changed, ids, shown.next)
            self.page.work.look("page", read, then, self._failed)
        else:
            self._owed = None

    def _overdue(self, news: News) -> bool:
        """What is asked for may have been overtaken by time, or cannot be told from what has changed."""
        searched = bool(self.query) and news.of("conversation") and monotonic() - self.read_at > _SEARCHED
        return searched or self.state != "ready"

    def _holds(self, customers: frozenset[UUID]) -> bool:
        return any(row.customer_id in customers for row in self.page.listing.rows)

    def _renewed(self, source: tuple[str, str], look: int, found: ViewPage | None) -> None:
        if look == self._looks:
            self._owed = None
        if found is not None and source == self._source and self.wrong is None:
            self._well()
            self.page.listing.renew(found.rows, found.next)
            self.page.redraw()

    def count(self) -> None:
        """How many conversations each view holds."""
        desk, wanted = self.page.desk, (*self.views, ALL_OPEN)
        self.page.work.look("counts", partial(_counts, desk, wanted), self._counted)

    def _counted(self, found: tuple[dict[str, ViewCount], float]) -> None:
        self.counts, took = found
        self.rest = min(_SELDOM, max(_COUNTED, took * _SHARE))
        self.page.redraw()

    # Words

    @property
    def title(self) -> str:
        """The view or search that the list shows, and how many it holds."""
        if self.query:
            return self.search_title
        total, late = count_words(self.counts.get(self.view.id))
        return "  ".join(part for part in (name_of(self.view), total, late) if part)

    @property
    def search_title(self) -> str:
        """``Search · words · 12 found``; before there are words, that it looks everywhere."""
        if not self.query:
            return _("Search everywhere")
        held = len(self.page.listing.rows)
        found = f"{held}{'+' if self.page.listing.next else ''}"
        if self.wrong is not None:
            said = _("not understood")
        else:
            said = _("{n} found").format(n=found) if self.state == "ready" else "…"
        return DOT.join((_("Search"), steady(self.query, one_line=True, limit=60), said))

    @property
    def empty(self) -> tuple[str, str]:
        """What an empty list says, and what can be done."""
        if self.wrong is not None:
            return self.wrong.what, self.wrong.do
        if self.state == "loading":
            return "", ""
        if self.state == "failed":
            return _("The conversations could not be read."), _("It is tried again by itself; f5 tries at once.")
        if self.query:
            return _("Nothing is found."), _("Try fewer words; esc gives the view back.")
        if not self.page.desk.config.channels:
            return (
                _("This desk has no channel: nothing can arrive."),
                _("Add one to agentconsole.toml, then run `agentconsole check`."),
            )
        return _("No conversations in this view."), _("Choose another view with 1-9 or v.")

    # Actions

    def view_number(self, key: str) -> None:
        """1 to 9."""
        self._to(int(key) - 1 if key.isdecimal() else -1)

    def view_next(self, _key: str) -> None:
        """The one below."""
        self._to((self._at() + 1) % len(self.views))

    def view_previous(self, _key: str) -> None:
        """The one above."""
        self._to((self._at() - 1) % len(self.views))

    def _at(self) -> int:
        return next((i for i, view in enumerate(self.views) if view.id == self.view.id), 0)

    def _to(self, index: int) -> None:
        if 0 <= index < len(self.views):
            self.page.show_pane("list")
            self.show_view(self.views[index])
        else:
            self.page.say(_("There is no view of that number."))

    def choose_view(self, _key: str) -> None:
        """From a list."""
        from agentconsole.views.overlays import Item, Picker

        items = []
        for number, view in enumerate(self.views, 1):
            right = "  ".join(part for part in reversed(count_words(self.counts.get(view.id))) if part)
            items.append(Item(number - 1, f"{number}  {name_of(view)}", right, more=view.id))
        picker: Picker[int] = Picker(_("Views"), items)
        self.page.app.push_screen(picker, lambda index: None if index is None else self._to(index))

    def refresh(self, _key: str) -> None:
        """By hand."""
        self.renew()
        self.count()
        self.page.say(_("Read again."))

    # Search

    def typed(self, query: str) -> None:
        """The query changes: look once the fingers rest."""
        self._stop_pause()
        self._pause = self.page.set_timer(0.2, lambda: self.find(query))

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def find(self, query: str) -> None:
        """Look for it everywhere, and say at once what of it is not understood; an empty query gives the view back."""
        self._stop_pause()
        query = query.strip()
        if not query:
            self.unfind()
            return
        if query == self.query:
            return
        from agentconsole.desk.search import parse

        self.page.listing.unmark()
        if self._kept is None:
            shown = self.page.listing
            row = shown.current
            self._kept = _Kept(self.view, shown.rows, shown.next, row.number if row else None, shown.scroll_offset.y)
        self.query = query
        try:
            parse(self.page.desk, query)
        except UsageError as error:  # rows of another query would look like what this one finds
            self.wrong = error
            self.page.listing.show((), None)
            self.page.redraw()
            return
        self.wrong = None
        self._look(self._read())

    def unfind(self) -> bool:
        """The view as it was before the search; False where nothing was searched."""
        self._stop_pause()
        kept, self._kept, self.query, self.wrong = self._kept, None, "", None
        if kept is None:
            return False
        self.view, self.state = kept.view, "ready"
        self.page.listing.unmark()
        self.page.listing.show(kept.rows, kept.following, kept.number)
        self.page.listing.scroll_to(y=kept.top, animate=False)
        self.renew()
        self.page.redraw()
        return True


def _counts(desk: Desk, views: tuple[View, ...]) -> tuple[dict[str, ViewCount], float]:
    """The counts, and the seconds they took."""
    began = monotonic()
    return triage.counts(desk, views), monotonic() - began
