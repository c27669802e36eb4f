"""Writes the table of keys in docs/guide.md from the console's own actions; a test fails where it is stale."""

from __future__ import annotations

import re
from pathlib import Path

from agentconsole.views.actions import ACTIONS, Action
from agentconsole.views.keys import is_typed, places_of
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
    Place.APPROVALS: "approvals",
    Place.GIFTS: "gifts",
    Place.PEOPLE: "people",
    Place.DASHBOARD: "dashboard",
    Place.BEHIND: "list behind a number",
}


def table() -> str:
    """All actions: keys, what they do, where, and the name to give them other keys by."""
    lines = ["| key | does | where | name in `[keys]` |", "| --- | --- | --- | --- |"]
    for action in ACTIONS:
        where = _words(action.places)
        keys = " ".join(f"`{key}`{_only(action, key)}" for key in action.keys.split())
        lines.append(f"| {keys} | {action.tip} | {where} | `{action.id}` |")
    return "\n".join(lines)


def _words(places: Place) -> str:
    return ", ".join(word for place, word in _WHERE.items() if place & places)


def _only(action: Action, key: str) -> str:
    """Where that key works, if it is less than one would think: no bare key works where one types."""
    return "" if action.bare is Place.ANY or not is_typed(key) else f" ({_words(places_of(action, key))})"


def with_table(text: str) -> str:
    """The guide with today's table."""
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n{table()}\n{END}", text, flags=re.S)


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text("utf-8")), encoding="utf-8")
