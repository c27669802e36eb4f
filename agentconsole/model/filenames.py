"""Names for attachments that are safe to save under on any system.

The rules are those of Windows, the strictest: https://learn.microsoft.com/windows/win32/fileio/naming-a-file.
"""

from __future__ import annotations

import re
import unicodedata
from mimetypes import guess_extension

MAX_NAME = 150
"""Bytes (UTF-8) of a name: file systems take 255, and a copy's number must fit."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "image/jpeg": ".jpg",
    "application/octet-stream": ".bin",
    "application/ms-tnef": ".dat",
}


def safe_name(given: str, media_type: str, taken: set[str] | None = None) -> str:
    """A name to save an attachment under.

    :param given: what the sender calls it, anything at all.
    :param media_type: gives the ending where there is no name.
    :param taken: names already used in the message, case folded; the new one is added.
    :returns: a non-empty name of at most :data:`MAX_NAME` bytes without a path, control, bidi and other
        unseen characters, a leading dot or dash, and names that Windows reserves; not in ``taken``.
    """
    name = _seen(re.split(r"[/\\]", given.rstrip("/\\ "))[-1])
    name = _FORBIDDEN.sub("_", name).strip(" .\t")
    if not name.strip("_"):
        name = "attachment" + _extension(media_type)
    if name.startswith(("-", "~")) or _RESERVED.match(name):
        name = f"_{name}"
    stem, ending = _parted(name)
    name = _cut(stem, MAX_NAME - len(ending.encode())) + ending
    if taken is None:
        return name
    number = 2
    while name.casefold() in taken:
        mark = f" ({number}){ending}"
        name = _cut(stem, MAX_NAME - len(mark.encode())) + mark
        number += 1
    taken.add(name.casefold())
    return name


def _seen(name: str) -> str:
    """The name in NFC with its spaces made plain and what cannot be seen dropped."""
    if name.isascii() and name.isprintable():
        return name
    kept = (" " if char.isspace() else char for char in name[:2_000])
    name = "".join(char for char in kept if unicodedata.category(char) not in _UNSEEN)
    return re.sub(r" {2,}", " ", unicodedata.normalize("NFC", name))


def _extension(media_type: str) -> str:
    return _EXTENSIONS.get(media_type) or guess_extension(media_type) or ""


def _parted(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and 0 < len(ending.encode()) <= 16 else (name, "")


def _cut(stem: str, size: int) -> str:
    """At most ``size`` bytes of UTF-8, cut between characters; no blank or dot at the end."""
    return stem.encode()[:size].decode("utf-8", "ignore").rstrip(" .") or "_"
