"""Header fields as they really come: raw bytes in, decoded on demand (RFC 5322, 2047, 2231).

The ``email`` package's own header classes raise on some real mail and cost more than all the rest of reading.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from agentconsole.channels.email import limits
from agentconsole.channels.email.charsets import decode, storable

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*|[ \t]{2,}")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_ID = re.compile(r"<([^<>]*)>")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?")
KNOWN = frozenset(
    b"from to cc bcc subject date message-id received return-path content-type content-transfer-encoding "
    b"content-disposition mime-version reply-to sender in-reply-to references delivered-to x-mailer user-agent "
    b"list-id auto-submitted x-original-to envelope-to resent-from content-description content-id "
    b"dkim-signature arc-seal authentication-results x-received status".split()
)
"""Fields that tell a message from a text that merely has colons in it."""


@dataclass(slots=True)
class Headers:
    """The fields of one block, names in lower case, values as raw bytes with their folds."""

    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    _first: dict[bytes, bytes] | None = None

    def raw(self, name: str) -> bytes | None:
        """The first value of a field, undecoded."""
        if self._first is None:
            self._first = dict(reversed(self.fields))
        return self._first.get(name.encode())

    def has(self, name: str) -> bool:
        """Whether the field is there, even if empty."""
        return self.raw(name) is not None

    def get(self, name: str) -> str:
        """The first value of a field as one line of text, encoded words left alone; empty where absent."""
        value = self.raw(name)
        return "" if value is None else unfolded(value)

    def all(self, name: str) -> list[str]:
        """All values of a field, as :meth:`get` gives them."""
        wanted = name.encode()
        return [unfolded(value) for key, value in self.fields if key == wanted]

    @property
    def plausible(self) -> bool:
        """Whether at least one field is one that messages have."""
        return any(name in KNOWN or name.startswith(b"x-") for name, _value in self.fields)


def unfolded(value: bytes) -> str:
    """A field's value on one line; bytes that are not ASCII by UTF-8 or a guess (RFC 6532)."""
    value = value[: limits.MAX_FIELD]
    text = value.decode("ascii") if value.isascii() else decode(value, None)[0]
    return storable(_FOLD.sub(" ", text).strip()) if "\n" in text or "  " in text or "\0" in text else text.strip()


