"""Marks: which rows of the list the next change is about."""

from __future__ import annotations

from agentconsole.i18n import _, ngettext
from agentconsole.views.page import Page


class Marking:
    """Marks rows of the list."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def mark(self, _key: str) -> None:
        """The row under the cursor, or its mark away; and down."""
        rows = self.page.listing
        row = rows.current
        if row is None:
            return
        if row.number != rows.ghost:
            rows.mark([row.number], marked=row.number not in rows.marked)
        rows.go(rows.cursor + 1)
        self.page.redraw()

    def mark_all(self, _key: str) -> None:
        """No marks any more; where there were none, all rows that are shown."""
        rows = self.page.listing
        if not self.clear():
            rows.mark([row.number for row in rows.rows])
            count = len(rows.marked)
            said = ngettext("{n} row is marked.", "{n} rows are marked.", count).format(n=count)
            more = _("There are more below, which are not read yet.") if rows.next is not None else ""
            self.page.say(f"{said} {more}".strip())
        self.page.redraw()

    def clear(self) -> bool:
        """No marks any more; False where there were none."""
        marked = self.page.listing.marked
        self.page.listing.unmark()
        if marked:
            self.page.say(_("No row is marked any more."))
        return bool(marked)
