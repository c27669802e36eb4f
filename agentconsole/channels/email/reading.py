"""What a message becomes: from the bytes of a mail to what the desk keeps of it.

:func:`read` never raises and its work is bounded whatever the bytes are (:mod:`.limits`). A message that cannot
be read says so, and its original is attached.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from agentconsole.channels.email import limits
from agentconsole.channels.email.addresses import addresses
from agentconsole.channels.email.bodies import Bodies, bodies
from agentconsole.channels.email.charsets import storable
from agentconsole.channels.email.headers import Headers, date, decode_words, ids, message_id
from agentconsole.channels.email.kinds import Verdict, judge
from agentconsole.channels.email.mime import Message, parse
from agentconsole.channels.email.quotes import split
from agentconsole.i18n import _
from agentconsole.model.message import Address, Attachment, Direction, Incoming, MessageKind

TOKEN = "[#{number}]"  # noqa: S105 - no password: a mark in subjects
"""How a subject carries the conversation's short number, for mail programs that drop References."""
_TOKEN = re.compile(re.escape(TOKEN).replace(r"\{number\}", r"(\d{1,15})"))
LATE = timedelta(hours=1)
"""How much earlier than the server took it a message may say it was written."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One message as it was read.

    :param message_id: without ``<>``; ``None`` where the message has none.
    :param date: of the Date field, UTC, not checked against any clock.
    :param text: what the person wrote; with ``quoted`` and ``signature`` it holds all of the text.
    :param html: the text was made from HTML.
    :param references: ids of the messages it follows, nearest first: In-Reply-To, then References backwards.
    :param token: the conversation's number in the subject (:data:`TOKEN`).
    :param bounce_of: id of the message that a bounce says has failed; ``None`` for a mere delay.
    :param list_id: a mailing list's identifier, ``list_post`` its address, lower case.
    :param auto_submitted: a machine wrote it (also where ``kind`` says bounce).
    :param warnings: what was wrong with the message, one sentence each.
    :param unreadable: nothing could be made of it.
    """

    message_id: str | None = None
    from_: Address | None = None
    reply_to: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    quoted: str = ""
    signature: str = ""
    html: bool = False
    attachments: tuple[Attachment, ...] = ()
    references: tuple[str, ...] = ()
    kind: MessageKind = MessageKind.MESSAGE
    token: int | None = None
    bounce_of: str | None = None
    bounce_reason: str = ""
    list_id: str | None = None
    list_post: str | None = None
    auto_submitted: bool = False
    warnings: tuple[str, ...] = ()
    unreadable: bool = False


def read(raw: bytes) -> Reading:
    """Read one message. Never raises; takes time and memory in proportion to its size."""
    try:
        return _read(raw)
    except Exception as error:  # noqa: BLE001 - the outermost guard: hostile bytes must never stop a mailbox
        return Reading(
            unreadable=True,
            warnings=(_("The message could not be read ({error}).").format(error=type(error).__name__),),
        )


def _read(raw: bytes) -> Reading:
    message = parse(raw)
    if not message.readable and not _is_some_text(raw):
        return Reading(unreadable=True, warnings=(_("This is not a mail message."),))
    found = bodies(message)
    parts = split(found.lines)
    whole = "\n".join(line.text for line in found.lines)
    verdict = judge(message, whole)
    if verdict.kind is MessageKind.BOUNCE:
        text, quoted, signature = whole.strip(), "", ""
    else:
        text, quoted, signature = parts.text, parts.quoted, parts.signature
    reading = _headers(message, verdict)
    return replace(
        reading,
        text=text,
        quoted=quoted,
        signature=signature,
        html=found.html,
        attachments=tuple(found.attachments),
        warnings=_warnings(message, found, reading),
    )


def _headers(message: Message, verdict: Verdict) -> Reading:
    headers = message.headers
    from_ = _first(headers, "from") or _first(headers, "sender") or _first(headers, "return-path")
    subject = storable(decode_words(headers.get("subject")))[: limits.MAX_SUBJECT]
    return Reading(
        message_id=message_id(headers.get("message-id")),
        from_=from_,
        reply_to=_first(headers, "reply-to"),
        to=_all(headers, "to"),
        cc=_all(headers, "cc"),
        subject=" ".join(subject.split()),
        date=date(headers.get("date")),
        references=_references(headers, verdict),
        kind=verdict.kind,
        token=token(subject),
        bounce_of=verdict.bounce_of,
        bounce_reason=storable(verdict.bounce_reason),
        list_id=verdict.list_id,
        list_post=verdict.list_post,
        auto_submitted=verdict.auto_submitted,
    )


def _first(headers: Headers, name: str) -> Address | None:
    """The first address of a field that has an ``@``, else whatever is there."""
    found = _all(headers, name)
    return next((one for one in found if "@" in one.value), found[0] if found else None)


def _all(headers: Headers, name: str) -> tuple[Address, ...]:
    values = headers.all(name)
    return addresses(", ".join(values)) if values else ()


def _references(headers: Headers, verdict: Verdict) -> tuple[str, ...]:
    nearest = ids(headers.get("in-reply-to")) + ids(headers.get("references"))[::-1]
    if verdict.about:
        nearest.insert(0, verdict.about)
    return tuple(dict.fromkeys(nearest))[: limits.MAX_REFERENCES]


def _warnings(message: Message, found: Bodies, reading: Reading) -> tuple[str, ...]:
    said = list(found.warnings)
    if message.readable:
        if reading.from_ is None:
            said.append(_("The message does not say who it is from."))
        if message.headers.has("date") and reading.date is None:
            said.append(_("The date of the message cannot be understood."))
    return tuple(dict.fromkeys(map(storable, said)))


