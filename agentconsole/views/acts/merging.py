"""Merging conversations into one, taking that back, and splitting a message out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from agentconsole.desk import conversations
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, moment, ngettext
from agentconsole.model.conversation import ConversationRow, Message, Thread
from agentconsole.model.message import Direction
from agentconsole.views.acts.going import Going
from agentconsole.views.acts.handling import wrong_number
from agentconsole.views.acts.reading import Reading
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut, wrap
from agentconsole.views.messages import Changed
from agentconsole.views.page import Page

if TYPE_CHECKING:
    from agentconsole.desk.merging import MergePlan

ANOTHER = 0
"""No conversation has this number: its number is to be typed."""


class Merging:
    """Which conversations are one."""

    def __init__(self, page: Page, reading: Reading, going: Going) -> None:
        self.page, self._reading, self._going = page, reading, going

    # Merging

    def merge(self, _key: str) -> None:
        """The marked ones into one of them: the one that one is on, else the first; or one that is chosen."""
        row, marked = self.page.target, self.page.marked
        if row is None:
            return
        into = marked[0] if marked and row.number not in marked else row.number
        if len(marked) > 1:
            self._plan(tuple(number for number in marked if number != into), into)
        else:
            read = partial(conversations.open_thread, self.page.desk, into, 1)
            self.page.work.look("box", read, self._choose)

    def _choose(self, thread: Thread) -> None:
        from agentconsole.views.overlays import Item, Picker

        desk, into = self.page.desk, thread.row.number
        items = [
            Item(row.number, f"#{row.number}  {_about(row)}", moment(row.updated_at, desk.config.zone, desk.now()))
            for row in thread.history
            if row.merged_into is None
        ]
        items.append(Item(ANOTHER, _("another one, by its number")))
        picker: Picker[int] = Picker(_("Merge which one into #{number}?").format(number=into), items)

        def chosen(number: int | None) -> None:
            if number == ANOTHER:
                self._ask(into)
            elif number is not None:
                self._plan((number,), into)

        self.page.app.push_screen(picker, chosen)

    def _ask(self, into: int) -> None:
        from agentconsole.views.overlays import Ask

        def check(given: str) -> str:
            if not wrong_number(given) and conversations.number_of(given) == into:
                return _("That is the one it would be merged into.")
            return wrong_number(given)

        def given(number: str | None) -> None:
            if number is not None:
                self._plan((conversations.number_of(number),), into)

        title = _("Merge which one into #{number}?").format(number=into)
        self.page.app.push_screen(Ask(title, _("Its number, such as 123."), check), given)

    def _plan(self, numbers: tuple[int, ...], into: int) -> None:
        self.page.work.look("box", partial(_plans, self.page.desk, numbers, into), self._preview)

    def _preview(self, plans: Sequence[MergePlan]) -> None:
        from agentconsole.desk import merging
        from agentconsole.views.confirm import Confirm

        into, numbers = plans[0].stays.number, tuple(plan.goes.number for plan in plans)

        def decided(wanted: bool | None) -> None:
            if wanted:
                self._going.write(partial(merging.merge, self.page.desk, numbers, into), partial(self._merged, numbers))

        names = ", ".join(f"#{number}" for number in numbers)
        title = _("Merge {names} into #{into}").format(names=names, into=into)
        self.page.app.push_screen(Confirm(title, partial(_told, plans)), decided)

    def _merged(self, numbers: tuple[int, ...], row: ConversationRow) -> None:
        self.page.listing.mark([*numbers, row.number], marked=False)
        self.page.put_row(row)
        self._reading.open_number(row.number)
        self._reading.renew()
        self.page.say(_("Merged into #{number}.").format(number=row.number), "ok")
        self.page.post_message(Changed())

    # Taking it back

    def unmerge(self, _key: str) -> None:
        """The conversation that was merged into this one, as it was; where there are several, one of them."""
        from agentconsole.views.overlays import Item, Picker

        numbers = self._reading.merged
        if len(numbers) == 1:
            self._unmerge(numbers[0])
            return
        picker: Picker[int] = Picker(_("Which one is to be on its own again?"), [Item(n, f"#{n}") for n in numbers])
        self.page.app.push_screen(picker, lambda number: None if number is None else self._unmerge(number))

    def _unmerge(self, number: int) -> None:
        from agentconsole.desk import merging

        self._going.write(partial(merging.unmerge, self.page.desk, number), self._unmerged)

    def _unmerged(self, row: ConversationRow) -> None:
        self._reading.renew()
        self.page.say(_("#{number} is on its own again.").format(number=row.number), "ok")
        self.page.post_message(Changed())

    # Splitting

    def split(self, _key: str) -> None:
        """A message into a conversation of its own."""
        from agentconsole.views.overlays import Item, Picker

        pane, desk = self.page.thread, self.page.desk
        number = pane.number
        if number is None:
            return
        items = [
            Item(
                message,
                f"{steady(message.author_name or message.author, one_line=True, limit=30)}{DOT}"
                f"{steady(message.text, one_line=True, limit=160)}",
                moment(message.at, desk.config.zone, desk.now(), time=True),
            )
            for message in reversed(pane.messages)
            if message.direction is Direction.IN
        ]
        picker: Picker[Message] = Picker(
            _("Which message of #{number} is another matter?").format(number=number), items
        )
        self.page.app.push_screen(picker, lambda one: None if one is None else self._ask_split(number, one))

    def _ask_split(self, number: int, message: Message) -> None:
        from agentconsole.desk import merging
        from agentconsole.views.confirm import Confirm

        name = steady(message.author_name or message.author, one_line=True, limit=60)

        def lines(columns: int) -> list[Line]:
            text = steady(message.text, limit=2000)
            said = _("This message becomes a new conversation of {name}; it is gone from #{number}.")
            told: list[Line] = [[(line, "")] for line in wrap(said.format(name=name, number=number), columns)]
            return [*told, [], *([(f"  {line}", "dim")] for line in wrap(text, columns - 2)[:12])]

        def decided(wanted: bool | None) -> None:
            if wanted:
                split = partial(merging.split, self.page.desk, number, message.seq)
                self._going.write(split, partial(self._split_out, number))

        self.page.app.push_screen(Confirm(_("Split out of #{number}").format(number=number), lines), decided)

    def _split_out(self, number: int, row: ConversationRow) -> None:
        self._reading.renew()
        self._reading.open_number(row.number)
        said = _("#{new} was split out of #{number}.").format(new=row.number, number=number)
        self.page.say(said, "ok")
        self.page.post_message(Changed())


def _plans(desk: Desk, numbers: tuple[int, ...], into: int) -> list[MergePlan]:
    from agentconsole.desk import merging

    return [merging.plan(desk, number, into) for number in numbers]


def _about(row: ConversationRow) -> str:
    return steady(row.subject or row.excerpt, one_line=True, limit=120)


def _told(plans: Sequence[MergePlan], columns: int) -> list[Line]:
    """Which one stays, what moves to it, and what becomes of the others."""
    stays = plans[0].stays
    who = steady(stays.customer, one_line=True, limit=40)
    lines: list[Line] = [
        [(cut(_("Stays: #{number}").format(number=stays.number), columns), "bold")],
        [("  " + cut(f"{who}{DOT}{_about(stays)}", columns - 2), "dim")],
    ]
    for plan in plans:
        goes = plan.goes
        moves = [ngettext("{n} message", "{n} messages", plan.messages).format(n=plan.messages)]
        if plan.drafts:
            moves.append(ngettext("{n} draft", "{n} drafts", plan.drafts).format(n=plan.drafts))
        if plan.promises:
            moves.append(ngettext("{n} promise", "{n} promises", plan.promises).format(n=plan.promises))
        if plan.undelivered:
            moves.append(
                ngettext("{n} reply not sent", "{n} replies not sent", plan.undelivered).format(n=plan.undelivered)
            )
        lines += [
            [],
            [(_("Moves: #{number}, {what}").format(number=goes.number, what=", ".join(moves)), "bold")],
            [("  " + cut(f"{steady(goes.customer, one_line=True, limit=40)}{DOT}{_about(goes)}", columns - 2), "dim")],
        ]
    names = ", ".join(f"#{plan.goes.number}" for plan in plans)
    follow = _("Replies of the customer to {names} come to #{number} from then on; {names} leads there too.")
    lines += [[], *([(line, "")] for line in wrap(follow.format(names=names, number=stays.number), columns))]
    return lines
