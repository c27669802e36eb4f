"""Who has a conversation, where it stands, and finding it by its number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from agentconsole.config import State
from agentconsole.desk import conversations, handling, wording
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.foreign import steady
from agentconsole.views.messages import Changed
from agentconsole.views.page import Page

Holder = tuple[str | None, str | None]
"""An agent's id and a team's id; either may be missing."""


class Handling:
    """Changes of the conversation one is on."""

    def __init__(self, page: Page, open_number: Callable[[int], None]) -> None:
        self.page = page
        self._open_number = open_number

    def _changed(self, said: str, row: ConversationRow) -> None:
        self.page.put_row(row)
        self.page.say(said)
        self.page.post_message(Changed())

    def assign_me(self, _key: str) -> None:
        """One key."""
        row = self.page.target
        if row is not None:
            self._assign(row, (self.page.desk.agent.id, row.team))

    def _assign(self, row: ConversationRow, holder: Holder) -> None:
        agent, team = holder
        desk = self.page.desk
        who = desk.agent_name(agent) if agent else self._team(team) if team else _("nobody")
        said = _("#{number} is assigned to {who}.").format(number=row.number, who=steady(who, one_line=True))
        self.page.work.write(partial(handling.assign, desk, row.number, agent, team), partial(self._changed, said))

    def _team(self, team_id: str) -> str:
        return wording.team(self.page.desk, team_id)

    def assign(self, _key: str) -> None:
        """To somebody out of a list."""
        from agentconsole.views.overlays import Item, Picker

        row, config = self.page.target, self.page.desk.config
        if row is None:
            return
        items: list[Item[Holder]] = []
        for agent in config.agents:
            teams = ", ".join(self._team(team) for team in agent.teams)
            now = _("has it") if agent.id == row.assignee else steady(teams, one_line=True)
            items.append(Item((agent.id, row.team), steady(agent.name, one_line=True), now, more=agent.id))
        for team in config.teams:
            name = _("team {name}").format(name=steady(self._team(team.id), one_line=True))
            items.append(Item((None, team.id), name, more=team.id))
        items.append(Item((None, None), _("nobody")))
        title = _("Assign #{number} to").format(number=row.number)
        picker: Picker[Holder] = Picker(title, items)
        self.page.app.push_screen(picker, lambda holder: None if holder is None else self._assign(row, holder))

    def resolve(self, _key: str) -> None:
        """Done."""
        self._set(State.RESOLVED)

    def pending(self, _key: str) -> None:
        """The customer is awaited."""
        self._set(State.PENDING)

    def reopen(self, _key: str) -> None:
        """It waits for us."""
        self._set(State.OPEN)

    def _set(self, state: State) -> None:
        row = self.page.target
        if row is None:
            return
        said = _("#{number} is {state}.").format(number=row.number, state=wording.state(state))
        change = partial(handling.set_state, self.page.desk, row.number, state)
        self.page.work.write(change, partial(self._changed, said))

    def copy(self, _key: str) -> None:
        """Its number, to the clipboard of the terminal."""
        row = self.page.target
        if row is not None:
            self.page.app.copy_to_clipboard(f"#{row.number}")
            self.page.say(_("Copied: #{number}").format(number=row.number))

    def jump(self, _key: str) -> None:
        """By number."""
        from agentconsole.views.overlays import Ask

        ask = Ask(_("Go to conversation number"), _("Its number, such as 123; enter opens it."), _wrong_number)
        self.page.app.push_screen(ask, self._jump)

    def _jump(self, given: str | None) -> None:
        if given is not None:
            number = conversations.number_of(given)
            found = partial(conversations.row, self.page.desk, number)
            self.page.work.look("jump", found, lambda row: self._open_number(row.number))


def _wrong_number(given: str) -> str:
    try:
        conversations.number_of(given)
    except ConsoleError as error:
        return error.what
    return ""
