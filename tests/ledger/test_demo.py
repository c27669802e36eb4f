"""The demo's gestures: a whole ledger, whatever the seed and the hour, with something to see on every screen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import load
from agentconsole.demo.build import build
from agentconsole.desk import fulfilment, gestures, ledger, policies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.gesture import EntryKind
from agentconsole.store.ledger import entries
from agentconsole.store.opening import open_desk


@pytest.mark.parametrize(
    ("seed", "size", "now"),
    [
        (1, 400, datetime(2026, 3, 2, 9, tzinfo=UTC)),
        (5, 120, datetime(2026, 3, 1, 2, tzinfo=UTC)),
        (8, 120, datetime(2026, 12, 31, 23, 30, tzinfo=UTC)),
        (9, 20, datetime(2026, 7, 14, 5, tzinfo=UTC)),
    ],
)
def test_the_ledger_of_the_demo_is_whole(tmp_path: Path, seed: int, size: int, now: datetime) -> None:
    path = build(tmp_path / "demo", size=size, seed=seed, still=True, now=now)
    config = load(path, settings_model)
    desk = Desk(open_desk(config.desk, path.parent), config, who_am_i(config, "claire"), path.parent, lambda: now)
    try:
        assert ledger.verify(desk) == []
        before = policies.current(desk)
        policies.ensure(desk)
        assert policies.current(desk) == before, "what the demo's own file says holds already"
        with desk.store.read() as connection:
            granted = [entry for entry in entries.entries(connection) if entry.entry is EntryKind.GRANT]
        assert all(entry.at <= now for entry in granted)
        assert len({entry.agent for entry in granted}) >= (5 if size >= 400 else 2)
        if size >= 400:
            assert {approval.state for approval in gestures.approvals(desk)} == {"requested"}
            assert fulfilment.tasks(desk) != []
            assert len({entry.kind for entry in granted}) >= 3
    finally:
        desk.store.close()
