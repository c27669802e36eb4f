"""The list behind a number of the dashboard: why it is so, what to do about it, and the conversations themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult

from agentconsole.config import Priority
from agentconsole.desk import bulk, figures, moves, wording
from agentconsole.desk.bulk import Outcome
from agentconsole.desk.figures import Behind
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, Move
from agentconsole.i18n import _, ngettext, number
from agentconsole.model.floor import Floor
from agentconsole.views.acts.floor import FloorActs
from agentconsole.views.acts.floor_dialogs import Holder, holders
from agentconsole.views.acts.floor_incidents import incident_of
from agentconsole.views.bars import chosen_hints
from agentconsole.views.dashboard_cures import Advice
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.dashboard_told import told_of
from agentconsole.views.dashboard_why import why
from agentconsole.views.floor_actions import INCIDENT
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, Spread, cut, fit, width, wrap
from agentconsole.views.messages import NearEnd
from agentconsole.views.over import Over
from agentconsole.views.overlays import Item, Picker
from agentconsole.views.page import Session
from agentconsole.views.rows import also_words, due_words
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.conversation_list import ConversationList
from agentconsole.views.widgets.lines import Bar

_LIMIT = 200
"""Conversations that are read."""
_EVERY = 2.0
"""Seconds between two looks at the list."""
_WHY = 8
"""Lines that may say why and what to do."""


class BehindScreen(Over[int]):
    """Answers with the number of a conversation to open.

    :param floor: the floor when it was opened, which says why. :param changed: told of what is done from here.
    """

    PLACE = Place.BEHIND
    CSS_PATH = "dashboard.tcss"
    AUTO_FOCUS = "#list"

    def __init__(self, session: Session, figure: Figure, floor: Floor | None, changed: Callable[[], object]) -> None:
        super().__init__(session)
        self.figure: Figure | None = figure
        self.floor = floor
        self._which, self._changed = figure.which, changed
        self.listing = ConversationList(session.desk)
        self._floor_acts = FloorActs(self)
        self._found: Behind | None = None
        self._acted = False
        """What was done here has not been seen in the list yet."""

    @property
    def where(self) -> str:
        return _("in the list behind a number")

    def compose(self) -> ComposeResult:
        yield Bar(id="behind-title")
        yield Bar(id="behind-why")
        yield self.listing
        yield Bar(id="floor-told")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_EVERY, self._read)
        self.set_interval(1.0, self.listing.tick)

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    # Reading

    def _read(self) -> None:
        if self._which is not None:
            look = partial(figures.behind, self.desk, self._which, _LIMIT)
            self.work.look("behind", look, self._came, self.warn)

    def _came(self, found: Behind) -> None:
        first, self._found = self._found is None, found
        if self._which is not None:
            self.listing.told = told_of(self._which, found)
        acted, self._acted = self._acted, False
        if first:
            self.listing.show(found.rows, None)
        elif acted and self._gone(found):
            self.listing.show(found.rows, None, self._next_of(found))
        else:
            self.listing.renew(found.rows, None)
        self.draw()

    def _gone(self, found: Behind) -> bool:
        """What one acted on belongs here no more: it does not stay, as it does where a colleague takes it away."""
        row = self.listing.current
        return row is not None and row.number not in {one.number for one in found.rows}

    def _next_of(self, found: Behind) -> int | None:
        """The row after the cursor that is still there, else the last one before it."""
        left, at = {row.number for row in found.rows}, self.listing.cursor
        rows = [*self.listing.rows[at:], *reversed(self.listing.rows[:at])]
        return next((row.number for row in rows if row.number in left), None)

    def renew(self, floor: Floor | None) -> None:
        """The floor as it is now."""
        self.floor = floor
        self.draw()

    def done(self) -> None:
        """Something was done from here."""
        self._acted = True
        self._changed()
        self._read()

    # Drawing

    def draw(self) -> None:
        if not self.is_mounted:
            return
        columns, found = self.app.size.width, self._found
        title = steady(found.title, one_line=True, limit=120) if found else ""
        if found is not None and self.figure is not None and self.figure.part("incident"):
            title = f"{title}{DOT}{self.figure.name}"
        marked = len(self.listing.marked)
        right: Line = [(_("{n} marked").format(n=marked) + "  ", "accent bold")] if marked else []
        if found is not None:
            more = f" {_('of {all}').format(all=number(found.total))}" if found.total > len(found.rows) else ""
            count = ngettext("{n} conversation", "{n} conversations", len(found.rows)).format(n=len(found.rows))
            right.append((count + more + " ", "bold"))
        self.query_one("#behind-title", Bar).show(Spread([(f" {title}", "title")], right))
        lines = self._why(columns)
        bar = self.query_one("#behind-why", Bar)
        bar.styles.height = len(lines) + 1 if lines else 0
        bar.show(*lines)
        words, style = self.said
        told: Line = [(" " + cut(words, columns - 2), style)] if words else self._row_words(columns)
        if found is not None and not found.rows and not words:
            told = [(" " + _("Nothing is behind this number now."), "ok")]
        self.query_one("#floor-told", Bar).show(told)
        self.query_one("#hints", Bar).show([(" ", ""), *chosen_hints(self._hints(), [], columns - 1)])

    def _hints(self) -> list[Line]:
        """The keys of what the list is about come first; those of an incident are shown on its list alone."""
        of_one = self.figure is not None and self.figure.part("incident")
        return self.hints(("open", *INCIDENT)) if of_one else self.hints(but=INCIDENT)

    def _row_words(self, columns: int) -> Line:
        """Which clocks of the conversation under the cursor run, or have run out."""
        row = self.listing.current
        said = DOT.join(filter(None, (due_words(row, self.desk), also_words(row, self.desk)))) if row else ""
        return [(" " + cut(said, columns - 2), "dim")] if said else []

    def _why(self, columns: int) -> list[Line]:
        """Why it is so in full sentences, as far as they fit, then a key and what it does about it, each a line."""
        found, which = self._found, self._which
        if found is None or which is None or self.floor is None:
            return []
        reasons = why(found, which.figure, self.floor, self.desk)
        if reasons is None:
            return []
        most = max(5, min(_WHY, self.app.size.height // 3))
        advice = reasons.advice[: max(2, most - 4)]
        said: list[str] = []
        for reason in reasons.reasons:
            if not said or len(wrap(" ".join([*said, reason]), columns - 2)) <= most - len(advice):
                said.append(reason)
        lines: list[Line] = [[(" " + part, "")] for part in wrap(" ".join(said), columns - 2)]
        return [*lines, *(line for one in advice for line in self._advised(one, columns))]

    def _advised(self, advice: Advice, columns: int) -> list[Line]:
        """A key and what it does, which goes on below itself."""
        key = self.session.keymap.key(advice.action, Place.BEHIND)
        aside = max(3, width(key) + 1)
        first, *rest = wrap(advice.says, columns - aside - 3)
        lines: list[Line] = [[(" " + fit(key, aside), "accent bold"), (first, "due")]]
        return lines + [[(" " * (aside + 1) + part, "due")] for part in rest]

    def situation(self) -> Situation:
        """What actions look at."""
        row = self.listing.current
        return Situation(
            Place.BEHIND, row=row, me=self.desk.agent.id, marked=len(self.listing.marked), supervises=True,
            figure=row is not None, gestures=bool(self.desk.config.delegations),
            incident=incident_of(self.figure, self.floor)[1],
        )  # fmt: skip

    # News and keys

    def on_near_end(self, _message: NearEnd) -> None:
        """All that is shown has been read."""

    def press(self, name: str) -> bool:
        return self.listing.press(name)

    def acts(self) -> dict[str, Callable[[], object]]:
        return {
            "refresh": self._read, "mark": self._mark, "mark_all": self._mark_all, "assign_me": self._take,
            "assign": self._assign, "priority": self._priority, "approvals": self._approvals,
            **self._floor_acts.by_id(),
        }  # fmt: skip

    def back(self, answer: int | None) -> None:
        if answer is None and self.listing.marked:
            self.listing.unmark()
            self.draw()
        else:
            self.dismiss(answer)

    def open_chosen(self) -> None:
        row = self.listing.current
        if row is not None:
            self.dismiss(row.number)

    def _approvals(self) -> None:
        from agentconsole.views.approvals import ApprovalScreen

        def left(number: int | None) -> None:
            if number is None:
                self.done()
            else:
                self.dismiss(number)

        self.app.push_screen(ApprovalScreen(self.session, lambda _changed: self.done()), left)

    # Marks

    def _mark(self) -> None:
        row = self.listing.current
        if row is not None:
            self.listing.mark([row.number], marked=row.number not in self.listing.marked)
            self.listing.press("down")
            self.draw()

    def _mark_all(self) -> None:
        if self.listing.marked:
            self.listing.unmark()
        else:
            self.listing.mark([row.number for row in self.listing.rows])
        self.draw()

    # Changing conversations

    @property
    def _numbers(self) -> tuple[int, ...]:
        row = self.listing.current
        return self.listing.marked or ((row.number,) if row is not None else ())

    @property
    def _about(self) -> str:
        numbers = self._numbers
        if len(numbers) == 1:
            return f"#{numbers[0]}"
        return ngettext("{n} conversation", "{n} conversations", len(numbers)).format(n=len(numbers))

    def _change(self, moved: Sequence[Move], said: str) -> None:
        def changed(outcome: Outcome) -> None:
            count = len(outcome.rows)
            words = ngettext("{n} conversation: {what}", "{n} conversations: {what}", count).format(n=count, what=said)
            if outcome.refused:
                words += " " + _("{n} cannot: {why}").format(n=len(outcome.refused), why=outcome.refused[0][1])
            self.listing.unmark()
            for row in outcome.rows:
                self.listing.put(row)
            self.tell(steady(words, one_line=True, limit=400), "warn" if outcome.refused else "ok")
            self.done()

        self.work.long(partial(bulk.apply, self.desk, self._numbers, moved), changed, self.warn)

    def _take(self) -> None:
        self._give((self.desk.agent.id, None))

    def _assign(self) -> None:
        items = holders(self.desk, self.floor)
        items.append(Item((None, None), _("nobody")))

        def chosen(holder: Holder | None) -> None:
            if holder is not None:
                self._give(holder)

        self.app.push_screen(Picker(_("Assign {what} to").format(what=self._about), items), chosen)

    def _give(self, holder: Holder) -> None:
        agent, team = holder
        name = self.desk.agent_name(agent) if agent else wording.team(self.desk, team) if team else _("nobody")
        said = _("assigned to {who}").format(who=steady(name, one_line=True, limit=60))

        def give(doing: Doing, standing: Standing) -> None:
            moves.assign(doing, standing, agent, standing.team if agent and not team else team)

        self._change([give], said)

    def _priority(self) -> None:
        items = [Item(each, wording.priority(each), more=each) for each in reversed(Priority)]

        def chosen(priority: Priority | None) -> None:
            if priority is not None:
                said = _("Priority: {priority}").format(priority=wording.priority(priority))
                self._change([partial(moves.prioritise, priority=priority)], said)

        self.app.push_screen(Picker(_("Priority of {what}").format(what=self._about), items), chosen)
