"""Who has a conversation, where it stands, what it is about, how much it matters, and finding it by its number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from agentconsole.config import Priority, State
from agentconsole.desk import conversations, duty, fitting, handling, moves, wording, wording_people
from agentconsole.desk.context import Desk
from agentconsole.desk.duty import Person
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, Move
from agentconsole.errors import ConsoleError, NotFound
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.acts.changing import Changing, Wish
from agentconsole.views.acts.going import Going
from agentconsole.views.acts.reading import Reading
from agentconsole.views.foreign import steady
from agentconsole.views.keys import key_words
from agentconsole.views.layout import DOT
from agentconsole.views.page import Page

if TYPE_CHECKING:
    from agentconsole.views.overlays import Item

Holder = tuple[str | None, str | None]
"""An agent's id and a team's id; either may be missing. An agent without a team leaves a conversation's team."""


class Handling:
    """Changes of the conversation one is on, or of the marked ones."""

    def __init__(self, page: Page, reading: Reading, going: Going) -> None:
        self.page, self._reading = page, reading
        self.changing = Changing(page, going)

    def about(self, numbers: tuple[int, ...]) -> str:
        """What a box is about: ``#12``, or how many conversations."""
        if len(numbers) == 1:
            return f"#{numbers[0]}"
        return ngettext("{n} conversation", "{n} conversations", len(numbers)).format(n=len(numbers))

    # Who has it

    def assign_me(self, _key: str) -> None:
        """One key; an escalation is taken by it."""
        row = self.page.target
        if row is not None:
            self._assign(self.changing.numbers, (self.page.desk.agent.id, None))

    def _assign(self, numbers: tuple[int, ...], holder: Holder) -> None:
        agent, team = holder
        desk = self.page.desk
        name = desk.agent_name(agent) if agent else self.team_name(team) if team else _("nobody")
        who = steady(name, one_line=True, limit=60)

        def said(number: int) -> str:
            return _("#{number} is assigned to {who}.").format(number=number, who=who)

        self.changing.change(numbers, Wish(_("Assign to {who}").format(who=who), (_holds(holder),), said))

    def team_name(self, team_id: str) -> str:
        """A team's name as people see it."""
        return wording.team(self.page.desk, team_id)

    def assign(self, _key: str) -> None:
        """To somebody out of a list."""
        row, numbers = self.page.target, self.changing.numbers
        if numbers:
            single = row if len(numbers) == 1 else None
            read = partial(duty.people, self.page.desk)
            self.page.work.look("box", read, partial(self._choose_holder, numbers, single))

    def _choose_holder(self, numbers: tuple[int, ...], row: ConversationRow | None, people: Sequence[Person]) -> None:
        from agentconsole.views.overlays import Item, Picker

        items = self.holders(row, people)
        items.append(Item((None, None), _("nobody")))
        picker: Picker[Holder] = Picker(_("Assign {what} to").format(what=self.about(numbers)), items)
        self.page.app.push_screen(picker, lambda holder: None if holder is None else self._assign(numbers, holder))

    def holders(
        self, row: ConversationRow | None, people: Sequence[Person], *, without_me: bool = False
    ) -> list[Item[Holder]]:
        """Agents and teams to choose from: who is here and has most room first; who has ``row`` is told."""
        from agentconsole.views.overlays import Item

        items = list[Item[Holder]]()
        for person in sorted(people, key=lambda one: (one.state != "here", one.open - one.capacity)):
            if without_me and person.id == self.page.desk.agent.id:
                continue
            teams = " ".join(self.team_name(team) for team in person.teams)
            has = row is not None and person.id == row.assignee
            right = wording_people.room(person.state, person.open, fitting.ceiling(self.page.desk.config, person.id))
            right = DOT.join((_("has it"), right)) if has else right
            called = steady(person.name, one_line=True, limit=60)
            items.append(Item((person.id, None), called, right, more=f"{person.id} {teams}"))
        for team in self.page.desk.config.teams:
            name = _("team {name}").format(name=steady(self.team_name(team.id), one_line=True))
            items.append(Item((None, team.id), name, more=team.id))
        return items

    # Where it stands

    def resolve(self, _key: str) -> None:
        """Done."""
        self._set(State.RESOLVED, _("Resolve"))

    def resolve_next(self, _key: str) -> None:
        """Done, and the next one of the view."""
        row = self.page.target
        self._set(State.RESOLVED, _("Resolve"), onward=row)

    def pending(self, _key: str) -> None:
        """The customer is awaited."""
        self._set(State.PENDING, _("Set to pending"))

    def reopen(self, _key: str) -> None:
        """It waits for us."""
        self._set(State.OPEN, _("Set to open"))

    def _set(self, state: State, what: str, onward: ConversationRow | None = None) -> None:
        def said(number: int) -> str:
            return _("#{number} is {state}.").format(number=number, state=wording.state(state))

        wish = Wish(what, (partial(moves.set_state, state=state),), said)
        then = partial(self._advance, onward.number) if onward else None
        self.changing.change(self.changing.numbers, wish, then)

    def _advance(self, number: int) -> None:
        self._reading.advance(number)

    # How much it matters, what it is about

    def priority(self, _key: str) -> None:
        """Out of a list."""
        from agentconsole.views.overlays import Item, Picker

        row, numbers = self.page.target, self.changing.numbers
        single = row if row is not None and len(numbers) == 1 else None
        items = [
            Item(each, wording.priority(each), _("it is so") if single and single.priority is each else "", more=each)
            for each in reversed(Priority)
        ]
        picker: Picker[Priority] = Picker(_("Priority of {what}").format(what=self.about(numbers)), items)
        self.page.app.push_screen(picker, lambda chosen: None if chosen is None else self._prioritise(numbers, chosen))

    def _prioritise(self, numbers: tuple[int, ...], priority: Priority) -> None:
        words = wording.priority(priority)
        wish = Wish(
            _("Priority: {priority}").format(priority=words),
            (partial(moves.prioritise, priority=priority),),
            lambda number: f"#{number}: {words}",
        )
        self.changing.change(numbers, wish)

    def tags(self, _key: str) -> None:
        """Several, in one box and one step."""
        numbers, desk = self.changing.numbers, self.page.desk
        if numbers:
            self.page.work.look("box", partial(_tags, desk, numbers), partial(self._choose_tags, numbers))

    def _choose_tags(
        self, numbers: tuple[int, ...], found: tuple[tuple[str, ...] | None, list[tuple[str, int]]]
    ) -> None:
        from agentconsole.views.tags import Change, TagBox

        own, known = found

        def chosen(change: Change | None) -> None:
            if change is not None:
                self._tag(numbers, *change)

        self.page.app.push_screen(TagBox(_("Tags of {what}").format(what=self.about(numbers)), own, known), chosen)

    def _tag(self, numbers: tuple[int, ...], added: tuple[str, ...], removed: tuple[str, ...]) -> None:
        words = " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)])
        what = _("Tags {tags}").format(tags=steady(words, one_line=True, limit=120))
        wish = Wish(what, (partial(moves.tag, add=added, remove=removed),), lambda number: f"#{number}{DOT}{what}")
        self.changing.change(numbers, wish)

    # Its number

    def copy(self, _key: str) -> None:
        """Its number, to the clipboard of the terminal."""
        row = self.page.target
        if row is not None:
            self.page.app.copy_to_clipboard(f"#{row.number}")
            self.page.say(_("Copied: #{number}").format(number=row.number))

    def jump(self, _key: str) -> None:
        """By number."""
        from agentconsole.views.overlays import Ask

        ask = Ask(_("Go to conversation number"), _("Its number, such as 123; enter opens it."), wrong_number)
        self.page.app.push_screen(ask, self._jump)

    def _jump(self, given: str | None) -> None:
        if given is not None:
            number = conversations.number_of(given)
            found = partial(conversations.row, self.page.desk, number)
            self.page.work.look("jump", found, partial(self._found, number), self._not_found)

    def _not_found(self, error: ConsoleError) -> None:
        if isinstance(error, NotFound):
            key = key_words(self.page.session.keymap.key("search"))
            error = NotFound(error.what, _("{key} looks for it by words.").format(key=key))
        self.page.warn(error)

    def _found(self, asked: int, row: ConversationRow) -> None:
        """A number that was merged leads to the conversation that has its messages now."""
        self._reading.open_number(row.number)
        if row.number != asked:
            self.page.say(_("#{number} was merged into #{into}.").format(number=asked, into=row.number))


def _holds(holder: Holder) -> Move:
    agent, team = holder

    def assign(doing: Doing, standing: Standing) -> None:
        moves.assign(doing, standing, agent, standing.team if agent and not team else team)

    return assign


def _tags(desk: Desk, numbers: tuple[int, ...]) -> tuple[tuple[str, ...] | None, list[tuple[str, int]]]:
    """The tags of a conversation (``None`` for several), and those in use."""
    own = conversations.open_thread(desk, numbers[0], 1).tags if len(numbers) == 1 else None
    return own, handling.tags(desk)


def wrong_number(given: str) -> str:
    """What is wrong with a conversation's number as it was typed; empty where nothing is."""
    try:
        conversations.number_of(given)
    except ConsoleError as error:
        return error.what
    return ""
