"""docs/metrics.md defines every figure there is, and every cause and key that figures are counted by."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import get_args

from agentconsole.desk.day_figures import Figures, to_json
from agentconsole.desk.metrics import METRICS, metric_of
from agentconsole.desk.standing import Cause
from agentconsole.model.floor import Compared, Floor, Which

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "metrics.md").read_text("utf-8")
NAMED = set(re.findall(r"`([^`]+)`", TEXT))


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("metrics_doc", ROOT / "tools" / "metrics_doc.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_the_page_says_what_the_screen_says() -> None:
    assert _tool().with_table(TEXT) == TEXT, "run: python tools/metrics_doc.py"


def test_figures_have_one_definition_each() -> None:
    assert len({metric.id for metric in METRICS}) == len(METRICS)
    assert all(metric.short.endswith(".") and metric.formula.endswith(".") for metric in METRICS)


def test_every_figure_one_can_look_behind_is_defined() -> None:
    for figure in re.findall(r'"(\w+)"', (Which.__doc__ or "").split(":param scope:")[0]):
        assert metric_of(figure) in METRICS


def test_every_part_of_the_floor_is_defined() -> None:
    same = {"views": "open", "channels": "open", "quarters": "arrived", "before": "arrived", "agents": "open",
            "incidents": "incident"}  # fmt: skip
    for field in fields(Floor):
        if field.name != "at":
            assert metric_of(same.get(field.name, field.name)) in METRICS
    assert {field.name for field in fields(Compared)} == {"today", "before"}


def test_every_cause_and_every_key_is_on_the_page() -> None:
    assert set(get_args(Cause)) <= NAMED
    kept = json.loads(to_json(Figures()))
    assert {*kept, *kept["resolution"]} <= NAMED
