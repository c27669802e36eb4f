"""One's own day: in the header where there is room, and hour by hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, handling, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.day import Day
from agentconsole.views.acts.today import day_lines, words, working_hours
from agentconsole.views.layout import line_width
from tests.views.driver import at_work


def text(lines: list[list[tuple[str, str]]]) -> str:
    return "\n".join("".join(part for part, _style in line) for line in lines)


def handle(desk: Desk, count: int) -> None:
    for number in range(1, count + 1):
        seen = conversations.open_thread(desk, number).seen
        replies.reply(desk, number, "Bonjour", seen=seen, state=State.PENDING)


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
async def test_the_header_tells_how_the_day_goes(desk: Desk, size: tuple[int, int]) -> None:
    handle(desk, 3)
    handling.set_state(desk, 4, State.RESOLVED)
    async with at_work(desk, size) as adviser:
        await adviser.until(lambda: "4 handled" in adviser.bar("header"))
        assert "open" in adviser.bar("header")
        assert "Léa Martin" in adviser.bar("header")


async def test_where_there_is_no_room_the_header_does_without(desk: Desk) -> None:
    handle(desk, 1)
    async with at_work(desk, (80, 24)) as adviser:
        assert "handled" not in adviser.bar("header")
        await adviser.presses("W")
        await adviser.reads("My day", "1 conversation handled", "Handled by the hour")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_day_is_shown_by_the_hour(desk: Desk, size: tuple[int, int]) -> None:
    handle(desk, 2)
    async with at_work(desk, size) as adviser:
        await adviser.presses("W")
        await adviser.reads("My day", "2 conversations handled", "Handled by the hour")
        hour = desk.now().astimezone(desk.config.zone).hour
        assert f"{hour:02d}:00   2 " in adviser.screen or f"{(hour - 1) % 24:02d}:00   2 " in adviser.screen
        await adviser.presses("escape")
        assert adviser.focus == "list"


async def test_the_figures_are_not_read_again_at_every_change(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.until(lambda: "0 handled" in adviser.bar("header"))
        handle(desk, 2)
        await adviser.until(lambda: "6 open" in adviser.bar("header"))
        assert "0 handled" in adviser.bar("header")
        await adviser.presses("W", "escape")
        assert "2 handled" in adviser.bar("header")


def test_hours_without_work_are_shown_between_those_with_some() -> None:
    by_hour = [0] * 24
    by_hour[9], by_hour[11] = 4, 1
    day = Day(5, timedelta(minutes=14), 1, tuple(by_hour))
    assert working_hours(day) == [(9, 4), (10, 0), (11, 1)]
    assert words(day) == ["5 handled", "first answer in 14m", "1 reopened"]
    lines = day_lines(day, 60)
    assert "first answer in 14 minutes" in text(lines)
    assert max(line_width(line) for line in lines) <= 60


def test_a_day_without_work_says_so() -> None:
    day = Day(0, None, 0, (0,) * 24)
    assert words(day) == ["0 handled"]
    assert "no first answer yet" in text(day_lines(day, 60))
