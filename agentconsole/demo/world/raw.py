"""The original of a message, as its channel would have sent it; made on demand, since it costs more than the story."""

from __future__ import annotations

import json
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import Any

from agentconsole.demo.world.brand import BY_ID, DOMAIN, NAME
from agentconsole.demo.world.story import Line, Story
from agentconsole.model.message import Attachment, Direction, MessageKind

_CARE = f"care@{DOMAIN}"


def raw_of(story: Story, index: int) -> bytes:
    """The original of one line: RFC 5322 for mail, one JSON object for the other channels, empty for a note."""
    line = story.lines[index]
    if line.raw is not None:
        return line.raw
    if line.who is Direction.NOTE:
        return b""
    before = [earlier.external_id for earlier in story.lines[:index] if earlier.external_id]
    customer = (story.address.name, story.address.value)
    if story.channel == "mail":
        return mail(line, customer, before)
    return payload(line, customer, before)


def mail(line: Line, customer: tuple[str, str], before: list[str]) -> bytes:
    """A message as a mail program would have written it.

    :param customer: shown name and address.
    :param before: Message-IDs of the thread so far, oldest first.
    """
    message = EmailMessage(policy=SMTP)
    ours = line.who is Direction.OUT
    sender = (f"{BY_ID[line.author].first} ({NAME})", _CARE) if ours else customer
    receiver = customer if ours else (NAME, _CARE)
    message["From"], message["To"] = _header("From", *sender), _header("To", *receiver)
    message["Subject"] = _plain(line.subject)
    message["Date"] = line.at
    message["Message-ID"] = f"<{line.external_id}>"
    if before:
        message["In-Reply-To"] = f"<{before[-1]}>"
        message["References"] = " ".join(f"<{one}>" for one in before)
    if line.kind is MessageKind.LIST:
        message["List-Id"] = f"<{customer[1].partition('@')[2]}>"
        message["List-Unsubscribe"] = f"<mailto:{customer[1]}?subject=stop>"
    elif line.kind is not MessageKind.MESSAGE:
        message["Auto-Submitted"] = "auto-replied"
    body = "\n\n".join(part for part in (line.text, line.signature, line.quoted) if part)
    message.set_content(body, cte="quoted-printable")
    for attachment in line.attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.data, maintype=main, subtype=sub, filename=attachment.name)
    return message.as_bytes()


def payload(line: Line, customer: tuple[str, str], before: list[str]) -> bytes:
    """A message as a messaging service's hook would have carried it: one JSON object in UTF-8."""
    data = {
        "id": line.external_id,
        "timestamp": int(line.at.timestamp()),
        "direction": str(line.who),
        "from": line.author if line.who is Direction.OUT else customer[1],
        "profile": {"name": customer[0]},
        "text": line.text,
        "in_reply_to": before[-1] if before else None,
        "attachments": [{"name": a.name, "type": a.media_type, "size": a.size} for a in line.attachments],
    }
    return json.dumps(data, ensure_ascii=False).encode()


@lru_cache(maxsize=64)
def _header(field: str, name: str, address: str) -> Any:
    """A parsed field: parsing takes most of the time, and the same people write again and again."""
    return SMTP.header_factory(field, f'"{_plain(name)}" <{address}>')


def _plain(text: str) -> str:
    """Without what ends a header line or a quoted string; header injection is not what this world is about."""
    return "".join(" " if ord(char) < 32 or char in '"\\' else char for char in text)


def photo() -> Attachment:
    """A picture, as small as one can be (a PNG of one grey pixel)."""
    return Attachment(
        "photo.png",
        "image/png",
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
            "3a7e9b550000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
        ),
    )


def document(name: str) -> Attachment:
    """A PDF of one empty page."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    return Attachment(name, "application/pdf", body)
