"""What the desk costs without a screen: pages, counts, opening, search. Called as the views call it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

from agentconsole.desk import conversations, triage
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import views
from agentconsole.desk.search import search
from bench.desk import Facts
from bench.timing import each, p50, p95, rounds

ROUNDS = 15
"""Times that a page, the counts or a search is read."""
OPENED = 300
"""Conversations that are opened, each once."""

Figures = dict[str, Any]


def pages(desk: Desk, _facts: Facts) -> Figures:
    """The first page of every view, and one deep in the longest: the median of each, and the worst median."""
    each_view = {view.id: p50(rounds(partial(triage.page, desk, view), ROUNDS)) for view in views(desk.config)}
    longest = max(views(desk.config), key=lambda view: view.id == "open")
    after = None
    for _step in range(10):
        after = triage.page(desk, longest, after).next or after
    each_view["open, page 11"] = p50(rounds(partial(triage.page, desk, longest, after), ROUNDS))
    worst = max(each_view, key=lambda name: each_view[name])
    return {"page_ms": each_view[worst], "page_worst": worst, "page_each_ms": each_view}


def counts(desk: Desk, _facts: Facts) -> Figures:
    """All counts of all views, as read after every change."""
    return {"counts_ms": p50(rounds(partial(triage.counts, desk), ROUNDS))}


def opening(desk: Desk, facts: Facts) -> Figures:
    """Opening conversations drawn from all the desk, each for the first time, and from the view at hand."""
    random = Random(3)
    drawn = each(
        partial(conversations.open_thread, desk, random.randint(1, facts.size))
        for _times in range(min(OPENED, facts.size))
    )
    rows = triage.page(desk, views(desk.config)[0]).rows
    shown = each(partial(conversations.open_thread, desk, row.number) for row in rows)
    return {
        "thread_p50_ms": p50(shown or drawn),
        "thread_p95_ms": p95(shown or drawn),
        "thread_any_p50_ms": p50(drawn),
        "thread_any_p95_ms": p95(drawn),
    }


def searching(desk: Desk, facts: Facts) -> Figures:
    """Searches of each kind: the median and the 95th percentile over all words of the kind and all rounds."""
    rare, middle, common = facts.rare, facts.middle, facts.common
    kinds: dict[str, list[str]] = {
        "rare": rare,
        "middle": middle,
        "common": common,
        "two": [f"{a} {b}" for a, b in zip(middle, common * 3, strict=False)],
        "two_common": [f"{a} {b}" for a, b in pairwise(common)],
        "two_rare": [f"{a} {b}" for a, b in zip(rare, common * 5, strict=False)],
        "typing": [word[:end] for word in (*middle[:6], *common) for end in range(3, len(word))],
        "nothing": ["zzyzx", "qqqq wwww"],
        "tag": [f"tag:claim {word}" for word in common],
        "filter": [f"is:open {word}" for word in middle],
        "channel": [f"channel:x is:pending {word}" for word in common],
        "from": [f"from:{name}" for name in ("camille", "zoé", "c4711@")],
    }
    figures: Figures = {}
    for kind, queries in kinds.items():
        spent = [ms for query in queries if query for ms in _search(desk, query)]
        if spent:
            figures |= {f"search_{kind}_p50_ms": p50(spent), f"search_{kind}_p95_ms": p95(spent)}
    return figures


def _search(desk: Desk, query: str) -> list[float]:
    return rounds(partial(search, desk, query), 5)


PARTS: dict[str, Callable[[Desk, Facts], Figures]] = {
    "page": pages,
    "counts": counts,
    "open": opening,
    "search": searching,
}
"""Each part of the measuring that needs no screen, by the name ``--only`` knows it by."""
