"""Erasing a customer: nothing they or anybody wrote is left, and the ledger is as whole as before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import String, cast, func, select

from agentconsole.desk import (
    control,
    conversations,
    customers,
    drafts,
    erasure,
    escalations,
    ledger,
    promises,
    replies,
    search,
    undo,
)
from agentconsole.errors import NotFound, RuleRefused, UsageError
from agentconsole.model.message import Address, Attachment, Incoming
from agentconsole.store.delivery_tables import outbox
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of
from agentconsole.store.tables import customer as customer_table
from agentconsole.store.tables import metadata
from tests.conftest import Time
from tests.incoming import arrives, everything, message, only
from tests.ledger.test_verify import Opens, give, somebody

WORD = "zanzibar"
"""What only this customer's conversations hold."""


def first_message() -> Incoming:
    """What the customer wrote, with a large original and an attachment."""
    return message(
        f"Je suis {WORD}.",
        external_id="one@customer.example",
        subject=f"{WORD}!",
        author=Address(f"{WORD}@customer.example", WORD.title()),
        raw=f"{'x' * 90_000} {WORD}".encode(),
        attachments=(Attachment(f"{WORD}.txt", "text/plain", f"{WORD} in a file".encode()),),
    )


@pytest.fixture
def number(open_gestures: Opens, owner: Store) -> int:
    """A conversation in which everything that can hold words holds that one."""
    desk, eve = open_gestures("lea"), open_gestures("eve")
    arrives(desk, first_message())
    number = only(desk).number
    replies.note(desk, number, f"{WORD} called")
    replies.reply(desk, number, f"Dear {WORD}")
    with owner.write() as connection:  # as if it had been delivered
        connection.execute(outbox.update().values(state="sent", ended_at=desk.now()))
    customers.note(desk, number, f"{WORD} likes tea")
    customers.consent(desk, number, "news", True, f"{WORD} said so")
    promises.promise(desk, number, desk.now() + timedelta(days=1), f"call {WORD}")
    drafts.keep(desk, number, f"Dear {WORD}, once more", 0)
    entry = give(desk, number, 1000, proof=f"photo of {WORD}")
    control.review(eve, entry, "talk", f"{WORD} again?")
    escalations.escalate(desk, number, f"{WORD} is angry", agent="tom")
    return number


def left(store: Store, word: str = WORD) -> set[str]:
    """Every column of every table that holds a word."""
    found = set()
    with store.read() as connection:
        for table in metadata.sorted_tables:
            for column in table.columns:
                holds = func.lower(cast(column, String)).like(f"%{word}%")
                if connection.execute(select(table).where(holds).limit(1)).first():
                    found.add(f"{table.name}.{column.name}")
    return found


def test_nothing_that_was_written_is_left(number: int, open_gestures: Opens, owner: Store, tmp_path: Path) -> None:
    sam = open_gestures("sam")
    before = control.totals(sam, ledger.this_month(sam)).totals()
    kept = ledger.heads(sam)
    assert len(left(owner)) > 15, left(owner)
    customer = only(sam).customer_id
    planned = erasure.plan(sam, customer)
    assert (planned.names, planned.conversations) == ((WORD.title(),), 1)
    assert erasure.erase(sam, customer) == planned
    assert left(owner) == set()
    assert only(sam).customer == "erased customer"
    assert not search.search(sam, WORD).rows
    if owner.sqlite:
        held = [path for path in tmp_path.rglob("*") if path.is_file() and WORD.encode() in path.read_bytes().lower()]
        assert held == []
    assert ledger.verify(sam, kept) == []
    assert control.totals(sam, ledger.this_month(sam)).totals() == before
    thread = conversations.open_thread(sam, number, 50)
    assert {m.text for m in thread.messages} == {""}
    last = conversations.trail(sam, number)[-1]
    assert (last.actor, last.kind, last.detail) == ("sam", "erased", "{}")


