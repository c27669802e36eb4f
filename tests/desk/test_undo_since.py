"""Undo where something has happened since: what came from others stays, and nothing of one's own is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from agentconsole.config import State
from agentconsole.desk import (
    acting,
    conversations,
    customers,
    drafts,
    escalations,
    handling,
    merging,
    presence,
    replies,
    undo,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.model.conversation import DraftKind
from agentconsole.model.macro import Actions, MacroPromise
from agentconsole.model.message import Address
from tests.conftest import Time
from tests.incoming import arrives, everything, message, only, opened, texts

Open = Callable[[str], Desk]
HOLD = timedelta(seconds=8)


@pytest.mark.parametrize("state", [State.PENDING, State.RESOLVED, None])
@pytest.mark.parametrize("before", [State.OPEN, State.PENDING, State.SNOOZED, State.RESOLVED])
def test_a_reply_can_be_taken_back_when_the_customer_wrote_again(
    desk: Desk, now: Time, before: State, state: State | None
) -> None:
    arrives(desk, message(external_id="first"))
    presence.here(desk, 1)
    handling.set_state(desk, 1, before)
    now.passes(seconds=1)
    replies.reply(desk, 1, "Bonjour", hold=HOLD, seen=1, state=state)
    arrives(desk, message("Attendez, j'ai oublié !", references=("first",), at=now.passes(seconds=2)))
    undo.undo(desk)
    row = only(desk)
    assert (row.state, row.unread, row.excerpt) == (State.OPEN, 1, "Attendez, j'ai oublié !")
    assert [draft.text for draft in drafts.mine(desk)] == ["Bonjour"]


def test_a_reply_can_be_taken_back_when_its_promise_has_opened_the_conversation(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    acting.send(desk, 1, "Je rappelle.", Actions(promise=MacroPromise("20min", "rappeler")), hold=HOLD)
    assert handling.wake(desk) == 0
    now.passes(minutes=20)
    assert handling.wake(desk) == 1
    undo.undo(desk)
    assert (only(desk).state, only(desk).promised_at) == (State.OPEN, None)


def test_a_reply_taken_back_leaves_the_conversation_with_whoever_took_it(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    replies.reply(lea, 1, "Bonjour", hold=HOLD)
    handling.assign(tom, 1, "tom")
    undo.undo(lea)
    assert only(lea).assignee == "tom"


def test_a_reply_taken_back_has_its_actions_again(desk: Desk) -> None:
    arrives(desk, message())
    actions = Actions(add_tags=("box",), state=State.RESOLVED)
    acting.send(desk, 1, "Voilà", actions, hold=HOLD)
    undo.undo(desk)
    (draft,) = drafts.mine(desk)
    assert Actions.from_json(draft.actions) == actions


def test_a_colleagues_later_snooze_stays(open_as: Open, now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    handling.set_state(lea, 1, State.SNOOZED, now() + timedelta(hours=3))
    handling.set_state(tom, 1, State.SNOOZED, now() + timedelta(hours=30))
    with pytest.raises(undo.TooLate, match="changed again"):
        undo.undo(lea)
    assert only(lea).snoozed_until == now() + timedelta(hours=30)


def test_a_colleagues_later_escalation_to_the_same_team_stays(open_as: Open, now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    escalations.escalate(lea, 1, "litige", team="mail")
    now.passes(minutes=1)
    escalations.escalate(tom, 1, "presse", team="mail")
    with pytest.raises(undo.TooLate, match="changed again"):
        undo.undo(lea)
    assert only(lea).escalated_to == "team:mail"


def test_customers_linked_again_can_still_be_unlinked(open_as: Open, now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    arrives(lea, message(author=Address("c.durand@work.example", "Camille Durand")))
    other = conversations.row(lea, 2).customer_id
    for change in (customers.link, customers.unlink, customers.link):
        change(tom if change is customers.unlink else lea, 1, other)
        now.passes(seconds=1)
    with pytest.raises(undo.TooLate, match="one customer already"):
        undo.undo(tom)
    customers.unlink(lea, 1, other)
    assert opened(lea, 1).customer.linked == ()


def test_a_split_undone_after_a_merge_into_it_keeps_all_words(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message("un", external_id="one"), message("deux", references=("one",)))
    new = merging.split(lea, 1, 2).number
    arrives(lea, message("trois"), channel="form")
    third = everything(lea)[-1].number
    merging.merge(tom, [third], new)
    undo.undo(lea)
    assert texts(lea, 1) == ["un", "deux", "trois"]
    with pytest.raises(UsageError, match="was not merged"):
        merging.unmerge(lea, new)
    merging.unmerge(lea, third)
    assert (texts(lea, 1), texts(lea, third)) == (["un", "deux"], ["trois"])


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("state", [State.PENDING, State.SNOOZED, State.RESOLVED])
def test_clocks_that_a_merge_set_going_are_not_moved_by_a_later_undo(
    desk: Desk, now: Time, state: State, apart: bool
) -> None:
    arrives(desk, message("deux"), channel="form")
    arrives(desk, message("un"))
    replies.reply(desk, 2, "Bonjour", state=state)
    now.passes(minutes=10)
    merging.merge(desk, [1], 2)
    if apart:
        now.passes(minutes=10)
        merging.unmerge(desk, 1)
    before = [(row.state, row.due_at, row.due_kind) for row in everything(desk)]
    assert before[-1][0] is (state if apart else State.OPEN)
    now.passes(hours=2)
    for row in everything(desk):
        handling.tag(desk, row.number, ["box"])
        undo.undo(desk)
    assert [(row.state, row.due_at, row.due_kind) for row in everything(desk)] == before


def test_merge_and_split_are_undone_one_after_the_other(desk: Desk) -> None:
    arrives(desk, message("un", external_id="one"), message("deux", references=("one",)))
    arrives(desk, message("trois"), channel="form")
    handling.set_state(desk, 1, State.PENDING)
    handling.tag(desk, 2, ["facture"])
    before = [_whole(desk, number) for number in (1, 2)]
    merging.merge(desk, [2], 1)
    merged = _whole(desk, 1)
    merging.split(desk, 1, 3)
    undo.undo(desk)
    assert _whole(desk, 1) == merged
    undo.undo(desk)
    assert [_whole(desk, number) for number in (1, 2)] == before


def _whole(desk: Desk, number: int) -> tuple[object, ...]:
    thread = opened(desk, number)
    row = thread.row
    return row.number, row.state, row.unread, row.due_at, thread.tags, [m.text for m in thread.messages]


def test_a_split_undone_after_the_old_one_was_merged_goes_back_with_it(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message("un", external_id="one"), message("deux", references=("one",)))
    arrives(lea, message("trois"), channel="form")
    merging.split(lea, 1, 2)
    merging.merge(tom, [1], 2)
    undo.undo(lea)
    assert texts(lea, 2) == ["un", "deux", "trois"]
    merging.unmerge(lea, 1)
    assert (texts(lea, 1), texts(lea, 2)) == (["un", "deux"], ["trois"])


@pytest.mark.parametrize("taken", [False, True])
def test_an_escalation_comes_back_with_its_conversation_unless_it_was_taken(open_as: Open, taken: bool) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message("un"))
    arrives(lea, message("deux"), channel="form")
    escalations.escalate(lea, 1, "litige", team="mail")
    merging.merge(lea, [1], 2)
    if taken:
        escalations.take(tom, 2)
    merging.unmerge(lea, 1)
    assert [row.escalated_to for row in everything(lea)] == [None if taken else "team:mail", None]


def test_a_note_that_something_else_wrote_goes_with_it(desk: Desk) -> None:
    arrives(desk, message())
    drafts.keep(desk, 1, "my own", 1, DraftKind.NOTE)
    escalations.escalate(desk, 1, "litige", team="mail")
    undo.undo(desk)
    acting.send(desk, 1, "Voilà", Actions(note="offert un bon"), hold=HOLD)
    undo.undo(desk)
    assert texts(desk) == ["Bonjour, ma box est en panne."]
    assert sorted(draft.text for draft in drafts.mine(desk)) == ["Voilà", "my own"]
