"""Addresses out of From, To and the like, as RFC 5322 has them and as they really come."""

from __future__ import annotations

import re

from agentconsole.channels.email import limits
from agentconsole.channels.email.headers import decode_words
from agentconsole.model.message import Address

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"?'  # a quoted string
    r"|\(((?:[^()\\]|\\.)*)\)?"  # a comment
    r"|<([^<>]*)>?"
    r"|([,;:])"
    r'|([^"(<,;:]+)'
    r"|(.)",
    re.DOTALL,
)
_BARE = re.compile(r"[^\s@<>()\"',;:]+@[^\s@<>()\"',;:]+")
MAX_VALUE = 320
"""Characters of one address (64 before the @, 255 after it)."""


def addresses(field: str) -> tuple[Address, ...]:
    """All addresses of a field; groups are opened, empty ones give nothing.

    :param field: the value on one line, encoded words not yet decoded (a comma in a name may hide in one).
    """
    found: list[Address] = []
    one = _Mailbox()
    for match in _TOKEN.finditer(field[: limits.MAX_FIELD]):
        quoted, comment, angle, separator, text, _other = match.groups()
        if separator is None:
            one.add(quoted, comment, angle, text)
            continue
        if separator == ":" and not one.holds_address():
            one = _Mailbox()  # the name of a group
            continue
        if (address := one.address()) is not None:
            found.append(address)
        one = _Mailbox()
        if len(found) >= limits.MAX_ADDRESSES:
            return tuple(found)
    if (address := one.address()) is not None:
        found.append(address)
    return tuple(found)


class _Mailbox:
    """One address as its pieces come by."""

    __slots__ = ("_angle", "_comments", "_phrase")

    def __init__(self) -> None:
        self._phrase: list[str] = []
        self._comments: list[str] = []
        self._angle: str | None = None

    def add(self, quoted: str | None, comment: str | None, angle: str | None, text: str | None) -> None:
        if quoted is not None:
            self._phrase.append(re.sub(r"\\(.)", r"\1", quoted))
        elif comment is not None:
            self._comments.append(comment)
        elif angle is not None:
            self._angle = angle if not self._angle or "@" in angle else self._angle
        elif text is not None and text.strip():
            if self._phrase and text.startswith("@"):
                self._phrase[-1] = f'"{self._phrase[-1]}"{text.strip()}'  # a quoted local part
            else:
                self._phrase.append(text.strip())

    def holds_address(self) -> bool:
        return self._angle is not None or any("@" in piece for piece in self._phrase)

    def address(self) -> Address | None:
        phrase = " ".join(self._phrase)
        value, name = self._angle, phrase
        if value is None or ("@" not in value and _bare(phrase)):
            phrase = decode_words(phrase) if "=?" in phrase else phrase
            bare = _bare(phrase)
            value = phrase if phrase.startswith('"') else bare[0] if bare else phrase
            name = phrase.replace(value, "", 1).strip(" <>") if value != phrase else ""
            name = name or " ".join(self._comments)
        value = _plain(value)
        if not value:
            return None
        return Address(value, decode_words(name).strip(" '\"\t")[: limits.MAX_SUBJECT])


def _plain(value: str) -> str:
    """An address as it is compared: in lower case, without spaces, a source route or an encoding around it."""
    if "=?" in value:
        value = decode_words(value)
        bare = _bare(value)
        value = bare[0] if bare else value
    if value.startswith("@") and ":" in value:
        value = value.rpartition(":")[2]
    value = value.removeprefix("mailto:")
    value = value.strip() if value.startswith('"') else "".join(value.split()).strip("'")
    return value.lower()[:MAX_VALUE]


def _bare(text: str) -> re.Match[str] | None:
    """The first address in running text; only its beginning is searched, so that no phrase costs much."""
    return _BARE.search(text[:2_000]) if "@" in text else None
