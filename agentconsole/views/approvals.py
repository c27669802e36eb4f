"""Requests for gestures: those that wait for a decision of mine with all it needs, and what became of my own.

Nothing is shown as decided before it is: a decision is written first, then the list is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from agentconsole.desk import deciding, gestures
from agentconsole.desk.deciding import Case, Request, Whose
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, money
from agentconsole.views.approval_lines import amount_words
from agentconsole.views.approving import HowMuch, no_reason
from agentconsole.views.foreign import steady
from agentconsole.views.helping import keys_of
from agentconsole.views.keys import key_words
from agentconsole.views.layout import DASH, DOT, Line, Spread, cut
from agentconsole.views.messages import Changed, Chosen, Done, Refused
from agentconsole.views.overlays import Ask, key_name
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.lines import Bar
from agentconsole.views.widgets.request_list import Details, RequestList
from agentconsole.views.work import Work

QUIT = 0
"""No conversation has this number: the adviser leaves the console."""
_DEEDS = ("approve", "refuse", "withdraw")
_ROOMY = 30
"""Lines from which on one stays blank below the title."""
_EVERY = 2.0
"""Seconds between two looks."""


class ApprovalScreen(Screen[int | None], inherit_bindings=False):
    """Answers with the number of a conversation to open, or :data:`QUIT`."""

    CSS_PATH = "approvals.tcss"
    BINDINGS: ClassVar = []
    AUTO_FOCUS = "#approvals"

    def __init__(self, session: Session, changed: Callable[[Changed], object]) -> None:
        super().__init__()
        self._session, self._desk, self._changed = session, session.desk, changed
        self._work = Work(self)
        self._said: tuple[str, str] = "", ""
        self._busy = False
        """A decision is on its way: nothing else is decided meanwhile."""
        self._read_once = False

    def compose(self) -> ComposeResult:
        yield Bar(id="approvals-title")
        yield RequestList(self._desk)
        yield Bar(id="approvals-said")
        yield Details(self._desk)
        yield Bar(id="hints")

    @property
    def _list(self) -> RequestList:
        return self.query_one("#approvals", RequestList)

    @property
    def _details(self) -> Details:
        return self.query_one("#approval-case", Details)

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_EVERY, self._read)

    def on_unmount(self) -> None:
        self._work.finish()

    def on_resize(self) -> None:
        self._lay_out()
        self._draw()

    # Reading

    def _read(self) -> None:
        self._work.look("requests", partial(deciding.requests, self._desk), self._show, self._unread)

    def _show(self, requests: Sequence[Request]) -> None:
        self._read_once = True
        self._list.fill(requests)
        self._lay_out()
        self._look()
        self._draw()

    def _lay_out(self) -> None:
        most = max(3, self.app.size.height // 3 - 1)
        self._list.styles.height = min(max(1, self._list.count()), most)
        self.query_one("#approvals-title", Bar).styles.height = 1 if self.app.size.height < _ROOMY else 2

    def _look(self) -> None:
        request = self._list.request
        if request is None:
            self._details.show(None)
        else:
            self._work.look("case", partial(deciding.case, self._desk, request), self._told, self._unread)

    def _told(self, case: Case) -> None:
        request = self._list.request
        if request is not None and request.approval.id == case.request.approval.id:
            self._details.show(case)
            self._draw()

    @property
    def _case(self) -> Case | None:
        """What is known of the request under the cursor; ``None`` until it is read."""
        case, request = self._details.case, self._list.request
        return case if case and request and case.request.approval == request.approval else None

    # Drawing

    def _draw(self) -> None:
        columns = self.app.size.width
        decide = sum(isinstance(item, Request) and item.whose is Whose.DECIDE for item in self._list.items)
        said = _("{n} to decide").format(n=decide) if decide else _("nothing to decide")
        head: Line = [(" " + _("Approvals"), "title"), (DOT + said, "due" if decide else "dim")]
        self.query_one("#approvals-title", Bar).show(head)
        words, style = self._said
        if not words and self._read_once and not self._list.items:
            words, style = _("Nobody asks for an approval, and you asked for none in two weeks."), "ok"
        line: Line = [(" " + cut(words, columns - 2), style)] if words else [(DASH * columns, "line")]
        self.query_one("#approvals-said", Bar).show(line)
        hints: Line = [(" ", "")]
        for action in sorted(self._session.keymap.at(Place.APPROVALS), key=lambda a: a.id not in _DEEDS):
            if Place.APPROVALS in action.hint and not action.why_not(self._situation()):
                key = self._session.keymap.key(action.id, Place.APPROVALS)
                hints += [(key_words(key) + " ", "accent"), (action.words() + "  ", "dim")]
        more = self._details.count() > max(1, self._details.size.height)
        page = key_words(self._session.keymap.key("page_down", Place.APPROVALS) or "")
        right: Line = [(f"{page} ", "accent"), (_("reads on") + " ", "dim")] if more and page else []
        self.query_one("#hints", Bar).show(Spread(hints, right))

    def _situation(self) -> Situation:
        request = self._list.request
        row = self._case.thread.row if self._case else None
        return Situation(Place.APPROVALS, row=row, request=str(request.whose) if request else "")

    def _tell(self, words: str, style: str) -> None:
        self._said = words, style
        self._draw()

    def _unread(self, error: ConsoleError) -> None:
        """A look failed: the next one comes by itself, and a decision that is on its way still is."""
        self._tell(steady(f"{error.what} {error.do}".replace("`", ""), one_line=True, limit=400), "warn")

    def _warn(self, error: ConsoleError) -> None:
        """A decision was refused."""
        self._busy = False
        self._unread(error)
        self._read()

    # News and keys

    def on_moved(self) -> None:
        self._said = "", ""
        self._look()
        self._draw()

    def on_chosen(self, _message: Chosen) -> None:
        self._open()

    def on_done(self, message: Done) -> None:
        message.then(message.result)

    def on_refused(self, message: Refused) -> None:
        (message.otherwise or self._warn)(message.error)

    def on_key(self, event: events.Key) -> None:
        action = self._session.keymap.find(key_name(event), Place.APPROVALS)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        if action.id in ("back", "quit"):
            self.dismiss(QUIT if action.id == "quit" else None)
        elif action.id in ("page_down", "page_up"):
            self._details.press(action.id)
        elif action.id == "help":
            self._help()
        elif not self._list.press(action.id):
            self._act(action.id, action.why_not(self._situation()))

    def _act(self, action_id: str, why_not: str) -> None:
        if why_not or self._busy:
            self._tell(why_not or _("It is being decided."), "warn")
            return
        self._said = "", ""
        {"open": self._open, "approve": self._approve, "refuse": self._refuse, "withdraw": self._withdraw}[action_id]()

    def _open(self) -> None:
        request = self._list.request
        if request is not None:
            self.dismiss(request.approval.number)

    # Deciding

    def _approve(self) -> None:
        case = self._case
        if case is None:
            self._tell(_("It is being read."), "warn")
            return
        box = HowMuch(case, self._desk)
        asked = case.request.approval

        def typed(text: str | None) -> None:
            if text is not None:
                amount = box.amount(text)
                said = _("Approved: {amount}. {who} is told.").format(
                    amount=money(amount, asked.currency), who=self._called(asked.requester)
                )
                self._decide(partial(gestures.approve, self._desk, asked.id, amount), said)

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
                self._decide(partial(gestures.refuse, self._desk, asked.id, text.strip()), said)

        self.app.push_screen(
            Ask(title, _("Why? It goes to whoever asked. Enter refuses, esc leaves it."), no_reason), typed
        )

    def _withdraw(self) -> None:
        request = self._list.request
        if request is not None:
            self._decide(partial(gestures.withdraw, self._desk, request.approval.id), _("Withdrawn."))

    def _decide(self, change: Callable[[], object], said: str) -> None:
        self._busy = True
        self._tell(_("It is being decided."), "due")
        self._work.write(change, partial(self._decided, said))

    def _decided(self, said: str, _row: object) -> None:
        self._busy = False
        self._tell(said, "ok")
        self._changed(Changed())
        self._read()

    def _called(self, agent: str) -> str:
        return steady(self._desk.agent_name(agent), one_line=True, limit=40)

    def _help(self) -> None:
        self.app.push_screen(keys_of(self._session.keymap, Place.APPROVALS, _("among the approvals")))
