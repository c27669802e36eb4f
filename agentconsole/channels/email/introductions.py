"""Finding where quoted history begins: "On … X wrote:", blocks of header fields, separators.

What counts is structure (a date, an address, a colon at the end) together with a word that mail programs use;
a word alone is never enough, since people write "wrote:" too.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from agentconsole.channels.email import quotewords as words
from agentconsole.channels.email.lines import Line, Mark

MAX_LINES = 5
"""Lines that one introduction may be broken into."""
MAX_LENGTH = 500
"""Characters of an introduction."""
BLOCK_LINES = 14
"""Lines in which the fields of a header block must stand."""

_DATE = re.compile(
    r"\d{4}\s?[-/.年년]\s?\d{1,2}|\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}|\b(?:19|20)\d\d\b|\d{1,2}[:.hH時点시]\s?\d{2}"
    r"|\d{1,2}\s?月\s?\d{1,2}|\d{1,2}\s?월\s?\d{1,2}|[٠-٩]{1,4}[/-]"
)
_MAIL = re.compile(r"[^\s<>()\[\]:;,\"]{1,80}@[^\s<>()\[\]:;,\"]{2,100}")
_ANGLE_END = re.compile(r"(?:<[^<>]*@[^<>]*>+|\([^()]*@[^()]*\)|\[[^\[\]]*@[^\[\]]*\])\W{0,8}$")
_START_DATE = re.compile(r"\W{0,6}(?:\w{1,14}[.,]?,?\s{1,2}){0,3}\d")
_ENDING = re.compile(r"[\s\W_]{0,12}$")
_WORDED_END = re.compile(r"[^\w)（]+$")
_INSIDE = re.compile(r"\b(?:" + "|".join(map(re.escape, words.WROTE_INSIDE)) + r")\s", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[-_=*–—#~]{2,}\s*([^-_=*–—#~\s].{1,70}?)\s*[-_=*–—#~]{2,}[\s>]*$")
_RULE = re.compile(r"\s*[_=\-–—]{4,}\s*$")
_KEY = re.compile(r"[\s*>|_]{0,12}([^\s*:：<>@|\d][^*:：<>@|\d]{0,24}?)[\s*_]{0,4}[:：]\**\s?(.*)$")
_COLON = (":", "：", ":*", "：*", ":>", ": ")
_WROTE = tuple(sorted({one.lower() for one in words.WROTE}, key=len, reverse=True))
_ENDS_LIKE_WORD = re.compile(r"[a-zà-ÿ]$")


class Found(NamedTuple):
    """An introduction: the line after its last one, and whether it is a block or separator (which a forward has too)."""

    end: int
    block: bool


def introduction(lines: list[Line], number: int, *, above_quote: bool = False) -> Found | None:
    """Whether an introduction begins at a line.

    :param above_quote: the lines that are given end right above quoted ones: a date or an address and a colon
        are enough then, in any language.
    """
    line = lines[number]
    text = line.text.strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    if line.mark is Mark.INTRODUCTION:
        end = number + 1
        while end < len(lines) and lines[end].mark is Mark.INTRODUCTION:
            end += 1
        return Found(end, block=False)
    if not above_quote:
        if (end := _separator(lines, number, text)) or (end := _block(lines, number, text)):
            return Found(end, block=True)
    return _wrote(lines, number, above_quote=above_quote)


def _separator(lines: list[Line], number: int, text: str) -> int:
    """The end of a separator line that begins here, else 0."""
    if text[0] in "-_=*–—#~":
        if (match := _SEPARATOR.match(text)) is not None:
            title = match[1].lower().strip()
            known = any(one in title for one in words.ORIGINAL) or any(one in title for one in words.FORWARDED)
            if known or any(one in title for one in words.ABOVE_THIS_LINE):
                return number + 1
            return _block_after(lines, number + 1) if _wordy(title) else 0
        return _block_after(lines, number + 1, single=True) if _RULE.match(text) else 0
    lowered = text.lower()
    if text.endswith((":", "：")) and len(text) < 80 and any(lowered.startswith(one) for one in words.FORWARDED):
        return _block_after(lines, number + 1) or number + 1
    if "-" in text and any(one in lowered for one in words.ABOVE_THIS_LINE):
        return number + 1
    return 0


def _wordy(title: str) -> bool:
    return any(char.isalpha() for char in title)


def _block_after(lines: list[Line], number: int, *, single: bool = False) -> int:
    """The end of a header block that follows, blank lines skipped; ``single``: one From line with an address will do."""
    at = number
    while at < len(lines) and at < number + 3 and not lines[at].text.strip():
        at += 1
    if at >= len(lines):
        return 0
    text = lines[at].text.strip()
    if end := _block(lines, at, text):
        return end
    key = _key(text)
    return at + 1 if single and key and key[0] == "from" and "@" in text else 0


def _key(text: str) -> tuple[str, str] | None:
    """The kind and the value of a line that looks like a header field in any language."""
    if ":" not in text[:44] and "：" not in text[:44]:
        return None
    match = _KEY.match(text)
    if match is None:
        return None
    name = " ".join(match[1].lower().split()).strip("‎‏ ")
    kind = words.KEYS.get(name)
    return (kind, match[2]) if kind else None


def _block(lines: list[Line], number: int, text: str) -> int:
    """The end of a block of header fields that begins here, else 0.

    It needs three kinds of field with the sender or the date among them and an address somewhere, or all of
    sender, date, recipient and subject: "From: Paris, To: Lyon, Date: …" is what a traveller writes.
    """
    first = _key(text)
    if first is None or first[0] == "cc":
        return 0
    kinds, end = {first[0]}, number + 1
    addressed, dated = "@" in text, first[0] == "date" and bool(_DATE.search(text))
    for at in range(number + 1, min(len(lines), number + BLOCK_LINES)):
        other = lines[at].text.strip()[:MAX_LENGTH]
        key = _key(other) if other else None
        if key is not None:
            kinds.add(key[0])
            end = at + 1
            addressed |= "@" in other
            dated |= key[0] == "date" and bool(_DATE.search(other))
        elif other:
            if len(kinds) >= 3 or at - end >= 1:
                break
            addressed |= "@" in other
        elif len(kinds) >= 3 and at > end:
            break
    if len(kinds) >= 3 and kinds & {"from", "date"} and (addressed or kinds >= {"from", "date", "to", "subject"}):
        return _past_wrapped(lines, end)
    if len(kinds) == 2 and addressed and dated and (kinds & {"from", "to"}):
        return end
    return end if kinds >= {"from", "date", "subject"} and dated else 0


def _past_wrapped(lines: list[Line], end: int) -> int:
    """A subject or a list of recipients may go on in the lines right below."""
    if end < len(lines) and lines[end].text.startswith((" ", "\t")) and lines[end].text.strip():
        return end + 1
    return end


def _wrote(lines: list[Line], number: int, *, above_quote: bool) -> Found | None:
    """"On … X wrote:", over up to :data:`MAX_LINES` lines."""
    first = lines[number].text.strip()
    joined = ""
    for end in range(number, min(len(lines), number + MAX_LINES)):
        piece = lines[end].text.strip()
        if not piece or (end > number and lines[end].mark is not lines[number].mark):
            return None
        joined = f"{joined} {piece}" if joined else piece
        if len(joined) > MAX_LENGTH:
            return None
        if _ends(piece) and _introduces(joined, above_quote=above_quote):
            return Found(end + 1, block=False)
        if end == number and not _may_begin(first):
            return None
    return None


def _may_begin(text: str) -> bool:
    """Whether a line may be the first of several that introduce history: it begins with a date or "On"."""
    lowered = text.lower().lstrip("-–—>*_ \u200e\u200f\u202a\u202b")
    return lowered.startswith(tuple(words.STARTS)) or bool(_START_DATE.match(text[:40]))


def _ends(piece: str) -> bool:
    """Whether a line may be the last of an introduction: a colon, or a verb that says "wrote"."""
    bare = piece.rstrip("-–—_* >\u200e\u200f\u202c\u00a0")
    return bare.endswith((":", "：")) or _verb(bare) != ""


def _verb(text: str) -> str:
    """The verb that ends a text, if it stands as a word of its own."""
    lowered = text.lower()
    if not lowered.endswith(_WROTE):
        return ""
    for verb in _WROTE:
        if lowered.endswith(verb):
            before = lowered[: -len(verb)][-1:]
            if not before or not before.isalpha() or ord(verb[0]) > 0x2E7F or before == ">":
                return verb
    return ""


def _introduces(text: str, *, above_quote: bool) -> bool:
    text = " ".join(text.split())
    lowered = text.lower()
    bare = text.rstrip("-–—_* >\u200e\u200f\u202c")
    colon = bare.endswith((":", "："))
    bare = bare.rstrip(":： \u00a0")
    mail, dated = bool(_MAIL.search(text)), bool(_DATE.search(text))
    if any(one in lowered for one in words.TO_ME):
        return False
    if _verb(bare):
        if above_quote:
            return mail or dated or len(text) < 120
        return (mail and (colon or dated)) or (dated and _may_begin(text))
    if not colon:
        return above_quote and mail and dated
    if mail and dated and _may_begin(text) and (_ANGLE_END.search(bare) or _INSIDE.search(text)):
        return True
    if dated and _may_begin(text) and _INSIDE.search(text) and len(text) < 160:
        return above_quote or _told(lowered)
    return above_quote and (mail or dated) and len(text) < 250


def _told(lowered: str) -> bool:
    """"Am … schrieb X:": the verb stands before the name."""
    return any(f" {verb} " in lowered for verb in ("schrieb", "schreef", "skrev", "napsal", "napsal(a)", "ezt írta"))
