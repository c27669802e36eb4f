"""People in words: who is at work, why nothing was handed out, and what went back."""

from __future__ import annotations

from typing import Any

from agentconsole.desk.assigning import Taken, WhyNot
from agentconsole.desk.context import Desk
from agentconsole.desk.duty import Back, Person
from agentconsole.desk.fitting import Back as Why
from agentconsole.i18n import _, ngettext, pgettext
from agentconsole.model.floor import AgentLoad, DutyState
from agentconsole.text import clean

_NAMED = 4
"""Conversations that are named by their numbers; of more it is said how many."""


def state(value: DutyState) -> str:
    """How somebody stands, in a word."""
    return {
        "here": pgettext("duty", "here"),
        "away": pgettext("duty", "away"),
        "gone": pgettext("duty", "gone"),
    }[value]


def room(value: DutyState, open_: int, capacity: int | None) -> str:
    """How somebody stands, and how many conversations more they may have: ``here, room for 3``.

    :param capacity: ``None`` where nothing bounds it.
    """
    if capacity is None:
        return state(value)
    left = max(0, capacity - open_)
    return f"{state(value)}, {_('room for {n}').format(n=left) if left else _('no room')}"


def doing(person: Person | AgentLoad) -> str:
    """What somebody does on which conversation: ``writing #12``; empty for nothing."""
    if person.number is None:
        return ""
    said = _("writing #{number}") if person.doing == "writing" else _("reading #{number}")
    return said.format(number=person.number)


def taken(found: Taken) -> str:
    """What came of asking for the next one: whose it is, or why there is none."""
    if found.row is not None:
        said = _("#{number} is yours. You have {n} open, at most {most}.")
        return said.format(number=found.row.number, n=found.open, most=found.capacity)
    return {
        WhyNot.FULL: ngettext(
            "You have {n} open conversation, and may have no more: answer or give back one first.",
            "You have {n} open conversations, and may have no more: answer or give back one first.",
            found.open,
        ).format(n=found.open),
        WhyNot.AWAY: _("You said that you are away: say that you are back first."),
        WhyNot.PUT_BACK: _("There is only what you have put back yourself; it is in the views."),
        WhyNot.OCCUPIED: _("Colleagues are on all there is that fits you."),
        WhyNot.NOTHING: _("Nothing waits that fits you: no conversation without anybody is open."),
    }[found.why_not or WhyNot.NOTHING]


def back(came: Back) -> list[str]:
    """What happened to somebody's conversations by itself: a sentence each."""
    said = []
    if came.returned:
        said.append(
            numbered(
                came.returned,
                _("{numbers}: back to the team while you were not here."),
                _("{n} conversations of yours went back to the team while you were not here."),
            )
        )
    if came.handed:
        said.append(numbered(came.handed, _("{numbers}: handed to you."), _("{n} conversations were handed to you.")))
    return said


def numbered(numbers: tuple[int, ...], named: str, counted: str) -> str:
    """A sentence about conversations: by their numbers, or how many where they are many."""
    if len(numbers) > _NAMED:
        return counted.format(n=len(numbers))
    return named.format(numbers=", ".join(f"#{number}" for number in numbers))


def went_back(facts: dict[str, Any], desk: Desk) -> str:
    """An entry of the audit trail: ``back to the team: Tom Reed is gone``; empty where a person did it.

    :raises KeyError, ValueError: an entry of another program's.
    """
    if "why" not in facts:
        return ""
    name = clean(desk.agent_name(str(facts["before"])), one_line=True)
    said = {
        Why.LEFT: _("back to the team: {name} does not work here any more"),
        Why.SHIFT: _("back to the team: the shift of {name} is over"),
        Why.AWAY: _("back to the team: {name} is away"),
        Why.GONE: _("back to the team: {name} is gone"),
    }[Why(facts["why"])]
    return said.format(name=name)
