"""The terminal's driver: Textual's own, but for a console that only stood still.

Whatever stops a process without asking it (SIGSTOP) lets it go on by SIGCONT. Textual takes that for the end of a pause
that it had made itself, and begins with the terminal anew: a second thread reads keys beside the first, and what is
typed goes to either. Here nothing is begun anew that was not left.
"""

from __future__ import annotations

import sys
from threading import Thread
from typing import Any

from textual.driver import Driver


def steady(driver: type[Driver]) -> type[Driver]:
    """The driver for this terminal, where it is the one that SIGCONT concerns."""
    if sys.platform == "win32":
        return driver
    from textual.drivers.linux_driver import LinuxDriver

    if driver is not LinuxDriver:
        return driver

    class Steady(LinuxDriver):
        """Begins anew only after it was left."""

        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._left = False

        def suspend_application_mode(self) -> None:
            self._left = True
            super().suspend_application_mode()

        def resume_application_mode(self) -> None:
            if self._left:
                self._left = False
                super().resume_application_mode()
            else:  # drawn once more: somebody else may have written on the terminal meanwhile
                Thread(target=self._app.call_from_thread, args=(self._app.refresh,), daemon=True).start()

    return Steady
