"""The words for a time to come, French and English: ``2h``, ``tomorrow 9:00``, ``lun 14h``, ``until reply``.

Pure. The rules that words alone do not tell:

- Hours and minutes are elapsed time; days and weeks keep the time on the wall, whatever the clocks do in between.
- A day without a time means its opening time, or that of the next day the desk is open.
- A weekday is never today. A time alone is the next such time, today or tomorrow.
- A day and month without a year are the next such day. Days come before months: ``3/4`` is the third of April.
- A time that the clocks skip is the same time after the change; of one that comes twice, the first still to come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.text import fold

Opens = Callable[[date], time | None]
"""When the desk opens on a day of its zone; ``None`` where it stays closed."""

MORNING = time(9)
"""A day begins then where nothing is known of opening hours."""
FURTHEST = timedelta(days=3653)
"""A time later than this is taken for a slip of the fingers."""

_REPLY = frozenset((
    "reply", "a reply", "they reply", "the customer replies", "answer", "an answer", "customer",
    "reponse", "la reponse", "sa reponse", "une reponse", "client",
))  # fmt: skip
_LEADS = re.compile(r"(?:(?:until|till|jusqu'(?:a|au|en)|in|dans|for|pour|on|le|la|next|@)\s+|jusqu'(?=une?\b))+")
_AT = re.compile(r"(?:at|a|vers|by)\s+")
_UNITS = {
    "w": "weeks", "wk": "weeks", "wks": "weeks", "week": "weeks", "weeks": "weeks",
    "sem": "weeks", "semaine": "weeks", "semaines": "weeks",
    "d": "days", "day": "days", "days": "days", "j": "days", "jour": "days", "jours": "days",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours", "heure": "hours", "heures": "hours",
    "m": "minutes", "mn": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
}  # fmt: skip
_LENGTH = re.compile(r"(?:\d{1,5}\s*[a-z]+\s*)+(?:\d\d)?", re.ASCII)
_PART = re.compile(r"(\d{1,5})\s*([a-z]+)\s*", re.ASCII)
_CLOCK = re.compile(
    r"(?:^|[\s,]+|(?<=\d)t)(?:(?:at|a|vers|by|@)\s*)?(\d{1,2})(?::(\d\d)(?::\d\d)?|\s?h\s?(\d\d)?|\s?(am|pm))$",
    re.ASCII,
)
_PARTS_OF_DAY: dict[str, time | None] = {
    "morning": None, "matin": None, "noon": time(12), "midi": time(12), "afternoon": time(14),
    "apres-midi": time(14), "aprem": time(14), "evening": time(18), "soir": time(18), "tonight": time(18),
}  # fmt: skip
_TODAY = frozenset(("today", "tonight", "this", "aujourd'hui", "ce", "cet", "cette"))
_DAYS_ON = {"tomorrow": 1, "tmrw": 1, "demain": 1, "day after tomorrow": 2, "apres-demain": 2, "apres demain": 2}
_NEXT_WEEK = frozenset(("week", "semaine prochaine", "week prochaine"))
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d\d))?", re.ASCII)
_NAMED = re.compile(r"(?:(\d{1,2})(?:er|st|nd|rd|th)?\s+(?:of\s+)?([a-z]+)|([a-z]+)\s+(\d{1,2})(?:st|nd|rd|th)?)\.?"
                    r"(?:,?\s+(\d{4}))?", re.ASCII)  # fmt: skip
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d.*(?:z|[+-]\d\d:?\d\d)", re.ASCII)


def parse_when(
    text: str, now: datetime, zone: ZoneInfo, opens: Opens | None = None, *, reply: bool = True
) -> datetime | None:
    """The moment that words mean, UTC and later than ``now``; ``None`` for "until reply".

    ``2h``, ``45m``, ``1h30``, ``3d``, ``2 weeks``; ``tomorrow``, ``demain 9h``, ``tomorrow afternoon``; ``mon``, ``lun
    14:00``; ``18:00``, ``à 9h``; ``2026-03-01 10:00``, ``1 march``, ``1er mars 10h``, ``1/3``; ``until reply``,
    ``jusqu'à réponse``. Accents and case do not matter. The rules are in the module's docstring.

    :param now: aware. :param zone: the desk's.
    :param opens: when the desk opens; every day at :data:`MORNING` where left out.
    :param reply: "until reply" is a time too.
    :raises UsageError: anything else, a time that has passed, or one more than ten years ahead.
    """
    words = " ".join(fold(text).replace("’", "'").replace("\N{HYPHEN}", "-").split())
    if _MOMENT.fullmatch(words):
        return _to_come(_exactly(words, text), now, text)
    words = words.removesuffix(" prochain").removesuffix(".")
    bare = _LEADS.sub("", words, count=1) if _LEADS.match(words) else words
    if reply and bare in _REPLY:
        return None
    try:
        found = _after(bare, now, zone)
        if found is None:
            found = _on_a_day(_AT.sub("", bare, count=1) if _AT.match(bare) else bare, now, zone, opens or _at_nine)
    except OverflowError:
        raise _too_far(text) from None
    if found is None:
        raise UsageError(
            _("{text!r} is not a time.").format(text=text[:60]),
            _("Give such as 2h, 3d, tomorrow 9:00, mon 14:00, 2026-12-24 10:00, or until reply.")
            if reply
            else _("Give such as 2h, 3d, tomorrow 9:00, mon 14:00, or 2026-12-24 10:00."),
        )
    return _to_come(found, now, text)


def _at_nine(_day: date) -> time | None:
    return MORNING


def _too_far(text: str) -> UsageError:
    return UsageError(
        _("{text!r} is too far ahead.").format(text=text[:60]), _("Give a time within the next ten years.")
    )


def _to_come(at: datetime, now: datetime, text: str) -> datetime:
    if at <= now:
        raise UsageError(_("{text!r} has passed.").format(text=text[:60]), _("Give a time to come."))
    if at - now > FURTHEST:
        raise _too_far(text)
    return at


def _exactly(words: str, text: str) -> datetime:
    """A whole ISO 8601 moment with its distance from UTC."""
    try:
        return datetime.fromisoformat(words.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(_("{text!r} is not a time.").format(text=text[:60]), _("Check the date.")) from None


def _after(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A length of time from now on; ``None`` where the words are none."""
    if not _LENGTH.fullmatch(words):
        return None
    spans: dict[str, int] = {}
    end = 0
    for part in _PART.finditer(words):
        unit = _UNITS.get(part[2])
        if unit is None or unit in spans or part.start() != end:
            return None
        spans[unit], end = int(part[1]), part.end()
    rest = words[end:]
    if rest:  # 1h30
        if "hours" not in spans or "minutes" in spans or not words[:end].endswith("h"):
            return None
        spans["minutes"] = int(rest)
    days = timedelta(weeks=spans.pop("weeks", 0), days=spans.pop("days", 0))
    at = now.astimezone(UTC)
    if days:
        local = now.astimezone(zone).replace(tzinfo=None)
        at = _from_wall(local + days, zone, now)
    return at + timedelta(**spans)


