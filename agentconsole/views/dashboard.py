"""The floor, live: what waits, what is late, who is here, and what is behind every number. Left open on a wall.

It is read again when something was committed, at most every :data:`_AT_MOST` seconds, and at least every
:data:`_AT_LEAST`, since clocks run out without anybody doing anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer

from agentconsole.desk import figures, notices
from agentconsole.desk.context import Desk
from agentconsole.desk.notices import Live, Notice
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.model.floor import Floor
from agentconsole.views.acts.floor import FloorActs
from agentconsole.views.acts.floor_incidents import incident_of
from agentconsole.views.bars import chosen_hints
from agentconsole.views.dashboard_head import caption, caption_rows, head, stale_words
from agentconsole.views.dashboard_layout import sheets
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.floor_actions import INCIDENT
from agentconsole.views.layout import Line, wrap
from agentconsole.views.messages import Changed
from agentconsole.views.over import QUIT, Over
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.board import Board
from agentconsole.views.widgets.lines import Bar

if TYPE_CHECKING:
    from agentconsole.views.dashboard_behind import BehindScreen

_AT_MOST, _AT_LEAST = 2.0, 20.0
_STALE = 45.0
"""Seconds without an answer of the desk after which it is said since when the figures stand."""
_FIRST = {
    "incident": INCIDENT, "channel": ("pause_channel",), "agent": ("hand_over", "message_floor"),
}  # fmt: skip
"""Actions that fit a number of that kind before all others."""


class DashboardScreen(Over[int]):
    """Answers with the number of a conversation to open.

    :param changed: told of what is done from here.
    :param at: the number under the cursor, and the list over it, where it was left for a conversation.
    """

    PLACE = Place.DASHBOARD
    CSS_PATH = "dashboard.tcss"
    AUTO_FOCUS = "#board"

    def __init__(
        self,
        session: Session,
        changed: Callable[[Changed], object],
        at: tuple[tuple[str, ...], Figure | None] | None = None,
    ) -> None:
        super().__init__(session)
        self._changed, self._at = changed, at
        self.floor: Floor | None = None
        self.board = Board()
        self.left_at: tuple[tuple[str, ...], Figure | None] | None = None
        """What to come back to from a conversation that was opened from here."""
        self._floor_acts = FloorActs(self)
        self._read_at = self._came_at = float("-inf")
        self._begun_at = monotonic()
        self._banners: tuple[Notice, ...] = ()
        self._failed: ConsoleError | None = None
        self._later: Timer | None = None
        self._over: BehindScreen | None = None

    def compose(self) -> ComposeResult:
        yield Bar(id="floor-head")
        yield self.board
        yield Bar(id="floor-told")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        self._read()
        self.set_interval(1.0, self._tick)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#floor-told", Bar).styles.height = caption_rows(event.size.width)
        self.call_after_refresh(self._show)

    # Reading

    def changed(self) -> None:
        """Something was committed on the desk: read again as soon as the last time is long enough ago."""
        if self._later is None:
            rest = self._read_at + _AT_MOST - monotonic()
            self._later = self.set_timer(max(rest, 0.001), self._read)

    def done(self) -> None:
        """Something was done from here: it is seen at once, here and on the page."""
        self._changed(Changed())
        self._read()

    def _read(self) -> None:
        if self._later is not None:
            self._later.stop()
        self._later, self._read_at = None, monotonic()
        self.work.look("floor", partial(_look, self.desk), self._came, self._away)

    def _came(self, found: tuple[Floor, Live]) -> None:
        self._came_at, self._failed, first = monotonic(), None, self.floor is None
        self.floor, self._banners = found[0], found[1].banners
        self._show()
        if first:
            self._begin()
        elif self._over is not None:
            self._over.renew(self.floor)

    def _away(self, error: ConsoleError) -> None:
        self._failed = error
        self.draw()

    def _begin(self) -> None:
        """The cursor goes to what is worst, or to where it was; then to the list that was open."""
        if self._at is not None:
            key, listed = self._at
            self.board.seek(key)
            if listed is not None:
                self._behind(listed)
        elif self.floor is not None:
            late = [load for load in self.floor.views if load.late]
            worst = max(late, key=lambda load: load.late, default=None)
            if worst is not None:
                self.board.seek(("views", "late", "late", f"view:{worst.id}"))
        self.draw()

    # Drawing

    def _show(self) -> None:
        if self.floor is not None and self.board.size.height > 0:
            self.board.show(sheets(self.floor, self.desk, self.board.size.width, self.board.size.height, self._banners))
        self.draw()

    def _tick(self) -> None:
        if monotonic() - self._read_at > _AT_LEAST:
            self._read()
        self.draw()

    def draw(self) -> None:
        if not self.is_mounted:
            return
        columns = self.app.size.width
        since = self._came_at if self._failed or monotonic() - max(self._came_at, self._begun_at) > _STALE else None
        stale = stale_words(self.desk, None if since is None else monotonic() - since, self._failed)
        page = self.board.page
        turns = self.session.keymap.key("page_down" if page[0] < page[1] else "page_up", Place.DASHBOARD)
        self.query_one("#floor-head", Bar).show(head(self.floor, self.desk, page, stale, columns, turns=turns))
        words, style = self.said
        told: list[Line] = [[(" " + part, style)] for part in wrap(words, columns - 2)]
        self.query_one("#floor-told", Bar).show(*(told if words else caption(self.board.current, columns)))
        key = self.session.keymap.key("help", Place.DASHBOARD)
        ends: list[Line] = [[(key + " ", "accent"), (_("meaning, keys") + "  ", "dim")]] if key else []
        self.query_one("#hints", Bar).show([(" ", ""), *chosen_hints(self._hints(), ends, columns - 1)])

    def _hints(self) -> list[Line]:
        """The keys of what the cursor is on come first; those of an incident are shown on its line alone."""
        figure = self.board.current
        kind = next((one for one in _FIRST if figure is not None and figure.part(one)), "")
        return self.hints(("open", *_FIRST.get(kind, ())), ("help", *(() if kind == "incident" else INCIDENT)))

    def situation(self) -> Situation:
        """What actions look at."""
        figure = self.board.current
        incident = incident_of(figure, self.floor)[1]
        return Situation(
            Place.DASHBOARD,
            supervises=True,
            figure=figure is not None,
            incident=incident,
            gestures=bool(self.desk.config.delegations),
        )

    @property
    def figure(self) -> Figure | None:
        """The number that acts are about."""
        return self.board.current

    # Keys

    def press(self, name: str) -> bool:
        return self.board.press(name)

    def acts(self) -> dict[str, Callable[[], object]]:
        return {"refresh": self._read, "approvals": self._approvals, **self._floor_acts.by_id()}

    def open_chosen(self) -> None:
        self._open(self.board.current)

    def help(self) -> None:
        """What the number under the cursor means, and the keys."""
        from agentconsole.views.dashboard_meaning import meaning

        self.app.push_screen(meaning(self.session.keymap, self.board.current, self.floor))

    # What is behind a number

    def _open(self, figure: Figure | None) -> None:
        if figure is None:
            return
        if figure.opens == "approvals":
            self._approvals()
        elif figure.opens == "control":
            from agentconsole.views.control import ControlScreen

            self.app.push_screen(ControlScreen(self.session), self._left)
        elif figure.which is not None:
            self._behind(figure)
        else:
            self.help()

    def _approvals(self) -> None:
        from agentconsole.views.approvals import ApprovalScreen

        self.app.push_screen(ApprovalScreen(self.session, self._changed), self._left)

    def _behind(self, figure: Figure) -> None:
        from agentconsole.views.dashboard_behind import BehindScreen

        self._over = BehindScreen(self.session, figure, self.floor, self.done)
        self.app.push_screen(self._over, partial(self._left, figure=figure))

    def _left(self, number: int | None, figure: Figure | None = None) -> None:
        """From a list over the dashboard: to a conversation on the page, to which one comes back from there."""
        self._over = None
        if number is None:
            self._read()
            return
        here = self.board.current
        if number != QUIT and here is not None:
            self.left_at = here.key, figure
        self.dismiss(number)


def _look(desk: Desk) -> tuple[Floor, Live]:
    """The floor, and the banners above it. What draws the curve is imported here, off the interface's thread."""
    import_module("textual_plotext.plot")
    return figures.floor(desk), notices.live(desk)
