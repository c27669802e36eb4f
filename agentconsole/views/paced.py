"""Looks that many events ask for, and that are made only so often."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual.timer import Timer

from agentconsole.views.page import Page


class Paced:
    """Something done when it is asked for, or as soon as the last time is long enough ago: a flood is one.

    :param seconds: between two times, at least.
    """

    def __init__(self, page: Page, seconds: float, do: Callable[[], None]) -> None:
        self._page, self._seconds, self._do = page, seconds, do
        self._done_at = float("-inf")
        self._later: Timer | None = None

    def ask(self) -> None:
        """Now or later; asked for again before then, it is done once."""
        if self._later is not None:
            return
        rest = self._done_at + self._seconds - monotonic()
        if rest <= 0:
            self._now()
        else:
            self._later = self._page.set_timer(rest, self._now)

    def _now(self) -> None:
        self._later, self._done_at = None, monotonic()
        self._do()
