"""The floor in figures against the audit trail, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from agentconsole.config import Config, State
from agentconsole.desk import figures, handling, replies, snooze, undo
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.model.floor import Which
from agentconsole.store.tables import event
from agentconsole.store.tables import message as message_table
from tests.conftest import Time, wipe
from tests.desk.floor_people import OPENING, VIEWS, WITH_SUPERVISOR, check, floor_config, write
from tests.store.test_plans import plans


@pytest.fixture
def config() -> Config:
    """The desk of the other tests, with Sam as supervisor, and views that hold what sleeps too."""
    return floor_config(WITH_SUPERVISOR + VIEWS)


@pytest.fixture
def sam(open_as: Callable[[str], Desk]) -> Desk:
    """The supervisor's console."""
    return open_as("sam")


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["write", "again", "reply", "close", "pending", "snooze", "reopen", "take", "undo", "wait"]),
        some.integers(1, 6),
        some.sampled_from(["lea", "tom"]),
    ),
    min_size=8,
    max_size=30,
)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@given(STEPS)
@settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.reuse, Phase.generate),
)
def test_sums_are_those_of_the_audit_trail(
    open_as: Callable[[str], Desk], now: Time, config: Config, steps: list[tuple[str, int, str]]
) -> None:
    desks = {name: open_as(name) for name in ("lea", "tom", "sam")}
    sam = desks["sam"]
    wipe(sam.store)
    now.at = OPENING + timedelta(hours=2)
    for what, number, who in steps:
        now.passes(minutes=2)
        _do(desks[who], what, number)
    floor = figures.floor(sam)
    assert sum(q.handled for q in floor.quarters) == sum(_handled_by_the_trail(sam).values())
    assert {agent.id: agent.handled for agent in floor.agents if agent.handled} == _handled_by_the_trail(sam)
    assert figures.behind(sam, Which("open")).total == sum(one.open for one in floor.channels)
    check(sam, floor)


def _do(desk: Desk, what: str, number: int) -> None:
    """One thing that happens; nothing where it cannot."""
    states = {"close": State.RESOLVED, "pending": State.PENDING, "reopen": State.OPEN}
    try:
        if what in ("write", "again"):
            channel = "x" if number > 3 else "mail"  # where an hour is late
            write(desk, f"c{number}", channel=channel, subject="Panne" if what == "again" else f"Sujet {number}")
        elif what == "reply":
            replies.reply(desk, number, "x")
        elif what == "snooze":
            snooze.snooze(desk, number, "30m")
        elif what == "take":
            handling.assign(desk, number, desk.agent.id)
        elif what == "undo":
            undo.undo(desk)
        elif what == "wait":
            desk.now.passes(minutes=20 * number)  # type: ignore[attr-defined]  # the clock of the tests
            handling.wake(desk)
        else:
            handling.set_state(desk, number, states[what])
    except ConsoleError:
        pass


def _handled_by_the_trail(desk: Desk) -> dict[str, int]:
    """The slow way: every entry of the trail that took a conversation from open to pending or resolved, less those
    undone; of those to pending only those after an answer to the customer's latest message."""
    m = message_table
    found: dict[str, int] = {}
    with desk.store.read() as connection:
        entries = connection.execute(select(event).where(event.c.kind == "state", ~event.c.undone)).all()
        for entry in entries:
            said = json.loads(entry.detail)
            if said["before"] != "open" or said["state"] not in ("pending", "resolved"):
                continue
            if entry.actor not in ("lea", "tom"):
                continue
            latest = connection.execute(
                select(m.c.direction)
                .where(m.c.conversation_id == entry.conversation_id, m.c.seq <= said["after"])
                .order_by(m.c.seq.desc())
            ).scalars()
            if said["state"] == "pending" and next(iter(latest), "in") == "in":
                continue
            found[entry.actor] = found.get(entry.actor, 0) + 1
    return found


_PARTIAL = ("ix_conversation_active", "ix_conversation_waiting")
"""Indexes of the active conversations alone."""


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_figures_are_read_through_indexes(sam: Desk) -> None:
    """No query walks the whole of a table that grows with the desk's age."""
    with plans(sam) as seen:
        figures.floor(sam)
        for which in ("handled", "arrived", "first_response", "resolution", "reopened"):
            figures.behind(sam, Which(which))
    big = ("flow", "u", "back", "before", "event", "message", "ledger_entry")
    walked = [
        line for plan in seen for line in plan.splitlines() if line.split()[:2] in [["SCAN", name] for name in big]
    ]
    assert [line for line in walked if "INDEX" not in line] == []
    conversations_ = [line for plan in seen for line in plan.splitlines() if line.startswith("SCAN conversation")]
    assert [line for line in conversations_ if not line.split()[-1].startswith(_PARTIAL)] == []
