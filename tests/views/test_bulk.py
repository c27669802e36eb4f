"""Marks, and what is done to all marked conversations: with a preview, in one step, undone by one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from agentconsole.config import Priority, State, parse
from agentconsole.desk import bulk, conversations, handling, promises
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.steps import Move
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.seed import CONFIG, arrive, incoming

SIZES = [(80, 24)]


@pytest.mark.parametrize("size", SIZES)
async def test_marks_rows_and_sees_them_marked(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        await adviser.presses("x", "x")
        assert adviser.page.listing.marked == tuple(adviser.numbers[:2])
        assert adviser.here == adviser.numbers[2]
        await adviser.reads("2 marked")
        assert [line[:2] for line in adviser.pane("list").splitlines()[:4]] == ["x ", "x ", "> ", "  "]
        await adviser.presses("k", "x")
        await adviser.reads("1 marked")
        await adviser.presses("X")
        await adviser.reads("No row is marked any more.")
        assert "marked" not in adviser.bar("why") + adviser.bar("title")
        await adviser.presses("X")
        assert adviser.page.listing.marked == tuple(adviser.numbers)


@pytest.mark.parametrize("size", SIZES)
async def test_resolves_the_marked_ones_after_a_preview_and_undoes_it_with_one_key(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with at_work(desk, size) as adviser:
        first, second, third, fourth = adviser.numbers[:4]
        promises.promise(desk, second, datetime.now(UTC) + timedelta(days=1), "Call back")
        await adviser.presses("x", "x", "x", "d")
        await adviser.reads("Resolve: 2 conversations", f"#{first}", f"#{third}", "1 cannot:", f"#{second}")
        await adviser.reads("Something is promised")
        assert conversations.row(desk, first).state is State.OPEN
        await adviser.presses("enter")
        await adviser.until(lambda: conversations.row(desk, third).state is State.RESOLVED)
        await adviser.reads("Resolve: 2 conversations are changed.")
        assert conversations.row(desk, first).state is State.RESOLVED
        assert conversations.row(desk, second).state is State.OPEN
        assert conversations.row(desk, fourth).state is State.OPEN
        assert adviser.page.listing.marked == (second,)
        await adviser.presses("z")
        await adviser.reads("Undone: 2 conversations resolved")
    assert {conversations.row(desk, number).state for number in (first, second, third)} == {State.OPEN}


async def test_a_preview_that_is_left_changes_nothing_and_keeps_the_marks(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        marked = tuple(adviser.numbers[:2])
        await adviser.presses("x", "x", "p")
        await adviser.reads("Set to pending: 2 conversations")
        await adviser.presses("escape")
        assert adviser.page.listing.marked == marked
        assert {conversations.row(desk, number).state for number in marked} == {State.OPEN}
        assert all(event.kind != "state" for number in marked for event in conversations.trail(desk, number))


async def test_assigns_tags_prioritises_snoozes_and_escalates_the_marked_ones(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        marked = tuple(adviser.numbers[:3])

        async def decides(*keys: str) -> None:
            await adviser.presses(*keys)
            await adviser.until(lambda: not adviser.page.changes.changing.busy)
            await adviser.settles()
            adviser.page.listing.mark(marked)

        await adviser.presses("x", "x", "x", "A")
        await adviser.reads("Assign 3 conversations to")
        await adviser.types("omar")
        await decides("enter", "enter")
        assert {conversations.row(desk, number).assignee for number in marked} == {"omar"}

        await adviser.presses("+")
        await adviser.reads("Tags of 3 conversations")
        await adviser.types("orage")
        await adviser.presses("enter")
        await adviser.reads("[+] orage")
        await decides("escape", "enter")
        assert {conversations.open_thread(desk, number).tags for number in marked} == {("orage",)}

        await decides("=", "enter", "enter")
        assert {conversations.row(desk, number).priority for number in marked} == {Priority.URGENT}

        await adviser.presses("!")
        await adviser.types("team")
        await adviser.presses("enter")
        await adviser.types("Storm")
        await decides("enter", "enter")
        assert {conversations.row(desk, number).escalated_to for number in marked} == {"team:instant"}

        await adviser.presses("s")
        await adviser.types("24/12/2031 10:00")
        await decides("enter", "enter")
        assert {conversations.row(desk, number).snoozed_until for number in marked} == {
            datetime(2031, 12, 24, 9, tzinfo=UTC)
        }


async def test_marks_are_about_the_list_not_about_the_open_conversation(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second, third = adviser.numbers[:3]
        await adviser.presses("x", "x", "enter")
        assert adviser.page.thread.number == third
        await adviser.presses("d")
        assert conversations.row(desk, third).state is State.RESOLVED
        assert {conversations.row(desk, number).state for number in (first, second)} == {State.OPEN}


async def test_one_marked_row_is_shown_before_it_is_changed(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("x", "d")
        await adviser.reads("Resolve: 1 conversation", f"#{first}")
        await adviser.presses("enter")
        await adviser.until(lambda: conversations.row(desk, first).state is State.RESOLVED)
        assert conversations.row(desk, second).state is State.OPEN


async def test_a_row_that_has_left_the_view_is_not_marked_any_more(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("x", "x")
        handling.set_state(desk, first, State.RESOLVED)
        await adviser.until(lambda: first not in adviser.numbers)
        assert adviser.page.listing.marked == (second,)
        await adviser.reads("1 marked")


async def test_many_show_how_far_they_are_and_work_goes_on_meanwhile(
    make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, gate = make_desk(60), Event()
    was = bulk.apply

    def slowly(
        desk: Desk, numbers: Sequence[int], moves: Sequence[Move], progress: Callable[[int, int], None], stop: Event
    ) -> bulk.Outcome:
        def told(done: int, total: int) -> None:
            progress(done, total)
            if done == 20:
                assert gate.wait(20)

        return was(desk, numbers, moves, told, stop)

    async with at_work(desk, (80, 24)) as adviser:
        await adviser.presses("X")
        count = len(adviser.page.listing.marked)
        assert count > 36
        monkeypatch.setattr(bulk, "apply", slowly)
        await adviser.presses("=", "enter")
        await adviser.reads(f"Priority: urgent: {count} conversations")
        await adviser.presses("enter")
        await adviser.until(lambda: f" 20/{count}" in adviser.bar("status"))
        await adviser.presses("j", "enter")
        assert adviser.focus == "thread"
        await adviser.presses("escape", "d")
        await adviser.reads("Wait until what goes on below is done.")
        gate.set()
        await adviser.until(lambda: not adviser.page.changes.changing.busy)
        await adviser.reads(f"{count} conversations are changed.")
        assert f"/{count}" not in adviser.bar("status")
        numbers = adviser.numbers
        await adviser.presses("z")
        await adviser.reads(f"Undone: {count} conversations urgent")
    assert {conversations.row(desk, number).priority for number in numbers} == {Priority.NORMAL}


async def test_leaving_while_many_are_changed_is_asked_twice_and_leaves_the_rest(
    make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, gate = make_desk(60), Event()
    was = bulk.apply

    def slowly(
        desk: Desk, numbers: Sequence[int], moves: Sequence[Move], progress: Callable[[int, int], None], stop: Event
    ) -> bulk.Outcome:
        def told(done: int, total: int) -> None:
            progress(done, total)
            if done == 20:
                assert gate.wait(20)
                assert stop.wait(20)

        return was(desk, numbers, moves, told, stop)

    async with at_work(desk) as adviser:
        numbers = adviser.numbers
        monkeypatch.setattr(bulk, "apply", slowly)
        await adviser.presses("X", "=", "enter", "enter")
        await adviser.until(lambda: f" 20/{len(numbers)}" in adviser.bar("status"))
        await adviser.presses("q")
        await adviser.reads(f"20 of {len(numbers)} are done. Once more leaves")
        gate.set()
        adviser.page.changes.changing.stop()
        await adviser.until(lambda: not adviser.page.changes.changing.busy)
    urgent = [number for number in numbers if conversations.row(desk, number).priority is Priority.URGENT]
    assert urgent == numbers[:20]


@pytest.mark.parametrize("under_the_cursor", [True, False])
async def test_merges_the_marked_ones_into_one_of_them(desk: Desk, under_the_cursor: bool) -> None:
    at = datetime.now(UTC) - timedelta(minutes=30)
    for n in range(3):
        arrive(desk, "mail", incoming(77, "Nour", f"Matter {n}", f"Words {n}", at + timedelta(minutes=n)))
    async with at_work(desk) as adviser:
        hers = [row.number for row in adviser.page.listing.rows if row.customer == "Nour"]
        while adviser.here not in hers:
            await adviser.presses("j")
        await adviser.presses("x", "x", "x")
        assert adviser.here not in hers or adviser.numbers[-1] == adviser.here
        if under_the_cursor:
            while adviser.here != hers[1]:
                await adviser.presses("k")
        stays = hers[1] if under_the_cursor else hers[0]
        goes = [number for number in hers if number != stays]
        await adviser.presses("M")
        await adviser.reads(f"into #{stays}", f"Stays: #{stays}", *(f"Moves: #{number}" for number in goes))
        await adviser.presses("enter")
        await adviser.reads(f"Merged into #{stays}.")
        assert {conversations.row(desk, number).number for number in hers} == {stays}
        assert adviser.page.listing.marked == ()
        await adviser.presses("z")
        await adviser.until(lambda: conversations.row(desk, goes[0]).number == goes[0])
    assert conversations.row(desk, goes[1]).number == goes[1]


async def test_in_black_and_white_marks_can_still_be_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with at_work(desk, (80, 24)) as adviser:
        await adviser.presses("x")
        assert any(line.startswith("x ") for line in adviser.screen.splitlines())


async def test_a_macro_without_words_runs_on_the_marked_ones_each_with_its_own_note(desk: Desk) -> None:
    folder = desk.folder / "macros"
    folder.mkdir()
    (folder / "vu.toml").write_text(
        'title = "Seen, to the team"\n[actions]\nadd_tags = ["seen"]\nnote = "Seen for {{ customer.name }}"\n', "utf-8"
    )
    config = parse(f'macros = "macros"\n{CONFIG}', "agentconsole.toml")
    async with at_work(Desk(desk.store, config, who_am_i(config, "lea"), desk.folder)) as adviser:
        rows = adviser.page.listing.rows[:2]
        await adviser.presses("x", "x", "m")
        await adviser.types("to the team")
        await adviser.presses("enter")
        await adviser.reads("Seen, to the team: 2 conversations")
        await adviser.presses("enter")
        await adviser.until(lambda: "seen" in conversations.open_thread(desk, rows[1].number).tags)
        for row in rows:
            assert conversations.open_thread(desk, row.number).messages[-1].text == f"Seen for {row.customer}"
        await adviser.until(lambda: not adviser.page.changes.changing.busy)
        await adviser.presses("z")
        await adviser.reads("Undone: 2 conversations")
    assert conversations.open_thread(desk, rows[0].number).tags == ()


async def test_marks_end_with_the_view_and_escape_takes_them_away_first(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("x", "x", "2", "1")
        assert adviser.page.listing.marked == ()
        await adviser.presses("x", "/")
        await adviser.types("facture")
        await adviser.presses("enter")
        await adviser.reads("1 found")
        await adviser.presses("x", "escape")
        assert adviser.page.listing.marked == ()
        await adviser.reads("1 found")
        await adviser.presses("x", "escape", "escape")
        assert len(adviser.numbers) > 1
        assert adviser.page.listing.marked == ()


async def test_what_left_the_view_comes_back_unmarked(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second, third = adviser.numbers[:3]
        await adviser.presses("x", "x", "d", "enter")
        await adviser.until(lambda: first not in adviser.numbers and second not in adviser.numbers)
        await adviser.presses("z")
        await adviser.until(lambda: adviser.numbers[:3] == [first, second, third])
        assert adviser.page.listing.marked == ()
        await adviser.presses("X")
        handling.set_state(desk, first, State.RESOLVED)
        await adviser.until(lambda: first not in adviser.numbers)
        handling.set_state(desk, first, State.OPEN)
        await adviser.until(lambda: first in adviser.numbers)
        assert first not in adviser.page.listing.marked
        assert second in adviser.page.listing.marked
