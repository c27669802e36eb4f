"""The page on troubleshooting has every message of the program."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages_doc", ROOT / "tools" / "messages_doc.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_every_message_is_on_the_page() -> None:
    tool = _tool()
    text = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    assert tool.with_list(text) == text, "run: python tools/messages_doc.py"


def test_messages_are_found_in_the_source() -> None:
    found = _tool().messages()
    assert {"Configuration", "The desk", "Channels", "Conversations", "Macros", "Line mode"} <= found.keys()
    assert sum(map(len, found.values())) > 100
    assert ("The reply is empty.", "Write something first.") in found["Conversations"]
