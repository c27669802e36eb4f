"""The clock of a gesture that was asked for, what it does to a conversation, and who is shown what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from agentconsole.config import ClockKind, ClockState, State
from agentconsole.desk import (
    attentions,
    calling,
    conversations,
    deciding,
    gestures,
    handling,
    merging,
    saved_views,
    search,
    triage,
    undo,
    wording,
)
from agentconsole.desk.context import Desk
from agentconsole.desk.deciding import Whose
from agentconsole.errors import DeskError, RuleRefused, UsageError
from agentconsole.model.gesture import ApprovalState
from agentconsole.model.message import Address
from agentconsole.store.tables import conversation
from tests.conftest import Time
from tests.incoming import arrives, message, numbers, opened
from tests.keeping import keep_house

PAUL = Address("paul@customer.example", "Paul Roy")
Opens = Callable[[str], Desk]
HOUR = timedelta(hours=1)


@pytest.fixture
def later(still: Callable[[datetime], None], now: Time) -> Callable[..., None]:
    """Time passes, for the consoles and the database."""
    return lambda **span: still(now.at + timedelta(**span))


@pytest.fixture
def lea(open_gestures: Opens) -> Desk:
    """Léa's console; Camille Durand wrote."""
    desk = open_gestures("lea")
    arrives(desk, message())
    return desk


@pytest.fixture
def sam(open_gestures: Opens, lea: Desk) -> Desk:
    """The supervisor's console on the same desk."""
    assert lea.agent.id == "lea"
    return open_gestures("sam")


def asks(desk: Desk, number: int = 1, amount: int = 6000, remark: str = "Third outage") -> UUID:
    """A credit is asked for; answers the approval."""
    wanted = gestures.wanted(desk, number, "credit", amount, "EUR", "outage", "photo 12")
    return gestures.request(desk, number, wanted, uuid4(), remark).approval


def test_a_request_has_a_clock_until_it_is_given(lea: Desk, sam: Desk, now: Time, later: Callable[..., None]) -> None:
    asked = asks(lea)
    row = opened(lea).row
    assert (row.approval_due_at, row.due_kind) == (now.at + HOUR, ClockKind.APPROVAL)
    assert wording.due(ClockKind.APPROVAL, now.at + HOUR, lea, now.at) == "gesture due 11:00"
    assert numbers(search.search(lea, "is:approval").rows) == [1]
    later(minutes=61)
    shown = wording.clock(opened(lea).row, lea, now.at)
    assert shown is not None
    assert shown.state is ClockState.LATE
    gestures.approve(sam, asked, 5000)
    assert opened(lea).row.approval_due_at == now.at + HOUR
    wanted = gestures.wanted(lea, 1, "credit", 5000, "EUR", "outage", "photo 12")
    gestures.grant(lea, 1, wanted, uuid4(), asked)
    row = opened(lea).row
    assert row.approval_due_at is None
    assert row.due_kind is not ClockKind.APPROVAL
    assert numbers(search.search(lea, "is:approval").rows) == []


@pytest.mark.parametrize("state", [State.PENDING, State.SNOOZED])
@pytest.mark.parametrize("answer", ["approve", "refuse"])
def test_the_answer_brings_the_conversation_back(lea: Desk, sam: Desk, now: Time, state: State, answer: str) -> None:
    asked = asks(lea)
    handling.set_state(lea, 1, state, now.at + timedelta(days=2) if state is State.SNOOZED else None)
    row = gestures.approve(sam, asked, 6000) if answer == "approve" else gestures.refuse(sam, asked, "Too much.")
    assert row.state is State.OPEN
    assert (row.approval_due_at is None) == (answer == "refuse")


def test_what_nobody_decides_on_in_time_comes_back_once(lea: Desk, now: Time, later: Callable[..., None]) -> None:
    asks(lea)
    handling.set_state(lea, 1, State.PENDING)
    later(minutes=59)
    keep_house(lea)
    assert opened(lea).row.state is State.PENDING
    later(minutes=1)
    keep_house(lea)
    assert opened(lea).row.state is State.OPEN
    later(minutes=1)
    handling.set_state(lea, 1, State.PENDING)
    keep_house(lea)
    assert opened(lea).row.state is State.PENDING


def test_it_cannot_be_resolved_while_it_waits(lea: Desk, sam: Desk) -> None:
    asked = asks(lea)
    with pytest.raises(UsageError, match="not settled yet"):
        handling.set_state(lea, 1, State.RESOLVED)
    gestures.withdraw(lea, asked)
    assert handling.set_state(lea, 1, State.RESOLVED).state is State.RESOLVED
    asks(lea)
    assert opened(lea).row.state is State.OPEN
    assert [r.whose for r in deciding.requests(sam)] == [Whose.DECIDE]


