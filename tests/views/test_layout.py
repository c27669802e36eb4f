"""Text in cells: what is cut, padded and wrapped stays within its columns and loses nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.views.foreign import steady
from agentconsole.views.layout import Spread, cut, fit, line_width, spread, width, wrap

settings.register_profile("views", deadline=None, max_examples=60)
settings.load_profile("views")

TEXT = st.text(max_size=200).map(steady)
LINE = st.text(st.characters(exclude_characters="\n"), max_size=120).map(lambda text: steady(text, one_line=True))


@given(LINE, st.integers(1, 100))
def test_fit_is_exactly_as_wide(text: str, columns: int) -> None:
    assert width(fit(text, columns)) == columns
    assert width(cut(text, columns)) <= columns


@given(TEXT, st.integers(2, 60))
def test_wrapping_keeps_every_character_but_blanks(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= columns for line in lines)


@given(LINE, LINE, st.integers(10, 120))
def test_the_left_side_gives_way(left: str, right: str, columns: int) -> None:
    right = cut(right, columns // 2)
    sides = Spread([(left, "")], [(right, "bold")])
    line = spread(sides.left, sides.right, columns)
    assert line_width(line) == columns
    assert not right or line[-1] == (right, "bold")


@given(TEXT)
def test_shown_text_has_nothing_whose_width_terminals_disagree_on(text: str) -> None:
    assert not any(
        0x1F1E6 <= ord(char) <= 0x1F1FF or 0x1F3FB <= ord(char) <= 0x1F3FF or char == "\ufe0f" for char in text
    )


def test_joined_emoji_are_apart_and_flags_are_letters() -> None:
    assert steady("👩‍🚀 🇫🇷 👍🏽 ❤️") == "👩🚀 FR 👍 ❤"
    assert steady("می‌خواهم") == "می‌خواهم"
