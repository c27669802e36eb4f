"""The bench of a team measures something under every name it promises, on a small desk. What is nobody's business."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import team
from bench.team_seed import team_desk

_SMALL = ("--consoles", "1", "--minutes", "0.05", "--rate", "7200", "--takes", "4", "--advisers", "4", "--seconds", "1")


def test_a_small_team_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("DESK_BENCH_POSTGRES", raising=False)
    options = team._parser().parse_args([*_SMALL, "--only", "dashboard,traffic,contention,flat_out"])
    told: dict[str, Any] = {}
    with team_desk(500) as desk:
        assert desk.size >= 500
        team.on(desk, options, told)
    assert told["dashboard"]["p95_ms"] > 0
    assert told["contention"]["take_next_4"]["handed_out"] == 4
    assert told["contention"]["take_next_4"]["twice"] == 0
    assert told["flat_out"]["acts_per_s"] > 0
    assert not told["flat_out"]["errors"]
    assert told["flat_out"]["server"]["connections"] >= 4
    traffic = told["traffic"]
    assert traffic["notes"] == traffic["feed_lag"]["n"] == traffic["note_to_other_console"]["n"] > 0
    assert traffic["arrived"] > 0
    assert traffic["console_pss_mib"] > 0
    assert traffic["server"]["commits_per_s"] > 0
    assert not traffic["lost_keys"]
