"""What goes on around the conversations: colleagues, calls, one's own day, customers, the tour, the colours."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from agentconsole.desk import tour
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.news import EVERYTHING, News
from agentconsole.views.acts.approvals import Approvals
from agentconsole.views.acts.control import Control
from agentconsole.views.acts.customer import Customers
from agentconsole.views.acts.dashboard import Dashboard
from agentconsole.views.acts.notices import Notices
from agentconsole.views.acts.notifying import Notifying
from agentconsole.views.acts.presence import Beside, Where
from agentconsole.views.acts.taking import Taking
from agentconsole.views.acts.today import Today
from agentconsole.views.keys import clashes
from agentconsole.views.situation import Place

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen


class Around:
    """Is told of keys, of time and of news."""

    def __init__(self, page: MainScreen) -> None:
        self.page = page
        self.customers = Customers(page)
        self.beside = Beside(page, page.reading, self._where)
        self.today, self.notifying, self.approvals = Today(page), Notifying(page), Approvals(page)
        self.control, self.taking = Control(page), Taking(page)
        self.dashboard, self.notices = Dashboard(page), Notices(page)
        page.reading.opened = self.beside.look

    def begin(self) -> None:
        """There is something to see."""
        if self.page.session.dashboard:
            self.dashboard.show()
        self.today.look()
        self.renew()
        if self.page.session.tour:
            self.page.work.look("tour", partial(tour.taken, self.page.desk), self._first_time)

    def check_keys(self) -> None:
        """Say what is wrong with the user's own keys: the first of it."""
        config = self.page.desk.config
        wrong = clashes(config) if config.keys else []
        if wrong:
            self.page.warn(UsageError(wrong[0], _("See `agentconsole check`.")))

    def renew(self, news: News = EVERYTHING) -> None:
        """Something was committed, or a minute has passed."""
        if news.of("presence"):
            self.beside.renew()
        if news.of("conversation", "gesture"):
            self.notifying.look()
        if news.of("gesture"):
            self.approvals.look()
        if news.of("floor"):
            self.notices.look()
        self.dashboard.changed()

    def tick(self, *, minute: bool) -> None:
        """A second has passed; ``minute``: the clock shows another one."""
        self.beside.beat()
        self.taking.beat(awake=self.beside.is_awake)
        if minute:
            self.page.card.tick()
            self.today.look()
            self.renew()

    def _where(self) -> Where | None:
        """The conversation that is open, and whether one writes in it."""
        page, place = self.page, self.page.place
        inside = place in Place.THREAD | Place.COMPOSER or (place is Place.CARD and page.came_from is not Place.LIST)
        number, composer = page.reading.shown, page.composer
        if not inside or number is None:
            return None
        writing = composer is not None and composer.is_open and composer.number == number
        return number, "writing" if writing else "reading"

    # The tour

    def _first_time(self, taken: bool) -> None:
        if not taken and self.page.app.focused is self.page.listing:  # not over what somebody has begun by now
            self.tour()

    def tour(self, _key: str = "") -> None:
        """Six screens."""
        from agentconsole.views.tour import Tour

        self.page.app.push_screen(Tour(self.page.desk, self.page.session.keymap), self._toured)

    def _toured(self, _whole: bool | None) -> None:
        self.page.work.write(partial(tour.take, self.page.desk))

    # Colours

    def theme(self, _key: str) -> None:
        """Others, until the console is left."""
        from agentconsole.views.overlays import Item, Picker
        from agentconsole.views.themes import names

        app = self.page.app
        if "NO_COLOR" in os.environ:
            self.page.say(_("NO_COLOR is set: the terminal's own colours are shown."), "warn")
            return
        items = [Item(name, name, _("in use") if name == app.theme else "") for name in names()]
        picker: Picker[str] = Picker(_("Colours, until the console is left"), items)
        app.push_screen(picker, self._colour)

    def _colour(self, name: str | None) -> None:
        if name is not None:
            self.page.app.theme = name
            self.page.say(_('theme = "{name}" in agentconsole.toml keeps them.').format(name=name))
