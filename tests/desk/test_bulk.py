"""The same change of many conversations: one step, a preview that keeps nothing, and macros' actions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import Priority, State
from agentconsole.desk import (
    acting,
    bulk,
    conversations,
    dispatch,
    escalations,
    handling,
    moves,
    promises,
    snooze,
    undo,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.macro import NOBODY, Actions, MacroPromise
from agentconsole.model.message import Address, Direction
from tests.conftest import Time, wipe
from tests.incoming import arrives, everything, message, numbers, only, opened

MANY = 45
"""More than are changed in two transactions."""


def many(desk: Desk, count: int = MANY) -> list[int]:
    arrives(desk, *(message(author=Address(f"c{n}@customer.example", f"C{n}")) for n in range(count)))
    return numbers(everything(desk))


def stands(desk: Desk) -> list[ConversationRow]:
    return everything(desk)


RESOLVE = partial(moves.set_state, state=State.RESOLVED)
TAG = partial(moves.tag, add=("incident",))


def test_many_are_changed_and_undone_in_one(desk: Desk) -> None:
    before = many(desk)
    told: list[tuple[int, int]] = []
    outcome = bulk.apply(desk, before, [TAG, RESOLVE], lambda done, of: told.append((done, of)))
    assert (numbers(outcome.rows), outcome.refused, outcome.left) == (before, (), ())
    assert told == [(20, 45), (40, 45), (45, 45)]
    assert {row.state for row in stands(desk)} == {State.RESOLVED}
    step = undo.latest(desk)
    assert step is not None
    assert (step.step, list(step.numbers)) == (outcome.step, before)
    undo.undo(desk)
    assert {row.state for row in stands(desk)} == {State.OPEN}
    assert opened(desk, before[-1]).tags == ()


def test_those_that_refuse_stay_and_say_why(desk: Desk) -> None:
    known = many(desk, 25)
    promises.promise(desk, 3, desk.now() + timedelta(hours=3), "Call back")
    outcome = bulk.apply(desk, [3, *known, 999, 3], [TAG, RESOLVE])
    assert [number for number, _why in outcome.refused] == [3, 999]
    assert "promised" in outcome.refused[0][1]
    assert numbers(outcome.rows) == [n for n in known if n != 3]
    assert (opened(desk, 3).tags, opened(desk, 3).row.state) == ((), State.OPEN)
    assert opened(desk, 4).tags == ("incident",)


def test_a_preview_says_the_same_and_keeps_nothing(desk: Desk) -> None:
    known = many(desk, 25)
    handling.set_state(desk, 2, State.RESOLVED)
    promises.promise(desk, 3, desk.now() + timedelta(hours=3), "Call back")
    before, trail = stands(desk), conversations.trail(desk, 4)
    note = partial(escalations.make_escalation, reason="Incident", team="mail")
    preview = bulk.preview(desk, [*known, 999], [note, RESOLVE, snooze.move(desk, "2h")])
    assert stands(desk) == before
    assert conversations.trail(desk, 4) == trail
    assert [m.direction for m in opened(desk, 4).messages] == [Direction.IN]
    assert snooze.last(desk) == ""
    outcome = bulk.apply(desk, [*known, 999], [note, RESOLVE, snooze.move(desk, "2h")])
    assert (outcome.rows, outcome.refused) == (preview.rows, preview.refused)


def test_it_can_be_stopped_and_what_is_done_undone(desk: Desk) -> None:
    known, stop = many(desk), Event()
    outcome = bulk.apply(desk, known, [TAG], lambda done, _of: stop.set() if done >= 20 else None, stop)
    assert (numbers(outcome.rows), list(outcome.left)) == (known[:20], known[20:])
    assert opened(desk, known[20]).tags == ()
    undo.undo(desk)
    assert opened(desk, known[0]).tags == ()


def test_nothing_to_do_leaves_nothing_to_undo(desk: Desk) -> None:
    known = many(desk, 2)
    bulk.apply(desk, known, [partial(moves.set_state, state=State.OPEN)])
    assert undo.latest(desk) is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 8), max_size=12), st.sets(st.integers(1, 6)))
def test_each_is_either_changed_or_refused(desk: Desk, asked: list[int], promised: set[int]) -> None:
    wipe(desk.store)
    many(desk, 6)
    for number in promised:
        promises.promise(desk, number, desk.now() + timedelta(hours=1), "x")
    outcome = bulk.apply(desk, asked, [TAG, RESOLVE])
    done, refused = set(numbers(outcome.rows)), {number for number, _why in outcome.refused}
    assert done | refused == set(asked)
    assert refused == {n for n in asked if n in promised or n > 6}
    for row in stands(desk):
        assert (row.state is State.RESOLVED) == (row.number in done)
        assert bool(opened(desk, row.number).tags) == (row.number in done)


# Macros' actions


def test_all_that_a_macro_does(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    handling.tag(desk, 1, ["old"])
    actions = Actions(
        add_tags=("delivery",), remove_tags=("old",), assignee="tom", team="mail", priority=Priority.HIGH, snooze="2d",
        state=State.SNOOZED, note="Written to the carrier", promise=MacroPromise("2026-03-04 10:00", "Call back"),
    )  # fmt: skip
    acting.act(desk, [1], actions)
    row, thread = only(desk), opened(desk)
    assert (row.assignee, row.team, row.priority, row.state) == ("tom", "mail", Priority.HIGH, State.SNOOZED)
    assert (row.snoozed_until, row.promised_at) == (now.at + timedelta(days=2), datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert (thread.tags, thread.messages[-1].text) == (("delivery",), "Written to the carrier")
    undo.undo(desk)
    assert (only(desk).state, opened(desk).tags, len(opened(desk).messages)) == (State.OPEN, ("old",), 1)


def test_what_it_leaves_out_stays(desk: Desk) -> None:
    arrives(desk, message())
    handling.assign(desk, 1, "tom", "mail")
    acting.act(desk, [1], Actions(team="instant"))
    assert (only(desk).assignee, only(desk).team) == ("tom", "instant")
    acting.act(desk, [1], Actions(assignee=NOBODY))
    assert (only(desk).assignee, only(desk).team) == (None, "instant")
    assert acting.moves_of(desk, Actions()) == ()
    assert acting.state_of(desk, Actions()) == (None, None)


def test_words_and_actions_are_one_step(desk: Desk) -> None:
    arrives(desk, message())
    actions = Actions(add_tags=("delivery",), state=State.RESOLVED)
    acting.send(desk, 1, "Bonjour", actions, hold=timedelta(minutes=1))
    assert (only(desk).state, opened(desk).tags) == (State.RESOLVED, ("delivery",))
    undo.undo(desk)
    assert (only(desk).state, opened(desk).tags, len(opened(desk).messages)) == (State.OPEN, (), 1)
    assert dispatch.claim(desk, "mail", "console") is None


@pytest.mark.parametrize(
    "actions",
    [
        Actions(snooze="never", state=State.SNOOZED),
        Actions(promise=MacroPromise("{{ ask.day }} 10:00", "Call back")),
        Actions(promise=MacroPromise("until reply", "Call back")),
        Actions(promise=MacroPromise("2d", "Call {{ customer.first_name }}")),
        Actions(promise=MacroPromise("2d", "Call back"), state=State.RESOLVED),
        Actions(note="{{ ask.why }}", add_tags=("x",)),
    ],
)
def test_what_cannot_be_done_wholly_is_not_done_at_all(desk: Desk, actions: Actions) -> None:
    arrives(desk, message())
    before = only(desk)
    with pytest.raises(UsageError):
        acting.act(desk, [1], actions)
    with pytest.raises(UsageError):
        acting.send(desk, 1, "Bonjour", actions)
    assert only(desk) == before
    assert len(opened(desk).messages) == 1


# Snoozing at a desk


def test_a_day_is_its_opening_time_at_this_desk(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    assert snooze.snooze(desk, 1, "demain").snoozed_until == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert snooze.snooze(desk, 1, "dimanche").snoozed_until == datetime(2026, 3, 9, 7, tzinfo=UTC)
    assert snooze.snooze(desk, 1, "until reply").snoozed_until is None
    assert only(desk).state is State.SNOOZED
    now.passes(hours=1)
    assert snooze.snooze(desk, 1, "2h").snoozed_until == now.at + timedelta(hours=2)


def test_the_same_as_last_time(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    with pytest.raises(UsageError, match="not snoozed anything"):
        snooze.snooze(desk, 1, "=")
    snooze.snooze(desk, 1, "demain  9h")
    assert snooze.last(desk) == "demain 9h"
    now.passes(days=1)
    assert snooze.snooze(desk, 1, "same").snoozed_until == datetime(2026, 3, 4, 8, tzinfo=UTC)
    with pytest.raises(UsageError):
        snooze.snooze(desk, 1, "whenever")
    assert snooze.last(desk) == "demain 9h"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_suggestions_can_be_typed(desk: Desk, now: Time, language: str) -> None:
    from agentconsole import i18n

    i18n.use(language)
    try:
        arrives(desk, message())
        snooze.snooze(desk, 1, "2026-03-02 18:00")
        found = snooze.suggestions(desk)
        assert found[0] == ("2026-03-02 18:00", datetime(2026, 3, 2, 17, tzinfo=UTC))
        assert [at for _words, at in found] == [snooze.until(desk, words) for words, _at in found]
        assert [words for words, at in found if at is None] == [found[-1][0]]
        now.passes(days=1)
        assert len(snooze.suggestions(desk)) == len(found) - 1
    finally:
        i18n.use("en")


def test_a_note_along_with_a_reply_that_fails_leaves_the_clocks_as_they_were(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    before = only(desk)
    acting.send(desk, 1, "Voilà", Actions(note="vu avec Tom", state=State.RESOLVED))
    now.passes(minutes=30)
    claimed = dispatch.claim(desk, "mail", "console")
    assert claimed
    dispatch.record(desk, claimed[0], dispatch.Outcome.FAILED, "550")
    after = only(desk)
    assert (after.state, after.due_at, after.due_kind) == (State.OPEN, before.due_at, before.due_kind)


def test_tags_are_taken_off_as_they_are_put_on(desk: Desk) -> None:
    arrives(desk, message())
    handling.tag(desk, 1, ["Panne Fibre"])
    handling.tag(desk, 1, remove=["Panne Fibre"])
    assert opened(desk).tags == ()
