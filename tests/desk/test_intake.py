"""From a channel's page to the desk: once, whole, to the right customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from agentconsole.channels.base import Page
from agentconsole.config import State
from agentconsole.desk import conversations, handling, intake
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError
from agentconsole.model.message import Address, Attachment, MessageKind
from agentconsole.store import blobs, cursors, messages
from agentconsole.store import conversations as conversations_store
from agentconsole.store.opening import open_desk
from tests.conftest import Time
from tests.incoming import NINE, answers, arrives, everything, message, only, opened, sent_elsewhere, texts
from tests.support.power import whole_or_nothing

MACHINES = (MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.LIST)


def test_a_page_becomes_conversations_with_their_clocks(desk: Desk) -> None:
    assert arrives(desk, message("Où est mon colis ?", at=NINE)) == 1
    row = only(desk)
    assert (row.customer, row.channel, row.state, row.unread) == ("Camille Durand", "mail", State.OPEN, 1)
    assert (row.subject, row.excerpt, row.language) == ("Panne", "Où est mon colis ?", "fr")
    assert row.due_at == NINE + timedelta(hours=4)
    assert row.waiting_since == row.opened_at == row.updated_at == NINE


def test_the_same_page_twice_and_the_same_message_twice_in_a_page(desk: Desk) -> None:
    page = message("one"), message("two", author=Address("ben@customer.example"))
    assert arrives(desk, page[0], *page, page[1]) == 2
    assert arrives(desk, *page) == 0
    assert [row.unread for row in everything(desk)] == [1, 1]
    assert arrives(desk, *page, message("three")) == 1


def test_the_same_external_id_on_two_channels_is_two_messages(desk: Desk) -> None:
    arrives(desk, message(external_id="same"))
    assert arrives(desk, message(external_id="same"), channel="x") == 1


def test_one_customer_is_known_on_channels_that_share_their_addresses(desk: Desk) -> None:
    arrives(desk, message("by mail"))
    arrives(desk, message("by the form", author=Address("camille@customer.example", "C. Durand")), channel="form")
    arrives(desk, message("on x", author=Address("@camd", "Camille")), channel="x")
    mail, form, x = everything(desk)
    assert mail.customer_id == form.customer_id != x.customer_id
    assert [other.number for other in opened(desk, mail.number).history] == [form.number]
    assert [i.value for i in opened(desk, x.number).customer.identities] == ["@camd"]
    assert opened(desk, x.number).customer.since == NINE


def test_an_unnamed_customer_is_called_by_their_address(desk: Desk) -> None:
    arrives(desk, message(author=Address("nobody@customer.example", "  ")))
    assert only(desk).customer == "nobody@customer.example"


def test_without_a_subject_the_first_words_are_it(desk: Desk) -> None:
    arrives(desk, message("one two three four five six seven eight nine ten", subject=" "))
    assert only(desk).subject == "one two three four five six seven eight"


def test_what_is_public_stays_so_until_somebody_writes_in_private(desk: Desk) -> None:
    arrives(desk, message("@brand it does not work", external_id="post"), channel="x")
    assert only(desk).public
    assert opened(desk).messages[0].public
    arrives(desk, message("on mail it never was", external_id="mail"))
    assert [row.public for row in everything(desk)] == [True, False]


def test_a_private_message_makes_a_public_thread_private(desk: Desk) -> None:
    arrives(desk, message("a comment", external_id="post", public=True))
    assert only(desk).public
    arrives(desk, message("my number is 12", references=("post",)))
    assert not only(desk).public


def test_what_no_person_wrote_starts_no_clock(desk: Desk) -> None:
    arrives(desk, *(message("I am out of the office", kind=kind) for kind in MACHINES))
    for row in everything(desk):
        assert (row.due_at, row.waiting_since, row.unread, row.state) == (None, None, 1, State.OPEN)


@pytest.mark.parametrize("state", [State.PENDING, State.RESOLVED, State.SNOOZED])
def test_nor_does_it_open_a_conversation_again(desk: Desk, now: Time, state: State) -> None:
    arrives(desk, message(external_id="first"))
    key = answers(desk, state=state)
    before = only(desk)
    now.passes(hours=1)
    arrives(desk, *(message(f"This is {kind}", kind=kind, at=now(), references=(key,)) for kind in MACHINES))
    after = only(desk)
    assert (after.state, after.due_at, after.waiting_since) == (state, before.due_at, None)
    assert texts(desk)[2:] == [f"This is {kind}" for kind in MACHINES]


def test_the_customer_opens_a_resolved_conversation_again(desk: Desk, now: Time) -> None:
    arrives(desk, message(external_id="first"))
    answers(desk, state=State.RESOLVED)
    now.passes(days=1)
    arrives(desk, message("It broke again.", at=now(), references=("first",)))
    row = only(desk)
    assert (row.state, row.unread, row.due_at) == (State.OPEN, 1, now() + timedelta(hours=4))


def test_the_customer_wakes_a_snoozed_conversation(desk: Desk, now: Time) -> None:
    arrives(desk, message(external_id="first"))
    handling.set_state(desk, only(desk).number, State.SNOOZED, now() + timedelta(days=2))
    arrives(desk, message("Never mind.", references=("first",)))
    assert (only(desk).state, only(desk).snoozed_until) == (State.OPEN, None)


def test_an_answer_from_a_mail_program_counts_and_is_not_ours_to_deliver(desk: Desk, now: Time) -> None:
    arrives(desk, message(external_id="first"))
    arrives(desk, sent_elsewhere(at=now(), references=("first",)))
    row = only(desk)
    assert (row.waiting_since, row.state) == (None, State.OPEN)
    assert opened(desk).messages[-1].delivery is None
    assert [e.kind for e in conversations.trail(desk, row.number)] == ["opened", "answered_elsewhere"]


def test_a_mail_that_the_brand_begins_belongs_to_whom_it_was_sent_to(desk: Desk, now: Time) -> None:
    arrives(desk, sent_elsewhere("Your parcel is late, we are sorry.", external_id="ours"))
    row = only(desk)
    assert (row.customer, row.state, row.due_at, row.unread) == ("Camille Durand", State.PENDING, None, 0)
    arrives(desk, message("Thank you for telling me.", at=now(), references=("ours",)))
    assert (only(desk).state, only(desk).unread) == (State.OPEN, 1)


def test_attachments_are_kept_once_and_the_original_comes_back_whole(desk: Desk) -> None:
    picture = Attachment("photo.jpg", "image/jpeg", bytes(range(256)) * 400)
    again = Attachment("the same.jpg", "image/jpeg", picture.data)
    raw = b"From: camille\r\n\r\n\x00\xff" + b"x" * (blobs.LARGE + 1)
    arrives(desk, message(external_id="large", attachments=(picture,), raw=raw))
    arrives(desk, message(external_id="small", attachments=(again, picture), raw=b"\x00small"))
    large, small = everything(desk)
    for row, expected in ((large, raw), (small, b"\x00small")):
        assert conversations.original(desk, opened(desk, row.number).messages[0].id) == expected
    kept = [item for row in (large, small) for item in opened(desk, row.number).messages[0].attachments]
    assert [(item.name, item.size) for item in kept] == [
        ("photo.jpg", 102_400),
        ("the same.jpg", 102_400),
        ("photo.jpg", 102_400),
    ]
    assert len({item.digest for item in kept}) == 1
    if desk.store.files:
        assert len([path for path in desk.store.files.rglob("*") if path.is_file()]) == 2  # picture and large original


def test_a_damaged_or_missing_attachment_is_said_to_be(desk: Desk) -> None:
    arrives(desk, message(attachments=(Attachment("a.txt", "text/plain", b"words"),)))
    (shown,) = opened(desk).messages
    if desk.store.files:
        (kept,) = (path for path in desk.store.files.rglob("*") if path.is_file())
        kept.write_bytes(b"other words")
    else:
        with desk.store.write() as connection:
            connection.exec_driver_sql("UPDATE blob SET data = 'other'")
    with pytest.raises(DeskError, match="missing or damaged"):
        conversations.save_attachment(desk, shown.id, 0, desk.folder)


def test_attachments_in_a_folder_of_ones_choice(open_as: Callable[[str], Desk], address: str) -> None:
    desk = open_as("lea")
    elsewhere = open_desk(address, desk.folder, files="kept")
    arrives(replace(desk, store=elsewhere), message(attachments=(Attachment("a.txt", "text/plain", b"words"),)))
    (shown,) = opened(desk).messages
    assert [path.read_bytes() for path in (desk.folder / "kept").rglob("*") if path.is_file()] == [b"words"]
    with elsewhere.read() as connection:
        assert messages.read_attachments(elsewhere, connection, shown.id)[0].data == b"words"
    elsewhere.close()


def test_attachments_are_saved_beside_one_another_never_over(desk: Desk) -> None:
    arrives(desk, message(attachments=(Attachment("a.txt", "text/plain", b"words"),)))
    (shown,) = opened(desk).messages
    first, second = (conversations.save_attachment(desk, shown.id, 0, desk.folder) for _ in range(2))
    assert (first.name, second.name) == ("a.txt", "a (1).txt")
    assert first.read_bytes() == second.read_bytes() == b"words"


def test_of_two_who_pull_at_once_the_first_to_be_done_counts(open_as: Callable[[str], Desk], now: Time) -> None:
    slow, quick = open_as("lea"), open_as("tom")
    mail = slow.config.channel("mail")
    assert mail is not None
    with slow.store.write() as connection:
        assert cursors.lease(connection, "mail", "slow", now(), timedelta(minutes=1))
        assert not cursors.lease(connection, "mail", "quick", now(), timedelta(minutes=1))
    now.passes(minutes=2)
    with quick.store.write() as connection:
        assert cursors.lease(connection, "mail", "quick", now(), timedelta(minutes=1))
    assert intake.take(slow, mail, Page((message("one"),), "1"), None) == 1, "late, but nobody has moved on"
    assert intake.take(quick, mail, Page((message("stale"),), "0"), None) is None
    with slow.store.read() as connection:
        assert cursors.value(connection, "mail") == "1"
    assert texts(slow) == ["one"]


def test_a_page_is_stored_wholly_with_its_cursor_or_not_at_all(desk: Desk) -> None:
    arrives(desk, message("already here", external_id="first"))
    page = (
        message("of a known customer", references=("first",)),
        message(
            "of a new one",
            author=Address("ben@customer.example"),
            attachments=(Attachment("f", "x/y", b"f"),),
        ),
    )
    assert whole_or_nothing(desk, lambda: arrives(desk, *page)) > 8
    assert arrives(desk, *page) == 0


def test_another_message_under_a_known_id_is_not_lost(desk: Desk, now: Time) -> None:
    first = message("Le premier", external_id="same@broken.example", at=now())
    stranger = Address("eve@elsewhere.example", "Eve")
    second = message("Un tout autre", external_id="same@broken.example", at=now(), author=stranger)
    assert arrives(desk, first) == 1
    assert arrives(desk, first, second) == 1
    assert arrives(desk, second) == 0
    with desk.store.read() as connection:
        assert {row.customer for row in conversations_store.by_numbers(connection, [1, 2])} == {"Camille Durand", "Eve"}
