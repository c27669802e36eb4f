"""Keys typed ahead of the screen, at a real terminal: they act on what they were typed for, or on nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from agentconsole.config import State
from agentconsole.desk import conversations, drafts, triage
from agentconsole.desk.context import Desk
from agentconsole.desk.delivery import undelivered
from agentconsole.desk.saved_views import views
from agentconsole.model.conversation import DraftKind
from agentconsole.views.console import Console
from agentconsole.views.foreign import steady
from agentconsole.views.keys import Keymap
from agentconsole.views.macros import MacroPicker
from agentconsole.views.main import MainScreen
from agentconsole.views.page import Session
from tests.views.driver import at_work
from tests.views.seed import open_seeded
from tests.views.terminal import Terminal

ESC, ENTER, CTRL_S, CTRL_T, CTRL_Q = "\x1b", "\r", "\x13", "\x14", "\x11"


def numbers(desk: Desk) -> list[int]:
    """The first view, from its top."""
    return [row.number for row in triage.page(desk, desk.config.views[0]).rows]


def states(desk: Desk) -> set[State]:
    """States that conversations of the desk are in."""
    return {conversations.row(desk, number).state for number in range(1, 9)}


@pytest.mark.pty
@pytest.mark.parametrize(("columns", "rows", "keys"), [(80, 24, "tr"), (120, 40, "jkr")])
def test_words_typed_right_after_reply_are_words(tmp_path: Path, columns: int, rows: int, keys: str) -> None:
    desk = open_seeded(tmp_path)
    first = numbers(desk)[0]
    with Terminal(tmp_path, columns, rows) as terminal:
        terminal.until("why first:")
        terminal.press(f"{keys}Hello daddy, nut.")
        terminal.until("Hello daddy, nut.", "draft saved")
    assert [(draft.number, draft.text) for draft in drafts.mine(desk)] == [(first, "Hello daddy, nut.")]
    assert states(desk) == {State.OPEN}
    desk.store.close()


@pytest.mark.parametrize(("size", "keys"), [((80, 24), "r"), ((120, 40), "\nr"), ((200, 50), "r")])
async def test_words_that_come_with_their_command_are_words(desk: Desk, size: tuple[int, int], keys: str) -> None:
    async with at_work(desk, size) as adviser:
        first = adviser.here
        await adviser.types(f"{keys}Hello daddy, nut.")
        await adviser.reads("Hello daddy, nut.", "draft saved")
    assert [(draft.number, draft.text) for draft in drafts.mine(desk)] == [(first, "Hello daddy, nut.")]
    assert states(desk) == {State.OPEN}


@pytest.mark.pty
def test_a_whole_day_in_one_burst(tmp_path: Path) -> None:
    desk = open_seeded(tmp_path)
    first, second, third = numbers(desk)[:3]
    with Terminal(tmp_path, 120, 40) as terminal:
        terminal.until("why first:")
        terminal.press(f"trOne.{CTRL_T}rTwo.{CTRL_S}")
        terminal.until(f"Reply to #{second} is on its way.")
        terminal.press(f"#{third}{ENTER}NThree.{CTRL_S}")
        terminal.until(f"Note saved on #{third}.")
    assert [conversations.open_thread(desk, n).messages[-1].text for n in (first, second, third)] == [
        "One.", "Two.", "Three.",
    ]  # fmt: skip
    assert [conversations.row(desk, n).state for n in (first, second)] == [State.RESOLVED, State.PENDING]
    desk.store.close()


async def test_goes_on_with_a_draft_in_one_burst(desk: Desk) -> None:
    drafts.keep(desk, numbers(desk)[4], "Half of it", 1, DraftKind.NOTE)
    async with at_work(desk) as adviser:
        await adviser.types("u\n and the other half, indeed")
        await adviser.reads("Half of it and the other half, indeed", "draft saved")
    assert drafts.mine(desk)[0].text == "Half of it and the other half, indeed"
    assert states(desk) == {State.OPEN}


@pytest.mark.parametrize(
    ("keys", "index"),
    [("tttd", 2), ("tJJKd", 1), ("jjd", 2), ("tii", 0), ("#NUMBER\nd", 3), ("vt\b\n", 0)],
)
async def test_commands_act_on_what_the_key_before_opened(desk: Desk, keys: str, index: int) -> None:
    order = numbers(desk)
    async with at_work(desk) as adviser:
        await adviser.types(keys.replace("NUMBER", str(order[index])))
        if keys.endswith("d"):
            await adviser.reads(f"#{order[index]} is resolved.")
    resolved = [n for n in order if conversations.row(desk, n).state is State.RESOLVED]
    assert resolved == ([order[index]] if keys.endswith("d") else [])


async def test_what_opens_over_the_list_takes_the_keys_after_it(desk: Desk) -> None:
    drafts.keep(desk, 5, "Unsent", 1)
    async with at_work(desk, (80, 24)) as adviser:
        for key in "v:/#?Auh":
            await adviser.types(f"{key}dpd")
            await adviser.presses("escape", "escape")
            await adviser.reads("why first:")
    assert states(desk) == {State.OPEN}


async def test_what_is_chosen_in_the_palette_over_words_takes_the_keys_after_it(desk: Desk) -> None:
    """The palette has closed and the words have the focus again, while what was chosen is still on its way."""
    async with at_work(desk) as adviser:
        await adviser.types("rHello")
        await adviser.presses("ctrl+p")
        for key in (*"choose a macro", "enter", "ctrl+s", *"xyz"):
            adviser._press({" ": "space"}.get(key, key))
        await adviser.until(lambda: isinstance(adviser.app.screen, MacroPicker))
        await adviser.settles()
        assert undelivered(desk) == []
        await adviser.presses("escape")
        assert adviser.words == "Hello"


async def test_keys_for_what_does_not_open_do_nothing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.types("#4711\nd")
        await adviser.reads("There is no conversation #4711.", "Nothing was opened")
    assert states(desk) == {State.OPEN}


@pytest.mark.pty
@pytest.mark.parametrize("keys", [f"v{CTRL_Q}", f"v{ESC}q"])
def test_leaving_in_a_burst_is_no_crash(tmp_path: Path, keys: str) -> None:
    open_seeded(tmp_path).store.close()
    with Terminal(tmp_path, 80, 24) as terminal:
        terminal.until("why first:")
        terminal.press(keys)
        for key in (ESC, ESC, CTRL_Q):
            if terminal.alive:
                terminal.press(key)
        if terminal.pid:
            status = os.waitpid(terminal.pid, 0)[1]
            terminal.pid = 0
            assert os.waitstatus_to_exitcode(status) == 0
    assert b"mistake" not in terminal.raw


@pytest.mark.parametrize("keys", ["vq", "?q"])
async def test_what_opens_takes_the_key_to_leave_too(desk: Desk, keys: str) -> None:
    async with at_work(desk, (80, 24)) as adviser:
        await adviser.types(keys)
        await adviser.presses("escape", "escape")
        await adviser.reads("why first:")


async def test_a_mistake_on_the_way_out_is_told_by_the_exit_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(page: MainScreen) -> None:
        page.app.exit(0)
        raise ZeroDivisionError

    monkeypatch.setattr(MainScreen, "on_mount", broken)
    app = Console(Session(desk, Keymap(), views(desk.config)[0], sync=False), Path("agentconsole.log"))
    app.driver_class = HeadlessDriver
    assert await app.run_async(headless=True, size=(80, 24)) == 1


async def test_files_stay_with_an_unsent_reply(desk: Desk, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_bytes(b"x" * 34_000)
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("r", "ctrl+o")
        await adviser.types(str(plan))
        await adviser.presses("enter")
        await adviser.reads("attached: plan.txt 34 kB")
        await adviser.presses("escape", "J", "r")
        assert not adviser.sees("attached: plan.txt")
        await adviser.presses("escape", "K", "r")
        await adviser.reads("attached: plan.txt 34 kB")
        await adviser.presses("ctrl+b")
        await adviser.presses("escape", "r")
        assert not adviser.sees("attached: plan.txt")
    assert first != second


async def test_nothing_out_of_sight_is_changed_while_writing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("r")
        await adviser.types("Half")
        await adviser.presses("shift+tab", "shift+tab")
        assert adviser.focus == "list"
        await adviser.presses("j", "d")
        await adviser.reads("Finish or close the reply first.")
        await adviser.presses("k", "d")
        await adviser.until(lambda: conversations.row(desk, first).state is State.RESOLVED)
    assert conversations.row(desk, second).state is State.OPEN


async def test_a_public_reply_says_so(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        for row in list(adviser.page.listing.rows):
            await adviser.presses("#")
            await adviser.types(str(row.number))
            await adviser.presses("enter", "r")
            title = adviser.bar("composer-title")
            assert title.startswith(
                f"{'PUBLIC reply' if row.public else 'Reply'} to {steady(row.customer, one_line=True)}"
            )
            await adviser.presses("escape")


async def test_a_message_goes_with_the_next_key(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r", "ctrl+s")
        await adviser.reads("The reply is empty.", "NOT SENT")
        await adviser.types("So")
        assert not adviser.sees("The reply is empty.")
        assert not adviser.sees("NOT SENT")
        await adviser.presses("ctrl+o", "enter")
        await adviser.reads("Type the path of a file.")
        await adviser.types("/no")
        assert not adviser.sees("Type the path of a file.")


async def test_my_words_are_shown_once(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        drafts.keep(desk, adviser.here, "Only once", 1)
        await adviser.until(lambda: adviser.sees("draft, not sent"))
        for keys in (("r",), ("escape", "r"), ("escape", "escape", "u", "enter")):
            await adviser.presses(*keys)
            assert adviser.words == "Only once"
            assert adviser.screen.count("Only once") == 1


@pytest.mark.parametrize("size", [(40, 10), (40, 16), (60, 20), (80, 24)])
async def test_there_is_room_for_words_and_the_name(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        name = adviser.page.listing.rows[0].customer
        await adviser.presses("r", "ctrl+s")
        await adviser.reads("NOT SENT; your words are kept", name)
        composer = adviser.page.composer
        assert composer is not None
        region = composer.words.region
        visible = adviser.app.screen.find_widget(composer.words).visible_region
        assert visible.height >= 3
        assert region.bottom <= size[1] - 2


async def test_unsent_words_are_listed_with_their_customer(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        row = adviser.page.listing.rows[1]
        drafts.keep(desk, row.number, "Some words", 1)
        await adviser.until(lambda: bool(adviser.page.unsent.drafts))
        await adviser.presses("u")
        await adviser.reads(f"#{row.number}  {steady(row.customer, one_line=True)}", row.subject, "Some words")
