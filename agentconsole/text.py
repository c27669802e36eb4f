"""The only door for foreign text.

Whatever a customer, a mail server or a colleague wrote passes :func:`clean` before it is shown, and
:func:`fold` before it is compared. The store keeps the original.

The rules follow Unicode's own advice for identifiers and display (UTS #39, UAX #9, UTR #36): what acts on
the terminal or on the order of characters is made visible, what cannot be seen is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_MARKS = 3
"""Combining marks kept after one base character."""
MAX_LENGTH = 20_000
"""Characters shown before the reader has to ask for all of it."""

MAX_RUN = 30
"""Combining characters in a row that are normalized at all (UAX #15, Stream-Safe Text Format)."""

_UNBROKEN = re.compile(r"[^\x00-\x7f]{31}")
_JOINERS = frozenset("\u200c\u200d")
_DROPPED = frozenset("\u00ad\u200b\u2060\ufeff\u034f")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0))))
_VISIBLE = frozenset(("Cc", "Cs", "Co", "Cn", "Zl", "Zp"))


class Clean(str):
    """Text that has passed :func:`clean` and may be shown. Still never parse it as markup."""

    __slots__ = ()


def stream_safe(text: str) -> str:
    """The text with no more than :data:`MAX_RUN` combining characters in a row; the rest of a longer run is dropped.

    Normalizing takes time by the square of such a run: a message of nothing else would hold everything up.
    """
    if not _UNBROKEN.search(text):
        return text
    out: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= MAX_RUN:
            out.append(char)
    return "".join(out)


def _glyph(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"‹U+{code:04X}›"


@lru_cache(maxsize=4096)
def _fate(char: str) -> str:
    """What becomes of one character: 'keep', 'mark', 'join', 'drop', 'space' or 'show'."""
    category = unicodedata.category(char)
    if category in ("Mn", "Me"):
        return "drop" if char in _SELECTORS or char in _DROPPED or char in _FILLERS else "mark"
    if char in _BIDI or char in _FILLERS or category in _VISIBLE:
        return "show"
    if category == "Cf":
        return "join" if char in _JOINERS else "drop" if char in _DROPPED else "show"
    return "space" if category == "Zs" and char != " " else "keep"


def clean(text: str, *, one_line: bool = False, limit: int | None = MAX_LENGTH, tab: int = 4) -> Clean:
    """Make foreign text safe to show.

    :param text: what somebody wrote, in any shape (lone surrogates included).
    :param one_line: newlines become ``⏎`` and tabs one blank, for rows and titles.
    :param limit: characters of the original to look at; ``None`` for all. What is cut is announced by ``…``.
    :param tab: width of a tab stop in columns.
    :returns: NFC text in which control characters are visible glyphs, bidi controls, tags, fillers, private
        and unassigned code points read ``‹U+XXXX›``, zero-width characters are gone but for joiners between
        visible characters, and no character carries more than :data:`MAX_MARKS` marks.
    """
    cut = limit is not None and len(text) > limit
    if cut:
        text = text[:limit]
    if text.isascii() and text.isprintable():
        return Clean(text + "…" if cut else text)
    text = stream_safe(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = unicodedata.normalize("NFC", text.replace("\t", " ") if one_line else text.expandtabs(tab))
    out: list[str] = []
    marks, before = 0, ""
    for char in text:
        if char == "\n":
            out.append(" ⏎ " if one_line else "\n")
            marks, before = 0, ""
            continue
        fate = _fate(char)
        if fate == "mark":
            marks += 1
            if marks <= MAX_MARKS and before:
                out.append(char)
            continue
        marks = 0
        if fate == "drop" or (fate == "join" and (not before or before in _JOINERS)):
            continue
        out.append(" " if fate == "space" else _glyph(char) if fate == "show" else char)
        before = char
    return Clean("".join(out).removesuffix(" ⏎ ") + ("…" if cut else ""))


def fold(text: str) -> str:
    """Text as it is searched: without accents, case or compatibility forms (NFKD, marks dropped, casefold).

    ``fold("Été ÇA ﬁn") == "ete ca fin"``. Idempotent.
    """
    if text.isascii():
        return text.lower()
    text = stream_safe(text)
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
