"""docs/configuration.md says what the models say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("configuration_doc", ROOT / "tools" / "configuration_doc.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(tool: ModuleType) -> None:
    assert tool.TARGET.read_text(encoding="utf-8") == tool.document(), "run `python tools/configuration_doc.py`"


def test_every_setting_is_described(tool: ModuleType) -> None:
    models: list[type[BaseModel]] = [tool.Config, *(model for _, model in tool.SECTIONS)]
    assert not [
        f"{model.__name__}.{name}"
        for model in models
        for name in model.model_fields
        if not tool.descriptions(model).get(name, "").strip()
    ]


def test_every_table_has_a_section(tool: ModuleType) -> None:
    described = {model.__name__ for _, model in tool.SECTIONS}
    tables = {name for name, known in tool.Config.model_json_schema()["$defs"].items() if known.get("type") == "object"}
    assert tables <= described


def test_every_setting_of_the_starting_file_is_on_the_page(tool: ModuleType) -> None:
    page = tool.TARGET.read_text(encoding="utf-8")
    starting = (ROOT / "agentconsole.toml").read_text(encoding="utf-8")
    keys = {line.removeprefix("# ").partition(" = ")[0] for line in starting.splitlines() if " = " in line}
    named = {key for key in keys if key.isidentifier() and key != "reply"}  # "reply" is an action in [keys] too
    assert len(named) > 20
    assert not [key for key in named if f"| `{key}` |" not in page]
