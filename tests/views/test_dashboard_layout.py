"""The board at any size, whatever the figures: nothing is lost, nothing overflows, and keys reach every number."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.desk.context import Desk
from agentconsole.model.floor import Floor
from agentconsole.views.charts import FULL, SHADE, pillar
from agentconsole.views.dashboard_layout import sheets
from agentconsole.views.dashboard_parts import row_width
from agentconsole.views.widgets.board import Board, Sheet, cells_of, toward
from tests.views.floors import floors

SIZES = [(200, 46), (120, 36), (80, 20)]
_fixture_kept = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def keys_of(made: tuple[Sheet, ...]) -> set[tuple[str, ...]]:
    """The numbers of all pages."""
    return {cell.figure.key for cell in cells_of(made)}


@pytest.mark.parametrize("size", SIZES)
@_fixture_kept
@given(floor=floors)
def test_no_line_overflows_and_no_number_is_lost(desk: Desk, size: tuple[int, int], floor: Floor) -> None:
    columns, height = size
    made = sheets(floor, desk, columns, height)
    for sheet in made:
        assert len(sheet.lines) <= height
        assert all(row_width(row) == columns for row in sheet.lines)
    found = keys_of(made)
    scopes = {key[3] for key in found}
    assert {f"view:{load.id}" for load in floor.views} <= scopes
    assert {f"channel:{load.id}" for load in floor.channels} <= scopes
    assert {f"agent:{one.id}" for one in floor.agents} <= scopes
    assert {f"incident:{one.id}" for one in floor.incidents} <= scopes
    assert ("spend", "approvals", "approvals", "all") in found


@_fixture_kept
@given(floor=floors, columns=st.integers(60, 240), height=st.integers(14, 70))
def test_any_terminal(desk: Desk, floor: Floor, columns: int, height: int) -> None:
    for sheet in sheets(floor, desk, columns, height):
        assert all(row_width(row) == columns for row in sheet.lines)


@pytest.mark.parametrize("size", SIZES)
@_fixture_kept
@given(floor=floors)
def test_keys_reach_every_number(desk: Desk, size: tuple[int, int], floor: Floor) -> None:
    cells = cells_of(sheets(floor, desk, *size))
    reached, open_ = {cells[0].figure.key}, [cells[0]]
    while open_:
        at = open_.pop()
        for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            after = toward(cells, at, *step)
            if after is not None and after.figure.key not in reached:
                reached.add(after.figure.key)
                open_.append(after)
        pages = [cell for cell in cells if abs(cell.page - at.page) == 1]
        for page in {cell.page for cell in pages}:
            first = next(cell for cell in pages if cell.page == page)
            if first.figure.key not in reached:
                reached.add(first.figure.key)
                open_.append(first)
    assert reached == {cell.figure.key for cell in cells}


@given(value=st.integers(-5, 500), most=st.integers(1, 500), rows=st.integers(1, 9), behind=st.integers(0, 500))
@settings(deadline=None)
def test_a_bar_that_stands_up(value: int, most: int, rows: int, behind: int) -> None:
    drawn = pillar(min(value, most), most, rows, behind=min(behind, most))
    assert len(drawn) == rows
    assert (drawn.strip(f" {SHADE}") != "") == (value > 0)
    assert (drawn == FULL * rows) == (value >= most)
    higher = pillar(most, most, rows)
    assert drawn.count(FULL) <= higher.count(FULL)


def test_an_empty_board_has_no_cursor() -> None:
    assert Board().current is None
