"""A shop that fails in every way: what may have been given is asked again, and nothing is given twice or lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from agentconsole.config import Config
from agentconsole.desk import fulfilment, gestures
from agentconsole.errors import NotFound, RuleRefused
from agentconsole.model.gesture import FulfilmentState
from agentconsole.store.ledger import fulfilments
from agentconsole.store.ledger.fulfilments import Choice
from tests.ledger.conftest import Opens
from tests.ledger.ordering import SECRET, config_of, conversation, granted, refused, sync, told, waiting
from tests.servers.shop import Answer, Fails, Shop
from tests.support.post_office import Office

KNOWN, LEASE, MARGIN = timedelta(days=1), timedelta(seconds=60), timedelta(seconds=7)
Passes = Callable[..., datetime]


@pytest.fixture
def ledger_config(shop: Shop, office: Office) -> Config:
    return config_of(shop.url, office.url)


@pytest.mark.parametrize(
    "does",
    [
        Answer(500, gives=True), Answer(500), Answer(503, gives=True), Answer(504), Answer(409),
        Answer(409, gives=True), Answer(200, b"<html>"), Answer(200, b"{}", gives=True), Answer(204, gives=True),
        Fails("reset before an answer"), Fails("reset before an answer", gives=False), Fails("half a body"),
        Fails("half the headers", gives=False), Fails("no HTTP"), Fails("endless headers"),
    ],
)  # fmt: skip
def test_what_may_have_been_given_is_asked_again_and_given_once(
    does: Answer | Fails, open_gestures: Opens, shop: Shop, passes: Passes
) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    credit = granted(lea)
    shop.does = lambda _asked: does
    for attempt in (1, 2, 3):
        sync(lea)
        found = waiting(lea, credit)
        assert found is not None
        assert (found.state, found.attempt, fulfilment.asks(lea, found)) == (FulfilmentState.UNKNOWN, attempt, False)
        sync(lea)  # not before the pause is over
        assert len(shop.asked) == attempt
        with refused("fulfilled"):
            gestures.void(sam, credit, uuid4())
        passes(minutes=10)
    shop.does = lambda _asked: None
    sync(lea)
    assert waiting(lea, credit) is None
    assert shop.given == {str(credit): 1}
    assert [kind for _who, kind in told(lea)] == ["gesture_unclear", "gesture_fulfilled"]
    with refused("fulfilled"):
        gestures.void(sam, credit, uuid4())


@pytest.mark.parametrize("status", [408, 425, 429])
def test_the_shop_says_when_to_come_back(status: int, open_gestures: Opens, shop: Shop, passes: Passes) -> None:
    lea = open_gestures("lea")
    credit = granted(lea)
    shop.does = lambda _asked: Answer(status, b'{"error": "closed"}', {"Retry-After": "5000"})
    sync(lea)
    found = waiting(lea, credit)
    assert found is not None
    assert (found.state, found.first_wire_at, found.not_before) == (
        FulfilmentState.QUEUED, None, lea.now() + timedelta(seconds=5000),
    )  # fmt: skip
    assert "closed" in found.error
    shop.does = lambda _asked: None
    passes(seconds=4990)
    sync(lea)
    assert len(shop.asked) == 1
    passes(seconds=10)
    sync(lea)
    assert (waiting(lea, credit), shop.given) == (None, {str(credit): 1})


def test_a_shop_that_is_away_is_tried_until_it_is_too_late(open_gestures: Opens, shop: Shop, passes: Passes) -> None:
    lea = open_gestures("lea")
    credit = granted(lea)
    shop.close()
    for _ in range(50):
        sync(lea)
        found = waiting(lea, credit)
        assert found is not None
        assert found.first_wire_at is None
        if found.state is FulfilmentState.FAILED:
            break
        assert found.state is FulfilmentState.QUEUED
        passes(hours=3.9)
    assert lea.now() - found.at > lea.config.outbox.give_up_after
    with Shop(SECRET, port=shop.port) as back:
        fulfilment.again(lea, credit)
        sync(lea)
        assert back.given == {str(credit): 1}
    assert waiting(lea, credit) is None


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 422])
def test_a_refusal_is_told_and_waits_for_a_person(
    status: int, open_gestures: Opens, shop: Shop, passes: Passes
) -> None:
    lea = open_gestures("lea")
    credit = granted(lea)
    shop.does = lambda _asked: Answer(status, b'{"error": "no such customer"}', {"Location": shop.url})
    sync(lea)
    passes(days=3)
    sync(lea)
    found = waiting(lea, credit)
    assert found is not None
    assert (found.state, len(shop.asked), fulfilment.asks(lea, found)) == (FulfilmentState.FAILED, 1, True)
    assert "no such customer" in found.error
    fulfilment.again(lea, credit)
    shop.does = lambda _asked: None
    sync(lea)
    assert (waiting(lea, credit), shop.given) == (None, {str(credit): 1})
    assert [kind for _who, kind in told(lea)] == ["gesture_failed", "gesture_again", "gesture_fulfilled"]


def test_a_refused_one_can_be_voided_and_gives_the_budget_back(open_gestures: Opens, shop: Shop) -> None:
    lea = open_gestures("lea")
    left = gestures.standing(lea, conversation(lea), "credit", "EUR", "outage").me.spent.spent
    credit = granted(lea)
    shop.does = lambda _asked: Answer(422)
    sync(lea)
    gestures.void(lea, credit, uuid4())
    assert fulfilment.unfulfilled(lea) == []
    assert gestures.standing(lea, conversation(lea), "credit", "EUR", "outage").me.spent.spent == left
    with pytest.raises(NotFound):
        fulfilment.again(lea, credit)


def test_no_refusal_makes_undone_what_may_have_been_given(open_gestures: Opens, shop: Shop, passes: Passes) -> None:
    """The first request was given, and its answer lost; then the shop's gate refuses everybody for a while."""
    lea, sam = open_gestures("lea"), open_gestures("sam")
    credit = granted(lea)
    shop.does = lambda _asked: Fails("half a body")
    sync(lea)
    for status in (401, 429, 404):
        passes(hours=2)
        shop.does = lambda _asked, status=status: Answer(status)
        sync(lea)
        found = waiting(lea, credit)
        assert found is not None
        assert found.state is FulfilmentState.UNKNOWN
        with refused("fulfilled"):
            gestures.void(sam, credit, uuid4())
    passes(hours=2)
    shop.does = lambda _asked: None
    sync(lea)
    assert (waiting(lea, credit), shop.given) == (None, {str(credit): 1})


