"""The mailbox over a real Dovecot: what is brought, when, and what is said when it cannot be."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.servers.dovecot import Dovecot, free_ports
from tests.servers.relay import Relay
from tests.servers.smtp import silent_port
from tests.servers.tls import make_certificates

from agentconsole.channels.base import Channel, Page
from agentconsole.channels.email import Settings
from agentconsole.errors import ChannelError, ConfigError, LoginRefused
from agentconsole.model.message import Direction

pytestmark = pytest.mark.servers
Place = Any


def mail(number: int, text: str = "Where is my order?", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = headers.pop("From", "Camille Durand <camille@customer.example>")
    message["To"] = "care@brand.example"
    message["Subject"] = headers.pop("Subject", f"Question {number}")
    message["Message-ID"] = headers.pop("Message_ID", f"<{number}@customer.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def ids(*pages: Page) -> list[str]:
    return [message.external_id.partition("@")[0] for page in pages for message in page.messages]


def pull_all(channel: Channel, cursor: str | None = None, limit: int = 100) -> tuple[list[Page], str]:
    pages = [channel.pull(cursor, limit)]
    while pages[-1].more:
        pages.append(channel.pull(pages[-1].cursor, limit))
    return pages, pages[-1].cursor


# What is brought


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
    assert (
        json.loads(page.cursor)["folders"]["INBOX"]["validity"]
        != json.loads(cursor)["folders"]["INBOX"]["validity"]
    )
    assert channel.pull(page.cursor, 100).messages == ()


@pytest.mark.parametrize(
    "cursor", ["", "{}", "[1]", "null", '{"version": 1, "folders": {"INBOX": 3}}', "INBOX:3"]
)
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


# Waiting


def waiting(channel: Channel, seconds: float, stop: Event) -> tuple[threading.Thread, list[float]]:
    ended: list[float] = []

    def wait() -> None:
        channel.wait(seconds, stop)
        ended.append(time.monotonic())

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, ended


def test_new_mail_ends_the_wait_within_a_second(place: Place) -> None:
    idling = Event()

    def watch(piece: bytes) -> bytes:
        if b"+ idling" in piece:
            idling.set()
        return piece

    with Relay(place.server.imap_port, watch) as relay:
        channel = place.open(imap_port=relay.port)
        cursor = channel.pull(None, 100).cursor
        thread, ended = waiting(channel, 60, Event())
        assert idling.wait(20)
        began = time.monotonic()
        place.deliver(mail(1))
        thread.join(20)
        assert ended[0] - began < 1
        assert ids(channel.pull(cursor, 100)) == ["1"]
        channel.close()


def test_mail_that_came_between_pull_and_wait_ends_it_at_once(place: Place) -> None:
    channel = place.open()
    channel.pull(None, 100)
    place.deliver(mail(1))
    began = time.monotonic()
    channel.wait(60, Event())
    assert time.monotonic() - began < 5


def test_news_that_came_together_with_the_answer_to_idle_end_the_wait(place: Place) -> None:
    with Relay(
        place.server.imap_port, lambda piece: piece.replace(b"+ idling\r\n", b"+ idling\r\n* 5 EXISTS\r\n")
    ) as relay:
        channel = place.open(imap_port=relay.port)
        channel.pull(None, 100)
        began = time.monotonic()
        channel.wait(60, Event())
        assert time.monotonic() - began < 5
        channel.close()


@pytest.mark.parametrize("capability", ["", "IMAP4rev1"])
def test_stop_ends_the_wait_within_a_second(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place], capability: str
) -> None:
    place = place_on(start_dovecot(capability=capability))
    channel, stop = place.open(), Event()
    cursor = channel.pull(None, 100).cursor
    thread, ended = waiting(channel, 60, stop)
    began = time.monotonic()
    stop.set()
    thread.join(20)
    assert ended[0] - began < 1
    place.deliver(mail(1))
    assert ids(channel.pull(cursor, 100)) == ["1"]


@pytest.mark.parametrize("capability", ["", "IMAP4rev1"])
def test_the_wait_ends_with_its_time(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place], capability: str
) -> None:
    channel = place_on(start_dovecot(capability=capability)).open()
    channel.pull(None, 100)
    began = time.monotonic()
    channel.wait(0.6, Event())
    assert 0.5 < time.monotonic() - began < 5


# What is said when it fails


def test_a_refused_login_is_said_with_the_servers_words(place: Place) -> None:
    with pytest.raises(LoginRefused, match=r"refused the login of care.*Authentication failed") as caught:
        place.open(secret="wrong").pull(None, 1)
    assert "password" in caught.value.do
    assert "wrong" not in str(caught.value)


def test_without_a_password_nothing_is_tried(place: Place) -> None:
    from agentconsole.channels.email import open_channel
    from agentconsole.config import ChannelSettings

    settings = {
        "id": "mail",
        "kind": "email",
        "user": "a@b.example",
        "imap_host": "i.invalid",
        "smtp_host": "s.invalid",
    }
    with pytest.raises(LoginRefused, match="no password for mail"):
        open_channel(ChannelSettings.model_validate(settings), None, Path()).pull(None, 1)


def test_passwords_beyond_ascii(place: Place) -> None:
    with pytest.raises(LoginRefused, match="refused the login"):
        place.open(secret="pässwörd").pull(None, 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_verified(place: Place, tmp_path: Path, security: str) -> None:
    server = place.server
    place.append(mail(1))
    port = server.imaps_port if security == "tls" else server.imap_port
    how = {"imap_security": security, "imap_port": port}
    good = place.open(ca_file=str(server.certificates.ca_file), **how)
    assert ids(good.pull(None, 1)) == ["1"]
    other = make_certificates(tmp_path)
    for ca_file in (str(other.ca_file), None):
        with pytest.raises(ChannelError, match=r"certificate of 127\.0\.0\.1.* cannot be trusted") as caught:
            place.open(ca_file=ca_file, **how).pull(None, 1)
        assert "ca_file" in caught.value.do


def test_a_certificate_of_another_name_is_refused(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place]
) -> None:
    server = start_dovecot(names=("imap.other.example",))
    place, ca_file = place_on(server), str(server.certificates.ca_file)
    with pytest.raises(ChannelError, match="not valid for '127.0.0.1'") as caught:
        place.open(imap_security="tls", imap_port=server.imaps_port, ca_file=ca_file).pull(None, 1)
    assert "imap_host" in caught.value.do


def test_tls_spoken_to_a_port_without_it(place: Place) -> None:
    with pytest.raises(ChannelError) as caught:
        place.open(imap_security="tls").pull(None, 1)
    assert "imap_security" in caught.value.do


def test_nobody_listens_or_answers(place: Place) -> None:
    with pytest.raises(ChannelError, match="refused the connection") as caught:
        place.open(imap_port=free_ports(1)[0]).pull(None, 1)
    assert "imap_port" in caught.value.do
    with silent_port() as sock, pytest.raises(ChannelError, match="did not answer within 1 s"):
        place.open(imap_port=sock.getsockname()[1], timeout=1).pull(None, 1)


def test_an_unknown_host(place: Place) -> None:
    with pytest.raises(ChannelError, match=r"imap\.brand\.invalid was not found") as caught:
        place.open(imap_host="imap.brand.invalid", imap_security="tls").pull(None, 1)
    assert "imap_host" in caught.value.do


def test_a_missing_folder_is_named_with_those_there_are(place: Place) -> None:
    with pytest.raises(ChannelError, match="There is no folder Réclam in the mailbox") as caught:
        place.open(folders=["Réclam"]).pull(None, 1)
    assert re.search(r"there are: .*INBOX", caught.value.do)


def test_goes_on_after_the_server_was_away(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place]
) -> None:
    server = start_dovecot()
    place = place_on(server)
    place.append(mail(1))
    channel = place.open()
    page = channel.pull(None, 100)
    server.kill()
    with pytest.raises(ChannelError, match="closed the connection"):
        channel.pull(page.cursor, 100)
    with pytest.raises(ChannelError, match="refused the connection"):
        channel.pull(page.cursor, 100)
    server.start()
    place.append(mail(2))
    assert ids(channel.pull(page.cursor, 100)) == ["2"]


def test_a_server_that_dies_ends_the_wait(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place]
) -> None:
    server = start_dovecot()
    channel = place_on(server).open()
    cursor = channel.pull(None, 100).cursor
    stop = Event()
    errors: list[ChannelError] = []

    def wait() -> None:
        try:
            channel.wait(60, stop)
        except ChannelError as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    server.kill()
    thread.join(20)
    assert not thread.is_alive()
    with pytest.raises(ChannelError):
        channel.pull(cursor, 100)


def test_a_line_cut_in_mid_fetch_loses_and_doubles_nothing(place: Place) -> None:
    for number in range(1, 6):
        place.append(mail(number, "word " * 20_000))
    seen = 0

    def cut(piece: bytes) -> bytes | None:
        nonlocal seen
        seen += len(piece)
        return None if seen > 250_000 else piece

    with Relay(place.server.imap_port, cut) as relay:
        channel = place.open(imap_port=relay.port)
        with pytest.raises(ChannelError, match="closed the connection"):
            channel.pull(None, 100)
        relay.alter = lambda piece: piece
        pages, _cursor = pull_all(channel)
        assert ids(*pages) == ["1", "2", "3", "4", "5"]
        channel.close()


def test_untagged_answers_nobody_asked_for_do_not_disturb(place: Place) -> None:
    for number in range(1, 4):
        place.append(mail(number))
    extra = b"* OK [ALERT] Maintenance tonight\r\n* 2 FETCH (FLAGS (\\Answered) UID 2)\r\n* 99 EXISTS\r\n* 7 RECENT\r\n"

    def chatter(piece: bytes) -> bytes:
        return re.sub(rb"^(?=[A-Z]{4}\d+ OK )", lambda _tag: extra, piece, flags=re.MULTILINE)

    with Relay(place.server.imap_port, chatter) as relay:
        channel = place.open(imap_port=relay.port)
        assert ids(channel.pull(None, 100)) == ["1", "2", "3"]
        channel.close()


def test_one_message_that_the_server_refuses_does_not_hold_up_the_others(place: Place) -> None:
    for number in range(1, 6):
        place.append(mail(number))
    damaged = sorted(Path(place.server.folder, "mail", place.user).glob("*/*,S=*"))[2]
    damaged.chmod(0)
    channel = place.open()
    for _again in range(5):  # Dovecot closes the connection over it, which by itself is nothing special
        with contextlib.suppress(ChannelError):
            page = channel.pull(None, 100)
            break
    assert len(page.messages) == 5
    assert ids(page)[:2] == ["1", "2"]
    assert ids(page)[3:] == ["4", "5"]
    assert "did not hand over this message" in page.messages[2].text


# Settings and check


def test_check_says_what_is_good_and_what_is_not(place: Place, start_smtp: Callable[..., Any]) -> None:
    smtp = start_smtp()
    place.append(mail(1))
    before = place.messages()
    findings = place.open(smtp_port=smtp.port, smtp_user=smtp.user, folders=["INBOX", "Nowhere"]).check()
    seen = {finding.what: finding for finding in findings}
    assert [finding.good for finding in findings] == [True, True, False, True, True]
    assert "1 message" in seen["folder INBOX"].seen
    assert "no folder Nowhere" in seen["folder Nowhere"].seen
    assert place.messages() == before
    assert smtp.taken == []
    failing = place.open(secret="wrong", smtp_port=smtp.port, smtp_user=smtp.user).check()
    assert [finding.good for finding in failing] == [False, False]
    assert all(finding.do for finding in failing)


def test_settings_refuse_an_unencrypted_line_to_elsewhere() -> None:
    given = {"user": "a@b.example", "imap_host": "imap.b.example", "smtp_host": "127.0.0.1"}
    with pytest.raises(ValueError, match="imap_security"):
        Settings.model_validate(given | {"imap_security": "none"})
    assert Settings.model_validate(given | {"imap_security": "none", "allow_plain": True}).imap_at == 143
    assert Settings.model_validate(given | {"smtp_security": "none"}).smtp_at == 25


def test_settings_refuse_what_they_do_not_know(place: Place) -> None:
    with pytest.raises(ConfigError, match="did you mean 'folders'"):
        place.open(folder=["INBOX"])
    with pytest.raises(ConfigError, match="ca_file"):
        place.open(ca_file="nowhere.pem")
