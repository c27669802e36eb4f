"""What of a message's parts is its text and what its attachments (RFC 2046, 2387, 3462, 6522)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agentconsole.channels.email import limits
from agentconsole.channels.email.charsets import decode, storable
from agentconsole.channels.email.flowed import unflowed
from agentconsole.channels.email.headers import decode_words, parameters, split_headers
from agentconsole.channels.email.htmltext import html_lines
from agentconsole.channels.email.lines import Line, as_lines
from agentconsole.channels.email.mime import Message, Part, parse
from agentconsole.channels.email.transfer import uuencoded
from agentconsole.i18n import _
from agentconsole.model.filenames import safe_name
from agentconsole.model.message import Attachment

_UNSHOWN = re.compile(r"<(style|script|title)\b", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>|\s+|&nbsp;")
_LOOKS_HTML = re.compile(r"\s{0,200}(?:<!doctype html|<html|<body|<head|<div|<p>|<table)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:does not|doesn't|cannot|can't|unable to|not) (?:support|display|view|show)\w* html"
    r"|view (?:it|this \w+) in (?:a|your) browser"
    r"|html[- ](?:e-?mail|message|format)|format html|im html-format|formato html",
    re.IGNORECASE,
)
SHORT = 400
"""Characters of a plain alternative below which it is compared with the HTML one."""
_HTML = frozenset(("text/html", "application/xhtml+xml", "text/x-html"))
_OTHER_HTML = frozenset(("text/x-amp-html", "text/watch-html"))
_SHOWN = (
    frozenset(("text/plain", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown", "text/flowed"))
    | _HTML
)


@dataclass(slots=True)
class Bodies:
    """The text as lines, and the attachments, in the order of the message."""

    lines: list[Line] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    html: bool = False
    warnings: list[str] = field(default_factory=list)
    size: int = 0
    taken: set[str] = field(default_factory=set)

    def attach(self, name: str, media_type: str, data: bytes) -> None:
        """Add an attachment under a safe name that no other has."""
        self.attachments.append(Attachment(safe_name(storable(name), media_type, self.taken), media_type, data))

    def warn(self, text: str) -> None:
        """Add a warning once."""
        if text not in self.warnings:
            self.warnings.append(text)


def bodies(message: Message) -> Bodies:
    """Gather text and attachments of a message."""
    found = Bodies(warnings=list(message.warnings))
    _gather(message.root, found)
    if not any(line.text.strip() for line in found.lines):
        _text_of_attached(message, found)
    root = message.root
    if (
        root.parts
        and not found.attachments
        and not any(line.text.strip() for line in found.lines)
        and root.body.strip()
    ):
        found.warn(_("No part of the message holds a text: its source is shown."))
        found.lines = as_lines(decode(root.body[: limits.MAX_TEXT], None)[0])
    return found


def _gather(part: Part, found: Bodies) -> None:
    """Depth is bounded by the parser (:data:`limits.MAX_DEPTH`)."""
    if part.parts:
        if part.media_type == "multipart/alternative":
            _alternative(part, found)
        elif part.media_type == "multipart/related":
            _related(part, found)
        else:
            for one in part.parts:
                _gather(one, found)
            if part.media_type == "multipart/encrypted":
                found.warn(_("The message is encrypted."))
        return
    if _is_text(part, found):
        _show(part, found)
    else:
        _attach(part, found)


def _is_text(part: Part, found: Bodies) -> bool:
    """Whether a leaf is text to be read in place, not a file."""
    if part.media_type not in _SHOWN:
        return False
    disposition = part.disposition
    if disposition == "attachment":
        return False
    return not part.name or (not found.lines and not found.attachments)


def _alternative(part: Part, found: Bodies) -> None:
    """Show the best alternative; what is neither text nor shown is attached, so that nothing is lost."""
    plain = next(
        (one for one in part.parts if one.media_type in _SHOWN - _HTML and one.disposition != "attachment"),
        None,
    )
    rich = next((one for one in reversed(part.parts) if _holds_html(one)), None)
    chosen = plain or rich
    if plain is not None and rich is not None and _worse(plain, rich):
        chosen = rich
    if chosen is None:
        chosen = next((one for one in part.parts if one.parts), None)
    for one in part.parts:
        if one is chosen or (one.parts and one is not rich):
            _gather(one, found)
        elif chosen is plain and one.media_type in _SHOWN - _HTML and one.disposition != "attachment":
            _gather(one, found)  # no alternative, whatever it says
        elif one.parts:
            _attach_files(one, found)
        elif (one.media_type not in _SHOWN and one.media_type not in _OTHER_HTML) or one.disposition == "attachment":
            _attach(one, found)


def _holds_html(part: Part) -> bool:
    if part.media_type in _HTML:
        return part.disposition != "attachment"
    return any(_holds_html(one) for one in part.parts)


def _worse(plain: Part, rich: Part) -> bool:
    """Whether a plain alternative is but a stub of the HTML one: empty, much shorter, or HTML itself."""
    text = _text(plain)[0].strip()
    if len(text) >= SHORT:
        return bool(_LOOKS_HTML.match(text))
    leaf = rich
    while leaf.parts:
        leaf = next(one for one in leaf.parts if _holds_html(one))
    shown = _shown_size(_text(leaf)[0][: limits.MAX_HTML])
    if not text or _LOOKS_HTML.match(text):
        return shown > 0
    said = len("".join(text.split()))
    return shown > 4 * said + 200 or (bool(_PLACEHOLDER.search(text)) and shown > said)


def _shown_size(html: str) -> int:
    """About how many characters of HTML are shown, blanks not counted."""
    pieces, place = [], 0
    for _count in range(100):
        silent = _UNSHOWN.search(html, place)
        end = re.compile(f"</{silent[1]}", re.IGNORECASE).search(html, silent.end()) if silent else None
        if silent is None or end is None:
            break
        pieces.append(html[place : silent.start()])
        place = end.start()
    return len(_TAGS.sub("", "".join([*pieces, html[place:]])))


def _attach_files(part: Part, found: Bodies) -> None:
    """The files beside an HTML alternative that is not shown: its images are attachments all the same."""
    for one in part.parts:
        if one.parts:
            _attach_files(one, found)
        elif one.media_type not in _SHOWN or one.disposition == "attachment":
            _attach(one, found)


def _related(part: Part, found: Bodies) -> None:
    start = part.parameters.get("start", "").strip("<> ")
    root = next((one for one in part.parts if start and one.headers.get("content-id").strip("<> ") == start), None)
    if root is None:
        root = next((one for one in part.parts if one.parts or one.media_type in _SHOWN), part.parts[0])
    _gather(root, found)
    for one in part.parts:
        if one is not root:
            _gather(one, found)


def _text(part: Part) -> tuple[str, list[str]]:
    """A part's text, and what was wrong with it."""
    data, remark = part.decoded(text=True)
    label = part.parameters.get("charset")
    if label is None and part.media_type in _HTML:
        declared = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", data[:2_000], re.IGNORECASE)
        label = declared[1].decode() if declared and not data.isascii() else None
    text, wrong = decode(data, label)
    return text, [one for one in (remark, wrong) if one]


