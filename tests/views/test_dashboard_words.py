"""The dashboard's words where room is short: nothing is cut in the middle of a word's meaning, no number is alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agentconsole.desk import triage
from agentconsole.desk.behind import Behind
from agentconsole.desk.context import Desk
from agentconsole.desk.metrics import METRICS
from agentconsole.i18n import duration
from agentconsole.model.floor import AgentLoad, Load, Spread, Which
from agentconsole.views.dashboard import DashboardScreen
from agentconsole.views.dashboard_head import caption, caption_rows, head
from agentconsole.views.dashboard_lines import times_panel
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.dashboard_people import agent_panel
from agentconsole.views.dashboard_told import span_words, told_of
from agentconsole.views.helping import key_lines
from agentconsole.views.keys import Keymap, key_words
from agentconsole.views.layout import Line, line_width
from agentconsole.views.situation import Place
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.floors import NOON
from tests.views.gestures import someone, with_gestures
from tests.views.test_dashboard_axis import nothing, said


def text_of(lines: list[Line]) -> str:
    """As it is read, on one line."""
    return " ".join(" ".join("".join(text for text, _style in line) for line in lines).split())


@pytest.mark.parametrize("columns", [44, 66, 104])
@pytest.mark.parametrize("place", [Place.LIST, Place.COMPOSER, Place.DASHBOARD, Place.BEHIND])
def test_the_keys_and_what_they_do_are_read_whole(place: Place, columns: int) -> None:
    keymap = Keymap()
    lines = key_lines(keymap, place, columns)
    assert all(line_width(line) <= columns for line in lines)
    known, words = (" ".join(line[side][0].strip() for line in lines) for side in (0, 1))
    for action in keymap.at(place):
        keys = keymap.keys(action.id, place)
        if keys:
            assert action.help(place) in words
            assert " ".join(map(key_words, keys)) in " ".join(known.split())


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_definitions_are_read_whole_or_not_at_all(columns: int) -> None:
    for metric in METRICS:
        lines = caption(Figure("times", metric.id, "First response, a week ago", Which(metric.id)), columns)
        assert 1 <= len(lines) <= caption_rows(columns)
        assert all(line_width(line) < columns for line in lines)
        assert metric.short.replace("`", "") in text_of(lines)


def test_a_definition_that_has_no_room_is_left_out_whole() -> None:
    lines = caption(Figure("times", "first_response", "x" * 60, Which("first_response")), 80)
    assert text_of(lines) == "x" * 60 + " · first response"


@pytest.mark.parametrize("columns", [60, 80, 100, 120, 200])
def test_the_header_keeps_every_word_beside_its_number(desk: Desk, columns: int) -> None:
    loads = (Load("mail", 1234, 345, 123, NOON, asleep=56), Load("x", 20, 10, 0, NOON))
    floor = replace(nothing(), channels=loads)
    spread = head(floor, desk, (2, 4), "", columns, turns="space")
    told = text_of([[*spread.left, *spread.right]])
    assert line_width([*spread.left, *spread.right]) < columns
    assert "1254 open 355 late" in told
    assert "123 due" in told
    assert "page 2/4 space" in told
    assert ("+56 asleep" in told) == (columns > 60)


def test_reopened_ones_have_a_column_beside_the_charts(desk: Desk) -> None:
    away = NOON - timedelta(minutes=23)
    people = [AgentLoad(f"a{n}", "away", away, None, "", 7, 12, 3, 10, 24, 2) for n in range(3)]
    rows = agent_panel(replace(nothing(), agents=tuple(people)), desk, 60).rows
    assert "back" in said(rows[0])
    assert said(rows[1]).split()[-5:] == ["7/12", "3", "10", "24", "2"]


def test_shares_are_rounded_to_the_nearest_and_lengths_told_to_the_minute() -> None:
    today = Spread(3, 5 * 3600 + 39 * 60 + 59, 50 * 3600, 3, 2)
    floor = replace(nothing(), first_response=replace(nothing().first_response, today=today))
    assert said(times_panel(floor, 56).rows[1]).split() == ["today", "3", "5h39", "2d", "67", "%"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "-"), (59, "<1m"), (3599, "59m"), (3600, "1h00"), (172_799, "47h59"), (172_800, "2d"), (10**6, "11d")],
)
def test_a_length_of_time(seconds: int | None, words: str) -> None:
    assert span_words(seconds) == words


def test_each_row_says_its_part_of_the_number(desk: Desk) -> None:
    rows = triage.page(desk, desk.config.views[0]).rows[:3]
    took = {rows[0].number: (20_340, True), rows[1].number: (3_720, False), rows[2].number: (3_720, None)}
    found = Behind("", tuple(rows), 3, took)
    told = told_of(Which("first_response"), found)
    assert told is not None
    assert [told(row, NOON) for row in rows] == [("LATE 5h39", "late"), ("OK 1h02", "ok"), ("1h02", "")]
    waits = told_of(Which("oldest"), Behind("", tuple(rows), 3))
    assert waits is not None
    since = replace(rows[0], waiting_since=NOON - timedelta(hours=36, minutes=12))
    assert waits(since, NOON) == ("waits 36h", "")
    assert told_of(Which("late"), Behind("", tuple(rows), 3)) is None


async def test_the_list_behind_the_oldest_begins_with_the_number_itself(make_desk: MakeDesk) -> None:
    shop = with_gestures(make_desk())
    later = shop.now
    async with at_work(someone(replace(shop, now=lambda: later() + timedelta(hours=2)), "sam"), (80, 24)) as sam:
        await sam.presses("Q")
        await sam.until(lambda: isinstance(sam.app.screen, DashboardScreen) and sam.app.screen.floor is not None)
        screen = sam.app.screen
        assert isinstance(screen, DashboardScreen)
        await sam.until(lambda: screen.board.current is not None)
        assert screen.floor is not None
        load = next(load for load in screen.floor.views if load.oldest is not None)
        assert load.oldest is not None
        assert screen.board.seek(("views", "oldest", "oldest", f"view:{load.id}"))
        number = duration((screen.floor.at - load.oldest).total_seconds())
        await sam.reads("has waited longest, in", "elapsed time, open or not.", "page 1/3 space")
        await sam.presses("enter")
        await sam.reads("oldest, customers waiting", f"> waits {number}")
