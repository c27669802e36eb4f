"""The figures of days gone by: kept once a day is over, so that a year opens at once; today's are counted anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import Connection

from agentconsole.desk import floor_views
from agentconsole.desk.context import Desk
from agentconsole.desk.day_figures import Figures, binned, from_json, to_json, together
from agentconsole.desk.local_days import day_of, span
from agentconsole.desk.local_days import days as each_day
from agentconsole.desk.supervisor import must_supervise
from agentconsole.desk.undo import REACH
from agentconsole.model.floor import Day
from agentconsole.store import figures
from agentconsole.store import history as store
from agentconsole.store.figures import Took
from agentconsole.store.history import Counted

_DAY = timedelta(days=1)
_AT_ONCE = 31
"""Days whose figures are made in one go, at most: the others follow."""
_NAMES = {"in": "messages_in", "out": "messages_out"}


Step = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Part:
    """A day, or the days of a week or month that lie in what was asked for, together.

    :param first: its first day. :param last: its last one.
    """

    first: date
    last: date
    figures: Day


@dataclass(frozen=True, slots=True)
class Period:
    """Several days of one scope, part by part and together; medians of more than a day are told from bins."""

    scope: str
    parts: tuple[Part, ...]
    together: Day


def days(desk: Desk, since: date, until: date, scope: str = "all") -> list[Day]:
    """The figures of each day from ``since`` to ``until``, today's so far; those before the desk kept count are left
    out.

    :param scope: "all", "channel:ID", "team:ID" or "agent:ID". A day without anything in it has zeros.
    :raises UsageError: whoever is at the keyboard is no supervisor, and asks not of themselves.
    """
    return [figures.of(day, scope) for day, figures in _between(desk, since, until, scope)[scope].items()]


def period(desk: Desk, since: date, until: date, scope: str = "all", step: Step = "day") -> Period:
    """:func:`days`, by the day, week (from Monday on) or month, and all of them together.

    :raises UsageError: as there.
    """
    return _period(_between(desk, since, until, scope)[scope], scope, step)


def periods(desk: Desk, since: date, until: date, step: Step = "day") -> dict[str, Period]:
    """:func:`period` of every scope in which something happened, the whole desk first.

    :raises UsageError: whoever is at the keyboard is no supervisor.
    """
    found = _between(desk, since, until)
    return {scope: _period(figures, scope, step) for scope, figures in found.items()}


def scopes(desk: Desk) -> list[str]:
    """What figures can be asked of: the whole desk, its channels, teams and agents."""
    config = desk.config
    named = [f"channel:{channel.id}" for channel in config.channels] + [f"team:{team.id}" for team in config.teams]
    return ["all", *named, *(f"agent:{agent.id}" for agent in config.agents)]


def _period(found: Mapping[date, Figures], scope: str, step: Step) -> Period:
    grouped: defaultdict[date, list[date]] = defaultdict(list)
    for day in found:
        begins = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[step]
        grouped[begins].append(day)
    parts = []
    for some in grouped.values():
        one = found[some[0]] if len(some) == 1 else together(found[day] for day in some)
        parts.append(Part(some[0], some[-1], one.of(some[-1], scope)))
    last = max(found, default=date.min)
    return Period(scope, tuple(parts), together(found.values()).of(last, scope))


def _between(desk: Desk, since: date, until: date, scope: str | None = None) -> dict[str, dict[date, Figures]]:
    """The figures of a scope, or of all, by day: those kept; of today and of days that are not kept counted now."""
    if scope != f"agent:{desk.agent.id}":
        must_supervise(desk)
    zone = desk.config.zone
    today = day_of(desk.now(), zone)
    with desk.store.read() as connection:
        kept: defaultdict[date, dict[str, Figures]] = defaultdict(dict)
        for day, of, text in store.figures(connection, since, until, scope):
            kept[day][of] = from_json(text)
        made = store.known(connection, since, until) - {today}
        begins = store.begins(connection)
        first = day_of(begins, zone) if begins else date.max
        missing = [day for day in each_day(max(since, first), min(until, today)) if day not in made]
        kept |= _count(connection, desk, missing)
    made.update(missing)
    scopes = [scope] if scope is not None else ["all", *sorted({of for each in kept.values() for of in each} - {"all"})]
    return {of: {day: kept[day].get(of, _nothing(of)) for day in sorted(made)} for of in scopes}


def keep(desk: Desk) -> int:
    """Keep the figures of days that are over and are not kept yet, the oldest first; answers how many days.

    A day is over once nothing of it can be undone any more. For whoever keeps house, again and again: one look where
    nothing is to be done. Two at once make them once.
    """
    zone = desk.config.zone
    yesterday = day_of(desk.now() - REACH, zone) - _DAY
    with desk.store.read() as connection:
        if store.has(connection, yesterday):
            return 0
        begins = store.begins(connection)
        if begins is None:
            return 0
        first = day_of(begins, zone)
        made = store.known(connection, first, yesterday)
    missing = [day for day in each_day(first, yesterday) if day not in made]
    chosen = missing[:_AT_ONCE]
    with desk.store.read() as connection:
        counted = _count(connection, desk, chosen)
    now = desk.now()
    for day, scopes_ in counted.items():
        rows = [
            {"day": day, "scope": scope, "figures": to_json(figures), "made_at": now}
            for scope, figures in scopes_.items()
        ]
        with desk.store.write() as connection:
            store.put(connection, rows)
    return len(chosen)


def _count(connection: Connection, desk: Desk, chosen: Sequence[date]) -> dict[date, dict[str, Figures]]:
    """The figures of days (in their order) by scope; scopes in which nothing happened are left out, but "all".

    How many were open when a day ended is told from the next day's end back, the last one's from now.
    """
    found: dict[date, dict[str, Figures]] = {}
    zone, after = desk.config.zone, desk.now() + _DAY
    waiting = Counter(figures.open_now(connection)) if chosen else Counter()
    for day in reversed(chosen):
        end = span(day, zone)[1]
        waiting.subtract(store.net(connection, end, after))
        ends = {"all": waiting.total(), **{f"channel:{channel}": count for channel, count in waiting.items()}}
        found[day] = _count_day(connection, desk, day, ends)
        after = end
    return {day: found[day] for day in chosen}


def _count_day(connection: Connection, desk: Desk, day: date, waiting: Mapping[str, int]) -> dict[str, Figures]:
    since, until = span(day, desk.config.zone)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in (*store.moved(connection, since, until), *store.messages(connection, since, until)):
        for scope in _scopes_of(one):
            counts[scope][_NAMES.get(one.what, one.what)] += one.many
    answers = _by_scope(figures.took(connection, "answered", since, until, "channel", "team"), ("channel", "team"))
    first = figures.first_answers(connection, floor_views.actors(desk.config), since, until)
    answers |= _by_scope(first, ("agent",), all_=False)
    ends = _by_scope(
        figures.took(connection, "resolved", since, until, "channel", "team", "assignee"), ("channel", "team", "agent")
    )
    for scope, took in ends.items():
        counts[scope]["resolved"] = sum(each.many for each in took)
    return {
        scope: Figures(
            counts[scope],
            waiting.get(scope, _nothing(scope).waiting_at_end),
            binned(answers.get(scope, ())),
            binned(ends.get(scope, ())),
        )
        for scope in ("all", *sorted({*counts, *answers, *ends, *waiting} - {"all"}))
    }


def _nothing(scope: str) -> Figures:
    """Of a day on which nothing happened in a scope; how many wait is known of the desk and of channels only."""
    return Figures(waiting_at_end=None if scope.startswith(("team:", "agent:")) else 0)


def _scopes_of(one: Counted) -> Iterable[str]:
    yield "all"
    yield f"channel:{one.channel}"
    if one.team is not None:
        yield f"team:{one.team}"
    if one.agent is not None:
        yield f"agent:{one.agent}"


def _by_scope(some: Iterable[Took], kinds: tuple[str, ...], *, all_: bool = True) -> dict[str, list[Took]]:
    found: defaultdict[str, list[Took]] = defaultdict(list)
    for took in some:
        if all_:
            found["all"].append(took)
        for kind, value in zip(kinds, took.whose, strict=True):
            if value is not None:
                found[f"{kind}:{value}"].append(took)
    return found
