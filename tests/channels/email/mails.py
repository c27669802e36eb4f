"""Mails for the tests of the mail channel, and what is asked of the pages that bring them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from agentconsole.channels.base import Channel, Page
from agentconsole.model.message import Address, Outgoing


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


def reply(**given: Any) -> Outgoing:
    return Outgoing(
        **{
            "key": "0192-reply@brand.example",
            "number": 4711,
            "to": Address("camille@customer.example", "Camille Durand"),
            "subject": "Where is my order?",
            "text": "It left today.\n.\n..two dots\n",
            "author": "Léa Martin",
            "at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            "references": ("first@customer.example",),
        }
        | given
    )


class Wire:
    """The point of no return, and whether it was reached."""

    def __init__(self, *, go: bool = True) -> None:
        self.go, self.calls = go, 0

    def __call__(self) -> bool:
        self.calls += 1
        return self.go
