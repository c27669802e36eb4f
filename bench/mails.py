"""Mails as customers send them: plain, with HTML beside, with the answer below a quotation, some with a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

from bench.words import Words

_REPLIES = 0.3
"""Share of mails that answer an earlier one."""
_HTML = 0.4
_FILES = 0.06


def mails(count: int, seed: int = 11) -> Iterator[bytes]:
    """``count`` mails of the last days, in order of arrival; the same seed makes the same ones."""
    random, words, known = Random(seed), Words(count), list[tuple[str, str, str, str]]()
    began = datetime.now(UTC) - timedelta(days=3)
    for number in range(count):
        at = began + timedelta(days=2.9) * number / count
        message_id = f"<{number}.{random.getrandbits(40):x}@mx.customers.example>"
        earlier = random.choice(known) if known and random.random() < _REPLIES else None
        if earlier:
            before, subject, name, address = earlier
        else:
            name = f"{random.choice(words.names)} {random.choice(words.words[300:]).title()}"
            before, subject, address = "", words.subject(random), f"c{number}@customers.example"
        yield _mail(random, words, _headers(at, message_id, before, subject, name, address))
        known.append((message_id, subject, name, address))


def _headers(at: datetime, message_id: str, before: str, subject: str, name: str, address: str) -> EmailMessage:
    message = EmailMessage()
    message["Return-Path"] = f"<{address}>"
    for hop in ("mx.brand.example", "relay2.customers.example", "app11.customers.example"):
        message["Received"] = f"from x by {hop} with ESMTPS id 4XyZ for <care@brand.example>; {format_datetime(at)}"
    message["DKIM-Signature"] = "v=1; a=rsa-sha256; d=customers.example; s=2026; h=from:to:subject; b=" + "uTq3" * 40
    message["From"] = f"{name} <{address}>"
    message["To"] = "Care <care@brand.example>"
    message["Subject"] = f"Re: {subject}" if before else subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["X-Mailer"] = "iPhone Mail (21F90)"
    if before:
        message["In-Reply-To"] = message["References"] = before
    return message


def _mail(random: Random, words: Words, message: EmailMessage) -> bytes:
    text = words.text(random)
    if "In-Reply-To" in message:
        quoted = "\n".join(f"> {line}" for line in words.text(random).split(". "))
        text += f"\n\nOn Mon, 2 Mar 2026 at 09:12, Care <care@brand.example> wrote:\n{quoted}\n"
    text += "\n\n-- \nSent from my phone\n"
    message.set_content(text, cte="quoted-printable" if random.random() < 0.7 else "8bit")
    if random.random() < _HTML:
        paragraphs = "".join(f"<p style='margin:0 0 1em'>{line}</p>" for line in text.splitlines() if line)
        page = f"<html><head><style>p {{ color: #222 }}</style></head><body>{paragraphs}</body></html>"
        message.add_alternative(page, subtype="html")
    if random.random() < _FILES:
        photo = random.randbytes(random.randint(5_000, 60_000))
        message.add_attachment(photo, maintype="image", subtype="jpeg", filename="photo.jpg")
    return message.as_bytes()