def split_headers(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Read the header block that begins at ``start``.

    Lines that are no field are taken as the rest of the field before them where more fields follow (a
    mail program forgot to indent a fold), else as the beginning of the body.

    :returns: the fields, and where the body begins.
    """
    fields: list[tuple[bytes, list[bytes]]] = []
    place, stop = start, min(end, start + limits.MAX_HEADER_BYTES)
    body, stray = -1, -1
    while place < stop and body < 0:
        newline = data.find(b"\n", place, end)
        following = end if newline < 0 else newline + 1
        line = data[place : min(following, place + limits.MAX_FIELD)]
        bare = line.rstrip(b"\r\n")
        if not bare:
            body = following if stray < 0 else stray
        elif bare[0] in b" \t" and fields and stray < 0:
            fields[-1][1].append(line)
        elif (match := _FIELD.match(bare)) and _goes_on(match[1].lower(), stray, len(fields)):
            if stray >= 0:
                fields[-1][1].append(b" " + data[stray:place])
            stray = -1
            fields.append((match[1].lower(), [bare[match.end() :].strip()]))
        elif not fields and (bare.startswith((b"From ", b">From ")) or not bare.strip()):
            pass
        elif not fields:
            body = start
        elif stray < 0:
            stray = place
        place = following
    if body < 0:
        body = stray if stray >= 0 else min(place, end)
    return Headers([(name, b"".join(pieces)) for name, pieces in fields]), body


def _goes_on(name: bytes, stray: int, count: int) -> bool:
    """Whether a line of the form of a field is one here: after a stray line only if messages have such a field."""
    return count < limits.MAX_FIELDS and (stray < 0 or name in KNOWN or name.startswith(b"x-"))


def decode_words(text: str) -> str:
    """Decode RFC 2047 encoded words, wherever they stand and however they were broken.

    Neighbouring words in one charset are joined before they are decoded: characters are often cut in two.
    """
    last = text.rfind("?=")
    if last < 0 or "=?" not in text:
        return text
    out: list[str | tuple[str, bytes]] = []
    place = 0
    for match in _WORD.finditer(text, 0, last + 2):
        between = text[place : match.start()]
        if between.strip() or not out or isinstance(out[-1], str):
            out.append(between)
        charset = match[1].partition("*")[0].lower()
        data = _decode_word(match[2], match[3])
        if out and isinstance(out[-1], tuple) and out[-1][0] == charset:
            out[-1] = (charset, out[-1][1] + data)
        else:
            out.append((charset, data))
        place = match.end()
    out.append(text[place:])
    return storable("".join(one if isinstance(one, str) else decode(one[1], one[0])[0] for one in out))


def _decode_word(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)
    return from_base64(raw)


def from_base64(data: bytes) -> bytes:
    """Base64 as it comes: without or with too much padding, in several pieces, with foreign bytes in it."""
    pieces = re.split(rb"=+", data, maxsplit=1_000) if b"=" in data.rstrip(b"=\r\n \t") else [data]
    out: list[bytes] = []
    for piece in pieces:
        letters = piece.translate(None, _NOT_BASE64)
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        out.append(binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)))
    return b"".join(out)


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A field with parameters: its value in lower case, and the parameters decoded (RFC 2231, 2047, or neither).

    ``text/plain; charset="utf-8"; name*=utf-8''d%C3%A9j%C3%A0.txt`` gives
    ``("text/plain", {"charset": "utf-8", "name": "déjà.txt"})``. The result is shared: do not change it.
    """
    return _short_parameters(value) if len(value) <= 500 else _parameters(value)


@lru_cache(maxsize=1024)
def _short_parameters(value: str) -> tuple[str, dict[str, str]]:
    return _parameters(value)


def _parameters(value: str) -> tuple[str, dict[str, str]]:
    main = value.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count >= limits.MAX_PARAMETERS:
            break
        name, content = match[1].lower(), _unquoted(match[2].strip())
        base, star, section = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(content))
            continue
        number = section.rstrip("*")
        index = int(number) if number.isdecimal() and len(number) < 5 else 0
        pieces.setdefault(base, {}).setdefault(index, (content, section.endswith("*") or not section))
    for base, numbered in pieces.items():
        plain[base] = _joined([numbered[index] for index in sorted(numbered)])
    return main, plain


def _unquoted(content: str) -> str:
    if content.startswith('"'):
        content = re.sub(r"\\(.)", r"\1", content[1:].removesuffix('"'), flags=re.DOTALL)
    return content


def _joined(pieces: list[tuple[str, bool]]) -> str:
    """The sections of an RFC 2231 parameter, joined as bytes and decoded by the charset the first one names."""
    charset, data = "", b""
    for number, (content, encoded) in enumerate(pieces):
        if encoded and number == 0 and content.count("'") >= 2:
            charset, _language, content = content.split("'", 2)  # noqa: PLW2901 - the prefix is not content
        data += unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace")
    return decode_words(decode(data, charset or None)[0])


def message_id(value: str) -> str | None:
    """The id in a Message-ID field without ``<>``, ``None`` where there is none."""
    found = ids(value)
    return found[0] if found else None


def ids(value: str) -> list[str]:
    """The message ids in a References or In-Reply-To field, in order, without ``<>``.

    An id that is too long for an index (:data:`limits.MAX_ID`) is replaced by its hash, always the same one.
    """
    found = [one for one in _ID.findall(value) if one.strip()]
    if not found:
        found = [word.strip("<>,;") for word in value.split() if "@" in word.strip("@<>,;\"'()")]
    return [_storable_id(re.sub(r"\s+", "", storable(one))) for one in found if one.strip()]


def _storable_id(one: str) -> str:
    return one if len(one) <= limits.MAX_ID else f"sha256-{sha256(one.encode()).hexdigest()}"


def date(value: str) -> datetime | None:
    """The moment a Date field tells, in UTC; ``None`` where it tells none. No zone counts as UTC."""
    if not value:
        return None
    try:
        found = parsedate_to_datetime(value[:200])
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    try:
        match = _ISO_DATE.search(value[:200])
        return datetime(*(int(part or 0) for part in match.groups()), tzinfo=UTC) if match else None  # type: ignore[misc, arg-type] # six integers
    except ValueError:
        return None
