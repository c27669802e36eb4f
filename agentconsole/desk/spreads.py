"""How long something took over some conversations: medians and percentiles of what was counted, pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from agentconsole.model.floor import Spread
from agentconsole.store.figures import Took


def spread(some: Iterable[Took]) -> Spread:
    """Count, median, 90th percentile, and how many of those that were promised a time were in time."""
    counted: dict[int, int] = {}
    promised = kept = 0
    for each in some:
        counted[each.seconds] = counted.get(each.seconds, 0) + each.many
        if each.late is not None:
            promised += each.many
            kept += 0 if each.late else each.many
    in_order = sorted(counted.items())
    return Spread(sum(counted.values()), nearest_rank(in_order, 0.5), nearest_rank(in_order, 0.9), promised, kept)


def percent(part: int, whole: int) -> int:
    """A share in whole percent, to the nearest (halves up): 0 for none and 100 for all, and only for them.

    :param part: 0 to ``whole``. :param whole: more than 0.
    """
    nearest = (200 * part + whole) // (2 * whole)
    return nearest if part in (0, whole) else min(99, max(1, nearest))


def nearest_rank(in_order: Sequence[tuple[int, int]], share: float) -> int | None:
    """The smallest value that at least that share of them does not exceed.

    :param in_order: values with how often each occurs, ascending. :param share: 0 < share <= 1.
    """
    total = sum(count for _value, count in in_order)
    place, passed = ceil(share * total), 0
    for value, count in in_order:
        passed += count
        if passed >= place:
            return value
    return None
