"""A reply as a mail message (RFC 5322, MIME): threaded, plain text, always 7-bit, safe from header injection.

The headers that people or other programs had a hand in are written here rather than by the standard library,
whose folding wraps long Message-IDs into encoded words and trips over some names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from agentconsole.channels.email.reading import subject_with_token
from agentconsole.channels.email.settings import Settings
from agentconsole.channels.email.wrapping import SIGNATURE, flowed, plain, quoted
from agentconsole.errors import Rejected
from agentconsole.i18n import _
from agentconsole.model.message import Attachment, Outgoing

NO_MESSAGE_ID = "no-message-id.invalid"
"""Domain of the ids given to messages that came without one: never written into References."""
MAX_REFERENCES = 2000
"""Characters of the References header; the first and the latest messages of a long thread fit."""
_MAX_ID = 900
_MAX_SUBJECT = 400
_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]+")
_REPLY = re.compile(r"^\s*(?:(?:re|aw|antw|sv|r[ée]f?|rép|odp|vs)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = QP

_ATTRIBUTIONS = {"en": "On {date}, {name} wrote:", "fr": "Le {date}, {name} a écrit\u00a0:"}


def compose(reply: Outgoing, settings: Settings) -> bytes:
    """The whole message, lines ended by CRLF, none longer than 998 bytes.

    :raises Rejected: the customer's address is none that mail can be sent to.
    """
    recipient = recipient_of(reply)
    references = [key for key in reply.references if _is_id(key)]
    subject = subject_of(reply)
    name = settings.from_name.replace("{agent}", reply.author)
    head = [
        f"Message-ID: <{reply.key}>",
        f"Date: {format_datetime(reply.at)}",
        f"From: {_mailbox(name, ascii_domain(settings.sender), 'From')}",
        f"To: {_mailbox(reply.to.name, recipient, 'To')}",
        f"Subject: {_words(subject, 'Subject')}",
    ]
    if references:
        head.append(f"In-Reply-To: <{references[-1]}>")
        head.append("References: " + "\r\n ".join(f"<{key}>" for key in bounded(references)))
    body = _body(reply, settings)
    return "\r\n".join(head).encode() + b"\r\n" + body.as_bytes(policy=SMTP)


def recipient_of(reply: Outgoing) -> str:
    """The customer's address as SMTP takes it: an international domain in its ASCII form (RFC 5890).

    :raises Rejected: it is no address, or one that mail programs read in two ways.
    """
    address = reply.to.value
    found = ascii_domain(address)
    plain = re.fullmatch(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+@[^\s@<>(),;\\\"\x00-\x1f\x7f]+", found)
    if not plain or parseaddr(found) != ("", found) or len(found.encode()) > 254 or _surrogate(found):
        raise Rejected(
            _("{address} is no address that mail can be sent to.").format(address=one_line(address)[:100]),
            _("Correct the customer's address."),
        )
    return found


def ascii_domain(address: str) -> str:
    """An address with its domain in ASCII form; empty where that has none."""
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""


def subject_of(reply: Outgoing) -> str:
    """The subject: ``Re:`` once where it answers something, with the token that carries the short number."""
    subject = one_line(reply.subject)[:_MAX_SUBJECT]
    if reply.references:
        subject = f"Re: {_REPLY.sub('', subject)}".rstrip()
    return one_line(subject_with_token(subject, reply.number))


def bounded(references: list[str]) -> list[str]:
    """The first reference and as many of the last as :data:`MAX_REFERENCES` characters hold, oldest first."""
    unique = list(dict.fromkeys(reversed(references)))[::-1]
    room = MAX_REFERENCES - len(unique[0]) - 3
    kept: list[str] = []
    for key in reversed(unique[1:]):
        room -= len(key) + 3
        if room < 0 and kept:
            break
        kept.append(key)
    return [unique[0], *reversed(kept)]


def one_line(text: str) -> str:
    """Text for a header: no line breaks, control characters or lone surrogates; blanks run together."""
    visible = "".join(" " if not c.isprintable() and (c.isspace() or ord(c) < 0xA0) else c for c in text)
    return " ".join(_whole(visible).split())


def _is_id(key: str) -> bool:
    return len(key) <= _MAX_ID and bool(_ID.fullmatch(key)) and not key.endswith("@" + NO_MESSAGE_ID)


def _words(text: str, header: str) -> str:
    """Unstructured text: as it is where ASCII can say it, else in encoded words (RFC 2047), folded."""
    if text.isascii() and "=?" not in text and len(text) < 200:
        return text
    return Header(text, _UTF8, header_name=header, maxlinelen=76).encode(linesep="\r\n")


def _mailbox(name: str, address: str, header: str) -> str:
    name = one_line(name)[:200]
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    encoded = Header(name, _UTF8, header_name=header, maxlinelen=76).encode(linesep="\r\n")
    return f"{encoded}\r\n <{address}>"


def _body(reply: Outgoing, settings: Settings) -> EmailMessage:
    """The MIME part of the message: its own headers are only those that say what it is made of."""
    flow = settings.format == "flowed"
    text, line, signature = _newlines(reply.text).partition(f"\n{SIGNATURE}\n")
    quotes = settings.quote and bool(reply.quoted)
    text = text.rstrip("\n") if quotes else text
    parts = [flowed(text) if flow else plain(text)]
    if quotes:
        parts += ["", *_quotation(reply, settings, flow=flow)]
    if line:  # last of all: mail programs take whatever comes below that line as part of it
        parts += ([""] if len(parts) > 1 else []) + [
            SIGNATURE,
            flowed(signature) if flow else plain(signature),
        ]
    message = EmailMessage(policy=SMTP)
    whole = "\n".join(parts) + "\n"
    message.set_content(whole, cte="7bit" if _fits(whole) else "quoted-printable")
    if flow:
        message.set_param("format", "flowed", requote=False)
    for attachment in reply.attachments:
        _attach(message, attachment)
    return message


def _quotation(reply: Outgoing, settings: Settings, *, flow: bool) -> Iterable[str]:
    if reply.quoted_at is not None:
        name = one_line(reply.quoted_author or reply.to.name or reply.to.value)
        date = _date(reply.quoted_at, settings.quote_language)
        line = _ATTRIBUTIONS[settings.quote_language].format(date=date, name=name)
        yield flowed(line) if flow else line
    yield quoted(_newlines(reply.quoted).strip("\n"), flow=flow)


def _date(at: datetime, language: str) -> str:
    """A date and time as people write it, in this machine's time zone."""
    from babel.dates import format_datetime as in_words

    return in_words(at.astimezone(), "d MMMM y HH:mm" if language == "fr" else "d MMM y HH:mm", locale=language)


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    main, _slash, sub = attachment.media_type.partition("/")
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", attachment.media_type, re.ASCII) or main in (
        "message",
        "multipart",
    ):
        main, sub = "application", "octet-stream"  # RFC 2046 allows no base64 on those two
    name = one_line(attachment.name.replace("/", "_").replace("\\", "_"))[-200:] or "attachment"
    message.add_attachment(attachment.data, maintype=main, subtype=sub, filename=name)


def _fits(text: str) -> bool:
    """Whether text can go as it is: ASCII, short lines, without blanks that a server might strip."""
    return text.isascii() and all(len(line) <= 78 and not line.endswith(" ") for line in text.split("\n"))


def _newlines(text: str) -> str:
    return _whole(text.replace("\r\n", "\n").replace("\r", "\n")).replace("\x00", "\ufffd").rstrip("\n")


def _surrogate(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)


def _whole(text: str) -> str:
    """Lone surrogates, which no charset has, as replacement characters."""
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text) if _surrogate(text) else text
