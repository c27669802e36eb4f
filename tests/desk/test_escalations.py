"""Escalations: a reason, somebody to take it, and a clock of its own until they do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import ClockKind, ClockState, Priority, Sla, State
from agentconsole.desk import (
    conversations,
    escalations,
    handling,
    promises,
    replies,
    search,
    undo,
    wording,
    wording_trail,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, NotFound, UsageError
from agentconsole.model.message import Direction
from tests.conftest import Time, wipe
from tests.incoming import arrives, message, numbers, only, opened

Open = Callable[[str], Desk]
LATE = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
"""19:30 in Paris, half an hour before the desk closes."""


def test_it_goes_to_somebody_with_a_reason_and_a_clock(desk: Desk) -> None:
    arrives(desk, message())
    handling.set_state(desk, 1, State.PENDING)
    row = escalations.escalate(desk, 1, " Cas juridique ", agent="tom")
    due = desk.now() + timedelta(hours=1)
    assert (row.assignee, row.state, row.escalated_to, row.escalation_due_at) == ("tom", State.OPEN, "tom", due)
    assert (row.due_kind, row.due_at) == (ClockKind.ESCALATION, due)
    written = opened(desk).messages[-1]
    assert (written.direction, written.text) == (Direction.NOTE, "Escalated to Tom Reed: Cas juridique")
    assert wording.escalation(row, desk, desk.now()) == "escalated to Tom Reed, to be taken by 11:00"
    assert numbers(search.search(desk, "is:escalated").rows) == [1]


def test_a_team_gets_it_with_nobody_in_it(desk: Desk) -> None:
    arrives(desk, message())
    handling.assign(desk, 1, "lea", "instant")
    row = escalations.escalate(desk, 1, "Facture", team="mail")
    assert (row.assignee, row.team, row.escalated_to) == (None, "mail", "team:mail")


def test_an_escalation_that_nobody_took_is_itself_late(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    replies.reply(desk, 1, "Je transmets.")
    escalations.escalate(desk, 1, "Cas juridique", agent="tom")
    now.passes(minutes=61)
    shown = wording.clock(only(desk), desk, desk.now())
    assert shown is not None
    assert (shown.kind, shown.state) == (ClockKind.ESCALATION, ClockState.LATE)


def test_its_clock_runs_in_open_time(desk: Desk, now: Time) -> None:
    business = desk.config.model_copy(update={"sla": (Sla(acknowledge=timedelta(hours=4)),)})
    desk = replace(desk, config=business)
    arrives(desk, message())
    now.at = LATE
    row = escalations.escalate(desk, 1, "Cas juridique", agent="tom")
    assert row.escalation_due_at == datetime(2026, 3, 3, 7, 30, tzinfo=UTC)


def test_whoever_deals_with_it_takes_it(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    for deals in (
        lambda: handling.assign(tom, 1, "tom"),
        lambda: escalations.take(tom, 1),
        lambda: replies.reply(tom, 1, "Bonjour", hold=timedelta(minutes=5)),
        lambda: replies.note(tom, 1, "Je m'en occupe"),
        lambda: handling.set_state(tom, 1, State.RESOLVED),
        lambda: escalations.take(lea, 1),
    ):
        escalations.escalate(lea, 1, "Cas juridique", agent="tom")
        deals()
        row = only(lea)
        assert (row.escalated_to, row.escalation_due_at) == (None, None)
        assert row.due_kind is not ClockKind.ESCALATION
        assert "escalation_taken" in [e.kind for e in conversations.trail(lea, 1)][-4:]
        undo.undo(lea if row.assignee == "lea" else tom)
        assert only(lea).escalated_to == "tom"


def test_what_the_one_who_escalated_says_takes_nothing(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message(external_id="first"))
    escalations.escalate(lea, 1, "Cas juridique", agent="tom")
    replies.note(lea, 1, "Le client rappelle demain")
    replies.reply(lea, 1, "Mon collègue vous répond.")
    arrives(lea, message(references=("first",)))
    handling.tag(tom, 1, ["juridique"])
    handling.assign(tom, 1, None, "mail")
    assert only(lea).escalated_to == "tom"


def test_take_keeps_the_team(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    escalations.escalate(lea, 1, "Facture", team="mail")
    row = escalations.take(tom, 1)
    assert (row.assignee, row.team, row.escalated_to) == ("tom", "mail", None)


def test_passing_it_on_takes_it_and_escalates_anew(open_as: Open, now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    escalations.escalate(lea, 1, "Facture", agent="tom")
    before = only(lea)
    now.passes(minutes=10)
    row = escalations.escalate(tom, 1, "Pas pour moi", team="instant")
    assert (row.escalated_to, row.escalation_due_at) == ("team:instant", now.at + timedelta(hours=1))
    undo.undo(tom)
    assert (only(lea).escalated_to, only(lea).escalation_due_at) == ("tom", before.escalation_due_at)
    undo.undo(lea)
    assert (only(lea).escalated_to, only(lea).assignee, len(opened(lea).messages)) == (None, None, 1)


CHANGES: dict[str, Callable[[Desk], object]] = {
    "escalated": lambda desk: escalations.escalate(desk, 1, "Why", agent="tom"),
    "to the team": lambda desk: escalations.escalate(desk, 1, "Why", team="mail"),
    "taken": lambda desk: escalations.take(desk, 1),
    "promised": lambda desk: promises.promise(desk, 1, desk.now() + timedelta(hours=2), "Call back"),
    "kept": lambda desk: promises.keep(desk, promises.open_promises(desk, 1)[0].id),
    "renewed": lambda desk: promises.renew(
        desk, promises.open_promises(desk, 1)[0].id, desk.now() + timedelta(hours=3)
    ),
    "pending": lambda desk: handling.set_state(desk, 1, State.PENDING),
    "resolved": lambda desk: handling.set_state(desk, 1, State.RESOLVED),
    "noted": lambda desk: replies.note(desk, 1, "Noted"),
    "replied": lambda desk: replies.reply(desk, 1, "Bonjour", hold=timedelta(minutes=5)),
    "nobody": lambda desk: handling.assign(desk, 1, None),
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=7))
def test_undoing_every_step_brings_back_each_moment(desk: Desk, changes: list[str]) -> None:
    wipe(desk.store)
    arrives(desk, message())
    moments = []
    for name in changes:
        before = _stands(desk)
        with suppress(ConsoleError, IndexError):
            CHANGES[name](desk)
        if _stands(desk) != before:
            moments.append(before)
    for before in reversed(moments):
        undo.undo(desk)
        assert _stands(desk) == before
    with pytest.raises(NotFound):
        undo.undo(desk)


def _stands(desk: Desk) -> tuple[object, ...]:
    thread = opened(desk)
    row = thread.row
    stands = (row.state, row.assignee, row.team, row.escalated_to, row.escalation_due_at, row.promised_at, row.due_at)
    return *stands, thread.promises, [m.text for m in thread.messages]


def test_the_trail_tells_it_in_words(desk: Desk) -> None:
    arrives(desk, message())
    handling.tag(desk, 1, ["box", "litige"])
    handling.tag(desk, 1, ["fibre"], ["box"])
    handling.prioritise(desk, 1, Priority.HIGH)
    handling.set_state(desk, 1, State.SNOOZED, desk.now() + timedelta(days=1))
    promises.promise(desk, 1, desk.now() + timedelta(days=1), "call\tback")
    promises.renew(desk, promises.open_promises(desk, 1)[0].id, desk.now() + timedelta(hours=2))
    promises.drop(desk, promises.open_promises(desk, 1)[0].id)
    escalations.escalate(desk, 1, "Why", team="mail")
    escalations.take(desk, 1)
    undo.undo(desk)
    said = [wording_trail.event(e.kind, e.detail, desk) for e in conversations.trail(desk, 1)]
    assert said == [
        "opened",
        "+box +litige",
        "+fibre -box",
        "normal priority → high priority",
        "open → snoozed until tomorrow 10:00",
        "promised for tomorrow 10:00: call back",
        "promise renewed: call back",
        "promised for 12:00: call back",
        "promise dropped: call back",
        "snoozed → open",
        "assigned to team Mail",
        "wrote a note",
        "escalated to team Mail: Why",
        "took the escalation",
        "assigned to Léa Martin",
        "undid it",
    ]


@pytest.mark.parametrize(
    "kind", ["tagged", "priority", "promised", "promise_ended", "escalated", "escalation_taken", "undone", "state"]
)
@pytest.mark.parametrize("detail", ["", "[]", "{}", '{"added":1}', '{"due":"x","how":3,"to":[],"before":null}'])
def test_entries_of_another_program_are_told_all_the_same(desk: Desk, kind: str, detail: str) -> None:
    assert wording_trail.event(kind, detail, desk)


@pytest.mark.parametrize(
    ("reason", "agent", "team"),
    [("  ", "tom", None), ("Why", None, None), ("Why", "lea", None), ("Why", "nobody-here", None), ("Why", None, "x")],
)
def test_what_cannot_be_escalated_changes_nothing(desk: Desk, reason: str, agent: str | None, team: str | None) -> None:
    arrives(desk, message())
    handling.set_state(desk, 1, State.PENDING)
    before = only(desk)
    with pytest.raises((UsageError, NotFound)):
        escalations.escalate(desk, 1, reason, agent, team)
    assert only(desk) == before
    assert len(opened(desk).messages) == 1


def test_undo_is_refused_once_it_was_taken(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    escalations.escalate(lea, 1, "Facture", agent="tom")
    escalations.take(tom, 1)
    with pytest.raises(undo.TooLate, match="changed again"):
        undo.undo(lea)
    assert only(lea).assignee == "tom"


def test_a_resolved_one_escalated_anew_cannot_be_resolved_by_undoing_what_opened_it(desk: Desk) -> None:
    arrives(desk, message())
    handling.set_state(desk, 1, State.RESOLVED)
    handling.set_state(desk, 1, State.OPEN)
    step = conversations.trail(desk, 1)[-1].step
    escalations.escalate(desk, 1, "Facture", agent="tom")
    with pytest.raises(undo.TooLate):
        undo.undo(desk, step)
    assert only(desk).escalated_to == "tom"
