"""docs/macros.md names every key, placeholder, filter, tag and action that there is, and its example is a macro."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentconsole.desk.macros.engine import FILTERS, TAGS
from agentconsole.desk.macros.files import ActionTable, Gestured, MacroFile, Promised, Question
from agentconsole.desk.macros.placeholders import NAMES
from agentconsole.desk.macros.reading import check

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "macros.md").read_text("utf-8")
TEXT = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
NAMED = set(re.findall(r"`([^`\n]+)`", TEXT))


@pytest.mark.parametrize("model", [MacroFile, Question, ActionTable, Promised, Gestured])
def test_every_key(model: type[MacroFile]) -> None:
    assert set(model.model_fields) <= NAMED


def test_every_placeholder_filter_and_tag() -> None:
    assert {*NAMES, "ask.NAME", *FILTERS, *TAGS} <= NAMED


def test_no_placeholder_that_there_is_not() -> None:
    named = {name for name in NAMED if re.fullmatch(r"(customer|conversation|agent|brand|gesture)\.\w+", name)}
    assert named == NAMES


def test_the_example_is_a_macro() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file, problems = check(example)
    assert file is not None
    assert problems == ()