def _show(part: Part, found: Bodies) -> None:
    text, remarks = _text(part)
    for remark in remarks:
        found.warn(_("Part of the text: {remark}.").format(remark=remark))
    room = limits.MAX_TEXT - found.size
    if len(text) > room:
        found.warn(_("The text is too long: it is cut, and whole in an attachment."))
        found.attach(part.name or "text", part.media_type, part.decoded(text=True)[0])
        text = text[:room]
    found.size += len(text)
    if found.lines and text:
        found.lines.append(Line(""))
    rich = part.media_type in _HTML or (_LOOKS_HTML.match(text[:500]) is not None and "</" in text)
    if rich and "<" in text:
        found.lines += html_lines(text)
        found.html = True
        return
    if part.media_type in ("text/enriched", "text/richtext"):
        text = re.sub(r"<param>[^<]{0,200}</param>|<[a-zA-Z/][^<>]{0,60}>", "", text).replace("<<", "<")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    if "\nbegin" in f"\n{text}":
        files, text = uuencoded(text)
        for name, data in files:
            found.attach(name, "application/octet-stream", data)
    found.lines += as_lines(text)


def _attach(part: Part, found: Bodies) -> None:
    data, remark = part.decoded()
    name = decode_words(part.name) if part.name else ""
    media_type = part.media_type
    if remark:
        found.warn(_("An attachment: {remark}.").format(remark=remark))
    if media_type == "message/rfc822" and not name:
        headers, _body = split_headers(data, 0, len(data))
        name = f"{decode_words(headers.get('subject'))[:80] or 'message'}.eml"
    if not name and not data.strip() and media_type in _SHOWN:
        return
    if media_type in (
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
    ) and "signed" not in part.parameters.get("smime-type", ""):
        found.warn(_("The message is encrypted."))
    if not name:
        name = (
            parameters(part.headers.get("content-location"))[0].rpartition("/")[2]
            if part.headers.has("content-location")
            else ""
        )
    found.attach(name or _DEFAULTS.get(media_type, ""), media_type, data)


_DEFAULTS = {
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "text/rfc822-headers": "headers.txt",
    "message/feedback-report": "feedback-report.txt",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/ms-tnef": "winmail.dat",
    "text/calendar": "invitation.ics",
}


def _text_of_attached(message: Message, found: Bodies) -> None:
    """A message without a text of its own that carries another: what was forwarded is what is said."""
    attached = next((one for one in message.walk() if one.media_type == "message/rfc822" and not one.parts), None)
    if attached is None or message.root.media_type == "multipart/report":
        return
    inner = parse(attached.decoded()[0])
    if not inner.readable:
        return
    said = Bodies()
    _gather(inner.root, said)
    if not any(line.text.strip() for line in said.lines):
        return
    shown = [(name, decode_words(inner.headers.get(name.lower()))) for name in ("From", "Date", "To", "Subject")]
    found.lines = [Line(f"{name}: {value}") for name, value in shown if value] + [Line("")] + said.lines
    found.html = said.html
