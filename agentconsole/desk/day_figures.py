"""The figures of one day as they are kept, and several days' together: pure.

Medians do not add up. So that a month has one too, a day keeps how many conversations took about how long, in bins of
which each is a twentieth longer than the one before: what is told from bins is at most 2.5 % beside the truth.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import floor, log
from typing import Any

from agentconsole.desk.spreads import nearest_rank, spread
from agentconsole.model.floor import Day, Spread
from agentconsole.store.figures import Took

COUNTS = ("arrived", "handled", "resolved", "reopened", "messages_in", "messages_out")
_WIDTH = 1.05
_NONE = Spread()


@dataclass(frozen=True, slots=True)
class Binned:
    """A spread, and how many conversations are in each bin of :func:`bin_of`."""

    spread: Spread = _NONE
    bins: Mapping[int, int] = field(default_factory=dict)


_EMPTY = Binned()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one scope and day: :data:`COUNTS` by name, and the rest of :class:`agentconsole.model.floor.Day`."""

    counts: Mapping[str, int] = field(default_factory=dict)
    waiting_at_end: int | None = None
    first_response: Binned = _EMPTY
    resolution: Binned = _EMPTY

    def of(self, day: date, scope: str) -> Day:
        """As the figures of that day."""
        return Day(
            day=day,
            scope=scope,
            waiting_at_end=self.waiting_at_end,
            first_response=self.first_response.spread,
            resolution=self.resolution.spread,
            **{name: self.counts.get(name, 0) for name in COUNTS},
        )


def bin_of(seconds: int) -> int:
    """The bin of a length of time; 0 for none."""
    return 0 if seconds <= 0 else 1 + floor(log(seconds, _WIDTH))


def length_of(number: int) -> int:
    """About how long (seconds) what lies in a bin took: its middle."""
    return 0 if number <= 0 else round(_WIDTH ** (number - 0.5))


def binned(some: Iterable[Took]) -> Binned:
    """What was counted, with its bins."""
    took = list(some)
    bins: Counter[int] = Counter()
    for each in took:
        bins[bin_of(each.seconds)] += each.many
    return Binned(spread(took), bins)


def together(some: Iterable[Figures]) -> Figures:
    """Several days as one: sums, what waited at the end of the last one, medians and percentiles from the bins."""
    parts = list(some)
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    return Figures(
        counts,
        parts[-1].waiting_at_end if parts else None,
        _merged(part.first_response for part in parts),
        _merged(part.resolution for part in parts),
    )


def _merged(some: Iterable[Binned]) -> Binned:
    bins: Counter[int] = Counter()
    count = promised = kept = 0
    for one in some:
        bins.update(one.bins)
        count += one.spread.count
        promised += one.spread.promised
        kept += one.spread.kept
    in_order = sorted((length_of(number), many) for number, many in bins.items())
    return Binned(Spread(count, nearest_rank(in_order, 0.5), nearest_rank(in_order, 0.9), promised, kept), bins)


def to_json(figures: Figures) -> str:
    """As the table ``day_figure`` keeps it: docs/metrics.md documents the keys."""
    spreads = {name: _written(getattr(figures, name)) for name in ("first_response", "resolution")}
    counts = {name: figures.counts.get(name, 0) for name in COUNTS}
    return json.dumps(counts | {"waiting_at_end": figures.waiting_at_end} | spreads, separators=(",", ":"))


def _written(one: Binned) -> dict[str, object]:
    s = one.spread
    return {
        "count": s.count,
        "median": s.median,
        "p90": s.p90,
        "promised": s.promised,
        "kept": s.kept,
        "bins": sorted(one.bins.items()),
    }


def from_json(text: str) -> Figures:
    """The inverse of :func:`to_json`; what is not there is nothing."""
    said = json.loads(text)
    counts = {name: int(said.get(name, 0)) for name in COUNTS}
    return Figures(counts, said.get("waiting_at_end"), _read(said.get("first_response")), _read(said.get("resolution")))


def _read(said: Mapping[str, Any] | None) -> Binned:
    if said is None:
        return Binned()
    kept = {name: value for name, value in said.items() if name != "bins"}
    return Binned(Spread(**kept), {int(number): int(many) for number, many in said.get("bins", ())})
