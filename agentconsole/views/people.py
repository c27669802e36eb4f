"""Who works at the desk: who is here, what they do on which conversation, and how much they have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult

from agentconsole.desk import duty, fitting, wording, wording_people
from agentconsole.desk.duty import Person
from agentconsole.i18n import _, clock_time, moment, ngettext, pgettext
from agentconsole.views.bars import chosen_hints
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, Span, cut, fit
from agentconsole.views.over import Over
from agentconsole.views.page import Session
from agentconsole.views.situation import Place, Situation
from agentconsole.views.widgets.entries import Entries
from agentconsole.views.widgets.lines import Bar

_EVERY = 2.0
"""Seconds between two looks."""
_WIDTHS = (24, 8, 13, 7, 9, 15)
"""Columns of all but the last."""
_LITTLE = 8
_STYLES = {"here": "ok", "away": "due", "gone": "dim"}


def _load(person: Person, most: int | None) -> tuple[str, str]:
    """What somebody has of what they may have; where nothing bounds it, that alone."""
    if most is None:
        return str(person.open), ""
    return f"{person.open}/{most}", "due" if person.open >= most else ""


class PeopleList(Entries[Person]):
    """A line a person."""

    def name_of(self, entry: Person, /) -> object:
        return entry.id

    def line(self, index: int, columns: int) -> Line:
        person = self.entries[index]
        name: str = steady(person.name, one_line=True, limit=60)
        if person.id == self.desk.agent.id:
            name = _("{name} (me)").format(name=name)
        teams = ", ".join(wording.team(self.desk, team) for team in person.teams)
        cells = [
            (name, "bold" if person.state == "here" else ""),
            (wording_people.state(person.state), _STYLES[person.state]),
            (self._since(person), "dim"),
            _load(person, fitting.ceiling(self.desk.config, person.id)),
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
        zone, now = self.desk.config.zone, self.desk.now()
        if person.since.astimezone(zone).date() == now.astimezone(zone).date():
            return clock_time(person.since, zone)
        return moment(person.since, zone, now)


def _columns(cells: Sequence[Span], columns: int) -> Line:
    """Each in its column; the last takes what is left, and nothing where that is little."""
    line: Line = [(fit(text, width - 1) + " ", style) for (text, style), width in zip(cells, _WIDTHS, strict=False)]
    left = columns - sum(_WIDTHS)
    return [*line, (cut(cells[-1][0], left), cells[-1][1])] if left > _LITTLE else line


class PeopleScreen(Over[int | str]):
    """Answers with the number of a conversation to open, or the search for what somebody has."""

    PLACE = Place.PEOPLE
    AUTO_FOCUS = "#people"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list = PeopleList(self.desk, id="people")

    @property
    def where(self) -> str:
        return _("among the people")

    def compose(self) -> ComposeResult:
        yield Bar(id="people-title")
        yield self._list
        yield Bar(id="people-said")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        self._read()
        self.set_interval(_EVERY, self._read)

    def on_resize(self) -> None:
        self.draw()

    def _read(self) -> None:
        self.work.look("people", partial(duty.people, self.desk), self._show)

    def _show(self, people: Sequence[Person]) -> None:
        self._list.fill(people)
        self.draw()

    def draw(self) -> None:
        columns, person = self.app.size.width, self._list.current
        here = sum(each.state == "here" for each in self._list.entries)
        present = ngettext("{n} here", "{n} here", here).format(n=here)
        self.query_one("#people-title", Bar).show(
            [(" " + _("People"), "title"), (DOT + present, "ok" if here else "dim")],
            self._list.head(columns),
        )
        said, style = self.said
        if not said and person is not None:
            said, style = self._about(person), "dim"
        self.query_one("#people-said", Bar).show([(" " + cut(said, columns - 2), style)])
        self.query_one("#hints", Bar).show([(" ", ""), *chosen_hints(self.hints(), [], columns - 1)])

    def _about(self, person: Person) -> str:
        """What the line of a person says in numbers, in a sentence."""
        name = steady(person.name, one_line=True, limit=60)
        most = fitting.ceiling(self.desk.config, person.id)
        said = (
            _("{name} has {n} open; in {waiting} the customer waits for an answer.")
            if most is None
            else _("{name} has {n} open of at most {most}; in {waiting} the customer waits for an answer.")
        )
        return said.format(name=name, n=person.open, most=most, waiting=person.waiting)

    def situation(self) -> Situation:
        person = self._list.current
        return Situation(Place.PEOPLE, person=person is not None, at_work=bool(person and person.number))

    def press(self, name: str) -> bool:
        return self._list.press(name)

    def acts(self) -> dict[str, Callable[[], object]]:
        return {"go_there": self._go_there}

    def _go_there(self) -> None:
        person = self._list.current
        if person is not None:
            self.dismiss(person.number)

    def open_chosen(self) -> None:
        person = self._list.current
        if person is not None:
            self.dismiss(f"assignee:{person.id} is:open")
