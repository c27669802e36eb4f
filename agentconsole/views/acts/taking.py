"""Work that is handed out: taking the next one, being here or away, colleagues, and notes that call one."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from agentconsole.desk import assigning, duty, mentions, wording_people
from agentconsole.desk.assigning import Taken, WhyNot
from agentconsole.desk.duty import Back
from agentconsole.desk.mentions import Mention
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.model.floor import DutyState
from agentconsole.views.layout import Line

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen

_BEAT = 25.0
"""Seconds between two signs of life."""


class Taking:
    """What whoever is at the console is handed, and whether they are there for it."""

    def __init__(self, page: MainScreen) -> None:
        self.page = page
        self.state: DutyState = "here"
        self._began = False
        self._beat_at = monotonic()

    # The next one

    def take_next(self, _key: str = "") -> None:
        """The best conversation for me is mine, and opened; else it is said why there is none."""
        self.page.changes.going.write(partial(assigning.take_next, self.page.desk), self._taken)

    def _taken(self, found: Taken) -> None:
        said = wording_people.taken(found)
        if found.row is None:
            if found.why_not is WhyNot.AWAY:
                self._stands("away")
                key = self.page.session.keymap.key("away")
                said = _("You are away: {key} says that you are back.").format(key=key) if key else said
            self.page.changes.going.failed = True  # what was typed for it must command nothing else
            self.page.say(said, "warn")
            return
        self._stands("here")
        self.page.open_number(found.row.number)
        self.page.put_row(found.row)
        self.page.say(said, "ok")

    # Here and away

    def begin(self) -> None:
        """The console is there, and so is its adviser."""
        self._began, self._beat_at = True, monotonic()
        self.page.work.write(partial(duty.here, self.page.desk), self._back, _quiet)

    def beat(self, *, awake: bool) -> None:
        """A second has passed; ``awake``: a key was pressed not long ago. Who said away stays so, keys or not."""
        if self._began and (awake or self.state == "away") and monotonic() - self._beat_at >= _BEAT:
            self._beat_at = monotonic()
            self.page.work.write(partial(duty.beat, self.page.desk), self._stands, _quiet)

    def leave(self) -> None:
        """The console ends."""
        if self._began:
            self.page.work.write(partial(duty.gone, self.page.desk), None, _quiet)

    def away(self, _key: str = "") -> None:
        """Away for a while, or back."""
        if self.state == "away":
            self.page.work.write(partial(duty.here, self.page.desk), self._returned)
        else:
            self.page.work.write(partial(duty.away, self.page.desk), self._left)

    def _left(self, _none: None) -> None:
        self._stands("away")
        self.page.say(_("You are away: nothing is handed to you. The same key says that you are back."))

    def _returned(self, came: Back) -> None:
        self.page.say(" ".join([_("You are here again."), *wording_people.back(came)]))
        self._stands("here")

    def _back(self, came: Back) -> None:
        said = wording_people.back(came)
        if said:
            self.page.say(" ".join(said), "warn", stays=True)

    def _stands(self, state: DutyState) -> None:
        if state != self.state:
            self.state = state
            self.page.redraw()

    def words(self) -> Line:
        """For the header: that one is away."""
        return [(_("AWAY") + "  ", "warn bold")] if self.state == "away" else []

    # Colleagues, and what they call one for

    def people(self, _key: str = "") -> None:
        """Who is here."""
        from agentconsole.views.over import QUIT
        from agentconsole.views.people import PeopleScreen

        def left(found: int | str | None) -> None:
            if found == QUIT:
                self.page.end()
            elif isinstance(found, str):
                self.find(found)
            elif found is not None:
                self.page.open_number(found)

        self.page.app.push_screen(PeopleScreen(self.page.session), left)

    def mentions(self, _key: str = "") -> None:
        """The conversations in which a note calls me."""
        self.page.work.look("box", partial(mentions.waiting, self.page.desk, 1), self._show_mentions)

    def _show_mentions(self, found: list[Mention]) -> None:
        """The view of them; a search where none is configured."""
        if not found:
            self.page.say(_("No note calls you."))
            return
        finding = self.page.finding
        index = next((i for i, view in enumerate(finding.views) if view.mentioned), None)
        if index is None:
            self.find("is:mentioned")
        else:
            finding.view_number(str(index + 1))

    def find(self, query: str) -> None:
        """Show what a search finds."""
        self.page.show_pane("list")
        self.page.finding.find(query)


def _quiet(_error: ConsoleError) -> None:
    """The list says already that the desk cannot be reached."""
