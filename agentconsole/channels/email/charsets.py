"""Bytes to text, whatever the label says.

The order: the charset that is declared (under the names that mail really uses, and wider than their label, as
the WHATWG Encoding Standard prescribes for the web), UTF-8, a guess from the bytes, and windows-1252, which
takes everything. The result never holds NUL or lone surrogates: it can be stored and sent as UTF-8.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from agentconsole.i18n import _

GUESS_BYTES = 4_000
"""Bytes that the guess looks at."""

_ALIASES = {
    "ascii": "ascii", "us-ascii": "ascii", "usascii": "ascii", "ansi-x3.4-1968": "ascii", "646": "ascii",
    "ansi-x3.110-1983": "cp1252",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252",
    "cp-1252": "cp1252", "win-1252": "cp1252", "ansi": "cp1252", "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "utf8": "utf-8", "utf-8": "utf-8", "utf8mb4": "utf-8", "utf-8n": "utf-8", "unicode": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "x-utf-8": "utf-8", "x-utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "unicode-2-0-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-6-i": "iso8859-6",
    "iso-8859-9": "cp1254", "iso8859-9": "cp1254", "latin5": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "euc-cn": "gb18030",
    "gb-2312-80": "gb18030", "gb2312-80": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs", "big-5": "big5hkscs",
    "cn-big5": "big5hkscs", "x-x-big5": "big5hkscs", "x-big5": "big5hkscs",
    "ks-c-5601-1987": "cp949", "ks-c-5601": "cp949", "ks-c-5601-1989": "cp949", "ksc5601": "cp949",
    "euc-kr": "cp949", "euckr": "cp949", "korean": "cp949", "windows-949": "cp949", "x-windows-949": "cp949",
    "shift-jis": "cp932", "shiftjis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms-kanji": "cp932",
    "windows-31j": "cp932", "cp932": "cp932", "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext",
    "iso-2022-jp-1": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext", "x-euc-jp": "euc_jp", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-cp1252": "cp1252",
    "koi8": "koi8-r", "koi8r": "koi8-r", "x-koi8-r": "koi8-r", "win-1250": "cp1250", "win-1251": "cp1251",
    "win1251": "cp1251", "cp-1251": "cp1251", "cp-850": "cp850", "windows-874": "cp874", "viscii": "cp1258",
}  # fmt: skip
_NOT_TEXT = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"))
_SINGLE_BYTE = re.compile(r"ascii|cp12\d\d|cp8\d\d|iso8859|koi8|mac[-_]|latin")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ISO_2022 = ((b"\x1b$B", "iso2022_jp_ext"), (b"\x1b$@", "iso2022_jp_ext"), (b"\x1b$)C", "iso2022_kr"))
_GUESSES = (
    "cp1251",
    "koi8-r",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5hkscs",
    "cp949",
)
_EVERYDAY = (
    (0x3041, 0x30FC, 1.0),  # kana
    (0x430, 0x451, 0.95),  # Cyrillic, Greek, Hebrew and Arabic letters
    (0x3AC, 0x3CE, 0.95),
    (0x5D0, 0x5EA, 0.95),
    (0x620, 0x64A, 0.95),
    (0xAC00, 0xD7A3, 0.9),  # Hangul
    (0x4E00, 0x9FFF, 0.45),  # other Han
    (0x3000, 0x303F, 0.7),  # CJK punctuation and wide forms
    (0xFF01, 0xFF5E, 0.7),
    (0x391, 0x42F, 0.4),  # capitals
    (0x456, 0x457, 0.4),
    (0xFFFD, 0xFFFD, -1.0),
    (0xFF61, 0xFF9F, -1.0),  # half-width kana: what a wrong guess gives
    (0xE000, 0xF8FF, -1.0),
)
_COMMON_HAN = frozenset(
    "的是不了在有我他这為为以人大来上到個个们和說说地也子时時道出而要于就下得可你年生自会會那后後能对對着事其里所去行过過家十用发發天如然"
    "作方成者多日都三小军軍二无無同么麼经經法当當起与與好看学學进進种種将將还還分此心前面又定见見只主没沒公从從您请請问問谢謝收订訂单單"
    "货貨退款电電话話客服购買买商品注文届"
)


@lru_cache(maxsize=512)
def codec(label: str) -> str | None:
    """The name under which Python knows a charset's label, ``None`` where it does not know it as text."""
    name = re.sub(r"[\s_]+", "-", label.strip(" \t\r\n\"'").lower())[:60]
    if not name.isascii() or "\0" in name:
        return None
    name = _ALIASES.get(name) or _ALIASES.get(name.removeprefix("cs")) or name
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if info.name.replace("-", "_") in _NOT_TEXT or not getattr(info, "_is_text_encoding", True):
        return None
    return _ALIASES.get(info.name, info.name)


