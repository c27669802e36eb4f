"""Text made to be expensive costs no more than other text of its length."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from agentconsole.text import MAX_RUN, clean, fold, stream_safe

FLOOD = "e" + "\u0301\u0316" * 500_000


def test_a_flood_of_marks_is_cut_before_it_is_normalized() -> None:
    """A million marks take an hour to normalize; that this test ends is the proof."""
    assert len(stream_safe(FLOOD)) == 1 + MAX_RUN
    assert fold(FLOOD) == "e"
    assert len(clean(FLOOD, limit=None)) < 10


@given(st.text(alphabet=st.sampled_from("ae\u0301\u0316\u4e2d\u0434 "), max_size=200))
def test_no_long_run_is_left_and_the_rest_is_as_it_was(text: str) -> None:
    safe = stream_safe(text)
    run = 0
    for char in safe:
        run = run + 1 if unicodedata.combining(char) else 0
        assert run <= MAX_RUN
    base = [char for char in text if not unicodedata.combining(char)]
    assert [char for char in safe if not unicodedata.combining(char)] == base
