"""What the dialogs of the floor have in common: whom they ask, how they write, and whom something can be given to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from agentconsole.desk import fitting, wording, wording_people
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.model.floor import Floor
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.foreign import steady
from agentconsole.views.overlays import Ask, Item, Picker

if TYPE_CHECKING:
    from textual.app import App

    from agentconsole.desk.context import Desk
    from agentconsole.views.page import Session
    from agentconsole.views.work import Work

Holder = tuple[str | None, str | None]
"""An agent's id and a team's id, as conversations are given to them."""


class Host(Protocol):
    """A screen from which the floor is acted upon."""

    desk: Desk
    session: Session
    work: Work
    floor: Floor | None

    @property
    def app(self) -> App[object]: ...
    @property
    def figure(self) -> Figure | None:
        """The number that an act is about."""

    def tell(self, words: str, style: str = "accent") -> None: ...
    def warn(self, error: ConsoleError) -> None: ...
    def done(self) -> None:
        """Something was changed."""


class Dialogs:
    """Asks what cannot be known from the number under the cursor; escape leaves it."""

    def __init__(self, host: Host) -> None:
        self._host, self._desk = host, host.desk

    def _part(self, kind: str) -> str:
        figure = self._host.figure
        return figure.part(kind) if figure is not None else ""

    def _write(self, change: Callable[[], object], said: str) -> None:
        def written(_result: object) -> None:
            self._host.tell(said, "ok")
            self._host.done()

        self._host.work.write(change, written, self._host.warn)

    def _choose(self, title: str, items: Sequence[Item[str]], then: Callable[[str], None]) -> None:
        def chosen(value: str | None) -> None:
            if value is not None:
                then(value)

        self._host.app.push_screen(Picker(title, items), chosen)

    def _ask(
        self,
        title: str,
        hint: str,
        then: Callable[[str], None],
        value: str = "",
        most: int = 0,
        *,
        empty: bool = True,
        wrong: Callable[[str], str] = lambda _text: "",
    ) -> None:
        """A line to fill in; ``most``: characters of it; ``wrong``: what else is wrong with it."""

        def check(text: str) -> str:
            if not empty and not text.strip():
                return _("Say it in a few words.")
            return _("At most {n} characters.").format(n=most) if most and len(text.strip()) > most else wrong(text)

        def typed(text: str | None) -> None:
            if text is not None:
                then(text.strip())

        self._host.app.push_screen(Ask(title, hint, check, value), typed)

    def _agent(self, agent: str) -> str:
        return steady(self._desk.agent_name(agent), one_line=True, limit=60)


def holders(desk: Desk, floor: Floor | None, but: str | None = None) -> list[Item[Holder]]:
    """Whom conversations can be given to: who is here and has most room first; then teams.

    :param but: somebody who is left out.
    """
    loads = {one.id: one for one in floor.agents} if floor is not None else {}
    found: list[tuple[tuple[bool, int], Item[Holder]]] = []
    for agent in desk.config.agents:
        if agent.disabled or agent.id == but:
            continue
        load, right, room = loads.get(agent.id), "", 0
        if load is not None:
            most = fitting.ceiling(desk.config, agent.id)
            room = max(0, most - load.open) if most is not None else 0
            right = wording_people.room(load.state, load.open, most)
        name = steady(agent.name, one_line=True, limit=60)
        found.append(
            ((load is None or load.state != "here", -room), Item((agent.id, None), name, right, more=agent.id))
        )
    found.sort(key=lambda pair: pair[0])
    items = [item for _absent, item in found]
    for team in desk.config.teams:
        called = steady(wording.team(desk, team.id), one_line=True, limit=60)
        items.append(Item((None, team.id), _("team {name}").format(name=called), more=team.id))
    return items
