"""What keys that are typed ahead wait for, as :mod:`.turns` asks it of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconsole.i18n import _
from agentconsole.views.situation import Place

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen

_AWAITED = frozenset(("page", "compose", "jump", "trail", "path", "box"))
_AWAITED_INSIDE = _AWAITED | {"thread"}
"""Looks whose outcome the keys typed after them are meant for. Beside the list a thread is shown, not opened."""


class Ahead:
    """An :class:`agentconsole.views.turns.Opener`."""

    def __init__(self, page: MainScreen) -> None:
        self.page = page
        self.nothing_opens = False
        """What the last key asked for could not be begun, and it was said why."""

    @property
    def opening(self) -> bool:
        inside = self.page.place in Place.THREAD | Place.CARD
        return self._busy or self.page.work.under_way(_AWAITED_INSIDE if inside else _AWAITED)

    @property
    def _busy(self) -> bool:
        page = self.page
        return page.writing.busy or page.changes.going.busy or page.gestures.busy

    @property
    def stirring(self) -> tuple[int, bool]:
        return self.page.work.stirred, self._busy

    def touched(self) -> None:
        self.page.live.touched()

    def begin_turn(self) -> None:
        self.nothing_opens = False
        self.page.changes.going.begin()
        self.page.gestures.begin_turn()
        self.page.work.note()

    def failed_turn(self) -> bool:
        page = self.page
        return self.nothing_opens or page.changes.going.failed or page.gestures.failed or page.work.refused()

    def give_up(self, lost: int) -> None:
        self.page.work.forget(_AWAITED_INSIDE)
        if lost and not self.nothing_opens and not self.page.changes.going.failed:  # else it was said why
            self.page.say(_("Nothing was opened; what you typed for it is dropped."), "warn")
