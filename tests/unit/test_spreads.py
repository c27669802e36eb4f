"""Medians, shares, bins, forecasts and quarters against obvious slow models."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil, inf

from hypothesis import given, settings
from hypothesis import strategies as some

from agentconsole.desk.day_figures import COUNTS, Figures, bin_of, binned, from_json, length_of, to_json, together
from agentconsole.desk.forecast import LEAST, forecast, measured_from
from agentconsole.desk.quarters import by_agent, quarters
from agentconsole.desk.spreads import spread
from agentconsole.model.floor import Spread
from agentconsole.store.figures import Took
from agentconsole.store.flow import QUARTER, Moved, quarter_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LENGTHS = some.integers(0, 40 * 86400)
ANSWERED = some.lists(some.tuples(LENGTHS, some.sampled_from([True, False, None])), max_size=60)


def counted(answered: list[tuple[int, bool | None]]) -> list[Took]:
    """As the store counts them: those of one length and lateness together."""
    return [Took((), *each, answered.count(each)) for each in dict.fromkeys(answered)]


def slow(answered: list[tuple[int, bool | None]]) -> Spread:
    """All of them in a row."""
    row = sorted(seconds for seconds, _late in answered)
    promised = [late for _seconds, late in answered if late is not None]
    if not row:
        return Spread()
    middle, ninety = row[ceil(len(row) / 2) - 1], row[ceil(len(row) * 9 / 10) - 1]
    return Spread(len(row), middle, ninety, len(promised), promised.count(False))


@given(ANSWERED)
@settings(deadline=None)
def test_a_spread_is_what_counting_by_hand_gives(answered: list[tuple[int, bool | None]]) -> None:
    assert spread(counted(answered)) == slow(answered)


def test_nothing_promised_has_no_share() -> None:
    assert spread([Took((), 5, None, 3)]).within is None
    assert spread([Took((), 5, True, 1), Took((), 5, False, 3)]).within == 0.75


@given(LENGTHS)
def test_a_bin_is_at_most_two_and_a_half_percent_beside_the_truth(seconds: int) -> None:
    told = length_of(bin_of(seconds))
    assert abs(told - seconds) <= 0.025 * seconds + 0.5


@given(some.lists(ANSWERED, min_size=1, max_size=8))
@settings(deadline=None)
def test_days_together_have_the_sums_and_nearly_the_median_of_all(days: list[list[tuple[int, bool | None]]]) -> None:
    whole = slow([each for day in days for each in day])
    found = together(Figures(first_response=binned(counted(day))) for day in days).first_response.spread
    assert (found.count, found.promised, found.kept) == (whole.count, whole.promised, whole.kept)
    for told, truth in ((found.median, whole.median), (found.p90, whole.p90)):
        assert (told is None) == (truth is None)
        assert told is None or truth is None or abs(told - truth) <= 0.025 * truth + 0.5


@given(some.lists(some.integers(0, 10**9), min_size=6, max_size=6), some.none() | some.integers(0, 10**6), ANSWERED)
@settings(deadline=None)
def test_what_is_kept_of_a_day_is_read_as_it_was(
    numbers: list[int], waiting: int | None, answered: list[tuple[int, bool | None]]
) -> None:
    figures = Figures(dict(zip(COUNTS, numbers, strict=True)), waiting, binned(counted(answered)))
    assert from_json(to_json(figures)) == figures
    day = figures.of(date(2026, 3, 2), "all")
    assert [getattr(day, name) for name in COUNTS] == numbers


def test_a_day_kept_by_an_older_program_has_nothing_where_it_says_nothing() -> None:
    assert from_json('{"arrived": 3}').of(date(2026, 3, 2), "all").arrived == 3
    assert from_json("{}").resolution.spread == Spread()


# Forecast


def test_it_goes_on_like_the_last_two_hours() -> None:
    changes = {("in", "customer"): 20, ("in", "bounce"): 2, ("out", "agent"): 30, ("in", "undo"): 2, ("in", "timer"): 9}
    found = forecast(NOON, 50, 4, changes, NOON - timedelta(hours=2), NOON + timedelta(hours=5))
    assert (found.open, found.arriving, found.handling) == (50, 11.0, 14.0)
    assert found.at_closing == 50 + 4 + (11 - 14) * 5


def test_it_is_never_below_nothing_and_not_told_while_closed_or_too_early() -> None:
    fast = {("out", "agent"): 100}
    since, closing = NOON - timedelta(hours=2), NOON + timedelta(hours=8)
    assert forecast(NOON, 3, 0, fast, since, closing).at_closing == 0
    assert forecast(NOON, 3, 0, fast, since, None).at_closing is None
    early = forecast(NOON, 3, 0, {("in", "customer"): 2}, NOON - LEAST / 3, closing)
    assert (early.at_closing, early.arriving) == (None, 8.0)  # two in a quarter of an hour at least
    assert forecast(NOON, 3, 0, {}, NOON - LEAST, closing).at_closing == 3


def test_rates_are_measured_since_opening_at_the_earliest() -> None:
    assert measured_from(NOON, None) == NOON - timedelta(hours=2)
    assert measured_from(NOON, (NOON - timedelta(hours=4), NOON)) == NOON - timedelta(hours=2)
    assert measured_from(NOON, (NOON - timedelta(hours=1), NOON)) == NOON - timedelta(hours=1)


# Quarters


@given(
    some.lists(
        some.tuples(
            some.integers(0, 300), some.sampled_from(["in", "out"]), some.sampled_from(["lea", "tom", None]),
            some.integers(1, 9),
        ),
        max_size=20,
    ),
    some.none() | some.integers(0, 300),
)  # fmt: skip
@settings(deadline=None)
def test_quarters_lose_nothing_and_have_no_gaps(
    rows: list[tuple[int, str, str | None, int]], opens: int | None
) -> None:
    moved = [Moved(quarter_of(NOON + timedelta(minutes=m)), kind, agent, n) for m, kind, agent, n in rows]
    begins = None if opens is None else NOON + timedelta(minutes=opens)
    found = quarters(moved, begins)
    assert sum(q.arrived for q in found) == sum(n for _m, kind, _a, n in rows if kind == "in")
    assert sum(q.handled for q in found) == sum(n for _m, kind, _a, n in rows if kind == "out")
    assert all(later.begins - before.begins == QUARTER for before, later in pairwise(found))
    earliest = min((m for m, *_rest in rows), default=inf)
    if found:
        assert found[0].begins == quarter_of(NOON + timedelta(minutes=min(earliest, inf if opens is None else opens)))
    by = by_agent(moved)
    assert sum(by.values()) == sum(n for _m, kind, agent, n in rows if kind == "out" and agent)
