"""Colleagues on the same conversation: seen, and told once to who begins to write."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agentconsole.desk import conversations, presence
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.conversation import Presence
from tests.views.driver import at_work

SIZES = [(80, 24), (120, 40), (200, 50)]


def as_omar(desk: Desk) -> Desk:
    """The same desk with a colleague at it."""
    return Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder, desk.now)


def seen_by_omar(desk: Desk, number: int) -> tuple[Presence, ...]:
    return conversations.open_thread(as_omar(desk), number).present


async def test_colleagues_see_who_reads_who_writes_and_who_has_left(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        assert seen_by_omar(desk, number) == ()
        await adviser.presses("enter")
        assert seen_by_omar(desk, number) == (Presence("lea", "reading"),)
        assert conversations.row(desk, number).unread == 0
        await adviser.presses("r")
        assert seen_by_omar(desk, number) == (Presence("lea", "writing"),)
        await adviser.presses("escape")
        assert seen_by_omar(desk, number) == (Presence("lea", "reading"),)
        await adviser.presses("J")
        assert seen_by_omar(desk, number) == ()
        assert seen_by_omar(desk, adviser.here) == (Presence("lea", "reading"),)
        await adviser.presses("escape")
        await adviser.until(lambda: seen_by_omar(desk, adviser.here) == ())
        await adviser.presses("enter")
        last = adviser.here
        assert seen_by_omar(desk, last) == (Presence("lea", "reading"),)
    assert seen_by_omar(desk, last) == ()


@pytest.mark.parametrize("size", SIZES)
async def test_the_head_of_a_thread_says_who_else_is_there(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("enter")
        presence.here(as_omar(desk), number)
        await adviser.until(lambda: "Omar Benali is reading" in adviser.bar("thread-head"))
        presence.here(as_omar(desk), number, "writing")
        await adviser.until(lambda: "Omar Benali is writing" in adviser.bar("thread-head"))
        presence.gone(as_omar(desk))
        await adviser.until(lambda: "Omar" not in adviser.bar("thread-head"))


async def test_who_begins_to_write_beside_a_colleague_is_told_once(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        presence.here(as_omar(desk), number, "writing")
        await adviser.presses("enter")
        await adviser.until(lambda: "Omar Benali is writing" in adviser.bar("thread-head"))
        await adviser.presses("r")
        assert "Omar Benali is writing here too." in adviser.bar("hints")
        assert adviser.focus == "words"
        await adviser.types("Bonjour")
        assert adviser.words == "Bonjour"
        adviser.page.saying.unsay()
        await adviser.presses("backspace", "tab", "shift+tab")
        assert "here too" not in adviser.bar("hints")


async def test_who_answers_right_from_the_list_is_told_too(desk: Desk) -> None:
    async with at_work(desk, (80, 24)) as adviser:
        presence.here(as_omar(desk), adviser.here, "writing")
        await adviser.presses("r")
        await adviser.reads("Omar Benali is writing here too.")


async def test_a_colleague_who_reads_is_no_collision(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        presence.here(as_omar(desk), adviser.here)
        await adviser.presses("enter")
        await adviser.until(lambda: "Omar Benali is reading" in adviser.bar("thread-head"))
        await adviser.presses("r")
        assert "here too" not in adviser.bar("hints")


async def test_a_colleague_who_gives_no_sign_of_life_is_gone(desk: Desk) -> None:
    long_ago = Desk(
        desk.store, desk.config, as_omar(desk).agent, desk.folder, lambda: desk.now() - timedelta(minutes=2)
    )
    async with at_work(desk) as adviser:
        presence.here(long_ago, adviser.here, "writing")
        await adviser.presses("enter")
        assert "Omar" not in adviser.bar("thread-head")


async def test_who_walks_the_list_is_on_no_conversation(desk: Desk) -> None:
    async with at_work(desk, (200, 50)) as adviser:
        await adviser.presses("j", "j", "i")
        assert all(seen_by_omar(desk, number) == () for number in adviser.numbers)


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_says_where_colleagues_are(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.numbers[2]
        presence.here(as_omar(desk), number, "writing")
        await adviser.until(lambda: "OB writing:" in adviser.pane("list").splitlines()[2])
        presence.here(as_omar(desk), adviser.numbers[4])
        await adviser.until(lambda: "OB reading:" in adviser.pane("list").splitlines()[4])
        assert "OB" not in adviser.pane("list").splitlines()[2]
