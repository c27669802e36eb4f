"""clean() and fold(): what they promise holds for any text whatever."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconsole.text import MAX_MARKS, clean, fold

ANYTHING = st.text(alphabet=st.characters(), max_size=200) | st.text(
    alphabet=st.sampled_from("a \t\n\r\x1b\x07\x9b\x00\u202e\u200d\u200b\u0301\ufe0f\U0001f468\ud83d\ue000é"),
    max_size=60,
)


@given(ANYTHING)
def test_nothing_that_acts_on_a_terminal_or_on_the_order_of_letters_is_left(text: str) -> None:
    for char in clean(text):
        assert char == "\n" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        assert unicodedata.bidirectional(char) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@given(ANYTHING)
def test_one_line_is_one_line(text: str) -> None:
    assert "\n" not in clean(text, one_line=True)


@given(ANYTHING)
def test_marks_do_not_pile_up(text: str) -> None:
    run = 0
    for char in clean(text):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        assert run <= MAX_MARKS


@given(ANYTHING)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text, limit=None), limit=None) == clean(text, limit=None)


@given(ANYTHING)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("a\u202eb", "a‹U+202E›b"),
        ("zero\u200bwidth", "zerowidth"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("tab\tstop", "tab stop"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("E\u0301te\u0301", "Été"),
    ],
)
def test_what_becomes_of(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_what_is_cut_is_announced() -> None:
    assert clean("abcdef", limit=3) == "abc…"


@pytest.mark.parametrize(("text", "folded"), [("Été ÇA ﬁn", "ete ca fin"), ("STRASSE straße", "strasse strasse")])
def test_search_ignores(text: str, folded: str) -> None:
    assert fold(text) == folded
