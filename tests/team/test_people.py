"""Taking, duty and mentions on a team's desk, each with the rights of their own login."""

from __future__ import annotations

import psycopg
import pytest

from agentconsole.desk import (
    assigning,
    calling,
    conversations,
    duty,
    escalations,
    handling,
    mentions,
    presence,
    replies,
    undo,
)
from agentconsole.desk.assigning import WhyNot
from agentconsole.desk.policy import compile_policy, digest, to_json
from agentconsole.model.message import Address
from agentconsole.store.ledger import ledger_of
from tests.incoming import arrives, everything, message
from tests.team.conftest import Team


def test_advisers_take_leave_and_come_back(team: Team) -> None:
    sync, lea, tom = team.sync(), team.as_("lea"), team.as_("tom")
    arrives(sync, *(message(author=Address(f"c{n}@customer.example", f"C{n}")) for n in range(3)))
    first, second, third = (row.number for row in everything(sync))
    for desk in (lea, tom):
        duty.here(desk)
    for desk, number in ((lea, first), (tom, second)):
        row = assigning.take_next(desk).row
        assert row is not None
        assert (row.number, row.assignee) == (number, desk.agent.id)
    undo.undo(tom)
    assert conversations.row(sync, second).assignee is None
    assert [(p.id, p.state, p.open) for p in duty.people(team.as_("sam"))][:2] == [
        ("lea", "here", 1),
        ("tom", "here", 0),
    ]
    duty.away(tom)
    assert assigning.take_next(tom).why_not is WhyNot.AWAY
    presence.here(lea, first)
    duty.gone(lea)
    team.passes(minutes=31)
    assert assigning.keep(sync) == (1, 0)
    assert duty.here(lea).returned == (first,)
    row = assigning.take_next(lea).row
    assert row is not None
    assert row.number in (first, second, third)


def test_a_note_calls_a_colleague(team: Team) -> None:
    sync, lea, max_ = team.sync(), team.as_("lea"), team.as_("max")
    arrives(sync, message())
    (row,) = everything(sync)
    replies.note(lea, row.number, "@max, @Tom Reed?")
    assert [m.number for m in mentions.waiting(max_)] == [row.number]
    presence.here(max_, row.number)
    assert mentions.waiting(max_) == []
    assert [m.number for m in mentions.waiting(team.as_("tom"))] == [row.number]
    replies.note(lea, row.number, "@max again")
    undo.undo(lea)
    assert mentions.waiting(max_) == []


def test_what_is_handed_out_by_itself(team: Team) -> None:
    sync, lea = team.sync(), team.as_("lea")
    assignment = team.config.assignment.model_copy(update={"push": True, "capacity": 2})
    sync.config = team.config.model_copy(update={"assignment": assignment})
    arrives(sync, *(message(author=Address(f"c{n}@customer.example", f"C{n}")) for n in range(3)))
    duty.here(lea)
    before = calling.begin(lea)
    assert assigning.keep(sync) == (0, 2)
    assert assigning.keep(sync) == (0, 0)
    assert calling.look(lea, before).handed == tuple(row.number for row in everything(lea) if row.assignee == "lea")
    handling.assign(team.as_("sam"), everything(lea)[0].number, None)


def test_nobody_hoards_with_psql_either(team: Team) -> None:
    sync, lea, sam = team.sync(), team.as_("lea"), team.as_("sam")
    shared = {
        "agents": [{"id": "lea", "name": "Léa", "capacity": 2}, {"id": "tom", "name": "Tom"}],
        "assignment": {"capacity": 5},
    }
    document = compile_policy(team.config) | {"shared": shared}
    with sam.store.write() as connection:
        ledger_of(connection).apply_policy("sam", to_json(document), digest(document))
    arrives(sync, *(message(author=Address(f"c{n}@customer.example", f"C{n}")) for n in range(5)))
    first, second, third, fourth, fifth = (row.number for row in everything(sync))
    hand = team.sql("lea")
    take = "UPDATE conversation SET assignee = 'lea' WHERE number = %s"
    for number in (first, second):
        hand.execute(take, [number])
    with pytest.raises(psycopg.errors.CheckViolation, match="no more open conversations than 2"):
        hand.execute(take, [third])
    replies.reply(lea, third, "Bonjour", state=None)
    assert conversations.row(lea, third).assignee == "lea"
    escalations.escalate(team.as_("tom"), fourth, "no way out", team="instant")
    assert escalations.take(lea, fourth).assignee == "lea"
    handling.assign(sam, fifth, "lea")
    handling.assign(lea, first, "tom")
    undo.undo(lea)
    assert {row.assignee for row in everything(lea)} == {"lea"}
