"""Undoing Content-Transfer-Encoding (RFC 2045, 6) also where it is mislabelled or damaged, and uuencode."""

from __future__ import annotations

import binascii
import re

from agentconsole.channels.email.headers import from_base64
from agentconsole.i18n import _

_NOT_BASE64_LINE = re.compile(rb"^[^\S\r\n]*[^\s=]*[^A-Za-z0-9+/=\s][^\r\n]*|^[^\s=]+[ \t]+\S[^\r\n]*", re.MULTILINE)
_BEHIND_PADDING = re.compile(rb"(=)[ \t]+[^\r\n]*")
_BASE64_OR_BREAK = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
MAX_FILES = 50
"""Uuencoded files looked for in one text."""
_UU = re.compile(r"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_UU_END = re.compile(r"^(?:end|====)[ \t]*$", re.MULTILINE)


def decoded(data: bytes, encoding: str, *, text: bool = False) -> tuple[bytes, str]:
    """The bytes that ``data`` stands for.

    :param encoding: the field's value; "7-bit", "plain", "base64;" and other strays are understood.
    :param text: what is not base64 (a mailing list's footer below it) is kept as it is, not skipped.
    :returns: the bytes, and what was wrong in a few words (empty where nothing was).
    """
    name = encoding.partition(";")[0].strip(" \t\"'.").lower().replace(" ", "")
    if "base64" in name or name == "b":
        return _base64(data, text=text)
    if "quoted" in name or name in ("qp", "q"):
        return binascii.a2b_qp(data), ""
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        files, rest = uuencoded(data.decode("latin-1"))
        return (files[0][1], "") if files else (rest.encode("latin-1"), _("it is not uuencoded as it says"))
    if name in (
        "",
        "7bit",
        "8bit",
        "binary",
        "7-bit",
        "8-bit",
        "7bits",
        "8bits",
        "none",
        "plain",
        "identity",
    ):
        return data, ""
    return data, _("unknown transfer encoding {name}").format(name=repr(encoding[:40]))


def _base64(data: bytes, *, text: bool) -> tuple[bytes, str]:
    if b"= " in data:
        data = _BEHIND_PADDING.sub(rb"\1", data)
    clean = not data.translate(None, _BASE64_OR_BREAK)
    stray = None if clean else _NOT_BASE64_LINE.search(data)
    if stray is None:
        return from_base64(data), ""
    if not text:
        return from_base64(data), _("damaged base64")
    head = data[: stray.start()]
    if not head.strip():
        return data, _("it is not base64 as it says")
    tail = data[stray.start() :]
    return from_base64(head) + b"\n" + tail, _("text stands below the base64")


def uuencoded(text: str) -> tuple[list[tuple[str, bytes]], str]:
    """Take uuencoded files out of a text.

    :returns: the files with their names, and the text without them. What does not decode stays in the text.
    """
    files: list[tuple[str, bytes]] = []
    kept: list[str] = []
    place = 0
    for _count in range(MAX_FILES):
        begin = _UU.search(text, place)
        if begin is None:
            break
        end = _UU_END.search(text, begin.end())
        stop = end.start() if end else len(text)
        data = _uu_lines(text[begin.end() : stop], base64=text.startswith("begin-base64", begin.start()))
        if data is None:
            kept.append(text[place : begin.end()])
            place = begin.end()
            continue
        kept.append(text[place : begin.start()])
        files.append((begin[1].strip(), data))
        place = end.end() if end else stop
    kept.append(text[place:])
    return files, "".join(kept) if files else text


def _uu_lines(block: str, *, base64: bool) -> bytes | None:
    raw = block.encode("ascii", "replace")
    if base64:
        return from_base64(raw)
    out: list[bytes] = []
    for line in raw.splitlines():
        if not line.strip() or line[0] in b"` ":
            continue
        length = ((line[0] - 32) & 63) * 4 // 3 + 5
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            try:  # some encoders pad lines too far
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                return None
    return b"".join(out)
