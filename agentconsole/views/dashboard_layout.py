"""Which panels stand where, by the terminal's size: three lanes on a wall, two on a desk, one that pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agentconsole.desk.context import Desk
from agentconsole.desk.notices import Notice
from agentconsole.model.floor import Floor
from agentconsole.views.dashboard_charts import backlog_panel, outside_rows, quarter_panel
from agentconsole.views.dashboard_lines import banner_rows, channel_panel, incident_rows, times_panel, view_panel
from agentconsole.views.dashboard_parts import Lane, Panel, side_by_side
from agentconsole.views.dashboard_people import agent_panel, spend_panel
from agentconsole.views.widgets.board import Sheet

_WALL, _TWO = 160, 100
"""Columns from which on there are three lanes; two."""
_QUARTERS, _BACKLOG = 4, 3
"""Lines of the charts beside those that are drawn in."""
_ADVISERS = 110
"""Columns of two lanes from which on that with the advisers is the wider one."""
_LONG_DAY = 64
"""Columns of a lane from which on that with the charts is made wide enough for sixteen hours."""
_BETWEEN = 3
"""Columns of the line between lanes."""


def sheets(floor: Floor, desk: Desk, columns: int, height: int, banners: Sequence[Notice] = ()) -> tuple[Sheet, ...]:
    """The whole board in pages of that size, below what is going on."""
    top = [*banner_rows(banners, desk, columns), *incident_rows(floor, desk, columns)]
    if top:
        top = [*top, ()]
    count = 3 if columns >= _WALL else 2 if columns >= _TWO else 1
    widths = _widths(columns - 2, count)
    made = {3: _wall, 2: _two, 1: _one}[count](floor, desk, widths, height - len(top))
    lanes = [Lane(width, panels) for width, panels in zip(widths, made, strict=True)]
    edges = [0]
    for width in widths[:-1]:
        edges.append(edges[-1] + width + (1 if len(edges) == 1 else 0) + _BETWEEN)
    return tuple(Sheet(lines, tuple(edges)) for lines in side_by_side(lanes, top, columns, height))


def _widths(columns: int, count: int) -> list[int]:
    room = columns - _BETWEEN * (count - 1)
    first = room // count
    if count == 3:  # advisers have most to say; the charts get a column for each quarter of a long day where they can
        left, middle = first - 6, first + (5 if first >= _LONG_DAY else 0)
        return [left, middle, room - left - middle]
    if room >= _ADVISERS:
        first += 3
    return [first] * (count - 1) + [room - first * (count - 1)]


def _charts(floor: Floor, desk: Desk, columns: int, room: int) -> tuple[Panel, Panel]:
    """Both charts in so many lines, as far as that is enough for them."""
    room -= _QUARTERS + _BACKLOG + 1 + len(outside_rows(floor, desk, columns))
    curve = max(3, min(11, room // 3))
    return (
        quarter_panel(floor, desk, columns, max(2, min(8, (room - curve) // 2))),
        backlog_panel(floor, desk, columns, curve),
    )


def _wall(floor: Floor, desk: Desk, widths: list[int], height: int) -> list[tuple[Panel, ...]]:
    left, middle, right = widths
    times = times_panel(floor, middle)
    return [
        (view_panel(floor, desk, left), channel_panel(floor, desk, left), spend_panel(floor, left)),
        (times, *_charts(floor, desk, middle, height - len(times.rows) - 1)),
        (agent_panel(floor, desk, right),),
    ]


def _two(floor: Floor, desk: Desk, widths: list[int], height: int) -> list[tuple[Panel, ...]]:
    left, right = widths
    times, spend = times_panel(floor, right), spend_panel(floor, right)
    room = height - len(times.rows) - len(spend.rows) - 2
    return [
        (view_panel(floor, desk, left), channel_panel(floor, desk, left), agent_panel(floor, desk, left)),
        (times, *_charts(floor, desk, right, room), spend),
    ]


def _one(floor: Floor, desk: Desk, widths: list[int], height: int) -> list[tuple[Panel, ...]]:
    (columns,) = widths
    bars, agents = max(2, min(5, (height - 4 - 1) // 4)), agent_panel(floor, desk, columns)
    return [
        (
            view_panel(floor, desk, columns),
            channel_panel(floor, desk, columns),
            times_panel(floor, columns),
            quarter_panel(floor, desk, columns, bars),
            backlog_panel(floor, desk, columns, 5),
            spend_panel(floor, columns),
            replace(agents, keep=len(agents.rows) <= height),
        )
    ]
