"""The demo desk's year: the figures of the days its conversations tell of, and invented ones of the months before.

Nothing lies behind the invented figures; they are there so that the charts of a year have something to show.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from math import cos, pi
from random import Random
from typing import Any

from agentconsole.desk import history
from agentconsole.desk.context import Desk
from agentconsole.desk.day_figures import Binned, Figures, from_json, to_json, together
from agentconsole.desk.local_days import day_of, days
from agentconsole.model.floor import Spread
from agentconsole.store import history as store

_YEAR = timedelta(days=400)
_GROWN = 0.3
"""By how much the brand's traffic has grown in that time."""
_SEASON = 0.12
"""How much busier than usual January is, and how much quieter July."""
_SLOWER = 8
"""By how many bins (of a twentieth each) answers took longer at the beginning."""
_SETTLES = 5
"""The first days of the stories are left out: nothing was in work when they begin."""


def pretend(desk: Desk) -> None:
    """Keep the figures of the days that were told, and those of a year before them."""
    while history.keep(desk):
        pass
    today = day_of(desk.now(), desk.config.zone)
    with desk.store.read() as connection:
        begins = store.begins(connection)
        if begins is None:
            return
        first = day_of(begins, desk.config.zone)
        settled = first + timedelta(days=_SETTLES)
        told = store.figures(connection, settled, today - timedelta(days=1))
    like: defaultdict[str, defaultdict[int, list[Figures]]] = defaultdict(lambda: defaultdict(list))
    for day, scope, text in told:
        like[scope][day.weekday()].append(from_json(text))
    rows: list[dict[str, Any]] = []
    for day in days(today - _YEAR, first - timedelta(days=1)):
        for scope, weekdays in like.items():
            some = weekdays.get(day.weekday())
            if some:
                figures = to_json(_aged(some[day.toordinal() % len(some)], day, today))
                rows.append({"day": day, "scope": scope, "figures": figures, "made_at": desk.now()})
    with desk.store.write() as connection:
        store.put(connection, rows)


def _aged(like: Figures, day: date, today: date) -> Figures:
    """A day like another one, as it may have been back then: the same for every scope of a day."""
    dice = Random(day.toordinal())  # noqa: S311 (no secret: an invented year, the same each time)
    age = (today - day) / _YEAR
    season = 1 + _SEASON * cos(2 * pi * day.timetuple().tm_yday / 365)
    factor = (1 - _GROWN * age) * season * dice.uniform(0.85, 1.15)
    slower = round(_SLOWER * age + dice.uniform(-2, 2))
    end = like.waiting_at_end
    day_like = Figures(
        {name: round(count * factor) for name, count in like.counts.items()},
        None if end is None else round(end * factor),
        _binned(like.first_response, factor, slower, dice),
        _binned(like.resolution, factor, slower, dice),
    )
    return together([day_like])


def _binned(like: Binned, factor: float, slower: int, dice: Random) -> Binned:
    """Bins like those of another one, without their median; what is left of a conversation is one or none by chance."""
    bins = {max(number + slower, 0): int(count * factor + dice.random()) for number, count in like.bins.items()}
    bins = {number: count for number, count in bins.items() if count}
    count, before = sum(bins.values()), like.spread
    promised = round(count * before.promised / before.count) if before.count else 0
    share = 1.0 if before.within is None else before.within
    kept = round(promised * (share if share == 1 else max(share - 0.005 * slower, 0.0)))
    return Binned(Spread(count, None, None, promised, min(kept, promised)), bins)
