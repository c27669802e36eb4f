"""The tour: shown once to who opens the demo desk, skipped by escape, there again by the palette."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agentconsole.config import parse
from agentconsole.desk import tour
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.views.actions import BY_ID
from agentconsole.views.tour import STEPS
from tests.views.driver import Adviser, at_work
from tests.views.seed import CONFIG

SIZES = [(80, 24)]


async def by_palette(adviser: Adviser) -> None:
    await adviser.presses(":")
    await adviser.types("six screens")
    await adviser.presses("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_six_screens_fit_and_end_where_they_began(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size, tour=True) as adviser:
        await adviser.reads("Welcome to Sosh care", "1/6", "esc ends the tour")
        for screen in range(2, len(STEPS) + 1):
            await adviser.presses("enter")
            await adviser.reads(f"{screen}/6")
            pane = adviser.app.screen.query_one("#text")
            assert pane.virtual_size.height <= pane.size.height
        await adviser.presses("left")
        await adviser.reads("5/6")
        await adviser.presses("enter", "enter")
        assert adviser.focus == "list"
    assert tour.taken(desk)


async def test_it_is_shown_once_to_each_agent(desk: Desk) -> None:
    async with at_work(desk, tour=True) as adviser:
        await adviser.reads("1/6")
        await adviser.presses("escape")
        assert adviser.focus == "list"
    async with at_work(desk, tour=True) as adviser:
        assert not adviser.sees("1/6")
        await by_palette(adviser)
        await adviser.reads("1/6")
    omar = replace(desk, agent=who_am_i(desk.config, "omar"))
    async with at_work(omar, tour=True) as adviser:
        await adviser.reads("1/6")


async def test_it_is_not_shown_unasked(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        assert not adviser.sees("1/6")
    assert not tour.taken(desk)


async def test_it_shows_the_keys_of_the_user(desk: Desk) -> None:
    config = parse(f'{CONFIG}\n[keys]\nreply = "R"\ntake = "f6"\n', "agentconsole.toml")
    changed = Desk(desk.store, config, desk.agent, desk.folder)
    async with at_work(changed, tour=True) as adviser:
        await adviser.reads("f6 ")
        await adviser.presses("space")
        await adviser.reads("R ", "Answer the customer")


def test_every_action_of_the_tour_is_there() -> None:
    assert len(STEPS) <= 6
    assert {name for step in STEPS for name in step.actions} <= set(BY_ID)


async def test_colours_can_be_changed_for_the_session(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with at_work(desk) as adviser:
        before = adviser.app.theme
        await adviser.presses(":")
        await adviser.types("colours")
        await adviser.presses("enter")
        await adviser.reads("agentconsole-contrast", "in use")
        await adviser.types("contrast")
        await adviser.presses("enter")
        assert adviser.app.theme == "agentconsole-contrast" != before
        await adviser.reads('theme = "agentconsole-contrast"')


async def test_without_colours_there_are_none_to_choose(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with at_work(desk) as adviser:
        await adviser.presses(":")
        await adviser.types("colours")
        await adviser.presses("enter")
        await adviser.reads("NO_COLOR is set")


async def test_only_the_keys_of_views_are_a_range(desk: Desk) -> None:
    async with at_work(desk, tour=True) as adviser:
        await adviser.reads("1-9 ", "j down ")
        await adviser.presses("space", "space")
        await adviser.reads("m f2 alt+m ")
