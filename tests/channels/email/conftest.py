"""Real servers for the tests of the mail channel: one Dovecot for all, a mailbox of its own for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agentconsole.channels.base import Channel
from agentconsole.channels.email import open_channel
from agentconsole.config import ChannelSettings
from tests.servers.dovecot import BINARY, Dovecot
from tests.servers.smtp import Smtp

_numbers = itertools.count(1)
OpenDovecot = Callable[..., Dovecot]


def _needs_dovecot() -> None:
    if BINARY is None:
        missing = "Dovecot is not installed: apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


@dataclass
class Place:
    """A mailbox on a server, and the channels that were opened on it."""

    server: Dovecot
    user: str
    smtp_port: int = 9
    stack: ExitStack = field(default_factory=ExitStack)

    def open(self, *, secret: str | None = None, **options: Any) -> Channel:
        """A channel on it; ``options`` over the settings that fit."""
        settings = {
            "id": "mail",
            "kind": "email",
            "user": self.user,
            "imap_host": "127.0.0.1",
            "imap_port": self.server.imap_port,
            "imap_security": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp_port,
            "smtp_security": "none",
        } | options
        channel = open_channel(
            ChannelSettings.model_validate(settings), secret or self.server.password, Path(self.server.folder)
        )
        self.stack.callback(channel.close)
        return channel

    def deliver(self, raw: bytes) -> None:
        self.server.deliver(raw, self.user)

    def append(self, raw: bytes, folder: str = "INBOX", **how: Any) -> None:
        self.server.append(raw, folder, user=self.user, **how)

    def messages(self, folder: str = "INBOX") -> list[Any]:
        return self.server.messages(folder, self.user)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for all tests that leave it as it is."""
    _needs_dovecot()
    with Dovecot() as server:
        yield server


@pytest.fixture
def start_dovecot() -> Iterator[OpenDovecot]:
    """Starts a server for one test."""
    _needs_dovecot()
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Dovecot(**options))


@pytest.fixture
def place(dovecot: Dovecot) -> Iterator[Place]:
    """An empty mailbox."""
    mailbox = Place(dovecot, f"care{next(_numbers)}@brand.example")
    with mailbox.stack:
        yield mailbox


@pytest.fixture
def place_on() -> Iterator[Callable[[Dovecot], Place]]:
    """Gives a mailbox on a server."""
    with ExitStack() as stack:

        def on(server: Dovecot) -> Place:
            mailbox = Place(server, f"care{next(_numbers)}@brand.example")
            stack.enter_context(mailbox.stack)
            return mailbox

        yield on


@pytest.fixture
def start_smtp() -> Iterator[Callable[..., Smtp]]:
    """Starts an SMTP server for one test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Smtp(**options))
