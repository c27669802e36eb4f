"""The bench measures something under every name it promises. What it measures is nobody's business here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import KEYS, main

ELSEWHERE = {
    "start_s", "move_p50_ms", "move_p95_ms", "open_p95_ms", "pick_p95_ms", "type_p95_ms", "rss_mib", "ingest_per_s",
}  # fmt: skip
"""What takes a terminal or a mail server."""


def test_every_figure_of_a_small_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--size", "500", "--json", "--only", "page,counts,open,search", "--dir", str(tmp_path)])
    figures = json.loads(capsys.readouterr().out)
    assert set(KEYS) <= set(figures)
    assert figures["size"] == 500
    assert {name for name in KEYS if figures[name] is None} == ELSEWHERE
    assert all(figures[name] > 0 for name in set(KEYS) - ELSEWHERE)
    main(["--size", "500", "--json", "--only", "counts", "--dir", str(tmp_path)])
    assert json.loads(capsys.readouterr().out)["counts_ms"] > 0
    assert len(list(tmp_path.iterdir())) == 1, "the second run finds the desk of the first"


def test_an_unknown_part_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="no part speed"):
        main(["--only", "speed"])
    assert capsys.readouterr().out == ""
