"""Changes after which something else is opened: keys that are typed meanwhile are meant for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from agentconsole.errors import ConsoleError
from agentconsole.views.page import Page

T = TypeVar("T")


class Going:
    """Writes whose outcome the next key waits for; see :mod:`agentconsole.views.turns`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._under_way = 0
        self.failed = False
        """What the last key asked for was refused."""

    @property
    def busy(self) -> bool:
        """Something is on its way."""
        return self._under_way > 0

    def begin(self) -> None:
        """A key is about to be given on."""
        self.failed = False

    def write(
        self,
        change: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[ConsoleError], None] | None = None,
    ) -> None:
        """Change the desk; ``then`` opens what follows once it is committed."""
        self._under_way += 1

        def done(result: T) -> None:
            self._under_way -= 1
            then(result)

        def refused(error: ConsoleError) -> None:
            self._under_way -= 1
            self.failed = True
            (otherwise or self.page.warn)(error)

        self.page.work.write(change, done, refused)
