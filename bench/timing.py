"""Taking times: many rounds, percentiles, milliseconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of them do not exceed: the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def took(work: Callable[[], object]) -> float:
    """Milliseconds one call takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def rounds(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of ``times`` calls, after one that is not counted: files are in memory then."""
    work()
    return [took(work) for _round in range(times)]


def each(works: Iterable[Callable[[], object]]) -> list[float]:
    """Milliseconds of each call, none of them warmed up by another."""
    return [took(work) for work in works]


def p50(values: Sequence[float]) -> float:
    """Median, to a hundredth."""
    return round(statistics.median(values), 2)


def p95(values: Sequence[float]) -> float:
    """95th percentile, to a hundredth."""
    return round(percentile(values, 0.95), 2)


def spread(values: Sequence[float]) -> dict[str, float]:
    """How many there are, their median, their 95th percentile and the largest; only that there are none, otherwise."""
    if not values:
        return {"n": 0}
    return {"n": len(values), "p50_ms": p50(values), "p95_ms": p95(values), "max_ms": round(max(values), 1)}
