"""Shifts, signs of life and why what somebody has goes back: pure rules, by example."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config import Agent, Config
from agentconsole.desk import fitting
from agentconsole.desk.fitting import Back
from agentconsole.model.floor import DutyState
from agentconsole.model.people import Duty

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""A Monday, 12:00 in Paris."""
PATIENCE = timedelta(minutes=30)


def at(text: str) -> datetime:
    """A time on the wall of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("shift", "now", "over"),
    [
        ("", "2026-03-02 12:00", None),
        ("08:00-16:00", "2026-03-02 08:00", None),
        ("08:00-16:00", "2026-03-02 15:59", None),
        ("08:00-16:00", "2026-03-02 16:00", "2026-03-02 16:00"),
        ("08:00-16:00", "2026-03-02 23:00", "2026-03-02 16:00"),
        ("08:00-16:00", "2026-03-02 07:59", "2026-03-01 16:00"),
        ("08:00-12:00, 14:00-18:00", "2026-03-02 13:00", "2026-03-02 12:00"),
        ("00:00-06:00, 22:00-24:00", "2026-03-02 23:59", None),
        ("00:00-06:00, 22:00-24:00", "2026-03-02 03:00", None),
        ("00:00-06:00, 22:00-24:00", "2026-03-02 12:00", "2026-03-02 06:00"),
        ("14:00-24:00", "2026-03-02 01:00", "2026-03-02 00:00"),
        ("08:00-16:00", "2026-03-29 17:00", "2026-03-29 16:00"),  # the clocks went forward that night
    ],
)
def test_when_a_shift_is_over(shift: str, now: str, over: str | None) -> None:
    agent = Agent.model_validate({"id": "a", "name": "A", "shift": shift})
    assert fitting.shift_over(agent, at(now), PARIS) == (at(over) if over else None)


@pytest.mark.parametrize(
    ("said", "since", "sign", "stands"),
    [
        ("here", 60, 0, ("here", 60)),
        ("here", 60, 1, ("here", 60)),
        ("here", 60, 2, ("away", 2)),
        ("here", 60, 31, ("gone", 31)),
        ("away", 60, 0, ("away", 60)),
        ("away", 60, 20, ("away", 60)),
        ("away", 60, 31, ("gone", 31)),
        ("gone", 60, 60, ("gone", 60)),
    ],
)
def test_how_somebody_stands(said: DutyState, since: int, sign: int, stands: tuple[str, int]) -> None:
    """All in minutes ago."""
    found = fitting.stands(
        Duty("a", said, NOON - timedelta(minutes=since), NOON - timedelta(minutes=sign)), NOON, PATIENCE
    )
    assert found == (stands[0], NOON - timedelta(minutes=stands[1]))


def test_who_was_never_here_is_gone_and_keeps_what_they_have() -> None:
    assert fitting.stands(None, NOON, PATIENCE) == ("gone", None)
    assert fitting.goes_back(Config(), Agent(id="a", name="A"), None, NOON) is None


@pytest.mark.parametrize(
    ("agent", "why"),
    [
        (None, Back.LEFT),
        ({"disabled": True}, Back.LEFT),
        ({"shift": "08:00-09:00"}, Back.SHIFT),
        ({}, None),
    ],
)
def test_why_it_goes_back_although_somebody_is_here(agent: dict[str, object] | None, why: Back | None) -> None:
    known = None if agent is None else Agent.model_validate({"id": "a", "name": "A"} | agent)
    found = fitting.goes_back(Config(), known, Duty("a", "here", NOON, NOON), NOON)
    assert (found[0] if found else None) is why


@settings(deadline=None)
@given(state=st.sampled_from(["here", "away", "gone"]), since=st.integers(0, 90), silent=st.integers(0, 90))
def test_it_goes_back_exactly_when_they_were_not_here_for_that_long(state: DutyState, since: int, silent: int) -> None:
    sign = min(silent, since)
    said = Duty("a", state, NOON - timedelta(minutes=since), NOON - timedelta(minutes=sign))
    absent = since if state != "here" else sign
    if state == "away" and sign > 30:
        absent = sign
    expected = absent >= 30 if state != "here" else sign >= 30
    found = fitting.goes_back(Config(), Agent(id="a", name="A"), said, NOON)
    assert (found is not None) is expected
