"""The demo desk has a past: what its conversations tell, and a year before them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import load
from agentconsole.demo.build import build
from agentconsole.desk import figures, history
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 19), timedelta(days=1)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A small demo desk with its supervisor at it."""
    folder = tmp_path_factory.mktemp("demo")
    path = build(folder / "desk", size=120, seed=3, still=True, now=NOON)
    config = load(path, settings_model)
    desk = Desk(open_desk(config.desk, path.parent), config, who_am_i(config, "claire"), path.parent, lambda: NOON)
    yield desk
    desk.store.close()


def test_a_year_has_figures_every_day(demo: Desk) -> None:
    year = history.days(demo, TODAY - 365 * DAY, TODAY)
    assert len(year) == 366
    months = history.period(demo, TODAY - 365 * DAY, TODAY, step="month").parts
    assert all(part.figures.arrived and part.figures.first_response.median for part in months)
    assert all(day.first_response.kept <= day.first_response.promised <= day.first_response.count for day in year)


def test_what_is_told_adds_up(demo: Desk) -> None:
    """Of the days that conversations tell of: channels make up the whole, and today ends with what waits now."""
    found = history.periods(demo, TODAY - 10 * DAY, TODAY)
    for at, part in enumerate(found["all"].parts):
        some = [each.parts[at].figures for scope, each in found.items() if scope.startswith("channel:")]
        for name in ("arrived", "handled", "messages_in", "messages_out", "waiting_at_end"):
            assert sum(getattr(day, name) for day in some) == getattr(part.figures, name)
    assert found["all"].parts[-1].figures.waiting_at_end == figures.floor(demo).forecast.open


def test_the_same_seed_has_the_same_past(demo: Desk, tmp_path: Path) -> None:
    path = build(tmp_path / "desk", size=120, seed=3, still=True, now=NOON)
    store = open_desk(demo.config.desk, path.parent)
    again = Desk(store, demo.config, demo.agent, path.parent, lambda: NOON)
    assert history.days(again, TODAY - 60 * DAY, TODAY) == history.days(demo, TODAY - 60 * DAY, TODAY)
    store.close()
