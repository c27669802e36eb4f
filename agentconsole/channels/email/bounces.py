"""Reports that a message was not delivered: RFC 3464, and what older mail servers write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentconsole.channels.email import limits
from agentconsole.channels.email.addresses import addresses
from agentconsole.channels.email.headers import Headers, decode_words, ids, message_id, split_headers
from agentconsole.channels.email.mime import Message, Part
from agentconsole.channels.email.phrases import phrases

_DAEMONS = (
    "mailer-daemon",
    "mailerdaemon",
    "postmaster",
    "mail-daemon",
    "mdaemon",
    "mail.daemon",
    "mailer_daemon",
    "daemon",
)
_BODY = re.compile(
    r"qmail-send program|i'm afraid i wasn't able to deliver|created automatically by mail delivery software"
    r"|this is the mail system at host|this is the postfix program|your message did not reach"
    r"|your message to .{1,200} couldn't be delivered|delivery has failed to these recipients"
    r"|delivery to the following recipients? (?:failed|has been delayed)|could not be delivered to"
    r"|the following addresse?s? had (?:permanent fatal errors|delivery problems)|couldn't be delivered"
    r"|delivery failed \d+ attempts|was undeliverable|message wasn't delivered|address not found"
    r"|recipient address rejected|a message that you sent could not be delivered|message could not be delivered",
    re.IGNORECASE,
)
"""What qmail, Exim, Postfix, Exchange, Sendmail and Gmail write."""
_RETURNED = re.compile(
    r"^[- ]{0,40}(?:below this line is a copy of the message|original message(?: headers)?(?: follows)?"
    r"|this is a copy of (?:the|your) message|message header follows|unsent message follows|the original message"
    r"|copy of the message|included is a copy|returned message)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE = re.compile(r"^[> \t]{0,4}message-id:\s*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(
    r"^[^\n]{0,300}?(?<![\d.-])(?:[45]\d\d[ -](?=[#<A-Za-z]|[45]\.\d)|[45]\.\d{1,3}\.\d{1,3}(?![\d.]))[^\n]*$",
    re.MULTILINE,
)
_SEARCHED = 60_000
"""Characters of a bounce's text that are searched."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """One report.

    :param failed: the message will certainly not arrive; False where it is only late, or did arrive.
    :param delivered: it says that a message arrived.
    :param of: the id of the message that it is about, where it says so.
    :param reason: why, in the server's words, one line.
    """

    failed: bool
    delivered: bool
    of: str | None
    reason: str


def bounce(message: Message, text: str) -> Bounce | None:
    """The report that a message is, ``None`` where it is none.

    :param text: the message's whole text.
    """
    headers = message.headers
    parts = message.walk()
    status = next((part for part in parts if part.media_type == "message/delivery-status"), None)
    if status is not None and message.root.media_type in (
        "multipart/report",
        "multipart/mixed",
        "message/delivery-status",
    ):
        reported = [one for part in parts if part.media_type == "message/delivery-status" for one in _recipients(part)]
        if reported or message.root.parameters.get("report-type", "").lower() == "delivery-status":
            actions = {one.get("action").split(" ")[0].lower() for one in reported} - {""}
            failed = "failed" in actions or not actions
            delivered = bool(actions) and actions <= {"delivered", "relayed", "expanded"}
            return Bounce(failed, delivered, _original(message, parts, text), _reason(reported, text))
    if not _by_a_server(headers):
        return None
    head = text[:_SEARCHED]
    subject = decode_words(headers.get("subject"))
    if not (
        headers.has("x-failed-recipients")
        or any(word in subject.lower() for word in phrases().undelivered)
        or _BODY.search(head)
    ):
        return None
    late = re.search(
        r"delayed|warning|still being retried|not yet|will (?:keep trying|be retried)",
        f"{subject}\n{head[:2_000]}",
        re.I,
    )
    failed = headers.has("x-failed-recipients") or not late
    return Bounce(failed, False, _original(message, parts, text), _reason([], text))


def _by_a_server(headers: Headers) -> bool:
    senders = [
        one.value.partition("@")[0] for one in addresses(headers.get("from")) or addresses(headers.get("sender"))
    ]
    if any(sender in _DAEMONS for sender in senders) or headers.has("x-failed-recipients"):
        return True
    return headers.has("return-path") and headers.get("return-path").replace(" ", "") == "<>"


def _recipients(part: Part) -> list[Headers]:
    """The groups of fields for each recipient; the first group, about the message, only if it is the only one."""
    data, groups, place = part.decoded()[0], [], 0
    for _count in range(100):
        while place < len(data) and data[place : place + 1] in b"\r\n":
            place += 1
        if place >= len(data):
            break
        headers, after = split_headers(data, place, len(data))
        if not headers.fields or after <= place:
            break
        groups.append(headers)
        place = after
    return [one for one in groups if one.has("action") or one.has("status") or one.has("final-recipient")]


def _original(message: Message, parts: list[Part], text: str) -> str | None:
    """The id of the returned message: from its copy, its headers, the text, or what the report refers to."""
    for part in parts:
        if part.media_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global",
        ):
            data = part.decoded()[0]
            start = len(data) - len(data.lstrip(b"\r\n"))
            headers, _body = split_headers(data, start, len(data))
            if (found := message_id(headers.get("message-id"))) is not None:
                return found
    returned = _RETURNED.search(text[:_SEARCHED])
    if (line := _ID_LINE.search(text, returned.end() if returned else 0, _SEARCHED * 2)) is not None:
        return message_id(line[1])
    for name in ("x-original-message-id", "original-message-id", "in-reply-to", "references"):
        if found_ids := ids(message.headers.get(name)):
            return found_ids[-1]
    return None


def _reason(reported: list[Headers], text: str) -> str:
    worst = sorted(reported, key=lambda one: one.get("action").lower() != "failed")
    for one in worst:
        diagnostic = one.get("diagnostic-code")
        told = diagnostic.partition(";")[2] if ";" in diagnostic[:20] else diagnostic
        if told := told.strip() or one.get("status"):
            whom = (
                one.get("final-recipient").partition(";")[2].strip(" <>")
                or one.get("original-recipient").partition(";")[2]
            )
            return _line(f"{whom}: {told}" if whom and whom not in told else told)
    returned = _RETURNED.search(text[:_SEARCHED])
    head = text[: returned.start() if returned else 5_000]
    code = _CODE.search(head)
    if code is not None:
        rest = head[code.end() :].split("\n\n", 1)[0]
        return _line(f"{code[0]} {rest}")
    lines = [one for one in head.split("\n") if one.strip()]
    said = next((one for one in lines if "error" in one.lower()), "") or next(filter(_BODY.search, lines), "")
    return _line(said or (lines[0] if lines else ""))


def _line(text: str) -> str:
    return " ".join(text.split())[: limits.MAX_REASON]
