"""Replies that come back, and replies found where only what was sent can be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, delivery, dispatch, handling
from agentconsole.desk.context import Desk
from agentconsole.desk.dispatch import Outcome
from agentconsole.store.outbox import Entry
from tests.conftest import Time
from tests.incoming import NINE, answers, arrives, bounce, everything, message, only, opened, sent_elsewhere


def _claimed(desk: Desk) -> Entry:
    held = dispatch.claim(desk, "mail", "console")
    assert held is not None
    return held[0]


def _delivered(desk: Desk) -> str:
    entry = _claimed(desk)
    assert dispatch.wire(desk, entry, "console")
    assert dispatch.record(desk, entry, Outcome.SENT, "") is Outcome.SENT
    return entry.key


def _state(desk: Desk) -> str:
    delivered = opened(desk).messages[1].delivery
    assert delivered is not None
    return delivered.state


@pytest.mark.parametrize("state", [State.PENDING, State.RESOLVED, State.SNOOZED])
def test_a_bounce_undoes_the_answer(desk: Desk, now: Time, state: State) -> None:
    """The reply has failed, the conversation is open, and its clocks run as if it had not been answered."""
    arrives(desk, message(at=NINE))
    before = only(desk)
    now.passes(minutes=5)
    answers(desk, state=state)
    key = _delivered(desk)
    now.passes(minutes=5)
    arrives(desk, bounce(key, at=now()))
    after, shown = only(desk), opened(desk).messages[1]
    assert (after.state, after.waiting_since, after.due_at) == (State.OPEN, NINE, before.due_at)
    assert after.due_kind is before.due_kind
    assert after.rank <= before.rank + timedelta(minutes=1)
    assert shown.delivery
    assert (shown.delivery.state, shown.delivery.error) == ("failed", "550 5.1.1 no such mailbox")
    assert "bounced" in [e.kind for e in conversations.trail(desk, after.number)]
    assert len(opened(desk).messages) == 3


def test_a_bounce_of_an_earlier_answer_leaves_a_later_one_be(desk: Desk, now: Time) -> None:
    arrives(desk, message(at=NINE, external_id="a"))
    answers(desk, "first")
    first = _delivered(desk)
    now.passes(minutes=5)
    arrives(desk, message("and this?", at=now(), references=("a",)))
    now.passes(minutes=5)
    answers(desk, "second")
    _delivered(desk)
    arrives(desk, bounce(first, at=now()))
    row = only(desk)
    assert (row.waiting_since, row.state) == (None, State.OPEN)
    assert [m.delivery.state for m in opened(desk).messages if m.delivery] == ["failed", "sent"]


def test_a_bounce_that_overtakes_the_record_of_the_sending(desk: Desk) -> None:
    """The report can be pulled while the console that sent the reply still files its copy."""
    arrives(desk, message())
    answers(desk)
    entry = _claimed(desk)
    assert dispatch.wire(desk, entry, "console")
    arrives(desk, bounce(entry.key))
    dispatch.record(desk, entry, Outcome.SENT, "")
    assert (_state(desk), only(desk).waiting_since) == ("failed", NINE)


def test_what_bounced_can_be_sent_again(desk: Desk) -> None:
    arrives(desk, message())
    answers(desk)
    key = _delivered(desk)
    arrives(desk, bounce(key))
    delivery.again(desk, key)
    assert (_state(desk), only(desk).waiting_since) == ("queued", None)
    arrives(desk, sent_elsewhere(external_id=key))  # its copy in Sent, pulled late: of the attempt that bounced
    assert _state(desk) == "queued"
    assert _delivered(desk) == key
    assert _state(desk) == "sent"
    arrives(desk, bounce(key))
    assert (_state(desk), only(desk).waiting_since) == ("failed", NINE)


def test_a_bounce_of_nothing_of_ours(desk: Desk) -> None:
    arrives(desk, message(external_id="theirs"))
    arrives(desk, bounce("unknown@nowhere.example"), bounce("theirs"))
    assert [row.state for row in everything(desk)] == [State.OPEN, State.OPEN]
    assert everything(desk)[0].waiting_since == NINE


def test_our_own_copy_in_sent_is_no_second_answer(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    answers(desk)
    key = _delivered(desk)
    before = only(desk)
    assert arrives(desk, sent_elsewhere(external_id=key, at=now.passes(minutes=1))) == 0
    assert only(desk) == before
    assert len(opened(desk).messages) == 2


def test_a_copy_in_sent_settles_what_may_have_been_sent(desk: Desk) -> None:
    arrives(desk, message())
    key = answers(desk)
    entry = _claimed(desk)
    assert dispatch.wire(desk, entry, "console")
    dispatch.record(desk, entry, Outcome.UNKNOWN, "connection lost")
    assert _state(desk) == "unknown"
    assert arrives(desk, sent_elsewhere(external_id=key)) == 0
    assert _state(desk) == "sent"


def test_a_copy_in_sent_stops_a_second_sending(desk: Desk) -> None:
    """A person said "send again"; then the first one turns up."""
    arrives(desk, message())
    key = answers(desk)
    entry = _claimed(desk)
    assert dispatch.wire(desk, entry, "console")
    dispatch.record(desk, entry, Outcome.UNKNOWN, "connection lost")
    delivery.again(desk, key)
    arrives(desk, sent_elsewhere(external_id=key))
    assert _state(desk) == "sent"
    assert dispatch.claim(desk, "mail", "console") is None


def test_a_forged_copy_does_not_stop_a_reply(desk: Desk) -> None:
    arrives(desk, message())
    key = answers(desk)
    arrives(desk, message("not ours", external_id=key))
    assert _state(desk) == "queued"
    assert _delivered(desk) == key


def test_giving_up_is_not_the_last_word(desk: Desk) -> None:
    """What was given up counts as unanswered; that it was taken after all is a fact when it is learnt."""
    arrives(desk, message())
    key = answers(desk)
    entry = _claimed(desk)
    assert dispatch.wire(desk, entry, "console")
    dispatch.record(desk, entry, Outcome.UNKNOWN, "connection lost")
    delivery.give_up(desk, key)
    assert (_state(desk), only(desk).waiting_since, only(desk).state) == ("failed", NINE, State.OPEN)
    dispatch.record(desk, entry, Outcome.SENT, "250 late")
    assert (_state(desk), only(desk).waiting_since) == ("sent", None)


def test_a_refused_reply_opens_the_conversation_again(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    answers(desk, state=State.RESOLVED)
    entry = _claimed(desk)
    dispatch.record(desk, entry, Outcome.FAILED, "550 spam")
    assert (_state(desk), only(desk).state, only(desk).waiting_since) == ("failed", State.OPEN, NINE)
    delivery.again(desk, entry.key)
    assert only(desk).waiting_since is None
    handling.set_state(desk, only(desk).number, State.RESOLVED)
    assert _delivered(desk) == entry.key
    assert only(desk).state is State.RESOLVED
