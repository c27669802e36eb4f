"""The charts' hours: the desk's opening hours, whole at any width, and nothing that came outside them is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config.tables import Hours
from agentconsole.desk.context import Desk
from agentconsole.model.floor import Compared, Floor, Forecast, Quarter, Spread
from agentconsole.views.dashboard_axis import NOW, Axis, axis_of, hours_row
from agentconsole.views.dashboard_charts import quarter_panel
from agentconsole.views.dashboard_parts import Figure, Row
from tests.views.floors import NOON, floors

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_fixture_kept = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def opening(desk: Desk, hours: str, **days: str) -> Desk:
    """The desk with these hours on all days, in UTC."""
    made = Hours.model_validate({"zone": "UTC", **dict.fromkeys(_WEEK, hours), **days})
    return replace(desk, config=desk.config.model_copy(update={"hours": made}))


def said(row: Row) -> str:
    """A row as it is read."""
    return "".join(text for text, _style, _figure in row).rstrip()


def numbers(rows: tuple[Row, ...], metric: str) -> dict[str, Figure]:
    """The numbers of that metric, by what is behind them."""
    found = [figure for row in rows for _text, _style, figure in row if figure is not None and figure.metric == metric]
    return {figure.which.scope: figure for figure in found if figure.which is not None}


@pytest.mark.parametrize(
    ("room", "each", "step"), [(200, 1, 3), (64, 1, 1), (63, 2, 1), (32, 2, 1), (31, 4, 1), (16, 4, 1), (9, 4, 1)]
)
def test_the_day_is_whole_at_any_width(desk: Desk, room: int, each: int, step: int) -> None:
    axis = axis_of(NOON, opening(desk, "06:00-22:00"), room)
    assert (axis.first, axis.last, axis.each, axis.step) == (24, 88, each, step)


@pytest.mark.parametrize(
    ("hours", "first", "last"),
    [("08:30-12:00, 14:00-18:45", 32, 76), ("00:00-24:00", 0, 96), ("23:15-23:45", 92, 96), ("", 36, 68)],
)
def test_whole_hours_and_where_it_is_closed_those_of_the_week(desk: Desk, hours: str, first: int, last: int) -> None:
    days = {"thu": hours, "fri": "09:00-17:00"}  # NOON is a Thursday
    axis = axis_of(NOON, opening(desk, "", **days), 200)
    assert (axis.first, axis.last) == (first, last)


def test_the_curve_reaches_to_now_before_opening_and_after_closing(desk: Desk) -> None:
    shop = opening(desk, "08:00-20:00")
    for at, first, last in ((NOON.replace(hour=3), 12, 80), (NOON.replace(hour=22), 32, 92), (NOON, 32, 80)):
        axis = axis_of(at, shop, 200, reach=True)
        assert (axis.first, axis.last) == (first, last)


@pytest.mark.parametrize("hour", range(24))
def test_now_is_marked_where_it_is(desk: Desk, hour: int) -> None:
    row = said(hours_row(Axis(32, 80, 1, 1), NOON.replace(hour=hour, minute=46), opening(desk, "08:00-20:00"), 60))
    assert row.find(NOW) == (5 + (hour - 8) * 4 + 3 if 8 <= hour < 20 else -1)
    assert all(f"{each:02d}" in row for each in range(8, 21))


def floor_of(*quarters: tuple[int, int, int], before: tuple[tuple[int, int, int], ...] = ()) -> Floor:
    """A floor on which so many arrived and were handled at those hours (UTC) of the day, and a week before."""
    day = datetime(NOON.year, NOON.month, NOON.day, tzinfo=UTC)

    def made(some: tuple[tuple[int, int, int], ...], start: datetime) -> tuple[Quarter, ...]:
        return tuple(Quarter(start + timedelta(hours=hour), arrived, handled) for hour, arrived, handled in some)

    empty = nothing()
    return replace(empty, quarters=made(quarters, day), before=made(before, day - timedelta(days=7)))


def nothing() -> Floor:
    """Nothing on it."""
    none = Compared(Spread(), Spread())
    return Floor(NOON, (), (), none, none, (), (), Forecast(0, 0.0, 0.0, None, None), (), (), 0, ())


def test_what_came_outside_the_hours_is_named(desk: Desk) -> None:
    floor = floor_of((0, 3, 0), (9, 5, 2), before=((21, 6, 4),))
    text = [said(row) for row in quarter_panel(floor, opening(desk, "08:00-20:00"), 56, 2).rows]
    assert text[0].startswith("By the quarter hour")
    assert text[-2:] == [
        "Before 08:00  3 arrived  0 handled  0 and 0 a week ago",
        "After 20:00  0 arrived  0 handled  6 and 4 a week ago",
    ]


@pytest.mark.parametrize(
    ("columns", "unit"), [(70, "By the quarter hour"), (45, "By the half hour"), (22, "By the hour")]
)
def test_what_a_bar_stands_for_is_said(desk: Desk, columns: int, unit: str) -> None:
    panel = quarter_panel(floor_of((9, 5, 2)), opening(desk, "06:00-22:00"), columns, 2)
    assert said(panel.rows[0]).startswith(unit)


@_fixture_kept
@given(floor=floors, columns=st.integers(40, 90), opens=st.integers(0, 20), hours=st.integers(1, 4))
def test_bars_and_words_together_are_all_that_happened(
    desk: Desk, floor: Floor, columns: int, opens: int, hours: int
) -> None:
    shop = opening(desk, f"{opens:02d}:00-{opens + hours:02d}:00")
    panel = quarter_panel(floor, shop, columns, 3)
    for metric in ("arrived", "handled"):
        told = [
            figure.told.split(" today, ") for scope, figure in numbers(panel.rows, metric).items() if scope != "all"
        ]
        week = sum(int(after.removesuffix(" a week ago")) for _now, after in told)
        assert sum(int(now) for now, _after in told) == sum(getattr(quarter, metric) for quarter in floor.quarters)
        assert week == sum(getattr(quarter, metric) for quarter in floor.before)


def test_a_bar_to_come_leads_to_the_week_before(desk: Desk) -> None:
    panel = quarter_panel(floor_of((9, 5, 2), before=((15, 6, 4),)), opening(desk, "08:00-20:00"), 60, 2)
    scopes = [scope for scope in numbers(panel.rows, "arrived") if scope != "all"]
    assert scopes == [
        "span:2026-11-19T09:00:00+00:00/2026-11-19T09:15:00+00:00",
        "span:2026-11-12T15:00:00+00:00/2026-11-12T15:15:00+00:00",
    ]
