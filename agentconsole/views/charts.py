"""Small pictures of numbers, in text: a sparkline and a bar. Each stands beside its number in words."""

from __future__ import annotations

from collections.abc import Sequence

from agentconsole.views.layout import ASCII

_STEPS = "_.:-=+*#" if ASCII else "▁▂▃▄▅▆▇█"
_FULL, _PARTS = ("#", ("",)) if ASCII else ("█", ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉"))


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
    return _FULL * whole + _PARTS[part]