def test_once_more_changes_nothing(number: int, open_gestures: Opens, owner: Store, now: Time) -> None:
    sam = open_gestures("sam")
    customer = only(sam).customer_id
    erasure.erase(sam, customer)
    kept = ledger.heads(sam)
    with owner.read() as connection:
        since = connection.execute(select(customer_table.c.erased_at)).scalar_one()
    now.passes(hours=1)
    again = erasure.erase(sam, customer)
    assert again.names == ("erased customer",)
    assert ledger.verify(sam, kept) == []
    assert [entry.kind for entry in conversations.trail(sam, number)].count("erased") == 1
    with owner.read() as connection:
        assert connection.execute(select(customer_table.c.erased_at)).scalar_one() == since


def test_the_ledger_marks_whom_it_erases(number: int, open_gestures: Opens, owner: Store) -> None:
    sam = open_gestures("sam")
    with sam.store.write() as connection:
        ledger_of(connection).erase("sam", [only(sam).customer_id])
    with owner.read() as connection:
        since = connection.execute(select(customer_table.c.erased_at)).scalar_one()
        assert abs(since - sam.now()) < timedelta(minutes=1)
    assert ledger.verify(sam) == []


def test_there_is_no_such_customer(open_gestures: Opens) -> None:
    sam = open_gestures("sam")
    with pytest.raises(NotFound):
        erasure.erase(sam, uuid4())


def test_a_channel_that_tells_it_again_does_not_bring_it_back(number: int, open_gestures: Opens, owner: Store) -> None:
    sam = open_gestures("sam")
    erasure.erase(sam, only(sam).customer_id)
    assert arrives(sam, first_message()) == 0
    assert left(owner) == set()
    arrives(sam, message("C'est encore moi.", author=Address(f"{WORD}@customer.example", "Z")))
    assert [row.customer for row in everything(sam)] == ["erased customer", "Z"]


def test_nothing_is_given_to_somebody_who_was_erased(number: int, open_gestures: Opens) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    erasure.erase(sam, only(sam).customer_id)
    with pytest.raises(RuleRefused) as refused:
        give(lea, number)
    assert refused.value.reason == "conversation"


def test_undo_does_not_bring_it_back(number: int, open_gestures: Opens) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    erasure.erase(sam, only(sam).customer_id)
    with pytest.raises(NotFound):
        undo.undo(lea)


def test_a_reply_in_the_outbox_is_waited_for(open_gestures: Opens) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    number = somebody(lea)
    replies.reply(lea, number, "Bonjour Camille.")
    with pytest.raises(UsageError, match=f"#{number}"):
        erasure.erase(sam, only(sam).customer_id)
    assert only(sam).customer == "Camille"
    undo.undo(lea)
    erasure.erase(sam, only(sam).customer_id)
    assert only(sam).customer == "erased customer"


def test_an_adviser_erases_nobody(open_gestures: Opens) -> None:
    lea = open_gestures("lea")
    somebody(lea)
    with pytest.raises(RuleRefused) as refused:
        erasure.erase(lea, only(lea).customer_id)
    assert refused.value.reason == "not_supervisor"
    assert only(lea).customer == "Camille"


def test_all_who_are_linked_are_erased_and_nobody_else(open_gestures: Opens, tmp_path: Path) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    numbers = [somebody(lea, name) for name in ("camille", "cam", "bruno")]
    rows = {row.number: row for row in everything(lea)}
    for number in numbers:
        give(lea, number)
    customers.link(lea, numbers[0], rows[numbers[1]].customer_id)
    shared = Attachment("same.txt", "text/plain", b"the same bytes")
    for name in ("camille", "bruno"):
        author = Address(f"{name}@customer.example", name.title())
        arrives(lea, message("Voir le fichier", author=author, attachments=(shared,)))
    done = erasure.erase(sam, rows[numbers[1]].customer_id)
    assert len(done.customers) == 2
    assert {row.customer for row in everything(sam) if row.number in numbers[:2]} == {"erased customer"}
    others = [row.number for row in everything(sam) if row.customer == "Bruno"]
    (held,) = [m for n in others for m in conversations.open_thread(sam, n, 9).messages if m.attachments]
    saved = conversations.save_attachment(sam, held.id, 0, tmp_path)
    assert saved.read_bytes() == b"the same bytes"
    assert ledger.verify(sam) == []