def _is_some_text(raw: bytes) -> bool:
    """Whether bytes without any header are a text that a person could read."""
    sample = raw[:4_000]
    if not sample.strip():
        return False
    odd = sum(1 for byte in sample if byte < 0x20 and byte not in b"\t\n\r\f\x1b")
    return odd * 50 <= len(sample) and (sample.isascii() or _is_utf8(sample))


def _is_utf8(sample: bytes) -> bool:
    return "\ufffd" not in sample.decode("utf-8", "replace")[:-3]


def token(subject: str) -> int | None:
    """The conversation's number that a subject carries."""
    found = _TOKEN.search(subject)
    return int(found[1]) if found else None


def subject_with_token(subject: str, number: int) -> str:
    """A subject that carries the conversation's number, and no other's."""
    mark = TOKEN.format(number=number)
    if token(subject) == number:
        return subject
    return f"{' '.join(_TOKEN.sub('', subject).split())} {mark}".strip()


def raw_id(raw: bytes) -> str:
    """A lasting id for a message without Message-ID: the same bytes always have the same one."""
    return f"{sha256(raw).hexdigest()[:32]}@no-message-id.invalid"


def incoming(
    reading: Reading, raw: bytes, *, fallback_id: str, received_at: datetime, own: frozenset[str], sent: bool = False
) -> Incoming:
    """A message as the desk takes it.

    :param fallback_id: the id where the message has none; empty for one made from the bytes (:func:`raw_id`).
    :param received_at: aware, UTC: when the server took it. A Date that is missing, later, or more than
        :data:`LATE` earlier gives way to it: senders write what they like, and the date starts a clock.
    :param own: our own addresses in lower case. A mailing list that is one of them (support@ as a group) is not
        treated as a list. Anybody can write them into From, so what comes from them is taken for a person's
        message only where it names somebody else to answer (a contact form's Reply-To), and else moves no clock.
    :param sent: it lies among sent mail: the brand wrote it.
    """
    direction = Direction.OUT if sent else Direction.IN
    at = reading.date if reading.date and received_at - LATE <= reading.date <= received_at else received_at
    kind = MessageKind.MESSAGE if reading.kind is MessageKind.LIST and _ours(reading, own) else reading.kind
    author = _author(reading, raw, direction, own, kind)
    if not sent and author.value in own and kind is MessageKind.MESSAGE:
        kind = MessageKind.AUTO_REPLY
    text, attachments = reading.text, reading.attachments
    if reading.unreadable:
        text = _("This message could not be read. The original is attached.")
        attachments = (Attachment("original.eml", "message/rfc822", raw),)
    return Incoming(
        external_id=reading.message_id or fallback_id or raw_id(raw),
        at=at,
        author=author,
        subject=reading.subject,
        text=text,
        raw=raw,
        direction=direction,
        kind=kind,
        quoted=reading.quoted,
        signature=reading.signature,
        references=reading.references,
        number=reading.token,
        recipients=tuple(dict.fromkeys((*reading.to, *reading.cc))),
        attachments=attachments,
        bounce_of=reading.bounce_of,
        bounce_reason=reading.bounce_reason,
        warnings=reading.warnings,
    )


def _ours(reading: Reading, own: frozenset[str]) -> bool:
    if reading.list_post in own:
        return True
    return reading.list_id is not None and any(one.replace("@", ".") == reading.list_id for one in own)


def _author(reading: Reading, raw: bytes, direction: Direction, own: frozenset[str], kind: MessageKind) -> Address:
    """Reply-To where a person asks to be answered there, else From; unknown senders are never the same person."""
    asked = reading.reply_to
    if (
        direction is Direction.IN
        and kind is MessageKind.MESSAGE
        and asked
        and "@" in asked.value
        and asked.value not in own
    ):
        name = asked.name or (reading.from_.name if reading.from_ else "")
        return Address(asked.value, name)
    if reading.from_ is not None:
        return reading.from_
    return Address(f"unknown-{sha256(raw).hexdigest()[:12]}@sender.invalid")


def as_json(reading: Reading, file: str) -> dict[str, Any]:
    """One line of ``agentconsole mail read --json``.

    :returns: ``file``; ``from`` and each of ``to`` as ``Name <address>`` (``from`` is null where unknown);
        ``subject``; ``date`` (ISO 8601, UTC, or null); ``text``, ``quoted``, ``signature``; ``attachments``, each
        with ``name``, ``type`` and ``size`` in bytes; ``references`` nearest first; ``kind``; ``warnings``.
    """
    return {
        "file": file,
        "from": written(reading.from_) if reading.from_ else None,
        "to": [written(one) for one in reading.to],
        "subject": reading.subject,
        "date": reading.date.strftime("%Y-%m-%dT%H:%M:%SZ") if reading.date else None,
        "text": reading.text,
        "quoted": reading.quoted,
        "signature": reading.signature,
        "attachments": [{"name": one.name, "type": one.media_type, "size": one.size} for one in reading.attachments],
        "references": list(reading.references),
        "kind": reading.kind.value,
        "warnings": list(reading.warnings),
    }


def written(address: Address) -> str:
    """An address as people write it: ``Name <address>``, or the address alone."""
    return f"{address.name} <{address.value}>" if address.name else address.value


def all_written(addresses_: Iterable[Address]) -> str:
    """Several addresses on one line."""
    return ", ".join(map(written, addresses_))
