"""The box in which another customer is found who is the same person: likely ones first, others by words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar
from uuid import UUID

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Input

from agentconsole import i18n
from agentconsole.config.values import say
from agentconsole.desk import customers
from agentconsole.desk.context import Desk
from agentconsole.desk.customers import Likeness, LinkPlan
from agentconsole.i18n import _, ngettext
from agentconsole.model.customer import Consent, Customer
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut, wrap
from agentconsole.views.messages import Chosen
from agentconsole.views.overlays import Choices, Item, Overlay, field
from agentconsole.views.work import Work

_PAUSE = 0.15
"""Seconds that the fingers rest before customers are looked for."""


class LinkBox(Overlay[Customer | None]):
    """Choose a customer. They are looked for in a worker.

    :param who: the customer's name; :param customer: who it is, never offered.
    """

    CSS: ClassVar[str] = "#box > Choices { height: 10; }"

    def __init__(self, work: Work, desk: Desk, customer: UUID, who: str) -> None:
        super().__init__(_("Who else is {name}?").format(name=who))
        self._work, self._desk, self._customer = work, desk, customer
        self._choices = Choices()
        self._likely: list[Item[object]] = []
        self._pause: Timer | None = None
        self._shown = ""
        """The words that what is offered was found by."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield self.title_bar
            yield field(placeholder=_("a name, an address, a number"))
            yield self._choices
            yield self.foot

    def on_mount(self) -> None:
        self._hint()
        self._work.look("link", partial(customers.likely_same, self._desk, self._customer), self._suggest)

    def _hint(self) -> None:
        self._tell(_("enter shows what would be united, esc leaves it"))

    def _tell(self, said: str, style: str = "dim") -> None:
        self.foot.show([(said, style)])

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value.strip()

    def _suggest(self, found: Sequence[Likeness]) -> None:
        self._likely = [_item(like.customer, like.why) for like in found]
        if self.is_open and not self._typed:
            self._offer(self._likely)
            if not found:
                self._tell(_("Nobody looks like the same person; type to find somebody."))

    def _offer(self, items: Sequence[Item[object]]) -> None:
        choices = self._choices
        choices.items, choices.cursor, choices.aligned = list(items), 0, 34
        choices.scroll_to(y=0, animate=False)
        choices.lines_changed()

    # Typing

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._hint()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._look)

    def _look(self) -> None:
        typed = self._typed
        if not typed:
            self._shown = ""
            self._offer(self._likely)
            return
        self._work.look("link", partial(customers.find_customers, self._desk, typed), partial(self._found, typed))

    def _found(self, typed: str, found: Sequence[Customer]) -> None:
        if not self.is_open or typed != self._typed:
            return
        self._shown = typed
        self._offer([_item(customer, "") for customer in found if customer.id != self._customer])
        if not self._choices.items:
            self._tell(_("Nobody is found."), "warn")

    # Keys

    def on_key(self, event: events.Key) -> None:
        moves = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down"}
        if event.key == "escape":
            self.dismiss(None)
        elif event.key == "enter":
            self._take()
        elif event.key in moves:
            self._choices.press(moves[event.key])
        else:
            return
        event.stop()
        event.prevent_default()

    def on_chosen(self, message: Chosen) -> None:
        message.stop()
        self._take()

    def _take(self) -> None:
        choices = self._choices
        if self._shown != self._typed:  # what is offered was found by other words
            self._look()
        elif 0 <= choices.cursor < len(choices.items):
            chosen = choices.items[choices.cursor].value
            if isinstance(chosen, Customer):
                self.dismiss(chosen)


def plan_lines(plan: LinkPlan, desk: Desk, undo_key: str, columns: int) -> list[Line]:
    """What linking two customers unites, in words."""
    lines: list[Line] = []
    for customer in (plan.customer, plan.other):
        lines.append([(cut(steady(customer.name, one_line=True, limit=120) or _("no name"), columns), "bold")])
        for identity in customer.identities:
            value = steady(f"{identity.kind}  {identity.value}", one_line=True, limit=200)
            lines.append([("  " + cut(value, columns - 2), "")])
        lines.append([])
    name = steady(plan.customer.name, one_line=True, limit=60)
    moved = ngettext("{n} conversation comes to {name}", "{n} conversations come to {name}", plan.conversations)
    said = [moved.format(n=plan.conversations, name=name)]
    if plan.active:
        said.append(ngettext("{n} of them not resolved", "{n} of them not resolved", plan.active).format(n=plan.active))
    lines += [[(line, "")] for line in wrap(", ".join(said), columns)]
    if plan.notes:
        notes = ngettext("{n} entry of the client book", "{n} entries of the client book", plan.notes)
        lines += [[(line, "")] for line in wrap(notes.format(n=plan.notes), columns)]
    if plan.consents:
        lines += [[(line, "")] for line in wrap(_consents(plan.consents, desk), columns)]
    if plan.tags:
        tags = DOT.join(steady(tag, one_line=True, limit=40) for tag in plan.tags)
        lines += [[(line, "")] for line in wrap(_("tags afterwards: {tags}").format(tags=tags), columns)]
    lines += [[], *([(line, "dim")] for line in wrap(_("{key} takes it back.").format(key=undo_key), columns))]
    return lines


def _consents(consents: Sequence[Consent], desk: Desk) -> str:
    """What holds for both: ``consent afterwards: News and offers: yes · Surveys: no``."""
    names = {purpose.id: str(say(purpose.name, i18n.language())) for purpose in customers.purposes(desk)}
    said = []
    for one in consents:
        name = steady(names.get(one.purpose, one.purpose), one_line=True, limit=80)
        said.append((_("{purpose}: yes") if one.given else _("{purpose}: no")).format(purpose=name))
    return _("consent afterwards: {what}").format(what=DOT.join(said))


def _item(customer: Customer, why: str) -> Item[object]:
    known = DOT.join(f"{identity.kind} {identity.value}" for identity in customer.identities[:3])
    right = DOT.join(part for part in (why, known) if part)
    name = steady(customer.name, one_line=True, limit=80) or _("no name")
    return Item(customer, name, steady(right, one_line=True, limit=200))
