"""Promises to customers: dated, with a clock, until kept, renewed or dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import ClockKind, State
from agentconsole.desk import (
    conversations,
    handling,
    promises,
    replies,
    saved_views,
    search,
    triage,
    undo,
    wording,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, NotFound, UsageError
from agentconsole.model.message import Address
from tests.conftest import Time, wipe
from tests.incoming import arrives, message, numbers, only, opened
from tests.keeping import keep_house

TOMORROW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def test_a_promise_has_a_clock_and_is_on_the_card(desk: Desk) -> None:
    arrives(desk, message())
    replies.reply(desk, 1, "Je vous rappelle demain à 10 h.", state=State.PENDING)
    handling.assign(desk, 1, "lea")
    row = promises.promise(desk, 1, TOMORROW, "  Rappeler\nCamille ")
    assert (row.promised_at, row.due_kind, row.due_at) == (TOMORROW, ClockKind.PROMISE, TOMORROW)
    (made,) = opened(desk).promises
    assert (made.text, made.at, made.author, made.number) == ("Rappeler Camille", TOMORROW, "lea", 1)
    assert wording.promise(made, desk, desk.now()) == "tomorrow 10:00 Rappeler Camille"
    assert numbers(search.search(desk, "is:promised").rows) == [1]


def test_the_card_shows_promises_of_the_customers_other_conversations(desk: Desk) -> None:
    arrives(desk, message(subject="Panne"), message(subject="Facture", external_id="x"))
    arrives(desk, message(author=Address("paul@customer.example", "Paul Roy")))
    promises.promise(desk, 1, TOMORROW + timedelta(hours=1), "Later")
    promises.promise(desk, 2, TOMORROW, "Earlier")
    promises.promise(desk, 3, TOMORROW, "Somebody else's")
    assert [p.text for p in opened(desk, 1).promises] == ["Earlier", "Later"]
    assert [p.text for p in promises.open_promises(desk, 1)] == ["Later"]
    assert [p.number for p in promises.everyones(desk)] == [2, 3, 1]


@pytest.mark.parametrize("end", [promises.keep, promises.drop])
def test_one_that_ended_is_gone_once(desk: Desk, end: Callable[[Desk, object], object]) -> None:
    arrives(desk, message())
    promises.promise(desk, 1, TOMORROW, "Call back")
    (made,) = promises.open_promises(desk, 1)
    end(desk, made.id)
    assert only(desk).promised_at is None
    assert opened(desk).promises == ()
    with pytest.raises(NotFound):
        end(desk, made.id)


def test_renewing_is_one_step(desk: Desk) -> None:
    arrives(desk, message())
    promises.promise(desk, 1, TOMORROW, "Call back")
    (made,) = promises.open_promises(desk, 1)
    later = TOMORROW + timedelta(days=1)
    assert promises.renew(desk, made.id, later).promised_at == later
    assert [(p.at, p.text) for p in promises.open_promises(desk, 1)] == [(later, "Call back")]
    undo.undo(desk)
    assert promises.open_promises(desk, 1) == [made]
    with pytest.raises(UsageError):
        promises.renew(desk, made.id, desk.now())
    assert promises.open_promises(desk, 1) == [made]


@pytest.mark.parametrize(("at", "text"), [(TOMORROW, "  "), (TOMORROW, "x" * 501), (TOMORROW - timedelta(days=2), "x")])
def test_what_cannot_be_promised(desk: Desk, at: datetime, text: str) -> None:
    arrives(desk, message())
    with pytest.raises(UsageError):
        promises.promise(desk, 1, at, text)
    assert only(desk).promised_at is None


def test_nothing_is_resolved_over_a_promise(desk: Desk) -> None:
    arrives(desk, message())
    promises.promise(desk, 1, TOMORROW, "Call back")
    for resolve in (
        lambda: handling.set_state(desk, 1, State.RESOLVED),
        lambda: replies.reply(desk, 1, "Au revoir", state=State.RESOLVED),
    ):
        with pytest.raises(UsageError, match="promised"):
            resolve()
    assert len(opened(desk).messages) == 1
    (made,) = promises.open_promises(desk, 1)
    promises.keep(desk, made.id)
    handling.set_state(desk, 1, State.RESOLVED)
    with pytest.raises(undo.TooLate):  # keeping it cannot be undone under a conversation that is done
        undo.undo(desk, _step_of(desk, "promise_ended"))


def _step_of(desk: Desk, kind: str) -> UUID | None:
    return next(e.step for e in conversations.trail(desk, 1) if e.kind == kind)


def test_a_promise_opens_what_was_resolved(desk: Desk) -> None:
    arrives(desk, message())
    handling.set_state(desk, 1, State.RESOLVED)
    resolved = _step_of(desk, "state")
    assert promises.promise(desk, 1, TOMORROW, "Call back").state is State.OPEN
    with pytest.raises(undo.TooLate):
        undo.undo(desk, resolved)
    undo.undo(desk)
    assert (only(desk).state, only(desk).promised_at) == (State.RESOLVED, None)


def test_what_waits_is_opened_before_a_promise_is_due(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    replies.reply(desk, 1, "Je vous rappelle.")
    promises.promise(desk, 1, TOMORROW, "Call back")
    handling.set_state(desk, 1, State.PENDING)
    keep_house(desk)
    assert only(desk).state is State.PENDING
    now.at = TOMORROW - timedelta(minutes=59)
    keep_house(desk)
    assert only(desk).state is State.OPEN
    now.passes(minutes=1)
    for state in (State.SNOOZED, State.PENDING):
        handling.set_state(desk, 1, state)
        assert handling.wake(desk) == 0
        assert only(desk).state is state  # whoever set it aside knew of the promise
    handling.set_state(desk, 1, State.SNOOZED, TOMORROW - timedelta(minutes=20))
    keep_house(desk)
    assert only(desk).state is State.SNOOZED  # it comes back by itself, in time
    now.at = TOMORROW - timedelta(minutes=20)
    keep_house(desk)
    assert only(desk).state is State.OPEN
    now.at = TOMORROW + timedelta(minutes=1)
    late = saved_views.bind(saved_views.view(desk.config, "open"), desk)
    assert numbers(triage.page_of(desk, late).rows) == [1]
    assert wording.clock(only(desk), desk, desk.now()).words() == "LATE 1m"  # type: ignore[union-attr]  # (one runs)


def test_what_waits_is_opened_once_more_when_its_promise_is_due(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    promises.promise(desk, 1, now() + timedelta(minutes=20), "Call back")
    handling.set_state(desk, 1, State.PENDING)
    assert handling.wake(desk) == 0
    undo.undo(desk)
    handling.set_state(desk, 1, State.PENDING)
    now.passes(minutes=20)
    assert handling.wake(desk) == 1
    assert only(desk).state is State.OPEN
    now.passes(minutes=1)
    handling.set_state(desk, 1, State.PENDING)
    now.passes(minutes=5)
    assert handling.wake(desk) == 0


CHANGES: tuple[str, ...] = (
    "promise", "keep", "drop", "renew", "pending", "resolved", "open", "replied", "asked", "undo", "undo",
)  # fmt: skip


@settings(max_examples=18, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(1, 9)), max_size=12))
def test_a_conversation_always_tells_its_earliest_open_promise(
    desk: Desk, now: Time, changes: list[tuple[str, int]]
) -> None:
    wipe(desk.store)
    arrives(desk, message())
    for name, n in changes:
        now.passes(seconds=1)
        mine = promises.open_promises(desk, 1)
        some = mine[n % len(mine)] if mine else None
        later = desk.now() + timedelta(hours=n)
        try:
            if name == "promise":
                promises.promise(desk, 1, later, f"in {n} hours")
            elif name in ("keep", "drop") and some:
                getattr(promises, name)(desk, some.id)
            elif name == "renew" and some:
                promises.renew(desk, some.id, later)
            elif name in set(State):
                handling.set_state(desk, 1, State(name))
            elif name == "replied":
                replies.reply(desk, 1, "Bonjour", hold=timedelta(minutes=1))
            elif name == "asked":
                arrives(desk, message())
            elif name == "undo":
                undo.undo(desk)
        except ConsoleError:
            pass  # refused or not: what holds is looked at below
        row, mine = conversations.row(desk, 1), promises.open_promises(desk, 1)
        assert row.promised_at == min((p.at for p in mine), default=None)
        assert not (mine and row.state is State.RESOLVED)
        assert numbers(search.search(desk, "is:promised").rows) == ([1] if mine else [])
    while True:
        try:
            undo.undo(desk)
        except ConsoleError:
            break
        mine = promises.open_promises(desk, 1)
        assert conversations.row(desk, 1).promised_at == min((p.at for p in mine), default=None)