def _on_a_day(words: str, now: datetime, zone: ZoneInfo, opens: Opens) -> datetime | None:
    """A day, a time, or both; ``None`` where the words are neither."""
    words, said, clock = _clock(words)
    today = now.astimezone(zone).date()
    if not words:
        if clock is None:
            return None
        at = _from_wall(datetime.combine(today, clock), zone, now)
        return at if at > now else _from_wall(datetime.combine(today + timedelta(days=1), clock), zone, now)
    found = [at for day in _days(words, today) if (at := _moment(day, clock, zone, now, opens)) is not None]
    if not found or (words in ("this", "ce", "cet", "cette") and not said):
        return None
    return next((at for at in found if at > now), found[-1])


def _clock(words: str) -> tuple[str, bool, time | None]:
    """The words without the time of day at their end; whether there was one; the time (``None``: opening time)."""
    head, _space, last = words.rpartition(" ")
    if last in _PARTS_OF_DAY:
        day = head.removesuffix(" the").removesuffix(" in").strip()
        return day or ("today" if last in ("tonight", "soir", "matin") else ""), True, _PARTS_OF_DAY[last]
    at = _CLOCK.search(words)
    if not at:
        return words, False, None
    hour, minute, half = int(at[1]), int(at[2] or at[3] or 0), at[4]
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        return "\0", False, None  # no day either
    return words[: at.start()].strip(" ,"), True, time(hour, minute)


def _moment(day: date, clock: time | None, zone: ZoneInfo, now: datetime, opens: Opens) -> datetime:
    if clock is None:
        for _ahead in range(400):
            opening = opens(day)
            if opening is not None:
                return _from_wall(datetime.combine(day, opening), zone, now)
            day += timedelta(days=1)
        clock = MORNING
    return _from_wall(datetime.combine(day, clock), zone, now)


def _from_wall(local: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """A time on the wall as a moment, UTC: after a gap where it is in one, of two the first one after ``now``."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return second if first <= now < second else first


def _days(words: str, today: date) -> Iterator[date]:
    """The days that words may mean, the nearest first; none where they mean no day."""
    words = words.removesuffix(" prochain").removesuffix(".").removesuffix(" a").removesuffix(" at")
    if words in _TODAY:
        yield today
    elif words in _DAYS_ON:
        yield today + timedelta(days=_DAYS_ON[words])
    elif words in _NEXT_WEEK:
        yield today + timedelta(days=7 - today.weekday())
    elif (weekday := _named(words, *_names())) is not None:
        yield today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    elif iso := _ISO.fullmatch(words):
        yield from _valid(int(iso[1]), int(iso[2]), int(iso[3]))
    elif slashes := _SLASHES.fullmatch(words):
        yield from _of_year(int(slashes[1]), int(slashes[2]), slashes[3], today)
    elif named := _NAMED.fullmatch(words):
        month = _named(named[2] or named[3], *_month_names())
        if month is not None:
            yield from _of_year(int(named[1] or named[4]), month, named[5], today)


def _of_year(day: int, month: int, year: str | None, today: date) -> Iterator[date]:
    """A day of the year said, else of this year and of those after it: a leap day comes only every few years."""
    if year:
        yield from _valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
        return
    for number in range(today.year, today.year + 9):
        yield from (found for found in _valid(number, month, day) if found >= today)


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _named(word: str, *names: tuple[str, int]) -> int | None:
    """The number of the one weekday or month that begins so; three letters are needed."""
    word = word.rstrip(".")
    if len(word) < 3:
        return None
    found = {number for name, number in names if name.startswith(word)}
    return found.pop() if len(found) == 1 else None


@cache
def _names() -> tuple[tuple[str, int], ...]:
    """Weekdays in both languages, Monday is 0."""
    from babel.dates import get_day_names

    return tuple((fold(name), n) for locale in ("en", "fr") for n, name in get_day_names("wide", locale=locale).items())


@cache
def _month_names() -> tuple[tuple[str, int], ...]:
    """Months in both languages, January is 1."""
    from babel.dates import get_month_names

    return tuple(
        (fold(name), n) for locale in ("en", "fr") for n, name in get_month_names("wide", locale=locale).items()
    )
