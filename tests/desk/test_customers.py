"""Customers: the client book, consent, links made by hand, and who may be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.desk import conversations, customers, merging, promises, undo
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from agentconsole.model.customer import Customer
from agentconsole.model.message import Address
from agentconsole.store import client_book
from agentconsole.store import customers as stored
from tests.conftest import Time, wipe
from tests.desk.test_concurrency import _at_once
from tests.incoming import arrives, message, numbers, opened
from tests.store.test_plans import plans


def _people(desk: Desk, *who: tuple[str, str], **more: str) -> list[UUID]:
    """One conversation of each, by mail; their customers."""
    arrives(desk, *(message(more.get("text", "Bonjour"), author=Address(value, name)) for value, name in who))
    return [opened(desk, number).customer.id for number in range(1, len(who) + 1)]


def _four(desk: Desk) -> list[UUID]:
    return _people(desk, *((f"{n}@x.example", f"Person {n}") for n in range(1, 5)))


def _customer(desk: Desk, number: int = 1) -> Customer:
    return opened(desk, number).customer


def test_the_client_book_is_kept_for_the_next_adviser(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    first = customers.note(lea, 1, "  Prefers to be called in the evening.\n")
    now.passes(minutes=1)
    customers.note(tom, 1, "Has a dog.")
    assert [(n.author, n.text) for n in _customer(tom).notes] == [
        ("tom", "Has a dog."),
        ("lea", "Prefers to be called in the evening."),
    ]
    customers.drop_note(tom, 1, first.id)
    assert [n.text for n in _customer(lea).notes] == ["Has a dog."]
    with pytest.raises(NotFound):
        customers.drop_note(tom, 1, first.id)
    undo.undo(tom)
    assert len(_customer(lea).notes) == 2
    undo.undo(tom)
    assert [n.id for n in _customer(lea).notes] == [first.id]
    assert [e.kind for e in conversations.trail(lea, 1)][1:4] == ["client_noted", "client_noted", "client_note_dropped"]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_what_is_no_note(desk: Desk, text: str) -> None:
    arrives(desk, message())
    with pytest.raises(UsageError):
        customers.note(desk, 1, text)


def test_a_note_of_another_customer_cannot_be_dropped(desk: Desk) -> None:
    _four(desk)
    made = customers.note(desk, 1, "Has a dog.")
    with pytest.raises(NotFound):
        customers.drop_note(desk, 2, made.id)
    assert _customer(desk).notes


def test_the_latest_word_on_consent_holds_and_the_others_are_its_history(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    assert [p.id for p in customers.purposes(desk)] == ["news", "survey"]
    customers.consent(desk, 1, "news", True, "on the phone")
    customers.consent(desk, 1, "news", False, "mail of today")  # in the same moment
    customers.consent(desk, 1, "survey", True, "web form")
    held = {c.purpose: (c.given, c.source, c.author) for c in _customer(desk).consents}
    assert held == {"news": (False, "mail of today", "lea"), "survey": (True, "web form", "lea")}
    history = customers.consent_history(desk, _customer(desk).id)
    assert sorted((c.purpose, c.given) for c in history) == [("news", False), ("news", True), ("survey", True)]
    undo.undo(desk)
    now.passes(seconds=1)
    undo.undo(desk)
    assert [(c.purpose, c.given, c.at) for c in _customer(desk).consents] == [
        ("news", True, now.at - timedelta(seconds=1))
    ]


def test_a_consent_needs_a_purpose_and_a_source(desk: Desk) -> None:
    arrives(desk, message())
    with pytest.raises(UsageError, match="news, survey"):
        customers.consent(desk, 1, "everything", True, "on the phone")
    with pytest.raises(UsageError):
        customers.consent(desk, 1, "news", True, "  ")
    assert _customer(desk).consents == ()


def test_what_is_known_of_one_is_known_of_all_who_are_linked(desk: Desk, now: Time) -> None:
    ids = _four(desk)
    with desk.store.write() as connection:
        stored.add_tags(connection, [(ids[1], "vip")])
    customers.note(desk, 2, "Has a dog.")
    customers.consent(desk, 2, "news", True, "on the phone")
    promises.promise(desk, 2, now() + timedelta(hours=1), "Rappeler")
    before = opened(desk, 1).row.rank
    plan = customers.link_plan(desk, ids[0], ids[1])
    assert (plan.customer.name, plan.other.name, plan.conversations, plan.active) == ("Person 1", "Person 2", 1, 1)
    assert plan.tags == ("vip",)
    assert (plan.notes, [(c.purpose, c.given) for c in plan.consents]) == (1, [("news", True)])
    customers.link(desk, 1, ids[1])
    thread = opened(desk, 1)
    assert thread.customer.tags == ("vip",)
    assert [i.value for i in thread.customer.identities] == ["1@x.example", "2@x.example"]
    assert [n.text for n in thread.customer.notes] == ["Has a dog."]
    assert [c.purpose for c in thread.customer.consents] == ["news"]
    assert [p.text for p in thread.promises] == ["Rappeler"]
    assert numbers(thread.history) == [2]
    assert thread.customer.linked == (ids[1],)
    assert thread.row.rank == before - timedelta(minutes=30)
    assert customers.contacts(desk, ids[0])[-1] == 2
    arrives(desk, message("new", author=Address("1@x.example")))
    assert "VIP" in opened(desk, 5).row.why
    undo.undo(desk)
    thread = opened(desk, 1)
    assert (thread.customer.tags, thread.customer.linked, thread.promises, thread.history) == (
        (),
        (),
        (),
        (thread.history),
    )
    assert numbers(thread.history) == [5]
    assert thread.row.rank == before


def test_linking_is_never_done_twice_nor_with_oneself(desk: Desk) -> None:
    ids = _four(desk)
    customers.link(desk, 1, ids[1])
    for number, other in ((1, ids[1]), (2, ids[0]), (1, ids[0])):
        with pytest.raises(UsageError):
            customers.link(desk, number, other)
    with pytest.raises(NotFound):
        customers.link(desk, 1, UUID(int=7))
    with pytest.raises(UsageError):
        customers.unlink(desk, 1, ids[2])


def test_following_goes_one_level_and_comes_back_exactly(desk: Desk) -> None:
    ids = _four(desk)
    customers.link(desk, 2, ids[0])  # 2 follows 1
    customers.link(desk, 3, ids[1])  # 3 follows 1 too, since 2 does
    customers.link(desk, 1, ids[3])  # all of them follow 4
    assert _roots(desk, ids) == [3, 3, 3, None]
    undo.undo(desk)
    assert _roots(desk, ids) == [None, 0, 0, None]
    customers.link(desk, 1, ids[3])
    customers.unlink(desk, 4, ids[0])
    assert _roots(desk, ids) == [None, 0, 0, None]
    customers.unlink(desk, 1, ids[2])
    assert _roots(desk, ids) == [None, 0, None, None]
    undo.undo(desk)
    assert _roots(desk, ids) == [None, 0, 0, None]


def _roots(desk: Desk, ids: list[UUID]) -> list[int | None]:
    """Whom each is linked to, by place in the list."""
    from sqlalchemy import select

    from agentconsole.store.tables import customer

    with desk.store.read() as connection:
        found = dict(connection.execute(select(customer.c.id, customer.c.linked_to)).all())
    return [ids.index(root) if (root := found[i]) else None for i in ids]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=8))
def test_undoing_links_and_unlinks_brings_back_every_moment(desk: Desk, tries: list[tuple[bool, int, int]]) -> None:
    wipe(desk.store)
    ids, moments = _four(desk), []
    for linking, number, other in tries:
        before = _roots(desk, ids)
        try:
            (customers.link if linking else customers.unlink)(desk, number, ids[other - 1])
        except UsageError:
            assert _roots(desk, ids) == before
            continue
        moments.append(before)
        together = ids[other - 1] in _customer(desk, number).linked
        assert together == linking
        roots = _roots(desk, ids)
        assert all(roots[root] is None for root in roots if root is not None)
    for before in reversed(moments):
        undo.undo(desk)
        assert _roots(desk, ids) == before


def test_links_made_at_once_leave_one_level(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    for _ in range(5):
        wipe(lea.store)
        ids = _four(lea)
        _at_once(lambda ids=ids: customers.link(lea, 1, ids[1]), lambda ids=ids: customers.link(tom, 2, ids[2]))
        roots = _roots(lea, ids)
        assert all(roots[root] is None for root in roots if root is not None)
        assert len(_customer(lea, 1).linked) == 2


def test_after_unlinking_merged_conversations_can_still_be_taken_apart(desk: Desk) -> None:
    ids = _four(desk)
    customers.link(desk, 1, ids[1])
    merging.merge(desk, [2], 1)
    customers.unlink(desk, 1, ids[1])
    assert merging.unmerge(desk, 2).customer_id == ids[1]


def _alike(desk: Desk, number: int = 1) -> list[tuple[str, str]]:
    found = customers.likely_same(desk, _customer(desk, number).id)
    return [(like.customer.identities[0].value, like.why) for like in found]


def test_a_name_alone_is_no_sign(desk: Desk) -> None:
    _people(desk, ("camille@customer.example", "Camille Durand"), ("cd.1980@mail.example", "CAMILLE DURAND"))
    assert _alike(desk) == []


@pytest.mark.parametrize(
    ("other", "text", "sign"),
    [
        ("Camille@mail.example", "Bonjour", "both write from camille@"),
        ("cd.1980@mail.example", "Mon adresse est camille@customer.example.", "is in what the other wrote"),
    ],
)
def test_the_same_name_and_another_sign(desk: Desk, other: str, text: str, sign: str) -> None:
    ids = _people(desk, ("camille@customer.example", "Camille Durand"), (other, "camille DURAND"), text=text)
    ((value, why),) = _alike(desk)
    assert value == other
    assert sign in why or "wrote of" in why
    assert [value for value, _why in _alike(desk, 2)] == ["camille@customer.example"]
    customers.link(desk, 1, ids[1])
    assert _alike(desk) == []


def test_other_names_are_not_the_same_whatever_they_share(desk: Desk) -> None:
    text = "Écrivez à camille@customer.example ou camille@mail.example"
    _people(desk, ("camille@customer.example", "Camille Durand"), ("camille@mail.example", "Camille Roy"), text=text)
    assert _alike(desk) == []


def test_telephone_numbers_are_the_same_however_they_are_written(desk: Desk) -> None:
    (customer,) = _people(desk, ("camille@customer.example", "Camille Durand"))
    since = desk.now()
    rows = [("+33639980001", "A"), ("06 39 98 00 01", "B"), ("+33639980002", "C")]
    for n, (value, _name) in enumerate(rows, 1):
        other = {"id": UUID(int=n), "name": "Camille DURAND", "language": None, "since": since}
        known = {"kind": "phone", "value": value, "customer_id": other["id"], "name": "", "since": since}
        with desk.store.write() as connection:
            stored.add(connection, [other], [known])
    assert customers.likely_same(desk, customer) == []
    assert [like.customer.id for like in customers.likely_same(desk, UUID(int=1))] == [UUID(int=2)]
    arrives(desk, message("Mon numéro : 0639980002", author=Address("camille@customer.example")))
    assert [like.customer.id for like in customers.likely_same(desk, customer)] == [UUID(int=3)]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_suggestions_are_bounded_and_read_by_indexes(desk: Desk) -> None:
    since = desk.now()
    everybody = [
        {"id": UUID(int=n), "name": "Jean Martin" if n % 2 else f"P {n}", "language": None, "since": since}
        for n in range(1, 1001)
    ]
    known = [
        {"kind": "email", "value": f"jean.martin@{n}.example", "customer_id": one["id"], "name": "", "since": since}
        for n, one in enumerate(everybody)
    ]
    with desk.store.write() as connection:
        stored.add(connection, everybody, known)
    with plans(desk) as found:
        assert len(customers.likely_same(desk, UUID(int=1))) == 20
    for plan in found:
        assert not [
            line for line in plan.splitlines() if line.startswith("SCAN") and "CONSTANT" not in line and "(" not in line
        ], plan
    assert any("ix_customer_folded" in plan for plan in found)


def test_contacts_by_month_oldest_first(desk: Desk, now: Time) -> None:
    for at in (
        datetime(2025, 4, 1, tzinfo=UTC),
        datetime(2025, 3, 31, 23, 30, tzinfo=UTC),
        datetime(2025, 2, 1, tzinfo=UTC),
    ):
        arrives(desk, message(at=at))
    arrives(desk, message(), message(at=now() - timedelta(days=2)))
    months = customers.contacts(desk, _customer(desk).id)
    assert months == [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]  # 23:30 UTC is April in Paris
    assert customers.contacts(desk, _customer(desk).id, 3) == [0, 1, 1]
    merging.merge(desk, [1], 4)  # one contact, which began with the first of them
    assert customers.contacts(desk, _customer(desk).id) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    with pytest.raises(NotFound):
        customers.contacts(desk, UUID(int=1))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("durand", ["Camille Durand"]),
        ("CAMILLE dur", ["Camille Durand"]),
        ("camille@customer.example", ["Camille Durand"]),
        ("Camille Durand", ["Camille Durand"]),
        ("ben@x.example", ["Ben Kéita"]),
        ("keita", ["Ben Kéita"]),
        ("example", ["Ben Kéita", "Camille Durand"]),
        ("bonjour", []),
        ("nobody", []),
        ("", []),
    ],
)
def test_customers_are_found_by_name_and_address(desk: Desk, words: str, expected: Iterable[str]) -> None:
    _people(desk, ("camille@customer.example", "Camille Durand"), ("ben@x.example", "Ben Kéita"))
    assert sorted(one.name for one in customers.find_customers(desk, words)) == expected


def test_links_that_were_cut_count_no_more(desk: Desk) -> None:
    ids = _four(desk)
    customers.link(desk, 1, ids[1])
    customers.unlink(desk, 2, ids[0])
    with desk.store.read() as connection:
        assert client_book.links(connection, ids) == []
