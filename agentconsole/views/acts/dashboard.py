"""The dashboard over the page: opening it, telling it of news, and coming back to it from a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconsole.views.page import Acting

if TYPE_CHECKING:
    from agentconsole.views.dashboard import DashboardScreen
    from agentconsole.views.dashboard_parts import Figure


class Dashboard:
    """Opens the screen, and goes on where it was left for."""

    def __init__(self, page: Acting) -> None:
        self.page = page
        self._screen: DashboardScreen | None = None
        self._left: tuple[int, tuple[tuple[str, ...], Figure | None]] | None = None
        """The conversation that was opened from it, and what to come back to."""

    def show(self, _key: str = "") -> None:
        """The floor."""
        self._open(None)

    def changed(self) -> None:
        """Something was committed."""
        if self._screen is not None:
            self._screen.changed()

    def back(self, number: int | None) -> bool:
        """Where that conversation was opened from the dashboard: back to it. False where it was not."""
        left, self._left = self._left, None
        if left is None or left[0] != number:
            return False
        self._open(left[1])
        return True

    def _open(self, at: tuple[tuple[str, ...], Figure | None] | None) -> None:
        from agentconsole.views.dashboard import DashboardScreen
        from agentconsole.views.over import QUIT

        screen = DashboardScreen(self.page.session, self.page.post_message, at)

        def left(number: int | None) -> None:
            self._screen = None
            if number == QUIT:
                self.page.end()
            elif number is not None:
                self._left = (number, screen.left_at) if screen.left_at is not None else None
                self.page.open_number(number)

        self._screen = screen
        self.page.app.push_screen(screen, left)