@pytest.fixture
def unclear(open_gestures: Opens, shop: Shop, passes: Passes) -> UUID:
    """A credit of Léa's of which nobody knows, and the shop does not know its key any more."""
    lea = open_gestures("lea")
    credit = granted(lea)
    shop.does = lambda _asked: Answer(502)
    for _ in range(8):
        sync(lea)
        passes(hours=3.9)  # longer than any pause
    asked = len(shop.asked)
    assert asked == 7  # within the 24 hours for which the shop knows the key
    assert all(each.key == str(credit) for each in shop.asked)
    passes(days=30)
    sync(lea)
    found = waiting(lea, credit)
    assert found is not None
    assert (found.state, len(shop.asked), fulfilment.asks(lea, found)) == (FulfilmentState.UNKNOWN, asked, True)
    shop.does = lambda _asked: None
    return credit


def test_after_the_window_a_person_looks_it_was_given(unclear: UUID, open_gestures: Opens, shop: Shop) -> None:
    tom = open_gestures("tom")
    fulfilment.done(tom, unclear, "seen in the shop")
    assert (waiting(tom, unclear), shop.given) == (None, {})
    assert told(tom)[-1] == ("tom", "gesture_fulfilled")


def test_after_the_window_a_person_looks_it_was_not_given(
    unclear: UUID, open_gestures: Opens, shop: Shop, passes: Passes
) -> None:
    """Again: it counts as one that may have been given, from now on; another supervisor says so."""
    lea, tom, sam = (open_gestures(agent) for agent in ("lea", "tom", "sam"))
    before = waiting(tom, unclear)
    for desk in (lea, tom):
        with pytest.raises(RuleRefused, match="give it twice") as error:
            fulfilment.again(desk, unclear)
        assert error.value.reason == "not_supervisor"
    assert waiting(tom, unclear) == before
    shop.does = lambda _asked: Answer(502)
    fulfilment.again(sam, unclear)
    with refused("fulfilled"):
        gestures.void(sam, unclear, uuid4())
    sync(tom)
    passes(hours=3)
    shop.does = lambda _asked: None
    sync(tom)
    assert (waiting(tom, unclear), shop.given) == (None, {str(unclear): 1})


def test_only_another_supervisor_says_that_it_was_not_and_shall_not(unclear: UUID, open_gestures: Opens) -> None:
    lea, tom, sam = (open_gestures(agent) for agent in ("lea", "tom", "sam"))
    for desk in (lea, tom):
        with refused("not_supervisor"):
            fulfilment.give_up(desk, unclear, "not there")
    fulfilment.give_up(sam, unclear, "not there")
    found = waiting(lea, unclear)
    assert found is not None
    assert (found.state, found.error) == (FulfilmentState.FAILED, "not there")
    gestures.void(sam, unclear, uuid4())
    assert fulfilment.unfulfilled(lea) == []


def test_within_the_window_anybody_has_it_asked_again_and_the_window_stays(
    open_gestures: Opens, shop: Shop, passes: Passes
) -> None:
    lea, tom = open_gestures("lea"), open_gestures("tom")
    credit = granted(lea)
    shop.does = lambda _asked: Answer(502)
    sync(lea)
    first = waiting(lea, credit)
    assert first is not None
    for _ in range(5):
        passes(hours=4)
        fulfilment.again(tom, credit)
        found = waiting(lea, credit)
        assert found is not None
        assert (found.first_wire_at, found.not_before) == (first.first_wire_at, lea.now())
        sync(lea)
    asked = len(shop.asked)
    passes(hours=4)
    with refused("not_supervisor"):
        fulfilment.again(tom, credit)
    sync(lea)
    assert len(shop.asked) == asked == 6


def test_who_says_that_the_shop_knows_its_key_for_ever_gains_nothing(unclear: UUID, open_gestures: Opens) -> None:
    tom = open_gestures("tom")
    before = waiting(tom, unclear)
    assert before is not None
    with tom.store.write() as connection:
        fulfilments.choose(connection, "tom", unclear, Choice.AGAIN, "", timedelta(days=9999))
    found = waiting(tom, unclear)
    assert found is not None
    assert found.first_wire_at == before.first_wire_at
    sync(tom)
    assert waiting(tom, unclear) == found


def test_no_supervisor_says_so_of_their_own(open_gestures: Opens, shop: Shop, passes: Passes) -> None:
    sam, eve = open_gestures("sam"), open_gestures("eve")
    shop.does = lambda _asked: Answer(500)
    credit = granted(sam)
    sync(sam)
    with refused("self_void"):
        fulfilment.give_up(sam, credit, "not there")
    passes(days=2)
    with refused("self_void"):
        fulfilment.again(sam, credit)
    fulfilment.again(eve, credit)
    fulfilment.give_up(eve, credit, "not there")
