"""The same access through the console's functions: what a role is refused is said in words, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from agentconsole.desk import (
    drafts,
    duty,
    erasure,
    escalations,
    figures,
    handling,
    linking,
    merging,
    notices,
    pauses,
    policies,
    promises,
    reassigning,
    replies,
    special_hours,
    undo,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.model.conversation import DraftKind
from agentconsole.model.message import Address
from agentconsole.store import journal
from tests.incoming import arrives, everything, message
from tests.team.conftest import Team

Act = Callable[[Desk, list[int]], object]


def _customer(desk: Desk, number: int):
    return next(row for row in everything(desk) if row.number == number).customer_id


def _link(desk: Desk, numbers: list[int]) -> object:
    return linking.link(desk, numbers[0], _customer(desk, numbers[1]))


def _erase(desk: Desk, numbers: list[int]) -> object:
    return erasure.erase(desk, _customer(desk, numbers[1]))


EVERYBODY: dict[str, Act] = {
    "reply": lambda desk, n: replies.reply(desk, n[0], "Bonjour"),
    "note": lambda desk, n: replies.note(desk, n[0], "A note."),
    "tag": lambda desk, n: handling.tag(desk, n[0], ["x"]),
    "assign": lambda desk, n: handling.assign(desk, n[0], "tom"),
    "escalate": lambda desk, n: escalations.escalate(desk, n[0], "why", "eve"),
    "draft": lambda desk, n: drafts.keep(desk, n[0], "begun", 0),
    "link": _link,
    "duty": lambda desk, _n: duty.here(desk),
}
SUPERVISORS: dict[str, Act] = {
    "banner": lambda desk, _n: notices.banner(desk, "Known."),
    "message": lambda desk, _n: notices.message(desk, "Hello.", "tom"),
    "pause": lambda desk, _n: pauses.pause(desk, "x", "storm"),
    "hours": lambda desk, _n: special_hours.put(desk, date(2026, 3, 2), "", "strike"),
    "reassign": lambda desk, _n: reassigning.everything_of(desk, "tom", "max", None),
    "figures": lambda desk, _n: figures.floor(desk),
    "erase": _erase,
    "policy": lambda desk, _n: policies.apply(desk),
}


def _numbers(team: Team) -> list[int]:
    sync = team.sync()
    arrives(sync, message(author=Address("one@customer.example", "One")))
    arrives(sync, message(author=Address("two@customer.example", "Two")))
    return [row.number for row in everything(sync)]


@pytest.mark.parametrize("who", ["lea", "max", "sam"])
def test_everybody_who_works_here(team: Team, who: str) -> None:
    numbers, desk = _numbers(team), team.as_(who)
    for act in EVERYBODY.values():
        act(desk, numbers)


def test_what_supervisors_do(team: Team) -> None:
    numbers, sam, lea = _numbers(team), team.as_("sam"), team.as_("lea")
    for act in SUPERVISORS.values():
        with pytest.raises(ConsoleError):
            act(lea, numbers)
    for act in SUPERVISORS.values():
        act(sam, numbers)


def test_a_merge_takes_colleagues_drafts_along_and_back(team: Team) -> None:
    numbers, lea, tom = _numbers(team), team.as_("lea"), team.as_("tom")
    linking.link(lea, numbers[0], _customer(lea, numbers[1]))
    drafts.keep(tom, numbers[1], "Tom's words.", 0)
    merging.merge(lea, [numbers[1]], numbers[0])
    with tom.store.read() as connection:
        (found,) = journal.drafts(connection, agent="tom")
    assert (found.number, found.kind, found.text) == (numbers[0], DraftKind.REPLY, "Tom's words.")
    merging.unmerge(lea, numbers[1])
    promises.promise(lea, numbers[1], team.now.at + timedelta(hours=1), "to call")
    undo.undo(lea)
