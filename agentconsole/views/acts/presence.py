"""Colleagues: telling them where one is, and being told once where one begins to write beside one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Literal

from agentconsole.desk import presence
from agentconsole.errors import ConsoleError
from agentconsole.i18n import ngettext
from agentconsole.model.conversation import Presence
from agentconsole.views.acts.reading import Reading
from agentconsole.views.beside import names_of, row_words
from agentconsole.views.page import Page

_BEAT = 25.0
"""Seconds between two signs of life; who gives none for a minute is taken for gone."""
_AWAY = 300.0
"""Seconds without a key after which one is not taken for present any more."""

Where = tuple[int, Literal["reading", "writing"]]
"""A conversation's number, and "reading" or "writing"."""


class Beside:
    """Where one is, told to colleagues.

    :param where: the conversation that is open, and what is done in it; ``None`` in the list.
    """

    def __init__(self, page: Page, reading: Reading, where: Callable[[], Where | None]) -> None:
        self.page, self.reading, self._where = page, reading, where
        self._told: Where | None = None
        self._told_at = self._awake_at = monotonic()
        self._warned: Where | None = None

    def awake(self) -> None:
        """A key was pressed."""
        self._awake_at = monotonic()

    @property
    def is_awake(self) -> bool:
        """A key was pressed not long ago."""
        return monotonic() - self._awake_at < _AWAY

    def look(self) -> None:
        """The focus has moved, or a conversation was opened: tell what differs from what was told."""
        where = self._where()
        if where is None:
            return
        if where != self._told:
            self._tell(where)
        if where[1] == "writing":
            self._warn(where)
        else:
            self._warned = None

    def beat(self) -> None:
        """A second has passed: a sign of life where one is due; one who is back in the list is gone by now."""
        where = self._where() if self.is_awake else None
        if where is None:
            if self._told is not None:
                self._told = None
                self.page.work.write(partial(presence.gone, self.page.desk), None, _quiet)
            return
        if where != self._told or monotonic() - self._told_at >= _BEAT:
            self._tell(where)
        if where[1] == "writing":  # the conversation may have been read only since the composer opened
            self._warn(where)

    def _tell(self, where: Where) -> None:
        self._told, self._told_at = where, monotonic()
        self.page.work.write(partial(presence.here, self.page.desk, *where), None, _quiet)

    def leave(self) -> None:
        """The console ends."""
        if self._told is not None:
            self._told = None
            self.page.work.write(partial(presence.gone, self.page.desk), None, _quiet)

    # Colleagues

    def renew(self) -> None:
        """Something was committed: who is where now."""
        self.page.work.look("present", partial(presence.elsewhere, self.page.desk), self._read, _quiet)

    def _read(self, found: dict[int, tuple[Presence, ...]]) -> None:
        desk = self.page.desk
        self.page.listing.mark_present({number: row_words(who, desk) for number, who in found.items()})

    def _warn(self, where: Where) -> None:
        """One writes: say once who else does."""
        thread = self.reading.thread
        if self._warned == where or thread is None or thread.row.number != where[0]:
            return
        self._warned = where
        writing = [who for who in thread.present if who.doing == "writing"]
        if writing:
            said = ngettext("{names} is writing here too.", "{names} are writing here too.", len(writing))
            self.page.say(said.format(names=names_of(writing, self.page.desk)), "warn")


def _quiet(_error: ConsoleError) -> None:
    """The list says already that the desk cannot be reached."""
