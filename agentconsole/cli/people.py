"""Verbs about who works at the desk: taking the next conversation, duty, and notes that call one."""

from __future__ import annotations

import argparse

from agentconsole.cli import handling
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, iso, line, row_fields, table
from agentconsole.desk import assigning, conversations, duty, mentions, wording, wording_people
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import number_of
from agentconsole.desk.duty import Person
from agentconsole.errors import NotFound
from agentconsole.i18n import _
from agentconsole.text import clean


def take(options: argparse.Namespace) -> int:
    """``agentconsole take [IDS]``: without a number the best conversation for me.

    :raises NotFound: nothing was handed out; says why.
    """
    if options.numbers:
        return handling.take(options)
    with opened(options) as desk:
        found = assigning.take_next(desk)
        said = wording_people.taken(found)
        if found.row is None:
            raise NotFound(said, _do(found))
        if options.json:
            emit(row_fields(found.row, desk, desk.now()) | {"open": found.open, "capacity": found.capacity})
            return 0
        heading(said)
        heading(f"{found.row.customer}: {found.row.subject or found.row.excerpt}")
    return 0


def _do(found: assigning.Taken) -> str:
    if found.why_not is assigning.WhyNot.AWAY:
        return _("`agentconsole duty here` says so.")
    return _("`agentconsole views` tells what there is.")


def duty_(options: argparse.Namespace) -> int:
    """``agentconsole duty [here|away|gone]``: who is at work, or that I am."""
    with opened(options, reads=options.state is None) as desk:
        if options.state is None:
            _people(desk, options.json)
            return 0
        said = []
        if options.state == "here":
            said = wording_people.back(duty.here(desk))
        elif options.state == "away":
            duty.away(desk)
        else:
            duty.gone(desk)
        for text in said:
            heading(text)
    return 0


def _people(desk: Desk, json: bool) -> None:
    found = duty.people(desk)
    for person in found if json else ():
        emit(
            {
                "agent": person.id,
                "name": person.name,
                "role": str(person.role),
                "teams": list(person.teams),
                "state": person.state,
                "since": iso(person.since),
                "number": person.number,
                "doing": person.doing,
                "open": person.open,
                "waiting": person.waiting,
                "capacity": person.capacity,
            }
        )
    if not json:
        table([_cells(desk, person) for person in found], flexible=1)


def _cells(desk: Desk, person: Person) -> list[str]:
    since = wording.at(person.since, desk) if person.since else ""
    teams = ", ".join(wording.team(desk, team) for team in person.teams)
    has = _("{n} of {most} open").format(n=person.open, most=person.capacity)
    return [person.id, person.name, wording_people.state(person.state), since, has, wording_people.doing(person), teams]


def mentions_(options: argparse.Namespace) -> int:
    """``agentconsole mentions [--seen ID]``: notes that call me and that I have not opened yet, the latest first."""
    with opened(options, reads=options.seen is None) as desk:
        if options.seen is not None:
            row = conversations.row(desk, number_of(options.seen))
            if not mentions.see(desk, row):
                raise NotFound(
                    _("No note in #{number} waits for you.").format(number=row.number),
                    _("See `agentconsole mentions`."),
                )
            return 0
        found = mentions.waiting(desk)
        if options.json:
            for one in found:
                emit({"id": one.number, "author": one.author, "at": iso(one.at), "text": one.text})
            return 0
        for one in found:
            who, at = clean(desk.agent_name(one.author), one_line=True), wording.at(one.at, desk)
            heading(f"#{one.number}  {at}  {who}: {clean(one.text, one_line=True, limit=2000)}")
        if not found:
            line(_("No note calls you."))
    return 0
