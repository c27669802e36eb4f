"""The guide's table of keys is today's, and every picture it shows is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_of_keys_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("keys_doc", ROOT / "tools" / "keys_doc.py")
    assert spec is not None
    assert spec.loader is not None
    keys_doc = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keys_doc)
    text = (ROOT / "docs" / "guide.md").read_text("utf-8")
    assert keys_doc.table() in text, "run: python tools/keys_doc.py"


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
