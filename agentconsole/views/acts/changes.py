"""All that changes conversations, and undo."""

from __future__ import annotations

from agentconsole.i18n import _
from agentconsole.model.conversation import DraftKind
from agentconsole.views.acts.going import Going
from agentconsole.views.acts.handling import Handling
from agentconsole.views.acts.later import Later
from agentconsole.views.acts.marking import Marking
from agentconsole.views.acts.merging import Merging
from agentconsole.views.acts.reading import Reading
from agentconsole.views.acts.undoing import Undoing
from agentconsole.views.acts.writing import Writing
from agentconsole.views.page import Page

_CHANGING = frozenset((
    "assign_me", "assign", "resolve", "resolve_next", "pending", "reopen", "snooze", "tags", "priority", "escalate",
    "promise", "merge", "unmerge", "split",
))  # fmt: skip


class Changes:
    """What the actions that change conversations are done by."""

    def __init__(self, page: Page, reading: Reading, writing: Writing) -> None:
        self.page = page
        self.going = Going(page)
        self.handling = Handling(page, reading, self.going)
        self.changing = self.handling.changing
        self.later = Later(page, self.handling)
        self.marking = Marking(page)
        self.merging = Merging(page, reading, self.going)
        self.undoing = Undoing(page, writing, self.going)

    def out_of_sight(self, action_id: str) -> str:
        """Why a conversation beside the one that is being answered cannot be changed: it cannot be seen."""
        composer, row = self.page.composer, self.page.target
        if action_id not in _CHANGING or composer is None or row is None:
            return ""
        if not composer.is_open or composer.number == row.number:
            return ""
        if composer.kind is not DraftKind.REPLY:
            return _("Finish or close the note first.")
        return _("Finish or close the reply first.")
