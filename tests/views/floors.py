"""Floors to look at: made by hypothesis, and the seeded desk with a supervisor at it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from agentconsole.model.floor import (
    AgentLoad,
    Compared,
    Floor,
    Forecast,
    Incident,
    Load,
    Quarter,
    Spend,
    Spread,
)

NOON = datetime(2026, 11, 19, 11, 37, tzinfo=UTC)
_counts = st.integers(0, 99_999)
_words = st.text(max_size=60)
_moments = st.integers(0, 60 * 24 * 400).map(lambda minutes: NOON - timedelta(minutes=minutes))
_loads = st.builds(Load, _words, _counts, _counts, _counts, st.none() | _moments, _words)
_seconds = st.none() | st.integers(0, 10**7)
_spreads = st.builds(Spread, _counts, _seconds, _seconds, st.integers(0, 99), st.integers(0, 99))
_compared = st.builds(Compared, _spreads, _spreads)


def _quarters(day: datetime) -> st.SearchStrategy[tuple[Quarter, ...]]:
    begins = st.integers(0, 95).map(lambda n: day + timedelta(minutes=15 * n))
    found = st.lists(st.builds(Quarter, begins, st.integers(0, 400), st.integers(-3, 400)), max_size=30)
    return found.map(lambda some: tuple(sorted({q.begins: q for q in some}.values(), key=lambda q: q.begins)))


_TODAY = NOON.replace(hour=0, minute=0)
_forecasts = st.builds(
    Forecast,
    _counts,
    st.floats(0, 9999),
    st.floats(0, 9999),
    st.none() | st.integers(1, 1400).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.none() | _counts,
)
_agents = st.builds(
    AgentLoad, _words, st.sampled_from(("here", "away", "gone")), st.none() | _moments, st.none() | _counts,
    st.sampled_from(("", "reading", "writing")), _counts, st.integers(1, 99), _counts, _counts, _counts, _counts,
    _spreads,
)  # fmt: skip
_incidents = st.builds(
    Incident, st.uuids(), _moments, _moments, st.lists(_words, min_size=1, max_size=8).map(tuple), _counts,
    st.floats(0, 999), st.lists(_words, max_size=5).map(tuple), st.sampled_from(("raised", "confirmed")),
    st.none() | _words, st.none() | _words, st.none() | _words,
)  # fmt: skip
_spend = st.builds(Spend, st.sampled_from(("EUR", "CHF", "JPY")), _counts, _counts, st.none() | st.integers(1, 10**8))


def _named_apart(some: list[Load]) -> tuple[Load, ...]:
    return tuple({load.id: load for load in some}.values())


floors = st.builds(
    Floor,
    at=st.just(NOON),
    views=st.lists(_loads, max_size=20).map(_named_apart),
    channels=st.lists(_loads, max_size=12).map(_named_apart),
    first_response=_compared,
    resolution=_compared,
    quarters=_quarters(_TODAY),
    before=_quarters(_TODAY - timedelta(days=7)),
    forecast=_forecasts,
    agents=st.lists(_agents, max_size=30).map(lambda some: tuple({one.id: one for one in some}.values())),
    spend=st.lists(_spend, max_size=3, unique_by=lambda one: one.currency).map(tuple),
    approvals=_counts,
    incidents=st.lists(_incidents, max_size=4).map(tuple),
)
