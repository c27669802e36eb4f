"""Unsent words: which conversations hold some, and going on with them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from textual.timer import Timer

from agentconsole.desk import conversations, delivery, drafts, local_drafts
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, clock_time, ngettext
from agentconsole.model.conversation import ConversationRow, Draft, DraftKind
from agentconsole.views.acts.writing import Writing
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT
from agentconsole.views.page import Page
from agentconsole.views.situation import Place

_PATIENCE = 4.0
"""Seconds that leaving waits for the desk: by then words that it has not taken are on this machine's disk."""


class Unsent:
    """The agent's drafts, and leaving without losing any."""

    def __init__(self, page: Page, writing: Writing) -> None:
        self.page, self._writing = page, writing
        self._leaves_words: int | None = None
        """How much was written when it was said that leaving loses words."""
        self._patience: Timer | None = None
        self.drafts: list[Draft] = []

    def read(self) -> None:
        """Which conversations hold unsent words of mine."""
        self.page.work.look("drafts", partial(drafts.mine, self.page.desk), self._read)

    def _read(self, found: list[Draft]) -> None:
        self.drafts = found
        self.page.listing.mark_drafts(frozenset(draft.number for draft in found))

    def begin(self) -> None:
        """The console was started: say what was not sent."""
        self.page.work.look("unsent", partial(_unsent, self.page.desk), self._tell)

    def _tell(self, found: tuple[list[Draft], int]) -> None:
        words, failed = found
        self._read(words)
        what = []
        if words:
            what.append(ngettext("{n} unsent draft", "{n} unsent drafts", len(words)).format(n=len(words)))
        if failed:
            what.append(ngettext("{n} reply not sent", "{n} replies not sent", failed).format(n=failed))
        if what:
            key = self.page.session.keymap.key("drafts" if words else "outbox", Place.LIST)
            goes_on = _("{what}: {key} goes on").format(what=", ".join(what), key=key)
            self.page.say(goes_on, "warn" if failed else "accent", stays=True)

    def bring_back(self) -> None:
        """The desk is there again: it gets what could not be kept there, and says what became of what was sent."""
        self._writing.back()
        but = self._writing.keeping.waiting
        self.page.work.look("drafts", partial(_brought_back, self.page.desk, but), self._read)

    def choose(self, _key: str) -> None:
        """Go on with unsent words."""
        self.page.work.look("compose", partial(_with_rows, self.page.desk), self._choose)

    def _choose(self, found: list[tuple[Draft, ConversationRow]]) -> None:
        from agentconsole.views.overlays import Item, Picker

        if not found:
            self.page.say(_("There are no unsent words of yours."))
            return
        zone = self.page.desk.config.zone
        items = []
        for draft, row in found:
            who = steady(row.customer, one_line=True, limit=24)
            about = steady(row.subject, one_line=True, limit=30)
            note = {DraftKind.NOTE: _("note"), DraftKind.BOOK: _("client book")}.get(draft.kind, "")
            words = steady(draft.text, one_line=True, limit=120)
            text = DOT.join(part for part in (f"#{draft.number}  {who}", about, note, words) if part)
            items.append(Item((draft.number, draft.kind), text, clock_time(draft.updated_at, zone)))
        picker: Picker[tuple[int, DraftKind]] = Picker(_("Unsent words"), items)
        self.page.app.push_screen(picker, lambda chosen: None if chosen is None else self._writing.go_on(*chosen))

    def leave(self) -> None:
        """Leave once the desk has all words; where it cannot take them, only on a second wish."""
        self._writing.close()
        if self._leaves_words == self._writing.touched and self._writing.unkept:
            self.page.app.exit(0)
        # Writes keep their order: when this one is done, so are those of drafts.
        work, left = self.page.work, lambda _none: self._left()
        work.write(lambda: None, lambda _none: work.long(lambda: None, left, self.page.warn))
        if self._patience is None:
            self._patience = self.page.set_timer(_PATIENCE, self._left)

    def _left(self) -> None:
        """The desk has answered to all that was written, or does not answer."""
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
        if not self._writing.unkept:
            waiting = self._writing.keeping.waiting
            said = _("Unsent words are kept on this machine; the desk gets them when the console is started again.")
            self.page.app.exit(0, message=said if waiting else None)
            return
        self._leaves_words = self._writing.touched
        self.page.say(_("NOT SAVED: the desk does not take your words. Once more leaves without them."), "late")


def _unsent(desk: Desk) -> tuple[list[Draft], int]:
    """The agent's unsent words, and how many replies of theirs did not reach the customer, or may not have."""
    local_drafts.bring_back(desk)
    me = desk.agent.id
    failed = [e for e in delivery.undelivered(desk) if e.author == me and e.state in ("failed", "unknown")]
    return drafts.mine(desk), len(failed)


def _brought_back(desk: Desk, but: Collection[tuple[int, DraftKind]]) -> list[Draft]:
    local_drafts.bring_back(desk, but)
    return drafts.mine(desk)


def _with_rows(desk: Desk) -> list[tuple[Draft, ConversationRow]]:
    """The agent's unsent words, each with its conversation."""
    return [(draft, conversations.row(desk, draft.number)) for draft in drafts.mine(desk)]
