"""How many conversations will be open at closing time, from what came and went in the last two hours: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from agentconsole.model.floor import Forecast

LOOKS_BACK = timedelta(hours=2)
"""How far back the rates are measured."""
LEAST = timedelta(minutes=15)
"""With less than this behind it a rate says nothing."""
_HOUR = timedelta(hours=1)


def measured_from(now: datetime, opening: tuple[datetime, datetime] | None) -> datetime:
    """From when on the rates are measured: two hours ago, or opening time (UTC) where that was later."""
    since = now - LOOKS_BACK
    return since if opening is None else max(since, opening[0])


def forecast(
    now: datetime,
    open_: int,
    sleeping: int,
    changes: Mapping[tuple[str, str], int],
    since: datetime,
    closing: datetime | None,
) -> Forecast:
    """What it comes to if it goes on like this.

    :param open_: conversations that are open now. :param sleeping: those whose snooze ends before closing.
    :param changes: since ``since`` (UTC), by kind ("in", "out") and cause, as the table ``flow`` has them.
    :param closing: when the desk closes next, UTC; ``None`` while it is closed, and then there is nothing to tell.
    """
    hours = max((now - since) / _HOUR, LEAST / _HOUR)
    undone_in = changes.get(("in", "undo"), 0)
    undone_out = changes.get(("out", "undo"), 0)
    came = sum(count for (kind, cause), count in changes.items() if kind == "in" and cause not in ("undo", "timer"))
    went = sum(count for (kind, cause), count in changes.items() if kind == "out" and cause != "undo")
    arriving = max(came - undone_out, 0) / hours
    handling = max(went - undone_in, 0) / hours
    at_closing = None
    if closing is not None and now - since >= LEAST:
        rest = max((closing - now) / _HOUR, 0.0)
        at_closing = max(round(open_ + sleeping + (arriving - handling) * rest), 0)
    return Forecast(open_, arriving, handling, closing, at_closing)
