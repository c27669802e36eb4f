"""One console at a time, whatever happens in whatever order; and what the database itself refuses."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text, update

from agentconsole.config import Config
from agentconsole.desk import fulfilment, gestures, orders
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError, RuleRefused, UsageError
from agentconsole.model.gesture import FulfilmentState
from agentconsole.store.engine import Store
from agentconsole.store.ledger import fulfilments, tables
from agentconsole.store.ledger.fulfilments import Claimed, End
from agentconsole.store.opening import open_desk
from tests.conftest import Time
from tests.ledger.conftest import Opens
from tests.ledger.ordering import config_of, granted, refused, sync, told, waiting
from tests.servers.shop import Answer, Asked, Shop
from tests.support.post_office import Office

KNOWN, LEASE, MARGIN = timedelta(days=1), timedelta(seconds=60), timedelta(seconds=7)
Passes = Callable[..., datetime]


@pytest.fixture
def ledger_config(shop: Shop, office: Office) -> Config:
    return config_of(shop.url, office.url)


def claim(desk: Desk, holder: str) -> Claimed | None:
    with desk.store.write() as connection:
        fulfilments.sweep(connection)
        return fulfilments.claim(connection, holder, KNOWN, LEASE)


def wire(desk: Desk, claimed: Claimed, holder: str) -> bool:
    with desk.store.write() as connection:
        return fulfilments.wire(connection, claimed, holder, MARGIN)


def end(desk: Desk, claimed: Claimed, holder: str, outcome: End) -> FulfilmentState | None:
    with desk.store.write() as connection:
        return fulfilments.end(connection, claimed, holder, outcome, said="said", reference="late")


def test_one_console_at_a_time(open_gestures: Opens, passes: Passes) -> None:
    lea, tom = open_gestures("lea"), open_gestures("tom")
    credit = granted(lea)
    first = claim(lea, "first")
    assert first is not None
    assert (first.entry, first.attempt, first.asked) == (credit, 1, False)
    assert claim(tom, "second") is None
    with pytest.raises(UsageError):
        fulfilment.done(tom, credit, "meanwhile")
    passes(seconds=61)
    second = claim(tom, "second")
    assert second is not None
    assert (second.entry, second.attempt, second.asked) == (credit, 2, False)
    assert not wire(lea, first, "first")
    assert not wire(tom, second, "first")
    for outcome in (End.FAILED, End.LATER, End.UNKNOWN):
        assert end(lea, first, "first", outcome) is None
    assert wire(tom, second, "second")
    assert end(tom, second, "second", End.UNKNOWN) is FulfilmentState.UNKNOWN


def test_a_frozen_console_that_was_answered_is_believed_late(open_gestures: Opens, passes: Passes) -> None:
    lea, tom = open_gestures("lea"), open_gestures("tom")
    credit = granted(lea)
    first = claim(lea, "first")
    assert first is not None
    assert wire(lea, first, "first")
    passes(seconds=61)
    second = claim(tom, "second")
    assert second is not None
    assert second.asked
    assert end(lea, first, "first", End.DONE) is FulfilmentState.DONE
    assert waiting(lea, credit) is None
    assert not wire(tom, second, "second")
    assert end(tom, second, "second", End.FAILED) is None
    assert end(tom, second, "second", End.DONE) is None


def test_a_yes_that_comes_after_the_void_is_told(open_gestures: Opens, shop: Shop, passes: Passes) -> None:
    """The only way in which a customer has what the ledger says was taken back: a person was wrong about it."""
    lea, sam = open_gestures("lea"), open_gestures("sam")
    credit = granted(lea)
    decided: list[bool] = []

    def meanwhile(_asked: Asked) -> None:
        if _asked.key and not decided:
            decided.append(True)
            passes(minutes=10)
            with sam.store.write() as connection:
                fulfilments.sweep(connection)
            fulfilment.give_up(sam, credit, "not there")
            gestures.void(sam, credit, uuid4())

    shop.does = meanwhile
    service = orders.opened(lea)
    assert orders.hand_over(lea, "frozen", service) is FulfilmentState.CANCELLED
    assert told(lea)[-1] == ("shop", "gesture_failed")
    assert fulfilment.unfulfilled(lea) == []


def test_too_little_time_left_sends_nothing(open_gestures: Opens, shop: Shop, passes: Passes) -> None:
    lea = open_gestures("lea")
    granted(lea)
    claimed = claim(lea, "slow")
    assert claimed is not None
    passes(seconds=54)
    assert not wire(lea, claimed, "slow")
    assert end(lea, claimed, "slow", End.LATER) is FulfilmentState.QUEUED


# The database's own guard


def test_by_hand_nobody_makes_given_what_was_not_or_the_other_way_round(open_gestures: Opens, shop: Shop) -> None:
    lea = open_gestures("lea")
    given_, queued, unsure = granted(lea), None, None
    sync(lea)
    shop.does = lambda _asked: Answer(500)
    unsure = granted(lea)
    sync(lea)
    queued = granted(lea, "item")
    for entry, change in (
        (given_, {"state": "queued", "first_wire_at": None}), (given_, {"state": "failed", "first_wire_at": None}),
        (given_, {"state": "cancelled", "first_wire_at": None}), (unsure, {"state": "queued", "first_wire_at": None}),
        (unsure, {"state": "cancelled", "first_wire_at": None}), (unsure, {"attempt": 0}), (queued, {"how": "voucher"}),
        (queued, {"state": "sending", "lease_until": lea.now(), "lease_by": "me"}), (queued, {"entry_id": uuid4()}),
        (queued, {"state": "cancelled"}),
    ):  # fmt: skip
        with pytest.raises(DeskError), lea.store.write() as connection:
            connection.execute(update(tables.fulfilment).where(tables.fulfilment.c.entry_id == entry).values(**change))
    with pytest.raises(DeskError), lea.store.write() as connection:
        connection.execute(tables.fulfilment.delete())
    assert {w.entry for w in fulfilment.unfulfilled(lea)} == {unsure, queued}


@pytest.mark.parametrize("ledger_address", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("fulfil_claim(NULL, 10, 10)", "refused"), ("fulfil_claim('x', 10, 1000000)", "refused"),
        ("fulfil_end(NULL, 1, 'x', 'done', '', '', 0)", "refused"),
        ("fulfil_end(gen_random_uuid(), 1, 'x', 'given', '', '', 0)", "refused"),
        ("fulfil_end(gen_random_uuid(), 1, 'x', 'done', '', '', 'NaN')", "refused"),
        ("fulfil_end(gen_random_uuid(), 1, 'x', 'later', '', '', 'Infinity')", "refused"),
        ("fulfil_choose('lea', gen_random_uuid(), 'done', '', 10)", "no_entry"),
        ("fulfil_choose('sam', gen_random_uuid(), 'done', '', 10)", "unknown_agent"),
        ("fulfil_choose('lea', NULL, 'done', '', 10)", "refused"),
        ("fulfil_choose('lea', gen_random_uuid(), 'again', '', NULL)", "refused"),
        ("voucher_known('voucher', ARRAY['A'])", "not_supervisor"),
    ],
)  # fmt: skip
def test_odd_calls_with_psql(open_gestures: Opens, call: str, code: str) -> None:
    lea = open_gestures("lea")
    with refused(code), lea.store.write() as connection, fulfilments.refusing():
        connection.execute(text(f"SELECT * FROM ledger.{call}"))


@pytest.mark.parametrize("ledger_address", ["postgresql"], indirect=True)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_other_isolation_levels_are_refused(open_gestures: Opens, level: str) -> None:
    lea = open_gestures("lea")
    granted(lea)
    with lea.store.engine.connect().execution_options(isolation_level=level) as connection, refused("isolation"):
        fulfilments.claim(connection, "x", KNOWN, LEASE)


# Whatever happens in whatever order


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_in_any_order_what_is_queued_or_failed_was_not_given(open_gestures: Opens, passes: Passes, seed: int) -> None:
    """Consoles claim, ask, freeze, die, answer late; the shop gives or not, and its answers get lost. It gives once a
    key as long as it knows it, so: what the desk takes for not given was not, and at the end it was given once."""
    lea, dice = open_gestures("lea"), random.Random(seed)
    credit, gave, out = granted(lea, amount=1), False, []
    for _ in range(12):
        gave = _deed(lea, dice, credit, out, gave, passes)
        found = waiting(lea, credit)
        assert (found is None) <= gave
        if found is not None and found.state in (FulfilmentState.QUEUED, FulfilmentState.FAILED):
            assert not gave
            assert found.first_wire_at is None
    for _ in range(3):
        if waiting(lea, credit) is None:
            break
        passes(seconds=900)
        claimed = claim(lea, "last")
        if claimed is None:
            fulfilment.again(lea, credit)
        elif wire(lea, claimed, "last"):
            end(lea, claimed, "last", End.DONE)
    assert waiting(lea, credit) is None


def _deed(
    desk: Desk, dice: random.Random, credit: UUID, out: list[tuple[Claimed, str]], gave: bool, passes: Passes
) -> bool:
    """Something happens; ``out`` are the claims whose consoles are still there. Answers whether the shop gave it."""
    deed = dice.choice(("claim", "claim", "ask", "ask", "freeze", "wait", "wait long"))
    if deed == "claim":
        holder = f"console {dice.random()}"
        claimed = claim(desk, holder)
        out += [(claimed, holder)] if claimed else []
    elif deed == "ask" and out:
        claimed, holder = out.pop(dice.randrange(len(out)))
        if wire(desk, claimed, holder):
            return _asks(desk, dice, claimed, holder, gave)
        end(desk, claimed, holder, End.LATER)
    elif deed == "freeze" and out:
        return (wire(desk, *out.pop()) and dice.random() < 0.5) or gave
    else:
        passes(seconds=70 if deed == "wait" else 900)
    return gave


def _asks(desk: Desk, dice: random.Random, claimed: Claimed, holder: str, gave: bool) -> bool:
    """One request and what its console hears of it; answers whether the shop has given it now."""
    if dice.random() < 0.3:  # refused, or busy: certain about this one only
        end(desk, claimed, holder, dice.choice((End.FAILED, End.LATER)))
        return gave
    arrives = dice.random() < 0.7
    end(desk, claimed, holder, End.DONE if (gave or arrives) and dice.random() < 0.4 else End.UNKNOWN)
    return gave or arrives


# A service that is no agent


@pytest.mark.parametrize("ledger_address", ["postgresql"], indirect=True)
def test_a_service_that_is_no_agent_hands_over_and_does_nothing_else(
    open_gestures: Opens,
    ledger_address: str,
    owner: Store,
    shop: Shop,
    ledger_config: Config,
    tmp_path: Path,
    now: Time,
) -> None:
    lea = open_gestures("lea")
    credit, item = granted(lea), granted(lea, "item")
    database = make_url(ledger_address).database
    with owner.write() as connection:
        connection.execute(text(f'CREATE ROLE "robot_{database}" LOGIN IN ROLE "{database}_sync"'))
    place = make_url(ledger_address).set(username=f"robot_{database}")
    store = open_desk(place.render_as_string(hide_password=False).replace(":@", "@"), tmp_path)
    robot = Desk(store, ledger_config, lea.agent, tmp_path, now)
    sync(robot)
    assert shop.given == {str(credit): 1}
    with refused("unknown_agent"):
        fulfilment.done(robot, item)
    with pytest.raises(RuleRefused):
        granted(robot)
    assert [w.entry for w in fulfilment.unfulfilled(robot)] == [item]
    store.close()
    with owner.write() as connection:
        connection.execute(text(f'DROP ROLE "robot_{database}"'))
