"""docs/gestures.md: its example is a configuration that works, and every code is in it as the console says it."""

from __future__ import annotations

import re
from pathlib import Path

from agentconsole.config import parse
from agentconsole.desk.policy import compile_policy
from agentconsole.store.ledger.refusals import REFUSALS

_PAGE = (Path(__file__).resolve().parents[2] / "docs" / "gestures.md").read_text("utf-8")


def test_the_example_is_a_policy() -> None:
    example = re.search(r"```toml\n(.*?)```", _PAGE, re.DOTALL)
    assert example
    document = compile_policy(parse(example[1], "docs/gestures.md"))
    rules = {(rule["agent"], rule["kind"]): rule for rule in document["rules"]}
    assert rules["lea", "voucher"]["ceiling"] == 5000
    assert rules["lea", "item"]["ceiling"] == 3000
    assert ("lea", "refund") not in rules
    assert {"agent": "sam-evening", "approver": "eve"} in document["approvers"]
    assert {"agent": "sam-evening", "approver": "sam"} not in document["approvers"]


def test_every_code_is_there_with_its_words() -> None:
    told = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", _PAGE, re.MULTILINE))
    assert told == {code: f"{what} {do}" for code, (what, do) in REFUSALS.items()}