def storable(text: str) -> str:
    """The text with U+FFFD in place of what no store takes: NUL (PostgreSQL) and lone surrogates (UTF-8)."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def decode(data: bytes, label: str | None) -> tuple[str, str]:
    """Decode ``data`` that is said to be in the charset ``label``; never fails.

    :returns: the text, and what was wrong with the label in a few words (empty where nothing was).
    """
    label = label[:40] if label else None
    if data.isascii() and (label is None or b"\x1b" not in data):
        name = codec(label) if label else "ascii"
        if name is None or _SINGLE_BYTE.match(name) or name in ("utf-8", "ascii"):
            remark = "" if name else _("unknown charset {label}").format(label=repr(label))
            return storable(data.decode("ascii")), remark
    text, remark = _decode(data, label)
    return storable(text.removeprefix("\ufeff")), remark


def _decode(data: bytes, label: str | None) -> tuple[str, str]:
    name = codec(label) if label else None
    if name and not _SINGLE_BYTE.match(name):
        try:
            return data.decode(name), ""
        except (UnicodeError, ValueError):
            pass
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        expected = name in (None, "utf-8", "ascii") and label is not None and codec(label) is not None
        return text, "" if expected or label is None else _("charset {label} is really UTF-8").format(label=repr(label))
    if name and name != "ascii" and _SINGLE_BYTE.match(name):
        return data.decode(name, "replace") if name != "cp1252" else _windows_1252(data), ""
    if name and name != "ascii" and _mostly(data, name):
        return data.decode(name, "replace"), _("some bytes are not {label}").format(label=repr(label))
    guess = "utf-8" if _mostly(data, "utf-8") else guessed(data)
    text = _windows_1252(data) if guess == "cp1252" else data.decode(guess, "replace")
    if label:
        return text, _("charset {label} does not fit, read as {guess}").format(label=repr(label), guess=guess)
    return text, _("no charset, read as {guess}").format(guess=guess)


def _windows_1252(data: bytes) -> str:
    """Windows-1252 with the five bytes that it leaves open as C1 controls (WHATWG)."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_C1)


_C1 = {i: bytes((i,)).decode("cp1252", "ignore") or chr(i) for i in range(0x80, 0xA0)}


def _mostly(data: bytes, name: str) -> bool:
    """Whether at least ten times as many characters beyond ASCII fit as do not."""
    sample = data[:GUESS_BYTES]
    text = sample.decode(name, "replace")
    bad = text.count("\ufffd")
    return sum(1 for c in text if c > "\x7f") >= 11 * bad


def guessed(data: bytes) -> str:
    """The likeliest codec of bytes that are not UTF-8.

    Latin letters with some accents are windows-1252. Where a fifth of the bytes or more is not ASCII, the
    candidates are compared by how much of the text would be everyday letters of one script.
    """
    sample = data[:GUESS_BYTES]
    for escape, name in _ISO_2022:
        if escape in sample:
            return name
    high = sum(1 for byte in sample if byte > 0x7F)
    words = sum(1 for byte in sample if byte > 0x40)
    if high * 5 < words * 2:
        return "cp1252"
    best, top = "cp1252", 0.35
    for name in _GUESSES:
        score = _plausible(sample, name)
        if score > top:
            best, top = name, score
    return best


def _plausible(sample: bytes, name: str) -> float:
    text = sample.decode(name, "ignore" if len(sample) == GUESS_BYTES else "replace")
    foreign = [c for c in text if c > "\x7f"]
    return sum(map(_everyday, foreign)) / len(foreign) if foreign else 0.0


@lru_cache(maxsize=4096)
def _everyday(char: str) -> float:
    """How everyday a character is in running text: 1 for common letters, below 0 for what text hardly has."""
    code = ord(char)
    if char in _COMMON_HAN:
        return 1.0
    return next((value for first, last, value in _EVERYDAY if first <= code <= last), 0.0)
