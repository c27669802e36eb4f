"""One-shot timers ring, however late the loop comes to them."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil

import pytest
from textual.app import App
from textual.screen import Screen

from agentconsole import views
from agentconsole.views.timers import Certain

_PAST = 1e-9
"""Seconds: over before the timer begins to wait, as a longer time is on a machine that was busy meanwhile."""


class _Plain(Screen[None]):
    pass


class _Certain(Certain, Screen[None]):
    pass


class _CertainApp(Certain, App[None]):
    pass


async def _rung(app: App[None], screen: Screen[None] | None) -> list[str]:
    """What has rung of a timer that is late and one that is not, once the second has."""
    rung: list[str] = []
    later = asyncio.Event()
    async with app.run_test():
        if screen is not None:
            await app.push_screen(screen)
        (screen or app).set_timer(_PAST, lambda: rung.append("late"))
        (screen or app).set_timer(0.05, later.set)
        await asyncio.wait_for(later.wait(), 30)
    return rung


async def test_one_that_is_late_rings() -> None:
    assert await _rung(App(), _Certain()) == ["late"]
    assert await _rung(_CertainApp(), None) == ["late"]


async def test_textual_leaves_it_out() -> None:
    """Once this fails, Certain is not needed any more."""
    assert await _rung(App(), _Plain()) == []


@pytest.mark.parametrize("kind", [Screen, App])
def test_every_screen_and_the_application_have_such_timers(kind: type) -> None:
    for module in pkgutil.walk_packages(views.__path__, "agentconsole.views."):
        importlib.import_module(module.name)
    found, ours = [kind], []
    while found:
        one = found.pop()
        found += one.__subclasses__()
        ours += [one] if one.__module__.startswith("agentconsole.") else []
    assert len(ours) >= 1
    assert [one for one in ours if not issubclass(one, Certain)] == []
