"""A CSV file of voucher codes, line by line: what is good, and what is wrong with the rest.

Columns are code, amount, currency and expiry (the last two may be left out), in that order or in that of a header; the
separator is a comma, a semicolon or a tab. No code has a line break in it, so each line stands for itself: a quote that
is never closed spoils one line and not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from agentconsole.config.amounts import exponent, minor, parse_amount
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.gesture import Code

LONGEST = 64
"""Characters of a code; longer ones fit into no reply that somebody types off."""
COLUMNS = ("code", "amount", "currency", "expiry")
_ALSO = {"expires": "expiry", "expiration": "expiry", "expiry date": "expiry"}
_SEPARATORS = (";", "\t", ",")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that was not taken.

    :param line: its number in the file, from 1.
    :param reason: a word that scripts can rely on: ``duplicate``, ``known``, ``columns``, ``encoding``, ``code``,
        ``amount``, ``currency``, ``expiry``, ``expired``.
    :param said: the same for people; never what the line says.
    """

    line: int
    reason: str
    said: str


class _Wrong(Exception):
    """What is wrong with one line."""

    def __init__(self, reason: str, said: str) -> None:
        super().__init__(reason)
        self.reason, self.said = reason, said


def parse(data: bytes, *, currency: str, today: date) -> tuple[list[tuple[int, Code]], list[Bad]]:
    """The codes of a file with their lines, each once; and the lines that are not.

    :param currency: where the file does not say. :param today: what expired before it is not taken.
    :raises UsageError: the header has no columns ``code`` and ``amount``.
    """
    lines = list(_lines(data))
    if not lines:
        return [], []
    separator = _separator(lines[0][1])
    order, skip = _order(lines[0][1], separator)
    good: list[tuple[int, Code]] = []
    bad: list[Bad] = []
    first: dict[str, int] = {}
    for number, line in lines[skip:]:
        try:
            item = _code(_cells(line, separator, order), currency, today)
        except _Wrong as wrong:
            bad.append(Bad(number, wrong.reason, wrong.said))
            continue
        if first.setdefault(item.code, number) == number:
            good.append((number, item))
        else:
            bad.append(Bad(number, "duplicate", _("the same code as in line {n}").format(n=first[item.code])))
    return good, bad


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Lines that are not empty, with their numbers. UTF-8, or UTF-16 where the file begins so, as Excel writes it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace").replace("\ufffd", "\udcff")
    else:
        text = data.decode("utf-8-sig", "surrogateescape")
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if line.strip().strip(";,\t"):
            yield number, line.rstrip("\n")


def _separator(line: str) -> str:
    """What divides the first line into columns; a comma may be within an amount there."""
    outside = re.sub(r'"[^"]*"', "", line)
    return next((mark for mark in _SEPARATORS if mark in outside), ",")


def _order(line: str, separator: str) -> tuple[Sequence[str], int]:
    """The columns, and how many lines their header takes.

    :raises UsageError: it is a header, and names no codes or no amounts.
    """
    try:
        names = [cell.strip().lower() for cell in _split(line, separator)]
    except _Wrong:
        return COLUMNS, 0
    names = [_ALSO.get(name, name) for name in names]
    if not set(names) & set(COLUMNS):
        return COLUMNS, 0
    if not {"code", "amount"} <= set(names) or any(names.count(name) > 1 for name in COLUMNS):
        raise UsageError(
            _("The first line must name the columns code and amount, each once."),
            _("Columns are: {names}.").format(names=", ".join(COLUMNS)),
        )
    return names, 1


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True))
    except (csv.Error, StopIteration):
        raise _Wrong("columns", _("its quotes do not match")) from None


def _cells(line: str, separator: str, order: Sequence[str]) -> dict[str, str]:
    if any("\ud800" <= char <= "\udfff" for char in line):
        raise _Wrong("encoding", _("it is not UTF-8"))
    cells = [cell.strip() for cell in _split(line, separator)]
    while len(cells) > len(order) and not cells[-1]:
        cells.pop()
    if len(cells) > len(order) or len(cells) < 2:
        raise _Wrong("columns", _("it has {n} columns").format(n=len(cells)))
    return dict(zip(order, cells, strict=False))


def _code(cells: dict[str, str], currency: str, today: date) -> Code:
    code = "".join(
        c for c in unicodedata.normalize("NFC", cells.get("code", "")) if unicodedata.category(c) not in _UNSEEN
    )
    code = code.strip()
    if not code:
        raise _Wrong("code", _("there is no code"))
    if len(code) > LONGEST:
        raise _Wrong("code", _("the code is longer than {n} characters").format(n=LONGEST))
    currency = cells.get("currency", "").upper() or currency
    try:
        decimals = exponent(currency)
    except ValueError:
        raise _Wrong("currency", _("there is no such currency")) from None
    expires = _day(cells.get("expiry", ""))
    if expires is not None and expires < today:
        raise _Wrong("expired", _("it has expired"))
    return Code(code, _amount(cells.get("amount", ""), currency, decimals), currency, expires)


def _amount(text: str, currency: str, decimals: int) -> int:
    """Minor units. More decimals than the currency has are refused, zeros too: "15,000" may be thousands."""
    try:
        written = parse_amount(text)
        amount = minor(written, currency)
    except ValueError:
        raise _Wrong("amount", _("that is no amount")) from None
    if amount < 1 or len(written.partition(".")[2]) > decimals:
        raise _Wrong("amount", _("that is no amount"))
    return amount


def _day(text: str) -> date | None:
    """The last day: ISO 8601, or day, month and year with slashes; ``None`` for nothing."""
    if not text:
        return None
    try:
        if _YEAR_FIRST.fullmatch(text):
            return date.fromisoformat(text)
        found = _DAY_FIRST.fullmatch(text)
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise _Wrong("expiry", _("the expiry is not a day such as 2027-12-31 or 31/12/2027"))
