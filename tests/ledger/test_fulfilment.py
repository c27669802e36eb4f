"""From the grant to the customer: what waits, for whom, and what people decide."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from agentconsole.config import Config
from agentconsole.desk import conversations, fulfilment, gestures, replies, wording_trail
from agentconsole.errors import NotFound, UsageError
from agentconsole.model.gesture import FulfilmentHow, FulfilmentState
from agentconsole.sync import Service
from tests.ledger.conftest import Opens
from tests.ledger.ordering import config_of, conversation, granted, serving, sync, told, waiting
from tests.servers.shop import Answer, Shop
from tests.support.post_office import Office

KNOWN, LEASE, MARGIN = timedelta(days=1), timedelta(seconds=60), timedelta(seconds=7)
Passes = Callable[..., datetime]


@pytest.fixture
def ledger_config(shop: Shop, office: Office) -> Config:
    return config_of(shop.url, office.url)


def test_what_is_granted_is_seen_by_everybody_until_it_is_with_the_customer(open_gestures: Opens, shop: Shop) -> None:
    lea, tom = open_gestures("lea"), open_gestures("tom")
    credit, item = granted(lea, "credit", 500), granted(lea, "item", 700)
    for desk in (lea, tom):
        assert {(w.entry, w.how, w.state, w.amount, w.agent) for w in fulfilment.unfulfilled(desk)} == {
            (credit, FulfilmentHow.SHOP, FulfilmentState.QUEUED, 500, "lea"),
            (item, FulfilmentHow.TASK, FulfilmentState.QUEUED, 700, "lea"),
        }
        assert [w.entry for w in fulfilment.tasks(desk)] == [item]
    sync(tom)
    assert [w.entry for w in fulfilment.unfulfilled(lea)] == [item]
    fulfilment.done(tom, item, "parcel 7")
    assert fulfilment.unfulfilled(lea) == []
    assert told(lea) == [("shop", "gesture_fulfilled"), ("tom", "gesture_fulfilled")]
    assert [(asked.key, asked.verified) for asked in shop.asked] == [(str(credit), True)]


def test_a_task_is_given_up_taken_up_again_and_done(open_gestures: Opens) -> None:
    lea, tom = open_gestures("lea"), open_gestures("tom")
    item = granted(lea, "item")
    with pytest.raises(UsageError, match="Say why"):
        fulfilment.give_up(tom, item, " ")
    fulfilment.give_up(tom, item, "sold out\0")
    found = waiting(lea, item)
    assert found is not None
    assert (found.state, found.error, fulfilment.asks(lea, found)) == (FulfilmentState.FAILED, "sold out␀", True)
    with pytest.raises(UsageError):
        fulfilment.give_up(tom, item, "again")
    fulfilment.again(tom, item)
    fulfilment.done(tom, item)
    for choice in (fulfilment.done, fulfilment.again):
        with pytest.raises(NotFound):
            choice(tom, item)
    assert [kind for _who, kind in told(lea)] == ["gesture_failed", "gesture_again", "gesture_fulfilled"]


def test_what_was_voided_in_time_is_never_handed_over(open_gestures: Opens, shop: Shop) -> None:
    lea = open_gestures("lea")
    credit, item = granted(lea, "credit"), granted(lea, "item")
    for entry in (credit, item):
        gestures.void(lea, entry, uuid4())
    sync(lea)
    assert (fulfilment.unfulfilled(lea), shop.asked) == ([], [])
    with pytest.raises(NotFound):
        fulfilment.done(lea, item)


def test_a_console_without_the_key_leaves_it_to_others(
    open_gestures: Opens, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea = open_gestures("lea")
    monkeypatch.delenv("AGENTCONSOLE_SECRET_SHOP")
    sync(lea)
    credit = granted(lea)
    (error,) = Service(serving(lea)).once()[2]
    assert error.startswith("shop: There is no key")
    found = waiting(lea, credit)
    assert found is not None
    assert (found.state, found.attempt) == (FulfilmentState.QUEUED, 0)


def test_a_console_whose_own_file_has_no_shop_leaves_it_to_others(open_gestures: Opens, shop: Shop) -> None:
    lea = open_gestures("lea")
    credit = granted(lea)
    sync(replace(lea, hands_over=False))  # with the key
    assert (shop.asked, waiting(lea, credit) is None) == ([], False)
    sync(lea)
    assert shop.given == {str(credit): 1}


def test_the_outbox_does_not_wait_for_a_slow_shop_nor_the_shop_for_the_outbox(
    open_gestures: Opens, shop: Shop, office: Office
) -> None:
    lea = open_gestures("lea")
    office.writes("hello")
    Service(serving(lea)).once()
    asked, slow = threading.Event(), threading.Event()
    shop.does = lambda each: (asked.set(), slow.wait(20), None)[-1] if each.key else None
    credit = granted(lea)
    service = Service(serving(lea))
    service.start()
    try:
        assert asked.wait(20)
        replies.reply(lea, conversation(lea), "answer")
        service.kick()
        _soon(lambda: office.taken)
        assert waiting(lea, credit) is not None
        slow.set()
        _soon(lambda: waiting(lea, credit) is None)
    finally:
        slow.set()
        service.stop()
    assert shop.given == {str(credit): 1}


def test_events_about_it_are_not_undone_and_said_in_words(open_gestures: Opens, shop: Shop) -> None:
    lea = open_gestures("lea")
    shop.does = lambda _asked: Answer(500)
    granted(lea)
    sync(lea)
    said = [wording_trail.event(e.kind, e.detail, lea) for e in conversations.trail(lea, conversation(lea))]
    assert any("The shop gave no clear answer" in one for one in said)


def _soon(test: Callable[[], object], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < until, "it did not come about"
        threading.Event().wait(0.02)
