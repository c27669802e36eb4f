"""Who works at the desk: who is here, what they do on which conversation, and how much they have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from agentconsole.desk import duty, wording, wording_people
from agentconsole.desk.context import Desk
from agentconsole.desk.duty import Person
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, clock_time, moment, pgettext
from agentconsole.views.foreign import steady
from agentconsole.views.helping import keys_of
from agentconsole.views.layout import DOT, Line, Span, cut, fit
from agentconsole.views.messages import Chosen, Done, Refused
from agentconsole.views.overlays import key_name
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.lines import Bar, Lines
from agentconsole.views.work import Work

QUIT = 0
"""No conversation has this number: the adviser leaves the console."""
_EVERY = 2.0
"""Seconds between two looks."""
_WIDTHS = (24, 8, 13, 7, 9, 15)
"""Columns of all but the last."""
_LITTLE = 8
_STYLES = {"here": "ok", "away": "due", "gone": "dim"}


class PeopleList(Lines):
    """A line a person."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="people")
        self._desk = desk
        self.people: Sequence[Person] = ()

    @property
    def person(self) -> Person | None:
        """Who is under the cursor."""
        return self.people[self.cursor] if self.has_cursor else None

    def count(self) -> int:
        return len(self.people)

    def line(self, index: int, columns: int) -> Line:
        person = self.people[index]
        name: str = steady(person.name, one_line=True, limit=60)
        if person.id == self._desk.agent.id:
            name = _("{name} (me)").format(name=name)
        teams = ", ".join(wording.team(self._desk, team) for team in person.teams)
        cells = [
            (name, "bold" if person.state == "here" else ""),
            (wording_people.state(person.state), _STYLES[person.state]),
            (self._since(person), "dim"),
            (f"{person.open}/{person.capacity}", "due" if person.open >= person.capacity else ""),
            (str(person.waiting or ""), ""),
            (wording_people.doing(person), "accent"),
            (steady(teams, one_line=True, limit=200), "dim"),
        ]
        return [("> " if index == self.cursor else "  ", "accent"), *_columns(cells, columns - 2)]

    def head(self, columns: int) -> Line:
        """What the columns are."""
        names = (
            pgettext("column", "name"), pgettext("column", "state"), pgettext("column", "since"),
            pgettext("column", "open"), pgettext("column", "waiting"), pgettext("column", "is"),
            pgettext("column", "teams"),
        )  # fmt: skip
        return [("  ", ""), *_columns([(name, "dim") for name in names], columns - 2)]

    def _since(self, person: Person) -> str:
        if person.since is None:
            return ""
        zone, now = self._desk.config.zone, self._desk.now()
        if person.since.astimezone(zone).date() == now.astimezone(zone).date():
            return clock_time(person.since, zone)
        return moment(person.since, zone, now)


def _columns(cells: Sequence[Span], columns: int) -> Line:
    """Each in its column; the last takes what is left, and nothing where that is little."""
    line: Line = [(fit(text, width - 1) + " ", style) for (text, style), width in zip(cells, _WIDTHS, strict=False)]
    left = columns - sum(_WIDTHS)
    return [*line, (cut(cells[-1][0], left), cells[-1][1])] if left > _LITTLE else line


class PeopleScreen(Screen[int | str | None], inherit_bindings=False):
    """Answers with the number of a conversation to open, :data:`QUIT`, or the search for what somebody has."""

    BINDINGS: ClassVar = []
    AUTO_FOCUS = "#people"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._work, self._problem = session, Work(self), ""

    def compose(self) -> ComposeResult:
        yield Bar(id="people-title")
        yield PeopleList(self._session.desk)
        yield Bar(id="people-said")
        yield Bar(id="hints")

    @property
    def _list(self) -> PeopleList:
        return self.query_one("#people", PeopleList)

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_EVERY, self._read)

    def on_unmount(self) -> None:
        self._work.finish()

    def on_resize(self) -> None:
        self._draw()

    def _read(self) -> None:
        self._work.look("people", partial(duty.people, self._session.desk), self._show, self._tell)

    def _show(self, people: Sequence[Person]) -> None:
        shown = self._list
        held = shown.person.id if shown.person else None
        shown.people = people
        shown.cursor = next((i for i, person in enumerate(people) if person.id == held), 0)
        shown.lines_changed()
        self._draw()

    def _draw(self) -> None:
        columns, person = self.app.size.width, self._list.person
        here = sum(each.state == "here" for each in self._list.people)
        self.query_one("#people-title", Bar).show(
            [(" " + _("People"), "title"), (DOT + _("{n} here").format(n=here), "ok" if here else "dim")],
            self._list.head(columns),
        )
        said, style = self._problem, "warn"
        if not said and person is not None:
            said, style = self._about(person), "dim"
        self.query_one("#people-said", Bar).show([(" " + cut(said, columns - 2), style)])
        hints: Line = [(" ", "")]
        for action in self._session.keymap.at(Place.PEOPLE):
            if Place.PEOPLE in action.hint and not action.why_not(self._situation()):
                key = self._session.keymap.key(action.id, Place.PEOPLE)
                hints += [(key + " ", "accent"), (action.words() + "  ", "dim")]
        self.query_one("#hints", Bar).show(hints)

    def _about(self, person: Person) -> str:
        """What the line of a person says in numbers, in a sentence."""
        name = steady(person.name, one_line=True, limit=60)
        said = _("{name} has {n} open of at most {most}; in {waiting} the customer waits for an answer.")
        return said.format(name=name, n=person.open, most=person.capacity, waiting=person.waiting)

    def _situation(self) -> Situation:
        person = self._list.person
        return Situation(Place.PEOPLE, person=person is not None, at_work=bool(person and person.number))

    def on_moved(self) -> None:
        self._problem = ""
        self._draw()

    def on_chosen(self, _message: Chosen) -> None:
        self._open()

    def on_done(self, message: Done) -> None:
        message.then(message.result)

    def on_refused(self, message: Refused) -> None:
        (message.otherwise or self._tell)(message.error)

    def _tell(self, error: ConsoleError) -> None:
        self._problem = steady(f"{error.what} {error.do}".replace("`", ""), one_line=True, limit=400)
        self._draw()

    def on_key(self, event: events.Key) -> None:
        keymap = self._session.keymap
        action = keymap.find(key_name(event), Place.PEOPLE)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        self._problem = ""
        if action.id in ("back", "quit"):
            self.dismiss(QUIT if action.id == "quit" else None)
        elif action.id == "help":
            self.app.push_screen(keys_of(keymap, Place.PEOPLE, _("among the people")))
        elif not self._list.press(action.id):
            self._problem = action.why_not(self._situation())
            if self._problem:
                self._draw()
            elif action.id == "open":
                self._open()
            elif action.id == "go_there" and self._list.person is not None:
                self.dismiss(self._list.person.number)

    def _open(self) -> None:
        person = self._list.person
        if person is not None:
            self.dismiss(f"assignee:{person.id} is:open")
