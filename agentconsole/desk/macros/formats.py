"""Dates and amounts in the words of a macro's language, which need not be the interface's."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from agentconsole.config.amounts import read_amount, units

if TYPE_CHECKING:
    from babel import Locale

_BLANKS = re.compile(r"[^\S\xa0\u202f]+")
_YEAR = re.compile(r"[\s,]*(?:'de'\s*)?y+$")
"""The year at the end of a date's pattern in Unicode's CLDR."""


def one_line(text: str) -> str:
    """Blanks and line breaks as single blanks, none at the ends; no-break spaces, which French needs, stay inside."""
    return _BLANKS.sub(" ", text).strip()


def plain_amount(minor: int, currency: str) -> str:
    """``15.00 EUR``: what :func:`.amounts.read_amount` reads back."""
    return f"{units(minor, currency)} {currency}"


def money(text: str, language: str, currency: str = "EUR") -> str:
    """An amount that :func:`.amounts.read_amount` takes as people write it: ``15,00 €``, ``€15.00``.

    :raises ValueError: it is none.
    """
    from babel.numbers import format_currency

    minor, code = read_amount(text, currency)
    return format_currency(Decimal(units(minor, code)), code, locale=locale_of(language)).replace("\u202f", "\xa0")


def day(text: str, language: str, today: date) -> str:
    """A date (ISO 8601; a time after it is left out) in words: ``Tuesday 4 March``; with its year where not this one.

    :raises ValueError: it is no date.
    """
    from babel.dates import format_date

    at, locale = date.fromisoformat(text.strip()[:10]), locale_of(language)
    pattern = locale.date_formats["full"].pattern
    shown = format_date(at, _YEAR.sub("", pattern) if at.year == today.year else pattern, locale=locale)
    if language == "fr" and at.day == 1:  # the first is an ordinal in French; CLDR has no pattern for it
        shown = shown.replace(" 1 ", " 1er ", 1)
    return shown


def language_name(code: str, language: str) -> str:
    """A language's name in another: ``language_name("pt", "fr")`` is ``portugais``; the code where it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_display_name(locale_of(language)) or code
    except (UnknownLocaleError, ValueError):
        return code


def locale_of(language: str) -> Locale:
    """English is written the European way; an unknown language is written like English."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse("en_GB" if language in ("en", "") else language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
