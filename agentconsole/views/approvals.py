"""Requests for gestures: those that wait for a decision of mine with all it needs, and what became of my own.

Nothing is shown as decided before it is: a decision is written first, then the list is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult

from agentconsole.desk import deciding, gestures
from agentconsole.desk.deciding import Case, Request, Whose
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, money
from agentconsole.views.approval_lines import amount_words
from agentconsole.views.approving import HowMuch, no_reason
from agentconsole.views.bars import chosen_hints
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DASH, DOT, Line, Spread, cut, line_width
from agentconsole.views.messages import Changed, Moved
from agentconsole.views.over import Over
from agentconsole.views.overlays import Ask
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.lines import Bar
from agentconsole.views.widgets.request_list import Details, RequestList

_DEEDS = ("approve", "refuse", "withdraw")
_ROOMY = 30
"""Lines from which on one stays blank below the title."""
_EVERY = 2.0
"""Seconds between two looks."""


class ApprovalScreen(Over[int]):
    """Answers with the number of a conversation to open.

    :param changed: told of what is decided here.
    """

    PLACE = Place.APPROVALS
    CSS_PATH = "approvals.tcss"
    AUTO_FOCUS = "#approvals"

    def __init__(self, session: Session, changed: Callable[[Changed], object]) -> None:
        super().__init__(session)
        self._changed = changed
        self._list, self._details = RequestList(self.desk), Details(self.desk)
        self._busy = False
        """A decision is on its way: nothing else is decided meanwhile."""
        self._read_once = False

    def compose(self) -> ComposeResult:
        yield Bar(id="approvals-title")
        yield self._list
        yield Bar(id="approvals-said")
        yield self._details
        yield Bar(id="hints")

    @property
    def where(self) -> str:
        return _("among the approvals")

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_EVERY, self._read)

    def on_resize(self) -> None:
        self._lay_out()
        self.draw()

    # Reading

    def _read(self) -> None:
        self.work.look("requests", partial(deciding.requests, self.desk), self._show, self._unread)

    def _show(self, requests: Sequence[Request]) -> None:
        self._read_once = True
        self._list.fill(requests)
        self._lay_out()
        self._look()
        self.draw()

    def _lay_out(self) -> None:
        most = max(3, self.app.size.height // 3 - 1)
        self._list.styles.height = min(max(1, self._list.count()), most)
        self.query_one("#approvals-title", Bar).styles.height = 1 if self.app.size.height < _ROOMY else 2

    def _look(self) -> None:
        request = self._list.request
        if request is None:
            self._details.show(None)
        else:
            self.work.look("case", partial(deciding.case, self.desk, request), self._told, self._unread)

    def _told(self, case: Case) -> None:
        request = self._list.request
        if request is not None and request.approval.id == case.request.approval.id:
            self._details.show(case)
            self.draw()

    @property
    def _case(self) -> Case | None:
        """What is known of the request under the cursor; ``None`` until it is read."""
        case, request = self._details.case, self._list.request
        return case if case and request and case.request.approval == request.approval else None

    # Drawing

    def draw(self) -> None:
        columns = self.app.size.width
        decide = sum(isinstance(item, Request) and item.whose is Whose.DECIDE for item in self._list.items)
        said = _("{n} to decide").format(n=decide) if decide else _("nothing to decide")
        head: Line = [(" " + _("Approvals"), "title"), (DOT + said, "due" if decide else "dim")]
        self.query_one("#approvals-title", Bar).show(head)
        words, style = self.said
        if not words and self._read_once and not self._list.items:
            words, style = _("Nobody asks for an approval, and you asked for none in two weeks."), "ok"
        line: Line = [(" " + cut(words, columns - 2), style)] if words else [(DASH * columns, "line")]
        self.query_one("#approvals-said", Bar).show(line)
        more = self._details.count() > max(1, self._details.size.height)
        page = self.session.keymap.key("page_down", Place.APPROVALS)
        right: Line = [(f"{page} ", "accent"), (_("reads on") + " ", "dim")] if more and page else []
        hints = chosen_hints(self.hints(first=_DEEDS), [], columns - 1 - line_width(right))
        self.query_one("#hints", Bar).show(Spread([(" ", ""), *hints], right))

    def situation(self) -> Situation:
        request = self._list.request
        row = self._case.thread.row if self._case else None
        return Situation(Place.APPROVALS, row=row, request=str(request.whose) if request else "")

    def warn(self, error: ConsoleError, style: str = "warn") -> None:
        """A decision was refused."""
        self._busy = False
        super().warn(error, style)
        self._read()

    def _unread(self, error: ConsoleError) -> None:
        """A look failed: the next one comes by itself, and a decision that is on its way still is."""
        super().warn(error)

    # News and keys

    def on_moved(self, _message: Moved) -> None:
        self._look()

    def press(self, name: str) -> bool:
        """Pages are those of what is told; all else walks through the list."""
        return (self._details if name in ("page_down", "page_up") else self._list).press(name)

    def acts(self) -> dict[str, Callable[[], object]]:
        return {
            "approve": partial(self._unless_busy, self._approve), "refuse": partial(self._unless_busy, self._refuse),
            "withdraw": partial(self._unless_busy, self._withdraw),
        }  # fmt: skip

    def _unless_busy(self, act: Callable[[], None]) -> None:
        if self._busy:
            self.tell(_("It is being decided."), "warn")
        else:
            act()

    def open_chosen(self) -> None:
        request = self._list.request
        if request is not None:
            self.dismiss(request.approval.number)

    # Deciding

    def _approve(self) -> None:
        case = self._case
        if case is None:
            self.tell(_("It is being read."), "warn")
            return
        box = HowMuch(case, self.desk)
        asked = case.request.approval

        def typed(text: str | None) -> None:
            if text is not None:
                amount = box.amount(text)
                said = _("Approved: {amount}. {who} is told.").format(
                    amount=money(amount, asked.currency), who=self._called(asked.requester)
                )
                self._decide(partial(gestures.approve, self.desk, asked.id, amount), said)

        self.app.push_screen(box, typed)

    def _refuse(self) -> None:
        request = self._list.request
        if request is None:
            return
        asked = request.approval
        title = _("Refuse {amount} to {who}?").format(amount=amount_words(asked), who=self._called(asked.requester))
        said = _("Refused. {who} is told why.").format(who=self._called(asked.requester))

        def typed(text: str | None) -> None:
            if text is not None:
                self._decide(partial(gestures.refuse, self.desk, asked.id, text.strip()), said)

        self.app.push_screen(
            Ask(title, _("Why? It goes to whoever asked. Enter refuses, esc leaves it."), no_reason), typed
        )

    def _withdraw(self) -> None:
        request = self._list.request
        if request is not None:
            self._decide(partial(gestures.withdraw, self.desk, request.approval.id), _("Withdrawn."))

    def _decide(self, change: Callable[[], object], said: str) -> None:
        self._busy = True
        self.tell(_("It is being decided."), "due")
        self.work.write(change, partial(self._decided, said))

    def _decided(self, said: str, _row: object) -> None:
        self._busy = False
        self.tell(said, "ok")
        self._changed(Changed())
        self._read()

    def _called(self, agent: str) -> str:
        return steady(self.desk.agent_name(agent), one_line=True, limit=40)
