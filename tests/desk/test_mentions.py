"""Notes that call a colleague: who is called, the view that holds them until they are opened, and the call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk import (
    assigning,
    calling,
    conversations,
    duty,
    escalations,
    handling,
    linking,
    mentions,
    merging,
    presence,
    replies,
    triage,
    undo,
)  # fmt: skip
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import view_of
from agentconsole.desk.search import search
from tests.conftest import CONFIG, Time
from tests.desk.test_taking import customers

PEOPLE = """
agents = [
  { id = "lea", name = "Léa Martin", teams = ["instant"] },
  { id = "tom", name = "Tom Reed", teams = ["mail"] },
  { id = "tom.b", name = "Tom Reed Baker", teams = ["mail"] },
  { id = "jp", name = "Jean-Pierre d'Ó Seaghdha" },
  { id = "old", name = "Old Hand", disabled = true },
]
"""
TEXT = CONFIG[: CONFIG.index("agents =")] + PEOPLE.strip() + "\n" + CONFIG[CONFIG.index("hours =") :]


@pytest.fixture
def config() -> Config:
    return parse(TEXT, "agentconsole.toml", settings_model)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@tom can you look?", ["tom"]),
        ("@TOM, @Tom.", ["tom"]),
        ("see @tom.b.", ["tom.b"]),
        ("@Tom Reed, please", ["tom"]),
        ("@tom reed baker please", ["tom.b"]),
        ("(@Léa) and @lea martin", ["lea"]),
        ("@lEA", ["lea"]),
        ("@Jean-Pierre", ["jp"]),
        ("@jean-pierre d'o seaghdha!", ["jp"]),
        ("@mail", ["tom", "tom.b"]),
        ("@old", []),
        ("@camd wrote to lea@tom.example and a/@tom/b", []),
        ("tom@", []),
        ("@@tom @ tom @", []),
        ("@tomate", []),
        ("", []),
    ],
)
def test_who_is_called(config: Config, text: str, called: list[str]) -> None:
    assert list(mentions.mentioned(text, config)) == called


def numbers_of(desk: Desk) -> list[int]:
    return [row.number for row in triage.page(desk, view_of(desk, "mentions")).rows]


def test_a_note_calls_until_it_is_opened(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    first, second = customers(lea, 2)
    replies.note(lea, first, "@tom: the invoice is wrong, @lea thinks")
    assert (numbers_of(tom), numbers_of(lea)) == ([first], [])
    assert [(m.number, m.author, m.text) for m in mentions.waiting(tom)] == [
        (first, "lea", "@tom: the invoice is wrong, @lea thinks")
    ]
    assert triage.counts(tom)["mentions"].total == 1
    assert [row.number for row in search(tom, "is:mentioned").rows] == [first]
    presence.here(tom, second)
    assert numbers_of(tom) == [first]
    presence.here(tom, first)
    assert (numbers_of(tom), mentions.waiting(tom)) == ([], [])
    replies.note(lea, first, "@tom again")
    assert numbers_of(tom) == [first]
    replies.note(tom, first, "seen it")
    assert numbers_of(tom) == []


def test_a_note_taken_back_calls_nobody(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    (number,) = customers(lea, 1)
    replies.note(lea, number, "@tom")
    undo.undo(lea)
    assert numbers_of(tom) == []


def test_the_reason_of_an_escalation_calls_too(open_as: Callable[[str], Desk]) -> None:
    lea, jp = open_as("lea"), open_as("jp")
    (number,) = customers(lea, 1)
    escalations.escalate(lea, number, "ask @jp about it", agent="tom")
    assert numbers_of(jp) == [number]


def test_the_call_follows_its_note_through_a_merge(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    first, second = customers(lea, 2)
    replies.note(lea, first, "@tom")
    linking.link(lea, first, conversations.row(lea, second).customer_id)
    merging.merge(lea, [first], second)
    assert numbers_of(tom) == [second]
    undo.undo(lea)
    assert numbers_of(tom) == [first]


def test_the_console_calls_once(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    first, second = customers(lea, 2)
    replies.note(lea, first, "@tom")
    before = calling.begin(tom)
    now.passes(seconds=5)
    replies.note(lea, second, "@tom")
    found = calling.look(tom, before)
    assert found.mentions == (second,)
    assert calling.look(tom, found).mentions == ()


def test_what_goes_back_and_what_is_handed_out_calls_once(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    (number,) = customers(lea, 1)
    handling.assign(lea, number, "tom")
    duty.away(tom)
    before = calling.begin(tom)
    now.passes(minutes=31)
    assert assigning.keep(lea) == (1, 0)
    found = calling.look(tom, before)
    assert (found.returned, found.handed) == ((number,), ())
    now.passes(seconds=3)
    assert calling.look(tom, found).returned == ()


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        ("to", "m"),
        ("To", "m Reed"),
        ("tom", ""),
        ("ma", "il"),
        ("Lé", "a Martin"),
        ("Tom R", "eed"),
        ("zz", ""),
        ("", ""),
    ],
)
def test_what_is_typed_goes_on(config: Config, begun: str, rest: str) -> None:
    assert mentions.goes_on(config, "jp", begun) == rest


@pytest.mark.parametrize(
    ("text", "strangers"),
    [
        ("@tom can you look? @zorro too, @Zorro.", ("zorro", "Zorro")),
        ("@Léa, @jp, @instant, @Tom Reed Baker", ()),
        ("demain @14h, a@b.example, /tmp/@x, @", ()),
        ("@old is not here any more", ("old",)),
    ],
)
def test_who_is_called_by_a_name_that_nobody_has(config: Config, text: str, strangers: tuple[str, ...]) -> None:
    assert mentions.strangers(text, config) == strangers
    assert bool(mentions.findings(text, config)) == bool(strangers)
