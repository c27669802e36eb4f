"""Being handed the next one, being away, colleagues, and notes that call one: on the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agentconsole.desk import assigning, conversations, duty, handling, mentions, presence, replies, triage
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import duty as duties
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work

SIZES = [(80, 24), (120, 40), (200, 50)]


def as_omar(desk: Desk) -> Desk:
    """The same desk with a colleague at it."""
    return Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder, desk.now)


def said_by(desk: Desk, agent: str) -> str | None:
    with desk.store.read() as connection:
        found = duties.of(connection, agent)
    return found.state if found else None


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_n_hands_the_best_one_and_opens_it(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        await adviser.presses("n")
        first = adviser.page.reading.shown
        assert first is not None
        assert conversations.row(desk, first).assignee == "lea"
        assert f"#{first} is yours. You have 2 open, at most 8." in adviser.bar("hints")
        assert adviser.focus == "thread"
        await adviser.presses("n")
        assert adviser.page.reading.shown not in (None, first)
        await adviser.presses("z")
        assert sum(row.assignee == "lea" for row in adviser.page.listing.rows) == 2  # one was hers before


async def test_keys_typed_ahead_are_meant_for_what_is_handed_out(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        before = adviser.here
        await adviser.types("nN")
        await adviser.until(lambda: adviser.page.composer is not None and adviser.page.composer.is_open)
        composer = adviser.page.composer
        assert composer is not None
        assert composer.number == adviser.page.reading.shown
        await adviser.types("hello")
        assert adviser.words == "hello"
        assert before is not None


async def test_where_nothing_fits_it_is_said_and_nothing_else_happens(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        for number in adviser.numbers:
            handling.assign(as_omar(desk), number, "omar")
        await adviser.types("nd")
        await adviser.settles()
        assert "Nothing waits that fits you" in adviser.bar("hints")
        assert adviser.focus == "list"
        assert {str(conversations.row(desk, n).state) for n in adviser.numbers} == {"open"}


async def test_being_there_away_and_gone(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.until(lambda: said_by(desk, "lea") == "here")
        await adviser.presses("Z")
        assert said_by(desk, "lea") == "away"
        assert "AWAY" in adviser.bar("header")
        await adviser.presses("n")
        assert "You are away: Z says that you are back." in adviser.bar("hints")
        await adviser.presses("Z")
        assert "AWAY" not in adviser.bar("header")
        assert said_by(desk, "lea") == "here"
    assert said_by(desk, "lea") == "gone"


async def test_who_comes_back_is_told_what_went_back(make_desk: MakeDesk) -> None:
    desk = make_desk()
    later = replace(desk, now=lambda: datetime.now(UTC) + timedelta(hours=2))
    number = next(row.number for row in rows_of(desk) if row.assignee is None)
    handling.assign(desk, number, "lea")
    duty.here(desk)
    assert assigning.keep(later)[0] > 0
    async with at_work(later) as adviser:
        await adviser.until(lambda: f"#{number}" in adviser.bar("hints"))
        assert "back to the team while you were not here" in adviser.bar("hints")


def rows_of(desk: Desk) -> list[ConversationRow]:
    return list(triage.page(desk, desk.config.views[0]).rows)


@pytest.mark.parametrize("size", SIZES)
async def test_people(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        handling.assign(as_omar(desk), number, "omar")
        duty.here(as_omar(desk))
        presence.here(as_omar(desk), number, "writing")
        await adviser.presses("T")
        await adviser.reads("Omar Benali", "Léa Martin (me)", f"writing #{number}", "2/8", "2 here")
        await adviser.presses("o")
        assert adviser.sees("They are on no conversation.")
        await adviser.presses("j", "o")
        assert adviser.page.reading.shown == number
        await adviser.presses("T")
        await adviser.reads("Omar Benali")
        await adviser.presses("j", "enter")
        await adviser.until(lambda: "assignee:omar is:open" in adviser.screen and number in adviser.numbers)
        assert {conversations.row(desk, each).assignee for each in adviser.numbers} == {"omar"}
        await adviser.presses("T")
        await adviser.reads("Omar Benali")
        await adviser.presses("?")
        await adviser.reads("Open the conversation that this colleague is on")
        await adviser.presses("escape", "q")
        assert adviser.focus == "list"


async def test_a_note_that_calls_me_is_one_key_away(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        # Begun in the same turn: a note from before the console's first look rings no bell.
        await adviser.until(lambda: said_by(desk, "lea") == "here")
        await adviser.settles()
        last = adviser.numbers[-1]
        replies.note(as_omar(desk), last, "@lea can you look at this?")
        await adviser.until(lambda: f"#{last}: a colleague calls you." in adviser.bar("hints"))
        assert "@1" in adviser.bar("header")
        await adviser.presses("@")
        await adviser.until(lambda: adviser.numbers == [last])
        await adviser.presses("enter")
        await adviser.until(lambda: mentions.waiting(desk) == [])
        await adviser.until(lambda: "@1" not in adviser.bar("header"))
        await adviser.presses("@")
        assert "No note calls you." in adviser.bar("hints")


async def test_a_name_is_completed_in_a_note_and_not_in_a_reply(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("N")
        await adviser.types("ask @om")
        await adviser.presses("right")
        assert adviser.words == "ask @omar"
        await adviser.types(" or lea@om")
        await adviser.presses("right")
        assert adviser.words == "ask @omar or lea@om"
        await adviser.presses("ctrl+s")
        assert [m.number for m in mentions.waiting(as_omar(desk))] == [adviser.here]
        await adviser.presses("r")
        await adviser.types("@om")
        await adviser.presses("right")
        assert adviser.words == "@om"
