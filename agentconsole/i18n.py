"""The language of the interface: messages through gettext, formats through Babel.

One language for the whole process, set by :func:`use`. Catalogues are read when the first message is asked
for, Babel when the first date or number is, so that importing this module costs next to nothing. Every
function may be called from any thread.

``_`` translates when it is called. A text that is fixed when a module is imported (a class attribute) is
marked with :func:`N_` and translated where it is shown.
"""

from __future__ import annotations

import gettext
import io
import os
from datetime import datetime, tzinfo
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from babel import Locale

DOMAIN = "agentconsole"
LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("en", "fr")
NO_BREAK = "\N{NO-BREAK SPACE}"

_lock = Lock()
_language = "en"
_catalogue: gettext.NullTranslations | None = None


def use(language: str = "") -> None:
    """Set the language of the whole process.

    :param language: "en" or "fr"; empty for the language of the environment. An unknown one gives English.
    """
    global _language, _catalogue
    wanted = (language or _from_environment()).partition(".")[0].partition("_")[0].partition("-")[0].lower()
    with _lock:
        _language, _catalogue = wanted if wanted in LANGUAGES else "en", None


def language() -> str:
    """The language in use: "en" or "fr"."""
    return _language


def _(message: str) -> str:
    """The message in the language in use, or as it is where the catalogue lacks it."""
    return _messages().gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """``one`` or ``many``, by the plural rule of the language in use; ``n`` itself is not filled in."""
    return _messages().ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    """:func:`_` for a word that means several things; ``context`` tells them apart and is never shown."""
    return _messages().pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802 (the name that gettext tools know)
    """The message itself, marked for translation: ``_`` translates it where it is shown."""
    return message


def _from_environment() -> str:
    """POSIX, XBD 8.2: the first of these that is set and not empty decides."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((value for name in names if (value := os.environ.get(name))), "")


def _messages() -> gettext.NullTranslations:
    global _catalogue  # noqa: PLW0603 (read once, shared)
    found = _catalogue
    if found is None:
        with _lock:
            found = _catalogue
            if found is None:
                found = _catalogue = read_catalogue(_language)
    return found


def read_catalogue(language: str, locales: Path = LOCALES) -> gettext.NullTranslations:
    """The catalogue of a language; compiled first where that was not done since it changed."""
    source = locales / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = source.with_suffix(".mo")
    try:
        made = compiled.stat().st_mtime_ns if compiled.is_file() else -1
        if source.is_file() and source.stat().st_mtime_ns > made:
            return gettext.GNUTranslations(io.BytesIO(compile_catalogue(source)))
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    except OSError:  # no catalogue, or none that can be read: the messages as they are in the program
        return gettext.NullTranslations()


def compile_catalogue(source: Path) -> bytes:
    """A .po file in the binary form of .mo, also kept beside it where that folder can be written to."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name, domain=DOMAIN)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    compiled = source.with_suffix(".mo")
    partial = compiled.with_suffix(f".{os.getpid()}")
    try:
        partial.write_bytes(buffer.getvalue())
        partial.replace(compiled)
    except OSError:  # a folder that only an administrator can write to: compiled again next time
        partial.unlink(missing_ok=True)
    return buffer.getvalue()


def _locale() -> Locale:
    """English is written the European way: day before month, 24 hours."""
    from babel import Locale

    return Locale.parse("en_GB" if _language == "en" else _language)


def date(day: dt.date) -> str:
    """``12 Nov 2025``, ``12 nov. 2025``."""
    from babel.dates import format_date

    return format_date(day, "d MMM y", locale=_locale())


def month(first: dt.date, *, short: bool = False) -> str:
    """``March 2026``, ``mars 2026``; ``Mar 26`` for a column.

    :param first: any day of it.
    """
    from babel.dates import format_date

    return format_date(first, "LLL yy" if short else "LLLL y", locale=_locale())


def clock_time(at: datetime, zone: tzinfo) -> str:
    """``09:12``, in that zone."""
    return f"{at.astimezone(zone):%H:%M}"


