"""A brand's mailbox on a real Dovecot, a real SMTP server that hands on to it, and a console over both."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.channels.email.conftest import _needs_dovecot
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tests.servers.smtp import Smtp
from tests.terminal import Terminal

CUSTOMER = "camille@customer.example"


@dataclass
class Brand:
    """Everything of the brand's: servers, folder, and the ways to its console."""

    dovecot: Dovecot
    smtp: Smtp
    folder: Path

    @property
    def command(self) -> list[str]:
        """What starts the console."""
        return [sys.executable, "-m", "agentconsole", "--config", str(self.folder / "agentconsole.toml")]

    def console(self) -> Terminal:
        """The console, in a terminal."""
        environment = {"AGENTCONSOLE_SECRET_MAIL": PASSWORD, "TEXTUAL_ANIMATIONS": "none"}
        return Terminal(self.command, environment)

    def delivered(self) -> list[bytes]:
        """What lies in the customer's own mailbox."""
        return [stored.raw for stored in self.dovecot.messages("INBOX", CUSTOMER)]


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Brand]:
    """A new brand with an empty mailbox."""
    _needs_dovecot()
    with Dovecot() as dovecot, Smtp(lmtp_port=dovecot.lmtp_port) as smtp:
        (tmp_path / "agentconsole.toml").write_text(
            f"""
agent = "lea"
language = "en"
brand = {{ name = "Fernlicht" }}
agents = [{{ id = "lea", name = "Léa Martin", languages = ["fr", "en"] }}]
hours = {{ zone = "Europe/Paris" }}
sla = [{{ acknowledge = "1h", reply = "4h", time = "calendar" }}]
outbox = {{ lease = "4s", retry_after = "1s" }}

[[channels]]
id = "mail"
kind = "email"
user = "{USER}"
imap_host = "127.0.0.1"
imap_port = {dovecot.imap_port}
imap_security = "none"
smtp_host = "127.0.0.1"
smtp_port = {smtp.port}
smtp_security = "none"
""",
            encoding="utf-8",
        )
        yield Brand(dovecot, smtp, tmp_path)
