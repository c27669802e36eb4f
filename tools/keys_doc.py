"""Writes the table of keys in docs/guide.md from the console's own actions; a test fails where it is stale."""

from __future__ import annotations

import re
from pathlib import Path

from agentconsole.views.actions import ACTIONS
from agentconsole.views.situation import Place

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "guide.md"
BEGIN, END = "<!-- keys: made by tools/keys_doc.py -->", "<!-- end of keys -->"
_WHERE = {
    Place.LIST: "list",
    Place.THREAD: "thread",
    Place.CARD: "customer",
    Place.COMPOSER: "composer",
    Place.SEARCH: "search",
    Place.OUTBOX: "outbox",
}


def table() -> str:
    """All actions: keys, what they do, where, and the name to give them other keys by."""
    lines = ["| key | does | where | name in `[keys]` |", "| --- | --- | --- | --- |"]
    for action in ACTIONS:
        keys = " ".join(f"`{key}`" for key in action.keys.split())
        where = ", ".join(word for place, word in _WHERE.items() if place & action.places)
        lines.append(f"| {keys} | {action.tip} | {where} | `{action.id}` |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    """The guide with today's table."""
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n{table()}\n{END}", text, flags=re.S)


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text("utf-8")), encoding="utf-8")
