"""docs/line-mode.md names every verb, every option and every JSON field that there is."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentconsole.cli.parser import parser
from agentconsole.desk.search import KEYS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = set(re.findall(r"`([^`]+)`", (ROOT / "docs" / "line-mode.md").read_text("utf-8")))
WORDS = {word for text in DOCUMENTED for word in re.findall(r"--?[a-z-]+|[a-z]+-[a-z]+|[a-z_]+[0-9]*:?", text)}


def verbs(of: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield name, sub
                yield from verbs(sub)


@pytest.mark.parametrize("name", sorted(name for name, _ in verbs(parser())))
def test_every_verb(name: str) -> None:
    assert name in WORDS


def test_every_option() -> None:
    parsers = [parser(), *(sub for _, sub in verbs(parser()))]
    options = {text for one in parsers for action in one._actions for text in action.option_strings}
    assert options - {"-h", "--help"} <= WORDS | {"--json"}


def test_every_filter_of_search() -> None:
    assert {f"{key}:" for key in KEYS} <= WORDS


@pytest.mark.parametrize(
    "file",
    [
        "cli/output.py",
        "cli/reading.py",
        "cli/writing.py",
        "cli/handling.py",
        "cli/people.py",
        "cli/floor.py",
        "cli/incidents.py",
        "cli/running.py",
        "cli/macros.py",
        "cli/customers.py",
        "cli/fulfilment.py",
        "cli/vouchers.py",
        "cli/gestures.py",
        "cli/approvals.py",
        "cli/ledger.py",
        "cli/output_gestures.py",
        "cli/policy.py",
        "cli/roles.py",
        "cli/copying.py",
        "cli/dashboard.py",
        "cli/report.py",
        "cli/output_figures.py",
    ],
)
def test_every_json_field(file: str) -> None:
    """Every constant key of a dictionary that line mode prints."""
    tree = ast.parse((ROOT / "agentconsole" / file).read_text("utf-8"))
    keys = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    assert keys <= WORDS
