"""What the console says: a line in place of the hints, and notices of what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from agentconsole.errors import ConsoleError
from agentconsole.views import bars

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen

_SAID_FOR = 5.0
"""Seconds."""


class Saying:
    """What is said just now."""

    def __init__(self, page: MainScreen) -> None:
        self.page = page
        self.said: tuple[str, str] | None = None
        self.warned: ConsoleError | None = None
        self._until: Timer | None = None

    def say(self, said: str, style: str = "accent", *, stays: bool = False) -> None:
        """One line for some seconds; one that stays is there until something is done."""
        self.said = (said, style)
        self._stop()
        if not stays:
            self._until = self.page.set_timer(_SAID_FOR, self.unsay)
        bars.draw_hints(self.page, self.said)

    def unsay(self) -> None:
        """The hints again."""
        self._stop()
        if self.said is not None:
            self.said = None
            bars.draw_hints(self.page, None)

    def _stop(self) -> None:
        if self._until is not None:
            self._until.stop()
            self._until = None

    def warn(self, error: ConsoleError | None) -> None:
        """What and what to do, until something else is done; ``None`` takes them away."""
        self.warned = error
        self.page.redraw()
