"""Control of gestures: the screen on which a supervisor looks at them afterwards."""

from __future__ import annotations

from agentconsole.views.page import Acting


class Control:
    """Opens the screen, and goes on where it was left for."""

    def __init__(self, page: Acting) -> None:
        self.page = page

    def show(self, _key: str = "") -> None:
        """What is to be looked at."""
        from agentconsole.views.control import ControlScreen
        from agentconsole.views.over import QUIT

        def left(number: int | None) -> None:
            if number == QUIT:
                self.page.end()
            elif number is not None:
                self.page.open_number(number)

        self.page.app.push_screen(ControlScreen(self.page.session), left)