def moment(at: datetime, zone: tzinfo, now: datetime, *, time: bool = False) -> str:
    """A time as short as it can be told from ``now``, for a column.

    ``09:12`` today, then ``yesterday``, ``Mon`` within six days, ``12 Nov`` within the year, ``12 Nov 2025``.

    :param at: aware; :param now: aware.
    :param time: with the time of day after it, for a thread: ``yesterday 09:12``.
    """
    from babel.dates import format_date

    clock, day = clock_time(at, zone), at.astimezone(zone).date()
    age = (now.astimezone(zone).date() - day).days
    if age == 0:
        return clock
    if age == 1:
        shown = _("yesterday")
    elif age == -1:
        shown = _("tomorrow")
    else:
        near, same_year = 1 < abs(age) < 7, day.year == now.astimezone(zone).year
        shown = format_date(day, "EEE" if near else "d MMM" if same_year else "d MMM y", locale=_locale())
    return f"{shown} {clock}" if time else shown


def day_in_full(day: dt.date, today: dt.date) -> str:
    """``Tue 3 March``, ``mar. 3 mars``; with the year where that is not today's."""
    from babel.dates import format_date

    return format_date(day, "EEE d MMMM" if day.year == today.year else "EEE d MMMM y", locale=_locale())


def day_of_year(day: str) -> str:
    """A day of every year (``MM-DD``): ``31 May``, ``31 mai``."""
    from datetime import date as calendar_day

    from babel.dates import format_date

    return format_date(calendar_day.fromisoformat(f"2000-{day}"), "d MMMM", locale=_locale())


def duration(seconds: float, *, short: bool = True, ticking: bool = False) -> str:
    """A length of time, rounded down to its largest unit; the sign does not matter.

    :param seconds: the length.
    :param short: ``12m``, ``3h``, ``2d`` (hours up to two days), three columns mostly and four at most;
        else in words, ``12 minutes``.
    :param ticking: count the last minute in seconds, ``45s``, rather than ``<1m``.
    """
    whole = int(abs(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if not short:
        from babel.units import format_unit

        count, unit = (days, "day") if hours >= 48 else (hours, "hour") if hours else (minutes, "minute")
        return _plain(format_unit(count, f"duration-{unit}", locale=_locale()))
    if minutes < 1:
        shown = pgettext("seconds", "{n}s") if ticking else pgettext("minutes", "<{n}m")
        return shown.format(n=whole if ticking else 1)
    if hours < 48:
        shown = pgettext("minutes", "{n}m") if hours < 1 else pgettext("hours", "{n}h")
        return shown.format(n=hours or minutes)
    if days < 100:
        return pgettext("days", "{n}d").format(n=days)
    shown = pgettext("months", "{n}mo") if days < 300 else pgettext("years", "{n}y")
    return shown.format(n=days // 30 if days < 300 else max(1, round(days / 365)))


def clock_words(state: str, seconds: float, *, ticking: bool = False) -> str:
    """How a clock stands, in ten columns at most: ``LATE 12m``, ``DUE 8m``, ``OK 3h``.

    :param state: "late", "due" or "ok" (:class:`agentconsole.config.ClockState`).
    :param seconds: until it is due, or since.
    :param ticking: count the last minute in seconds.
    """
    words = {"late": _("LATE"), "due": _("DUE"), "ok": _("OK")}
    return f"{words[state]} {duration(seconds, ticking=ticking)}"


def number(n: float) -> str:
    """``12,345.6``, ``12 345,6``."""
    from babel.numbers import format_decimal

    return _plain(format_decimal(n, locale=_locale()))


def money(minor: int, currency: str) -> str:
    """``€188.00``, ``188,00 €``.

    :param minor: minor units of the currency (cents; yen, which has none).
    :param currency: ISO 4217 code.
    """
    from decimal import Decimal

    from babel.numbers import format_currency, get_currency_precision

    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return _plain(format_currency(amount, currency, locale=_locale()))


def language_name(code: str) -> str:
    """What a language (ISO 639-1) is called: ``French``, ``français``; the code where nobody knows it."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_language_name(_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def _plain(text: str) -> str:
    """Without the narrow no-break space, which terminal fonts often lack."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", NO_BREAK)
