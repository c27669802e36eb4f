"""Random gestures, requests, decisions, voids and month ends against an obvious model, on both engines.

After every act: the engine said what the model says and what :func:`agentconsole.desk.goodwill.decide` had said; every
budget is within its ceiling; counters are the sums of what happened. At the end of each run the ledger verifies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk.context import Desk
from agentconsole.desk.policy import compile_policy
from agentconsole.store.engine import Store
from tests.conftest import Time
from tests.ledger.machine import Machine
from tests.ledger.played import (
    World,
)
from tests.ledger.world import LEDGER_CONFIG


@pytest.fixture
def ledger_config() -> Config:
    """The team with budgets small enough to be used up, a supervisor's for a week."""
    text = LEDGER_CONFIG.replace('budget = "600"\ncount = 40', 'budget = "100"\ncount = 5')
    text = text.replace('budget = "1000"', 'budget = "250"').replace('budget = "2000"', 'budget = "300"')
    text = text.replace('roles = ["supervisor"]\n', 'roles = ["supervisor"]\nperiod = "week"\n')
    return parse(text, "agentconsole.toml", settings_model)


def test_random_gestures_agree_with_the_model(
    open_gestures: Callable[[str], Desk],
    still: Callable[[datetime], None],
    owner: Store,
    now: Time,
    ledger_config: Config,
) -> None:
    world = World(open_gestures, still, owner, now, compile_policy(ledger_config))
    machine = type("Bound", (Machine,), {"world": world, "left_over": 0})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
