"""A machine whose clock is an hour wrong: on PostgreSQL all go by the server's."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from agentconsole.desk import replies
from agentconsole.store.tables import event
from tests.conftest import SUPPORT
from tests.faults.conftest import ROOT, Floor, until

HOUR = 3600.0


@pytest.mark.parametrize("wrong_by", [HOUR, -HOUR])
def test_a_service_an_hour_off(floor: Floor, wrong_by: float) -> None:
    """It takes over no lease that holds, nobody takes over its own, and what it writes down is of the right time."""
    began = datetime.now(UTC)
    config = floor.configured(floor.direct, "service")
    services = [floor.begin(config, wrong_by=seconds) for seconds in (wrong_by, 0)]
    numbers = floor.customers(8)
    written = []
    for turn in range(3):
        for number in numbers:
            replies.reply(floor.desk, number, f"{turn}.{number}")
            written.append(f"{turn}.{number}")
    floor.delivered()
    services[1].kill()
    floor.office.writes("and now the wrong one alone", who="late@x.example")
    until(lambda: len(floor.numbers()) == len(numbers) + 1, "the one that is off does not take over")
    floor.right(written)
    with floor.desk.store.read() as connection:
        times = connection.execute(select(event.c.at)).scalars().all()
    ended = datetime.now(UTC)
    slack = timedelta(seconds=2)
    assert all(began - slack <= at <= ended + slack for at in times), "nothing happened an hour ago, or in an hour"
    assert services[0].poll() is None


@pytest.mark.parametrize(("wrong_by", "said"), [(HOUR, "60 minutes ahead"), (-HOUR, "60 minutes behind"), (1, "")])
def test_a_wrong_clock_is_said(floor: Floor, wrong_by: float, said: str) -> None:
    """`agentconsole check` names it; the console works all the same."""
    config = str(floor.configured(floor.direct, "checked"))
    command = [sys.executable, "-m", "tests.faults.skewed", str(wrong_by), "--config", config, "check"]
    environment = {**os.environ, "PYTHONPATH": str(SUPPORT)}
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ("the desk's" in found.stdout) == bool(said)
    assert said in found.stdout