def test_the_database_holds_it_too(lea: Desk) -> None:
    asks(lea)
    resolved = (
        update(conversation).where(conversation.c.number == 1).values(state="resolved", due_at=None, due_kind=None)
    )
    with pytest.raises(DeskError), lea.store.write() as connection:
        connection.execute(resolved)
    assert opened(lea).row.state is State.OPEN


def test_resolving_is_not_undone_into_a_request(lea: Desk) -> None:
    handling.set_state(lea, 1, State.PENDING)
    handling.set_state(lea, 1, State.RESOLVED)
    reopened = handling.set_state(lea, 1, State.OPEN)
    asked = asks(lea)
    assert reopened.state is State.OPEN
    with pytest.raises(undo.TooLate):
        undo.undo(lea)
    assert gestures.approval(lea, asked).state is ApprovalState.REQUESTED


def test_the_first_of_two_runs(lea: Desk, sam: Desk, now: Time, later: Callable[..., None]) -> None:
    first = asks(lea)
    at = now.at
    later(minutes=10)
    asks(lea)
    assert opened(lea).row.approval_due_at == at + HOUR
    gestures.refuse(sam, first, "No.")
    assert opened(lea).row.approval_due_at == now.at + HOUR


def test_what_expired_is_swept_and_whoever_asked_is_told(
    lea: Desk, sam: Desk, now: Time, still: Callable[[datetime], None]
) -> None:
    asked = asks(lea)
    calls = calling.look(lea, calling.begin(lea))
    handling.set_state(lea, 1, State.PENDING)
    still(now.at + timedelta(days=3))
    keep_house(sam)
    row = opened(lea).row
    assert (row.approval_due_at, row.state) == (None, State.OPEN)
    assert gestures.approval(lea, asked).state is ApprovalState.EXPIRED
    told = [event for event in conversations.trail(lea, 1) if event.kind == "gesture_expired"]
    assert len(told) == 1
    assert calling.look(lea, calls).decided == ((1, ApprovalState.EXPIRED),)
    keep_house(lea)
    assert len([event for event in conversations.trail(lea, 1) if event.kind == "gesture_expired"]) == 1
    with pytest.raises(RuleRefused):
        gestures.approve(sam, asked, 6000)


def test_whoever_asked_is_called_once_for_each_answer(
    lea: Desk, sam: Desk, now: Time, later: Callable[..., None]
) -> None:
    asked, other = asks(lea), asks(lea, amount=7000)
    calls = calling.begin(lea)
    assert calling.look(lea, calls).decided == ()
    later(minutes=1)
    gestures.approve(sam, asked, 6000)
    calls = calling.look(lea, calls)
    assert calls.decided == ((1, ApprovalState.APPROVED),)
    calls = calling.look(lea, calls)
    assert calls.decided == ()
    gestures.withdraw(lea, other)
    calls = calling.look(lea, calls)
    assert calls.decided == ()
    later(days=4)
    keep_house(sam)
    assert calling.look(lea, calls).decided == ((1, ApprovalState.EXPIRED),)
    assert calling.look(sam, calling.begin(sam)).decided == ()


def test_who_may_decide_sees_what_waits_and_whoever_asked_what_became_of_it(
    lea: Desk, sam: Desk, open_gestures: Opens, now: Time, later: Callable[..., None]
) -> None:
    eve, tom, double = open_gestures("eve"), open_gestures("tom"), open_gestures("sam2")
    asked = asks(lea)
    assert [deciding.waiting(desk).decide for desk in (sam, eve, tom, double, lea)] == [1, 1, 0, 0, 0]
    (request,) = deciding.requests(eve)
    assert (request.whose, request.customer, request.due) == (Whose.DECIDE, "Camille Durand", now.at + HOUR)
    assert [r.whose for r in deciding.requests(lea)] == [Whose.MINE]
    assert deciding.requests(tom) == ()
    gestures.approve(sam, asked, 4000)
    assert deciding.requests(eve) == ()
    assert deciding.waiting(lea) == deciding.Waiting(0, 1)
    (mine,) = deciding.requests(lea)
    assert (mine.whose, mine.approval.state, mine.approval.granted) == (Whose.MINE, ApprovalState.APPROVED, 4000)
    gestures.withdraw(lea, asked)
    assert [(r.whose, r.approval.state) for r in deciding.requests(lea)] == [(Whose.ENDED, ApprovalState.WITHDRAWN)]
    later(days=20)
    assert deciding.requests(lea) == ()


