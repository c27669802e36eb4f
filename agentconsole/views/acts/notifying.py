"""Calling the adviser: only for what is hers, only for what others or the clock did, and never twice for the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from agentconsole.desk import calling, wording_people
from agentconsole.desk.calling import Calls
from agentconsole.desk.context import Desk
from agentconsole.desk.duty import Back
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, ngettext
from agentconsole.model.gesture import ApprovalState
from agentconsole.views.layout import Line
from agentconsole.views.paced import Paced
from agentconsole.views.page import Page

if TYPE_CHECKING:
    from agentconsole.views.console import Console

_AT_MOST = 2.0
"""Seconds between two looks: floods of news ring once."""
_NAMED = 3
"""Conversations that are named by their numbers; of more it is said how many."""


class Notifying:
    """Rings the terminal's bell, or has the terminal notify (OSC 9), as ``[notify]`` wishes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._known: Calls | None = None
        self._looks = Paced(page, _AT_MOST, self._look)

    @property
    def _wanted(self) -> bool:
        wished = self.page.desk.config.notify
        return wished.how != "none" and (wished.news or wished.late or wished.mentions)

    def look(self) -> None:
        """Something was committed, or a minute has passed: look now, or as soon as the last look is long enough ago."""
        if self._wanted:
            self._looks.ask()

    def _look(self) -> None:
        self.page.work.look("calls", partial(_calls, self.page.desk, self._known), self._read, _quiet)

    def _read(self, found: Calls) -> None:
        if self._known is not None and found.at <= self._known.at:
            return
        called = self._known is None or self._known.unseen != found.unseen
        self._known = found
        if called:
            self.page.redraw()
        wished = self.page.desk.config.notify
        said = []
        if found.news and wished.news:
            said.append(_about(found.news, _("{numbers}: the customer has written."), _new(len(found.news))))
        if found.soon and wished.late:
            said.append(_about(found.soon, _("{numbers}: about to be late."), _late(len(found.soon))))
        if found.decided and wished.news:
            said += _decided(found.decided)
        if found.mentions and wished.mentions:
            many = len(found.mentions)
            counted = ngettext("{n} note calls you.", "{n} notes call you.", many).format(n=many)
            said.append(_about(found.mentions, _("{numbers}: a colleague calls you."), counted))
        if wished.news:
            said += wording_people.back(Back(found.returned, found.handed))
        if said:
            self._call(" ".join(said))

    def words(self) -> Line:
        """For the header: how many notes call me that I have not opened."""
        unseen = len(self._known.unseen) if self._known is not None else 0
        return [(f"@{unseen}  ", "note bold")] if unseen else []

    def _call(self, said: str) -> None:
        self.page.say(said, "warn")
        app: Console = self.page.app  # type: ignore[assignment]  # the page is shown by no other application
        if self.page.desk.config.notify.how == "osc9":
            app.notify_desktop(f"agentconsole {said}")
        else:
            app.bell()


def _calls(desk: Desk, before: Calls | None) -> Calls:
    return calling.begin(desk) if before is None else calling.look(desk, before)


def _about(numbers: tuple[int, ...], named: str, counted: str) -> str:
    """Our own words and numbers alone: nothing that a customer wrote reaches the terminal this way."""
    if len(numbers) > _NAMED:
        return counted
    return named.format(numbers=", ".join(f"#{number}" for number in numbers))


def _decided(answers: Sequence[tuple[int, ApprovalState]]) -> list[str]:
    """What became of gestures that were asked for."""
    words = {
        ApprovalState.APPROVED: (
            _("{numbers}: the gesture you asked for is approved."),
            _("{n} gestures you asked for are approved."),
        ),
        ApprovalState.REFUSED: (
            _("{numbers}: the gesture you asked for is refused."),
            _("{n} gestures you asked for are refused."),
        ),
        ApprovalState.EXPIRED: (
            _("{numbers}: the gesture you asked for has expired."),
            _("{n} gestures you asked for have expired."),
        ),
    }
    said = []
    for state, (named, counted) in words.items():
        numbers = tuple(number for number, became in answers if became is state)
        if numbers:
            said.append(_about(numbers, named, counted.format(n=len(numbers))))
    return said


def _new(count: int) -> str:
    said = ngettext("{n} customer of yours has written.", "{n} customers of yours have written.", count)
    return said.format(n=count)


def _late(count: int) -> str:
    said = ngettext("{n} of yours is about to be late.", "{n} of yours are about to be late.", count)
    return said.format(n=count)


def _quiet(_error: ConsoleError) -> None:
    """The list says already that the desk cannot be reached."""
