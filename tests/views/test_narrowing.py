"""Words and the enter after them, typed in one go: what is taken is what was typed, never what stood there before."""

from __future__ import annotations

import pytest

from agentconsole.config import Priority, State
from agentconsole.desk import conversations, handling
from agentconsole.desk.context import Desk
from agentconsole.views.macros import MacroPicker
from agentconsole.views.overlays import Ask
from tests.views.driver import Adviser, at_work


async def _in_one_go(lea: Adviser, box: str, keys: str) -> None:
    """Open a box, then type as a paste or a slow line delivers keys: none of them waits for the screen."""
    await lea.presses(box)
    for key in keys:
        lea._press({"\n": "enter", "\x1b": "escape", ">": "down"}.get(key, key))
    await lea.settles()


async def test_a_picker_takes_what_was_typed(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = lea.here
        await _in_one_go(lea, "=", "high\n")
        assert conversations.row(desk, number).priority is Priority.HIGH
        await _in_one_go(lea, "!", "team i\n")
        assert isinstance(lea.app.screen, Ask)
        assert lea.sees("Escalate to instant: why?")


async def test_arrows_move_among_what_was_typed(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = lea.here
        await _in_one_go(lea, "=", "priority>>\n")
        assert conversations.row(desk, number).priority is Priority.LOW


async def test_the_palette_runs_what_was_typed(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = lea.here
        await _in_one_go(lea, ":", "pend\n")
        assert conversations.row(desk, number).state is State.PENDING


async def test_a_time_is_the_one_that_was_typed(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = lea.here
        await _in_one_go(lea, "s", "24/12/2031\n")
        until = conversations.row(desk, number).snoozed_until
        assert until is not None
        assert until.year == 2031


@pytest.mark.parametrize("tag", ["vip", "new"])
async def test_a_tag_is_the_one_that_was_typed(desk: Desk, tag: str) -> None:
    handling.tag(desk, 3, ["aaa", "vip"])
    async with at_work(desk) as lea:
        number = lea.here
        await _in_one_go(lea, "+", f"{tag}\n\x1b")
        assert conversations.open_thread(desk, number).tags == (tag,)


async def test_a_macro_is_the_one_that_was_typed(desk: Desk) -> None:
    folder = desk.own_folder / "macros"
    folder.mkdir(parents=True)
    (folder / "zebra.toml").write_text('title = "Zebra"\nlanguage = "de"\nbody = "Gestreift."\n', "utf-8")
    async with at_work(desk) as lea:
        await lea.presses("m")
        assert isinstance(lea.app.screen, MacroPicker)
        assert not lea.pane("choices").startswith("> Zebra")
        await lea.presses("escape")
        await _in_one_go(lea, "m", "zebra\n")
        assert lea.words == "Gestreift."
