"""Small pictures of numbers, in text: a sparkline and a bar. Each stands beside its number in words."""

from __future__ import annotations

from collections.abc import Sequence

from agentconsole.views.layout import ASCII

_STEPS = "_.:-=+*#" if ASCII else "▁▂▃▄▅▆▇█"
SHADE = "." if ASCII else "░"
FULL, _PARTS = ("#", ("",)) if ASCII else ("█", ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉"))


def sparkline(values: Sequence[int]) -> str:
    """One column a value, as high as its share of the largest; the lowest step is nothing at all, and only that."""
    most = max(values, default=0)
    return "".join(_STEPS[_step(value, most)] for value in values)


def _step(value: int, most: int) -> int:
    return max(1, value * (len(_STEPS) - 1) // most) if value > 0 else 0


def bar(value: int, most: int, columns: int) -> str:
    """A bar whose length is the value's share of the largest, which fills all columns; more than nothing is seen."""
    if value <= 0 or most <= 0 or columns <= 0:
        return ""
    eighths = max(1, min(value, most) * columns * len(_PARTS) // most)
    whole, part = divmod(eighths, len(_PARTS))
    return FULL * whole + _PARTS[part]


def pillar(value: int, most: int, rows: int, *, behind: int = 0) -> str:
    """A bar that stands up, as its characters from the top: blank above it, in the shade up to ``behind``.

    :param most: the value that fills all rows. :param behind: another value, seen where it is the larger one.
    """
    steps = len(_STEPS)
    high, shade = _high(value, most, rows * steps), _high(behind, most, rows * steps)
    out = []
    for row in range(rows - 1, -1, -1):
        part = min(steps, high - row * steps)
        if part > 0:
            out.append(_top(part))
        else:
            out.append(SHADE if shade - row * steps >= steps // 2 else " ")
    return "".join(out)


def _top(part: int) -> str:
    """The upper end of a bar that stands up: so many eighths of a line."""
    if ASCII:
        return FULL if part * 2 >= len(_STEPS) else ":"
    return _STEPS[part - 1]


def _high(value: int, most: int, steps: int) -> int:
    return max(1, value * steps // most) if value > 0 and most > 0 else 0
