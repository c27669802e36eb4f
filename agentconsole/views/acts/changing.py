"""Changing conversations: the one that one is on, or all that are marked; these after a preview, in one step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from agentconsole.desk import bulk
from agentconsole.desk.bulk import Outcome
from agentconsole.desk.steps import Move, make
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.acts.going import Going
from agentconsole.views.foreign import steady
from agentconsole.views.layout import ASCII, Line, cut, wrap
from agentconsole.views.messages import Changed, Done
from agentconsole.views.page import Page

_MANY = 36
"""Conversations from which on the status line shows how far it has come."""
_TELL = 0.1
"""Seconds between two times that it is told how far it has come."""
_BAR = 12
"""Columns of the bar that shows it."""


@dataclass(frozen=True)
class Wish:
    """A change that an adviser wants.

    :param what: as a heading: ``Resolve``, ``Assign to Omar Benali``.
    :param moves: what happens to each conversation.
    :param said: what is said once one conversation was changed, by its number.
    :param one: does it to a single conversation, where that is more than the moves.
    """

    what: str
    moves: tuple[Move, ...]
    said: Callable[[int], str]
    one: Callable[[int], ConversationRow] | None = None


class Changing:
    """Does what is wished, and tells how far it has come."""

    def __init__(self, page: Page, going: Going) -> None:
        self.page, self._going = page, going
        self._doing: tuple[str, int, int] | None = None
        self._told_at = 0.0
        self._stop = threading.Event()
        self._said_so = False

    @property
    def numbers(self) -> tuple[int, ...]:
        """What a change is about: the marked conversations in the list, else the one that one is on."""
        row = self.page.target
        return self.page.marked or ((row.number,) if row is not None else ())

    def change(self, numbers: Sequence[int], wish: Wish, then: Callable[[], None] | None = None) -> None:
        """Do it to one; show what it would do to several, and do it where that is wanted.

        :param then: what follows once one conversation was changed.
        """
        if len(numbers) == 1 and not self.page.marked:
            number = numbers[0]
            change = partial(wish.one, number) if wish.one else partial(make, self.page.desk, number, *wish.moves)
            write = self._going.write if then else self.page.work.write
            write(change, partial(self.changed, wish.said(number), then))
        elif numbers:
            self._preview(tuple(numbers), wish)

    def changed(self, said: str, then: Callable[[], None] | None, row: ConversationRow) -> None:
        """A conversation was changed: show and say so."""
        self.page.put_row(row)
        self.page.say(said)
        self.page.post_message(Changed())
        if then is not None:
            then()

    # Many

    def _preview(self, numbers: tuple[int, ...], wish: Wish) -> None:
        if self._doing is not None:
            self.page.say(_("Wait until what goes on below is done."), "warn")
            return
        if len(numbers) >= _MANY:
            self.page.say(_("Looking at {n} conversations …").format(n=len(numbers)))
        look = partial(bulk.preview, self.page.desk, numbers, wish.moves)
        self.page.work.look("box", look, partial(self._ask, numbers, wish))

    def _ask(self, numbers: tuple[int, ...], wish: Wish, outcome: Outcome) -> None:
        from agentconsole.views.confirm import Confirm

        count = len(numbers) - len(outcome.refused)
        title = ngettext("{what}: {n} conversation", "{what}: {n} conversations", count)
        title = title.format(what=wish.what, n=count)
        rows = {row.number: row for row in self.page.listing.rows}
        changed = [number for number in numbers if number not in dict(outcome.refused)]

        def lines(columns: int) -> list[Line]:
            made = [_told(rows.get(number), number, columns) for number in changed]
            if outcome.refused:
                cannot = ngettext("{n} cannot:", "{n} cannot:", len(outcome.refused))
                made += (
                    [[], [(cannot.format(n=len(outcome.refused)), "warn")]]
                    if made
                    else [[(cannot.format(n=len(outcome.refused)), "warn")]]
                )
                for number, why in outcome.refused:
                    said = steady(f"#{number}  {why}", one_line=True, limit=300)
                    made += [[("  " + line, "")] for line in wrap(said, columns - 2)]
            return made

        def decided(wanted: bool | None) -> None:
            if wanted:
                self._begin(tuple(changed), wish)

        self.page.app.push_screen(Confirm(title, lines, can=count > 0), decided)

    def _begin(self, numbers: tuple[int, ...], wish: Wish) -> None:
        if self._doing is not None:
            self.page.say(_("Wait until what goes on below is done."), "warn")
            return
        self._progressed((wish.what, 0, len(numbers)))
        apply = partial(bulk.apply, self.page.desk, numbers, wish.moves, partial(self._report, wish.what), self._stop)
        self.page.work.long(apply, partial(self._applied, wish), self._failed)

    def _report(self, what: str, done: int, total: int) -> None:
        """Called by the thread that does it."""
        if done >= total or monotonic() - self._told_at >= _TELL:
            self._told_at = monotonic()
            self.page.post_message(Done(self._progressed, (what, done, total)))

    def _progressed(self, how_far: tuple[str, int, int] | None) -> None:
        self._doing = how_far
        if how_far is None:
            self._said_so = False
        self.page.draw_status()

    def _applied(self, wish: Wish, outcome: Outcome) -> None:
        self._progressed(None)
        for row in outcome.rows:
            self.page.put_row(row)
        self.page.listing.mark([row.number for row in outcome.rows], marked=False)
        count = len(outcome.rows)
        said = ngettext("{what}: {n} conversation is changed.", "{what}: {n} conversations are changed.", count)
        said = said.format(what=wish.what, n=count)
        if outcome.refused:
            refused = ngettext("{n} could not be.", "{n} could not be.", len(outcome.refused))
            said = f"{said} {refused.format(n=len(outcome.refused))}"
        self.page.say(said, "warn" if outcome.refused else "ok")
        self.page.redraw()
        self.page.post_message(Changed())

    def _failed(self, error: ConsoleError) -> None:
        self._progressed(None)
        self.page.warn(error)

    @property
    def busy(self) -> bool:
        """Many conversations are being changed."""
        return self._doing is not None

    def holds_up(self) -> bool:
        """Leaving now would leave some of many as they are: said once, and not held up a second time."""
        if self._doing is None or self._said_so:
            return False
        self._said_so = True
        _what, done, total = self._doing
        said = _("{done} of {total} are done. Once more leaves, and the rest as it is.")
        self.page.say(said.format(done=done, total=total), "warn")
        return True

    def stop(self) -> None:
        """The console is left: what is done of it by now stays done."""
        self._stop.set()

    def progress(self) -> Line:
        """``Resolve 120/300`` with a bar, where many are being changed."""
        if self._doing is None or self._doing[2] < _MANY:
            return []
        what, done, total = self._doing
        full = _BAR * done // max(total, 1)
        one, none = ("#", ".") if ASCII else ("━", "─")
        return [
            (f"{cut(what, 24)} ", ""),
            (one * full, "accent"),
            (none * (_BAR - full), "dim"),
            (f" {done}/{total}  ", ""),
        ]


def _told(row: ConversationRow | None, number: int, columns: int) -> Line:
    if row is None:
        return [(f"#{number}", "")]
    about = steady(row.subject or row.excerpt, one_line=True, limit=200)
    who = steady(row.customer, one_line=True, limit=30)
    return [
        (cut(f"#{number}  {who}", columns), ""),
        (cut(f"  {about}", max(0, columns - len(f"#{number}  {who}") - 1)), "dim"),
    ]
