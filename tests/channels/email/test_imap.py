"""The mailbox over a real Dovecot: which messages are brought, and that it stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from agentconsole.model.message import Direction
from tests.channels.email.mails import ids, mail, pull_all
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.servers
Place = Any


def test_brings_what_is_there_and_then_only_what_is_new(place: Place) -> None:
    place.deliver(mail(1, "Où est mon colis ?"))
    place.deliver(mail(2))
    channel = place.open()
    first = channel.pull(None, 100)
    assert ids(first) == ["1", "2"]
    assert first.messages[0].text.strip() == "Où est mon colis ?"
    assert first.messages[0].author.value == "camille@customer.example"
    assert first.messages[0].direction is Direction.IN
    nothing = channel.pull(first.cursor, 100)
    assert nothing.messages == ()
    assert not nothing.more
    place.deliver(mail(3))
    assert ids(channel.pull(nothing.cursor, 100)) == ["3"]


def test_pages_hold_the_limit_and_each_message_once(place: Place) -> None:
    for number in range(1, 8):
        place.append(mail(number))
    pages, _cursor = pull_all(place.open(), limit=3)
    assert [len(page.messages) for page in pages] == [3, 3, 1]
    assert ids(*pages) == ["1", "2", "3", "4", "5", "6", "7"]


def test_a_page_pulled_again_is_the_same(place: Place) -> None:
    for number in range(1, 5):
        place.append(mail(number))
    channel = place.open()
    first = channel.pull(None, 2)
    again = place.open().pull(first.cursor, 10)
    assert ids(channel.pull(first.cursor, 10)) == ids(again) == ["3", "4"]
    assert ids(channel.pull(None, 2)) == ids(first)


def test_first_import_goes_back_only_so_far_but_old_mail_that_comes_later_is_brought(place: Place) -> None:
    now = datetime.now(UTC)
    place.append(mail(1), at=now - timedelta(days=60))
    place.append(mail(2), at=now - timedelta(days=10))
    channel = place.open(since="30d")
    page = channel.pull(None, 100)
    assert ids(page) == ["2"]
    place.append(mail(3), at=now - timedelta(days=90))  # moved here from another folder
    assert ids(channel.pull(page.cursor, 100)) == ["3"]


def test_arrival_is_the_servers(place: Place) -> None:
    at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    place.append(mail(1), at=at)
    channel = place.open(since="3650d")
    assert channel.pull(None, 1).messages[0].at == at


def test_other_uidvalidity_starts_over_with_the_same_ids(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place]
) -> None:
    server = start_dovecot()
    place = place_on(server)
    for number in range(1, 4):
        place.append(mail(number))
    cursor = place.open().pull(None, 100).cursor
    server.renumber(user=place.user)
    place.append(mail(4))
    channel = place.open()
    page = channel.pull(cursor, 100)
    assert ids(page) == ["1", "2", "3", "4"]
    assert json.loads(page.cursor)["folders"]["INBOX"]["validity"] != json.loads(cursor)["folders"]["INBOX"]["validity"]
    assert channel.pull(page.cursor, 100).messages == ()


@pytest.mark.parametrize("cursor", ["", "{}", "[1]", "null", '{"version": 1, "folders": {"INBOX": 3}}', "INBOX:3"])
def test_a_strange_cursor_starts_over(place: Place, cursor: str) -> None:
    place.append(mail(1))
    assert ids(place.open().pull(cursor, 100)) == ["1"]


def test_flags_stay_as_they_are(place: Place) -> None:
    place.append(mail(1))
    place.append(mail(2), seen=True)
    before = [stored.flags for stored in place.messages()]
    channel = place.open()
    channel.pull(channel.pull(None, 100).cursor, 100)
    assert [stored.flags for stored in place.messages()] == before
    assert r"\Seen" not in before[0]


def test_mail_is_marked_seen_only_once_it_is_on_the_desk(place: Place) -> None:
    place.append(mail(1))
    place.append(mail(2))
    channel = place.open(mark_seen=True)
    page = channel.pull(None, 1)
    assert not any(r"\Seen" in stored.flags for stored in place.messages())
    page = channel.pull(page.cursor, 1)
    assert [r"\Seen" in stored.flags for stored in place.messages()] == [True, False]
    channel.pull(page.cursor, 1)
    assert all(r"\Seen" in stored.flags for stored in place.messages())


def test_several_folders_with_names_beyond_ascii(place: Place) -> None:
    with place.server.client(place.user) as client:
        client.create_folder("Réclamations & été")
        client.create_folder("Archiv/Größe")
    place.append(mail(1))
    place.append(mail(2), "Réclamations & été")
    place.append(mail(3), "Archiv/Größe")
    channel = place.open(folders=["INBOX", "Réclamations & été", "Archiv/Größe"])
    pages, cursor = pull_all(channel, limit=1)
    assert ids(*pages) == ["1", "2", "3"]
    place.append(mail(4), "Réclamations & été")
    assert ids(channel.pull(cursor, 100)) == ["4"]


def test_answers_written_elsewhere_are_brought_as_ours(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place]
) -> None:
    place = place_on(start_dovecot(sent="Envoyés"))
    place.append(mail(1))
    place.append(
        mail(2, From="Someone <alias@brand.example>", In_Reply_To="<1@customer.example>"),
        "Envoyés",
        seen=True,
    )
    page = place.open().pull(None, 100)
    assert [(m.external_id[0], m.direction) for m in page.messages] == [
        ("1", Direction.IN),
        ("2", Direction.OUT),
    ]
    assert page.messages[1].references == ("1@customer.example",)
    assert ids(place.open(pull_sent=False).pull(None, 100)) == ["1"]


def test_the_same_message_in_two_folders_is_brought_once_a_page(place: Place) -> None:
    place.append(mail(1))
    place.append(mail(1), "Sent")
    assert ids(place.open().pull(None, 100)) == ["1"]


def test_what_was_expunged_meanwhile_is_left_out(place: Place) -> None:
    for number in range(1, 5):
        place.append(mail(number))
    channel = place.open()
    page = channel.pull(None, 1)
    with place.server.client(place.user) as client:
        client.select_folder("INBOX")
        client.delete_messages([2, 3])
        client.expunge()
    rest = channel.pull(page.cursor, 100)
    assert ids(rest) == ["4"]
    assert not rest.more


def test_of_a_message_too_large_the_beginning_is_brought_and_said(place: Place) -> None:
    big = EmailMessage()
    big["From"], big["Subject"], big["Message-ID"] = "c@customer.example", "Photos", "<big@customer.example>"
    big.set_content("Here are the photos of the damage.")
    big.add_attachment(b"\x00" * 2_000_000, maintype="image", subtype="jpeg", filename="damage.jpg")
    place.append(mail(1))
    place.append(big.as_bytes())
    place.append(mail(2))
    page = place.open(max_size_mb=1).pull(None, 100)
    assert ids(page) == ["1", "big", "2"]
    found = page.messages[1]
    assert "photos of the damage" in found.text
    assert found.attachments == ()
    assert len(found.raw) < 1_000_000
    assert any("max_size_mb = 1" in line and "INBOX" in line for line in found.warnings)
    whole = place.open(max_size_mb=5).pull(None, 100).messages[1]
    assert [(a.name, a.size) for a in whole.attachments] == [("damage.jpg", 2_000_000)]


def test_messages_without_an_id_have_a_lasting_one(place: Place) -> None:
    place.append(b"From: a@customer.example\r\nSubject: one\r\n\r\nfirst\r\n")
    place.append(b"From: a@customer.example\r\nSubject: two\r\n\r\nsecond\r\n")
    first, again = place.open().pull(None, 100), place.open().pull(None, 100)
    assert len({message.external_id for message in first.messages}) == 2
    assert ids(first) == ids(again)


def test_pages_are_bounded_in_bytes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentconsole.channels.email.fetch.PAGE_BYTES", 100_000)
    monkeypatch.setattr("agentconsole.channels.email.reader.PAGE_BYTES", 100_000)
    monkeypatch.setattr("agentconsole.channels.email.fetch.BATCH_BYTES", 50_000)
    for number in range(1, 8):
        place.append(mail(number, "word " * 8_000))
    pages, _cursor = pull_all(place.open())
    assert ids(*pages) == ["1", "2", "3", "4", "5", "6", "7"]
    assert max(sum(len(m.raw) for m in page.messages) for page in pages) <= 150_000
    assert len(pages) >= 3


def test_a_large_folder_is_searched_in_stretches(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentconsole.channels.email.reader.WINDOW", 2)
    for number in range(1, 10):
        place.append(mail(number))
    with place.server.client(place.user) as client:
        client.select_folder("INBOX")
        client.delete_messages([3, 4, 5, 6])
        client.expunge()
    pages, cursor = pull_all(place.open(), limit=2)
    assert ids(*pages) == ["1", "2", "7", "8", "9"]
    place.append(mail(10))
    assert ids(place.open().pull(cursor, 100)) == ["10"]
