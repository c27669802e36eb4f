"""Durations and opening hours as they are written in agentconsole.toml."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconsole.config.values import parse_duration, parse_spans, show_duration, show_spans


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3653)))
def test_durations_are_read_back(length: timedelta) -> None:
    whole = timedelta(seconds=int(length.total_seconds()))
    assert parse_duration(show_duration(length)) == whole


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45m", 45),
        ("1h30", 90),
        ("1h 30m", 90),
        ("48h", 2880),
        ("2d", 2880),
        ("1d2h", 1560),
        ("90s", 1.5),
        ("0m", 0),
    ],
)
def test_durations(text: str, minutes: float) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", " ", "45", "1d5", "1h5", "-5m", "1.5h", "5 m", "٣m", "9999d", 45, None, True])
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.lists(st.integers(0, 1440), max_size=8, unique=True).filter(lambda found: len(found) % 2 == 0).map(sorted))
def test_opening_hours_are_read_back(minutes: list[int]) -> None:
    def wall(minute: int) -> time:
        return time.max if minute == 1440 else time(*divmod(minute, 60))

    spans = tuple((wall(a), wall(b)) for a, b in zip(minutes[::2], minutes[1::2], strict=True))
    assert parse_spans(show_spans(spans)) == spans


@given(st.text(alphabet="0123456789:-, –T.+Z", max_size=24))
def test_whatever_is_typed_is_hours_or_refused(text: str) -> None:
    try:
        spans = parse_spans(text)
    except ValueError:
        return
    assert parse_spans(show_spans(spans)) == spans
