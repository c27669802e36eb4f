"""Finding where quoted history begins: "On … X wrote:", blocks of header fields, separators.

What counts is structure (a date, an address, a colon at the end) together with a word that mail programs use;
a word alone is never enough, since people write "wrote:" too.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from agentconsole.channels.email.lines import Line, Mark
from agentconsole.channels.email.phrases import phrases

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
_TIME = re.compile(r"\d{1,2}[:.hH時点시]\s?\d{2}")
_MAIL = re.compile(r"[^\s<>()\[\]:;,\"]{1,80}@[^\s<>()\[\]:;,\"]{2,100}")
_ANGLE_END = re.compile(r"(?:<[^<>]*@[^<>]*>+|\([^()]*@[^()]*\)|\[[^\[\]]*@[^\[\]]*\])\W{0,8}$")
_NAME_FIRST = re.compile(r"[^<>@:：]{0,60}<[^<>@\s]+@[^<>\s]+>|\S+@\S+")
_NAME_FIRST = re.compile(r"[^<>@:：]{0,60}<[^<>@\s]+@[^<>\s]+>|\S+@\S+")
_START_DATE = re.compile(r"\W{0,6}(?:\w{1,14}[.,]?,?\s{1,2}){0,3}\d")
_SEPARATOR = re.compile(r"\s*[-_=*‐-―#~]{2,}\s*([^-_=*‐-―#~\s].{1,70}?)\s*[-_=*‐-―#~]{2,}[\s>]*$")
_RULE = re.compile(r"\s*[-_=‐-―]{4,}\s*$")
_KEY = re.compile(r"[\s*>|_]{0,12}([^\s*:：<>@|\d][^*:：<>@|\d]{0,24}?)[\s*_]{0,4}[:：]\**\s?(.*)$")
_BEFORE = "-–—>*_ \u200e\u200f\u202a\u202b"
_AFTER = "-–—_* >\u200e\u200f\u202c\u00a0"


class Found(NamedTuple):
    """An introduction: the line after its last one, and whether it is a block or separator, as forwards have too."""

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
    if not above_quote and (end := _separator(lines, number, text) or _block(lines, number, text)):
        return Found(end, block=True)
    return _wrote(lines, number, above_quote=above_quote)


def _separator(lines: list[Line], number: int, text: str) -> int:
    """The end of a separator line that begins here, else 0."""
    words = phrases()
    if text[0] in "-_=*#~‐‑‒–—―":
        if (match := _SEPARATOR.match(text)) is not None:
            title = match[1].lower().strip()
            if any(one in title for one in (*words.original, *words.forwarded, *words.above)):
                return _block_after(lines, number + 1) or number + 1
            return _block_after(lines, number + 1)
        return _block_after(lines, number + 1, single=True) if _RULE.match(text) else 0
    lowered = text.lower()
    if text.endswith((":", "：")) and len(text) < 80 and lowered.startswith(words.forwarded):
        return _block_after(lines, number + 1) or number + 1
    if "-" in text and any(one in lowered for one in words.above):
        return number + 1
    return 0


def _block_after(lines: list[Line], number: int, *, single: bool = False) -> int:
    """The end of a header block that follows below blank lines; ``single``: one From line with an address will do."""
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
    name = " ".join(match[1].lower().split()).strip("\u200e\u200f ")
    kind = phrases().keys.get(name)
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
            if key[0] in kinds and key[0] not in ("to", "cc"):
                break
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
    """ "On … X wrote:", over up to :data:`MAX_LINES` lines."""
    first = lines[number].text.strip()
    joined = ""
    for end in range(number, min(len(lines), number + MAX_LINES)):
        piece = lines[end].text.strip()
        if not piece or (end > number and lines[end].mark is not lines[number].mark):
            return None
        joined = f"{joined} {piece}" if joined else piece
        if len(joined) > MAX_LENGTH:
            return None
        if (_ends(piece) or (above_quote and piece.endswith(">"))) and _introduces(joined, above_quote=above_quote):
            return Found(end + 1, block=False)
        if end == number and not _may_begin(first) and not _NAME_FIRST.match(first):
            return None
    return None


def _may_begin(text: str) -> bool:
    """Whether a line may be the first of several that introduce history: it begins with a date or "On"."""
    lowered = text.lower().lstrip(_BEFORE)
    return lowered.startswith(phrases().begin) or bool(_START_DATE.match(text[:40]))


def _ends(piece: str) -> bool:
    """Whether a line may be the last of an introduction: a colon, or a verb that says "wrote"."""
    bare = piece.rstrip(_AFTER)
    return bare.endswith((":", "：")) or _verb(bare) != ""


def _verb(text: str) -> str:
    """The verb that ends a text, if it stands as a word of its own."""
    lowered, verbs = text.lower(), phrases().wrote
    if not lowered.endswith(verbs):
        return ""
    for verb in verbs:
        if lowered.endswith(verb):
            before = lowered[: -len(verb)][-1:]
            if not before or not before.isalpha() or ord(verb[0]) > 0x2E7F or before == ">":
                return verb
    return ""


def _introduces(text: str, *, above_quote: bool) -> bool:
    """Whether lines that were put together say who wrote what follows."""
    text = " ".join(text.split())
    if any(one in text.lower() for one in phrases().to_me):
        return False
    bare = text.rstrip(_AFTER)
    colon = bare.endswith((":", "："))
    bare = bare.rstrip(":： \u00a0")
    told = _Told(
        text,
        colon,
        bool(_MAIL.search(text)),
        bool(_DATE.search(text)),
        _may_begin(text),
        bool(_NAME_FIRST.match(text)),
    )
    if _verb(bare):
        return _verb_last(told, above_quote=above_quote)
    return _verb_inside_or_none(told, bare, above_quote=above_quote)


class _Told(NamedTuple):
    """What a possible introduction holds: a colon at its end, an address, a date or time, a known beginning."""

    text: str
    colon: bool
    mail: bool
    dated: bool
    begins: bool
    named: bool


def _verb_last(told: _Told, *, above_quote: bool) -> bool:
    """ "On … X wrote:"."""
    if above_quote and (told.begins or told.named or not (told.mail or told.dated)):
        return told.mail or told.dated or len(told.text) < 60
    if told.mail and (told.colon or told.dated):
        return told.begins or told.named
    return told.dated and told.begins and (above_quote or "," in told.text or bool(_TIME.search(told.text)))


def _verb_inside_or_none(told: _Told, bare: str, *, above_quote: bool) -> bool:
    """ "Am … schrieb X:", or a date and an address with no verb at all."""
    if not told.colon:
        return above_quote and told.mail and told.dated and told.begins
    if told.dated and len(told.text) < 200 and (verb := phrases().told.search(told.text)) is not None:
        return told.begins or (told.mail and told.named and bool(_DATE.search(told.text, verb.end())))
    if told.mail and told.dated and told.begins and (_ANGLE_END.search(bare) or phrases().by.search(told.text)):
        return True
    return above_quote and told.begins and (told.mail or told.dated) and len(told.text) < 250