def test_a_second_login_decides_nothing_of_the_same_person(sam: Desk, open_gestures: Opens) -> None:
    double = open_gestures("sam2")
    asks(double)
    assert deciding.requests(sam) == ()
    assert [r.whose for r in deciding.requests(open_gestures("eve"))] == [Whose.DECIDE]


def test_a_case_has_all_that_it_takes(lea: Desk, sam: Desk) -> None:
    wanted = gestures.wanted(lea, 1, "credit", 1000, "EUR", "outage")
    gestures.grant(lea, 1, wanted, uuid4())
    asks(lea, remark="She called three times.")
    (request,) = deciding.requests(sam)
    case = deciding.case(sam, request)
    assert (request.approval.remark, request.approval.proof) == ("She called three times.", "photo 12")
    assert [m.text for m in case.thread.messages] == ["Bonjour, ma box est en panne."]
    assert [g.amount for g in case.given] == [1000]
    assert case.requester is not None
    assert case.requester.spent.spent == 1000
    left = deciding.after(case, 6000)
    assert left is not None
    assert (left.gesture, left.customer, left.budget, left.team) == (14_000, 23_000, 194_000, 93_000)
    assert (case.refusal, deciding.most(case)) == ("", 6000)
    gestures.approve(sam, request.approval.id, 5000)
    asks(lea)
    (request,) = deciding.requests(sam)
    case = deciding.case(sam, request)
    left = deciding.after(case, 6000)
    assert left is not None
    assert (left.customer, left.budget, left.team) == (18_000, 189_000, 88_000)


def test_what_is_above_my_own_ceiling_is_said_and_less_can_be_approved(lea: Desk, sam: Desk) -> None:
    gestures.approve(sam, asks(lea, amount=15_000), 15_000)
    asks(lea, amount=14_000)
    for request in deciding.requests(sam):
        case = deciding.case(sam, request)
        assert (case.refusal, deciding.most(case)) == ("", 14_000)
        gestures.approve(sam, request.approval.id, 14_000)
    with pytest.raises(RuleRefused):
        asks(lea, amount=6000)  # nobody could give this customer more


def test_a_merged_conversation_takes_the_clock_along_and_back(lea: Desk, sam: Desk, now: Time) -> None:
    arrives(lea, message(subject="Facture", external_id="b"))
    asked = asks(lea, 2)
    due = now.at + HOUR
    merging.merge(lea, [2], 1)
    assert opened(lea, 1).row.approval_due_at == due
    (request,) = deciding.requests(sam)
    assert (request.approval.number, request.due) == (1, due)
    back = merging.unmerge(lea, 2)
    assert (back.approval_due_at, back.state) == (due, State.OPEN)
    assert opened(lea, 1).row.approval_due_at is None
    undo.undo(lea)
    assert opened(lea, 1).row.approval_due_at == due
    gestures.refuse(sam, asked, "No.")
    assert opened(lea, 1).row.approval_due_at is None


def test_a_view_of_what_waits(lea: Desk) -> None:
    arrives(lea, message(author=PAUL))
    asks(lea, 2)
    both = saved_views.view_of(lea, "open")
    waits, rest = both.model_copy(update={"approval": True}), both.model_copy(update={"approval": False})
    assert numbers(triage.page(lea, waits).rows) == [2]
    assert numbers(triage.page(lea, rest).rows) == [1]


def test_an_attention_that_is_granted_ends_its_proposal(
    lea: Desk, sam: Desk, now: Time, later: Callable[..., None]
) -> None:
    attentions.write_birthday(lea, 1, f"{now.at:%m-%d}")
    keep_house(sam)
    (proposed,) = attentions.of(lea, 1)
    assert (proposed.moment.id, proposed.gift and proposed.gift.id) == ("birthday", "surprise")
    assert numbers(search.search(lea, "is:attention").rows) == [1]
    credit = gestures.wanted(lea, 1, "credit", 1000, "EUR", "outage")
    gestures.grant(lea, 1, credit, uuid4())
    assert attentions.of(lea, 1)
    surprise = gestures.wanted(lea, 1, "attention", 2000, "EUR", "delight")
    gestures.grant(lea, 1, surprise, uuid4())
    later(hours=2)
    keep_house(sam)
    assert attentions.of(lea, 1) == ()
    assert numbers(search.search(lea, "is:attention").rows) == []
