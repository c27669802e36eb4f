"""Undo from the keyboard: steps, replies that are held back, and those that it is too late for."""

from __future__ import annotations

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, drafts, handling
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.delivery import undelivered
from tests.views.driver import at_work

SIZES = [(80, 24)]


async def test_undoes_one_step_after_the_other(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("a", "d")
        assert conversations.row(desk, number).state is State.RESOLVED
        await adviser.presses("z")
        await adviser.reads(f"Undone: #{number} resolved")
        assert conversations.row(desk, number).state is State.OPEN
        await adviser.presses("z")
        await adviser.reads(f"Undone: #{number} assigned to Léa Martin")
        assert conversations.row(desk, number).assignee is None


@pytest.mark.parametrize("size", SIZES)
async def test_takes_a_reply_back_with_its_words(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Bonjour,\nil est reparti.")
        await adviser.presses("ctrl+s")
        await adviser.reads(f"#{number} goes in", "z takes it back")
        assert len(undelivered(desk)) == 1
        await adviser.presses("z")
        assert adviser.words == "Bonjour,\nil est reparti."
        assert adviser.focus == "words"
        assert adviser.page.composer is not None
        assert adviser.page.composer.words.cursor_location == (1, len("il est reparti."))
        assert f"#{number} goes in" not in adviser.bar("status")
        await adviser.types(" Bonne journée.")
        assert adviser.words.endswith("il est reparti. Bonne journée.")
    assert undelivered(desk) == []
    assert conversations.row(desk, number).state is State.OPEN
    assert [draft.number for draft in drafts.mine(desk)] == [number]


async def test_words_typed_ahead_go_into_the_reply_that_is_taken_back(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Bonjour")
        await adviser.presses("ctrl+s")
        await adviser.types("zdxa")
        await adviser.until(lambda: adviser.words == "Bonjourdxa")
    assert conversations.row(desk, number).state is State.OPEN


async def test_takes_a_reply_back_after_going_on_to_the_next(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("r")
        await adviser.types("Voilà.")
        await adviser.presses("ctrl+t")
        assert adviser.page.thread.number == second
        await adviser.presses("z")
        assert adviser.page.thread.number == first
        assert (adviser.words, adviser.focus) == ("Voilà.", "words")
    assert conversations.row(desk, first).state is State.OPEN


async def test_words_begun_since_stay_below_those_that_come_back(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("First.")
        await adviser.presses("ctrl+s", "r")
        await adviser.types("Second.")
        await adviser.presses("tab")
        assert adviser.focus != "words"
        await adviser.presses("z")
        await adviser.until(lambda: adviser.words == "First.\n\nSecond.")
    assert [draft.text for draft in drafts.mine(desk)] == ["First.\n\nSecond."]


async def test_too_late_says_so_and_goes_on_to_the_step_before(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("a", "enter", "r")
        await adviser.types("Bonjour")
        await adviser.presses("ctrl+s")
        with desk.store.write() as connection:
            connection.exec_driver_sql("UPDATE outbox SET state = 'sent', attempt = 1")
        await adviser.presses("z")
        await adviser.reads("cannot be taken back", "z again goes on to the step before it.")
        assert adviser.focus == "thread"
        await adviser.presses("z")
        await adviser.reads(f"Undone: #{number} assigned to Léa Martin")
    assert conversations.row(desk, number).state is State.PENDING


async def test_what_a_colleague_changed_since_is_not_overwritten(desk: Desk) -> None:
    omar = Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder)
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("p")
        handling.set_state(omar, number, State.RESOLVED)
        await adviser.presses("z")
        await adviser.reads("was changed again since")
    assert conversations.row(desk, number).state is State.RESOLVED


async def test_a_note_comes_back_as_a_note(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("N")
        await adviser.types("Rang twice.")
        await adviser.presses("ctrl+s", "z")
        assert adviser.words == "Rang twice."
        await adviser.reads("only colleagues see it")


async def test_nothing_to_undo(desk: Desk) -> None:
    omar = Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder)
    handling.set_state(omar, 3, State.RESOLVED)
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE event SET step = NULL")
    async with at_work(desk) as adviser:
        await adviser.presses("z")
        await adviser.reads("There is nothing to undo.")
    assert conversations.row(desk, 3).state is State.RESOLVED


async def test_the_countdown_draws_its_own_bar_and_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from agentconsole.views.widgets.lines import Bar, Lines

    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("Bonjour")
        await adviser.presses("ctrl+s")
        await adviser.settles()
        drawn: list[str | None] = []
        for kind in (Bar, Lines):
            was = kind.refresh

            def refresh(self: Bar, *regions: object, was: object = was, **more: object) -> object:
                drawn.append(self.id)
                return was(self, *regions, **more)  # type: ignore[operator]  # Widget.refresh, whatever its signature

            monkeypatch.setattr(kind, "refresh", refresh)

        def ticked() -> bool:
            before = adviser.bar("status")
            drawn.clear()
            adviser.page.changes.undoing.tick()
            return adviser.bar("status") != before

        await adviser.until(ticked)
        assert "goes in" in adviser.bar("status")
        assert drawn == ["status"]


async def test_words_typed_ahead_of_an_undo_that_is_refused_command_nothing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Bonjour")
        await adviser.presses("ctrl+s")
        with desk.store.write() as connection:
            connection.exec_driver_sql("UPDATE outbox SET state = 'sent', attempt = 1")
        await adviser.types("zdxa")
        await adviser.reads("cannot be taken back")
        await adviser.settles()
    assert conversations.row(desk, number).state is State.PENDING


async def test_the_list_comes_back_to_the_reply_that_is_taken_back(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("r")
        await adviser.types("Voilà.")
        await adviser.presses("ctrl+t")
        await adviser.until(lambda: first not in adviser.numbers)
        assert adviser.here == second
        await adviser.presses("z")
        await adviser.until(lambda: adviser.here == first)
        assert adviser.focus == "words"


async def test_an_escalation_that_is_undone_opens_nothing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("!")
        await adviser.types("omar")
        await adviser.presses("enter")
        await adviser.types("Storm")
        await adviser.presses("enter", "z")
        await adviser.reads("Undone:")
        await adviser.settles()
        assert adviser.focus == "list"
    assert drafts.mine(desk) == []
