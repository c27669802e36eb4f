"""Requests for gestures: how many wait, in the header; the screen where they are decided on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.views.layout import Line, Span
from agentconsole.views.paced import Paced
from agentconsole.views.page import Acting

if TYPE_CHECKING:
    from agentconsole.desk.deciding import Waiting

_AT_MOST = 2.0
"""Seconds between two looks: floods of news are one."""


class Approvals:
    """What waits for a decision of whoever is at the console, and what was decided for them."""

    def __init__(self, page: Acting) -> None:
        self.page = page
        self.waiting: Waiting | None = None
        self._looks = Paced(page, _AT_MOST, self._look)

    def look(self) -> None:
        """Something was committed, or a minute has passed: look now, or as soon as the last look is long enough ago."""
        if self.page.desk.config.delegations:
            self._looks.ask()

    def _look(self) -> None:
        self.page.work.look("approvals", partial(_waiting, self.page.desk), self._read, _quiet)

    def _read(self, found: Waiting) -> None:
        if found != self.waiting:
            self.waiting = found
            self.page.redraw()

    def words(self) -> Line:
        """For the header: how many wait for a decision of mine, and how many of mine can be given."""
        waiting, line = self.waiting, list[Span]()
        if waiting is not None and waiting.decide:
            line.append((_("{n} to approve").format(n=waiting.decide) + "  ", "due bold"))
        if waiting is not None and waiting.approved:
            line.append((_("{n} approved").format(n=waiting.approved) + "  ", "ok"))
        return line

    def show(self, _key: str = "") -> None:
        """The list."""
        from agentconsole.views.approvals import ApprovalScreen
        from agentconsole.views.over import QUIT

        def left(number: int | None) -> None:
            self.look()
            if number == QUIT:
                self.page.end()
            elif number is not None:
                self.page.open_number(number)

        self.page.app.push_screen(ApprovalScreen(self.page.session, self.page.post_message), left)


def _waiting(desk: Desk) -> Waiting:
    """Imported in the look's own thread: the ledger's tables would hold up the start of the console."""
    from agentconsole.desk import deciding

    return deciding.waiting(desk)


def _quiet(_error: ConsoleError) -> None:
    """The list says already that the desk cannot be reached; without a policy nobody waits."""
