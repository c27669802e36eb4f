"""Waiting for news of a real mailbox, and going on after its connection broke."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from agentconsole.channels.base import Channel
from agentconsole.errors import ChannelError
from tests.channels.email.mails import ids, mail, pull_all
from tests.servers.dovecot import Dovecot
from tests.servers.relay import Relay

pytestmark = pytest.mark.servers
Place = Any


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


# Broken connections


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
    files = Path(place.server.folder, "mail", place.user).glob("*/*,S=*")
    next(path for path in files if b"<3@customer.example>" in path.read_bytes()).chmod(0)
    channel = place.open()
    for _again in range(5):  # Dovecot closes the connection over it, which by itself is nothing special
        with contextlib.suppress(ChannelError):
            page = channel.pull(None, 100)
            break
    assert len(page.messages) == 5
    assert ids(page)[:2] == ["1", "2"]
    assert ids(page)[3:] == ["4", "5"]
    assert "did not hand over this message" in page.messages[2].text
