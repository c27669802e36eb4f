"""The outbox against an obvious model: several consoles that claim, crash, freeze, and say what they know late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test as run

from agentconsole.desk import delivery, dispatch, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.dispatch import Outcome
from agentconsole.store.outbox import Entry
from tests.conftest import Time
from tests.desk.outbox_model import Outbox
from tests.incoming import arrives, message, opened
from tests.keeping import keep_house


def _frozen(desk: Desk, now: Time) -> tuple[Entry, Entry]:
    """A reply that one console claimed before it froze, and another one claimed since."""
    arrives(desk, message())
    replies.reply(desk, 1, "hello")
    first = dispatch.claim(desk, "mail", "frozen")
    now.passes(minutes=3)
    keep_house(desk)
    second = dispatch.claim(desk, "mail", "awake")
    assert first
    assert second
    assert (first[0].attempt, second[0].attempt) == (1, 2)
    return first[0], second[0]


def _state(desk: Desk) -> str:
    delivered = opened(desk).messages[-1].delivery
    assert delivered
    return delivered.state


def test_a_frozen_console_may_not_send_when_it_wakes(desk: Desk, now: Time) -> None:
    frozen, awake = _frozen(desk, now)
    assert not dispatch.wire(desk, frozen, "frozen")
    assert not dispatch.wire(desk, frozen, "awake")
    assert not dispatch.wire(desk, awake, "frozen")
    assert dispatch.wire(desk, awake, "awake")


@pytest.mark.parametrize("outcome", [Outcome.LATER, Outcome.FAILED, Outcome.UNKNOWN])
def test_what_a_frozen_console_says_of_its_try_changes_nothing(desk: Desk, now: Time, outcome: Outcome) -> None:
    frozen, awake = _frozen(desk, now)
    dispatch.record(desk, frozen, outcome, "too late")
    assert _state(desk) == "sending"
    assert dispatch.wire(desk, awake, "awake")
    dispatch.record(desk, awake, Outcome.SENT, "")
    dispatch.record(desk, frozen, outcome, "too late")
    assert _state(desk) == "sent"


def test_a_new_try_begins_before_the_point_of_no_return(desk: Desk, now: Time) -> None:
    """The first try passed it and was refused for now; the second lapses before it: certainly not sent."""
    arrives(desk, message())
    replies.reply(desk, 1, "hello")
    first = dispatch.claim(desk, "mail", "a")
    assert first
    assert dispatch.wire(desk, first[0], "a")
    dispatch.record(desk, first[0], Outcome.LATER, "451 later")
    now.passes(minutes=5)
    assert dispatch.claim(desk, "mail", "a")
    now.passes(minutes=5)
    keep_house(desk)
    assert _state(desk) == "queued"


def test_pauses_double_until_it_is_given_up(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    replies.reply(desk, 1, "hello")
    pauses = []
    while (claimed := dispatch.claim(desk, "mail", "a")) is not None:
        dispatch.record(desk, claimed[0], Outcome.LATER, "no connection")
        if _state(desk) == "failed":
            break
        (entry,) = delivery.undelivered(desk)
        pauses.append((entry.not_before - now()) / timedelta(minutes=1))
        now.at = entry.not_before
    wanted = [1, 2, 4, 8, 16, 32, *[60] * (len(pauses) - 6)]
    assert all(0.8 * want <= pause <= 1.2 * want for pause, want in zip(pauses, wanted, strict=True))
    assert timedelta(days=2) < now() - entry.queued_at < timedelta(days=2, hours=1.2)
    delivery.again(desk, entry.key)
    claimed = dispatch.claim(desk, "mail", "a")
    assert claimed
    dispatch.record(desk, claimed[0], Outcome.LATER, "no connection")
    assert _state(desk) == "queued"  # a person's "again" is worth as much patience as the first time


def test_the_outbox_does_what_the_ledger_says(desk: Desk, now: Time) -> None:
    machine = type("Bound", (Outbox,), {"desk": desk, "time": now})
    run(
        machine,
        settings=settings(
            max_examples=12 if desk.store.sqlite else 5,
            stateful_step_count=50,
            deadline=None,
            phases=[
                Phase.explicit,
                Phase.reuse,
                Phase.generate,
            ],  # making an example smaller takes minutes of commits
            suppress_health_check=list(HealthCheck),
        ),
    )
