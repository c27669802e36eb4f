"""The bench of a team measures something under every name it promises, on a small desk. What is nobody's business."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import team
from bench.team_seed import team_desk


def test_a_small_team_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("DESK_BENCH_POSTGRES", raising=False)
    options = team._parser().parse_args(["--consoles", "0", "--takes", "4", "--advisers", "4", "--seconds", "2"])
    with team_desk(2000) as desk:
        assert desk.size >= 2000
        told = team.on(desk, options)
    assert told["dashboard_alone"]["p95_ms"] > 0
    assert told["contention"]["take_next_4"]["handed_out"] == 4
    assert told["contention"]["take_next_4"]["twice"] == 0
    assert told["flat_out"]["acts_per_s"] > 0
    assert not told["flat_out"]["errors"]
    assert told["flat_out"]["server"]["connections"] >= 4
