"""The desk out of reach: said since when, while it is; and when it is back."""

from __future__ import annotations

from datetime import datetime

from agentconsole.errors import DeskError, Outdated
from agentconsole.i18n import _, clock_time, ngettext
from agentconsole.views.layout import DOT, Line
from agentconsole.views.page import Page

_SHORT = 120
"""Seconds up to which they are counted."""


class Reach:
    """What is on the screen stays; what is written is kept on this machine meanwhile."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.since: datetime | None = None
        """Since when the desk is out of reach (UTC); ``None`` while it is there."""
        self._error: DeskError | None = None

    @property
    def outdated(self) -> bool:
        """A newer program has changed the desk: it does not come back for this one."""
        return isinstance(self._error, Outdated)

    def lost(self, error: DeskError) -> None:
        """It cannot be reached."""
        if self.since is None:
            self.since = self.page.desk.now()
        self._error = error
        self.page.warn(error)

    def back(self) -> None:
        """It can be reached again."""
        since, self.since, self._error = self.since, None, None
        if since is None:
            return
        self.page.warn(None)
        now, zone = self.page.desk.now(), self.page.desk.config.zone
        seconds = max(1, int((now - since).total_seconds()))
        if seconds < _SHORT:
            said = ngettext("The desk is back after {n} second.", "The desk is back after {n} seconds.", seconds)
        else:
            said = _("The desk is back: it was out of reach from {start} to {end}.")
        whole = _("Nothing that was written is lost.")
        times = {"start": clock_time(since, zone), "end": clock_time(now, zone)}
        self.page.say(f"{said.format(n=seconds, **times)} {whole}", "ok", stays=True)
        self.page.redraw()

    @property
    def words(self) -> Line:
        """For the status line; empty while the desk is there."""
        if self.since is None:
            return []
        if self.outdated:
            return [(_("START AGAIN: a newer agentconsole has brought the desk up to date"), "late")]
        since = clock_time(self.since, self.page.desk.config.zone)
        said = _("DESK OUT OF REACH since {time}").format(time=since)
        return [(said, "late"), (DOT + _("it tries again; your words are kept"), "dim")]
