"""A message as a tree of parts (RFC 2045 to 2049), from bytes, whatever their state.

The tree is cut from the outside in, by offsets into the original, with an explicit stack: the ``email``
package's parser nests a generator for each level and copies every line through all of them. A multipart whose
boundary is missing, wrong or never closed still gives its parts, with a warning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agentconsole.channels.email import limits
from agentconsole.channels.email.headers import Headers, parameters, split_headers
from agentconsole.channels.email.transfer import decoded
from agentconsole.i18n import _

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}")
_ANY_BOUNDARY = re.compile(
    rb"^--([^\s-][^\r\n]{0,200}?|-+[^\s-][^\r\n]{0,200}?)[ \t]*\r?\n(?=content-)",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(slots=True)
class Part:
    """One part: its headers, where its body lies in ``source``, and its own parts if it is a multipart.

    :param media_type: "text/plain" and the like, in lower case; what cannot be understood becomes a default.
    """

    headers: Headers
    source: bytes
    start: int
    end: int
    media_type: str
    parameters: dict[str, str]
    parts: list[Part] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The body as it stands in the message."""
        return self.source[self.start : self.end]

    @property
    def main_type(self) -> str:
        """The media type up to the slash."""
        return self.media_type.partition("/")[0]

    @property
    def disposition(self) -> str:
        """``inline``, ``attachment``, another word, or empty."""
        return parameters(self.headers.get("content-disposition"))[0] if self.headers.has("content-disposition") else ""

    @property
    def name(self) -> str:
        """The file name the sender gave, untrusted; empty where there is none."""
        given = (
            parameters(self.headers.get("content-disposition"))[1] if self.headers.has("content-disposition") else {}
        )
        return given.get("filename") or self.parameters.get("name") or given.get("name") or ""

    def decoded(self, *, text: bool = False) -> tuple[bytes, str]:
        """The body with its transfer encoding undone, and what was wrong with that."""
        encoding = self.headers.get("content-transfer-encoding")
        return decoded(self.body, encoding, text=text) if encoding else (self.body, "")


@dataclass(slots=True)
class Message:
    """A parsed message.

    :param root: the outermost part; its headers are the message's.
    :param readable: at least one header field was found that messages have.
    """

    root: Part
    warnings: list[str]
    readable: bool

    @property
    def headers(self) -> Headers:
        """The message's own header fields."""
        return self.root.headers

    def walk(self) -> list[Part]:
        """All parts from the outside in, in order; what lies in an attached message is not among them."""
        found, stack = [], [self.root]
        while stack:
            part = stack.pop()
            found.append(part)
            stack.extend(reversed(part.parts))
        return found


def parse(raw: bytes) -> Message:
    """Parse a message. Never fails; what is no message becomes a text without headers."""
    data = raw[: limits.MAX_RAW]
    warnings = [_("The message is too large: only its beginning was read.")] if len(raw) > len(data) else []
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    start = len(data) - len(data.lstrip(b"\r\n"))
    headers, body = split_headers(data, start, len(data))
    readable = headers.plausible
    if not readable:
        headers, body = Headers(), 0
        warnings.append(_("The message has no header."))
    root = _part(headers, data, body, len(data), "text/plain")
    _divide(root, warnings)
    return Message(root, warnings, readable)


def _part(headers: Headers, source: bytes, start: int, end: int, default: str) -> Part:
    value = headers.get("content-type")
    media_type, given = parameters(value) if value else (default, {})
    if not _TYPE.fullmatch(media_type):
        found = _TYPE.match(media_type)
        named = "name" in given or "filename" in headers.get("content-disposition")
        media_type = found[0] if found else "application/octet-stream" if named else default
    return Part(headers, source, start, end, media_type, given)


def _divide(root: Part, warnings: list[str]) -> None:
    """Cut multiparts into their parts, level by level, within the limits."""
    pending = [(root, 0)]
    count = 1
    while pending:
        part, depth = pending.pop()
        if part.main_type != "multipart":
            continue
        if depth >= limits.MAX_DEPTH or count >= limits.MAX_PARTS:
            warnings.append(_("The message has too many parts; the rest was left together."))
            _leave_whole(part)
            continue
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        sections = _sections(part, warnings, limits.MAX_PARTS - count)
        if sections and part is not root:
            _keep_preamble(part, sections[0][0])
        for start, end in sections:
            headers, body = split_headers(part.source, start, end)
            part.parts.append(_part(headers, part.source, body, max(body, end), default))
        count += len(part.parts)
        if not part.parts:
            _leave_whole(part)
        pending.extend((one, depth + 1) for one in part.parts)


def _keep_preamble(part: Part, first: int) -> None:
    """A text above the first delimiter of an inner multipart is a part whose header was lost."""
    end = part.source.rfind(b"\n", part.start, max(part.start, first - 1)) + 1
    preamble = part.source[part.start : end]
    if preamble.strip() and b"mime" not in preamble.lower():
        part.parts.append(Part(Headers(), part.source, part.start, end, "text/plain", {}))


def _leave_whole(part: Part) -> None:
    part.media_type = "text/plain"
    part.parameters = {key: value for key, value in part.parameters.items() if key != "boundary"}


def _sections(part: Part, warnings: list[str], room: int) -> list[tuple[int, int]]:
    """Where the parts of a multipart begin and end in its source (which may change: see below)."""
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    found = _between(part, boundary, room) if boundary else []
    if found:
        if not found[-1][2]:
            warnings.append(_("A multipart is not closed: the message may have been cut off."))
        return [(start, end) for start, end, _closed in found]
    data, _remark = part.decoded()
    if data != part.body:  # RFC 2045 forbids to encode a multipart; some do
        part.source, part.start, part.end = data, 0, len(data)
        if boundary and (found := _between(part, boundary, room)):
            warnings.append(_("A multipart is encoded as a whole."))
            return [(start, end) for start, end, _closed in found]
    guess = _ANY_BOUNDARY.search(part.source, part.start, part.end)
    if guess is None:
        warnings.append(_("A multipart has no parts; it is shown as text."))
        return []
    warnings.append(_("A multipart has no boundary, or a wrong one; it was guessed."))
    return [(start, end) for start, end, _closed in _between(part, guess[1], room)]


def _between(part: Part, boundary: bytes, room: int) -> list[tuple[int, int, bool]]:
    """What lies between the delimiter lines of ``boundary``: start, end, and whether it was closed."""
    data, mark = part.source, b"--" + boundary
    sections: list[tuple[int, int, bool]] = []
    opened: int | None = None
    place = part.start
    for _count in range(limits.MAX_DELIMITERS):
        found = data.find(mark, place, part.end)
        if found < 0:
            break
        place = found + len(mark)
        if found > part.start and data[found - 1] not in b"\r\n":
            continue
        newline = data.find(b"\n", place, part.end)
        following = part.end if newline < 0 else newline + 1
        rest = data[place : min(following, place + 300)].strip()
        if rest not in (b"", b"--"):
            continue
        if opened is not None:
            sections.append((opened, _before(data, opened, found), True))
        # some go on after they have closed: what is opened again is read all the same
        opened, place = (None if rest == b"--" else following), following
        if len(sections) >= room:
            break
    if opened is not None and opened < part.end:
        sections.append((opened, part.end, False))
    return sections


def _before(data: bytes, start: int, delimiter: int) -> int:
    """The end of a section: the line break before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    end = delimiter
    if end > start and data[end - 1] == 0x0A:
        end -= 1
    if end > start and data[end - 1] == 0x0D:
        end -= 1
    return end
