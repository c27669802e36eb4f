"""Writes the table of figures in docs/metrics.md from the screen's definitions; a test fails where it is stale."""

from __future__ import annotations

import re
from pathlib import Path

from agentconsole.desk.metrics import METRICS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "metrics.md"
BEGIN, END = "<!-- figures: made by tools/metrics_doc.py -->", "<!-- end of figures -->"


def table() -> str:
    """All figures: what each tells, how it is counted, and from what."""
    lines = ["| figure | tells | counted so | from |", "| --- | --- | --- | --- |"]
    for metric in METRICS:
        source = "" if metric.source == "-" else metric.source
        lines.append(f"| **{metric.name}** `{metric.id}` | {metric.short} | {metric.formula} | {source} |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    """The page with today's table."""
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n{table()}\n{END}", text, flags=re.S)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), encoding="utf-8")
