"""The small values of agentconsole.toml: durations, opening hours, labels, names; each says what it takes.

A reader raises ``ValueError`` with what is allowed, as the end of a sentence: "allowed is …".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

_DURATION = re.compile(
    r"(?:(\d{1,7})d)? ?(?:(\d{1,7})h(?: ?(\d{1,7})m|(\d\d))?|(\d{1,7})m)? ?(?:(\d{1,7})s)?", re.ASCII
)
_SPAN = re.compile(r"\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)\s*", re.ASCII)
_TEN_YEARS = timedelta(days=3653)


class Frozen(BaseModel):
    """A table of agentconsole.toml: cannot be changed once read, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def parse_duration(value: object) -> timedelta:
    """``"45m"``, ``"1h30"``, ``"48h"``, ``"2d"``, ``"10s"`` (a day is 24 hours, in business time too).

    :raises ValueError: anything else, nothing at all, and more than ten years.
    """
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
    if not found:
        raise ValueError('a duration such as "45m", "1h30", "48h" or "2d"')
    days, hours, *minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(days=days, hours=hours, minutes=sum(minutes), seconds=seconds)
    if length > _TEN_YEARS:
        raise ValueError("a duration of ten years at most")
    return length


def show_duration(value: timedelta) -> str:
    """A short text that :func:`parse_duration` reads back; parts of a second are dropped."""
    days, rest = divmod(value, timedelta(days=1))
    if days and not rest:
        return f"{days}d"
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours and minutes and not seconds:
        return f"{hours}h{minutes:02}"
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "0m"


def _some(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError('a duration longer than nothing, such as "45m"')
    return value


def _parse_span(text: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(text)
    if found:
        first_hour, first_minute, hour, minute = map(int, found.groups())
        try:
            opens = time(first_hour, first_minute)
            closes = time.max if (hour, minute) == (24, 0) else time(hour, minute)
        except ValueError:
            found = None
    if not found:
        raise ValueError('opening hours such as "08:00-20:00" or "09:00-12:30, 14:00-18:00"; "" when closed')
    if opens >= closes:
        raise ValueError(
            'opening hours that end after they begin; past midnight they are the next day\'s ("22:00-24:00")'
        )
    return opens, closes


def parse_spans(value: object) -> tuple[tuple[time, time], ...]:
    """``"09:00-12:30, 14:00-18:00"`` as pairs of wall-clock times; ``""`` is closed.

    ``24:00`` may end one and is read as ``time.max``.

    :raises ValueError: no such text, spans out of order or overlapping.
    """
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        raise ValueError('opening hours such as "08:00-20:00"')  # noqa: TRY004 (pydantic reads ValueError)
    spans = tuple(_parse_span(part) for part in value.split(",")) if value.strip() else ()
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            raise ValueError("opening hours in order, without overlap")
    return spans


def show_spans(value: tuple[tuple[time, time], ...]) -> str:
    """The text that :func:`parse_spans` reads back."""
    return ", ".join(f"{a:%H:%M}-{'24:00' if b == time.max else f'{b:%H:%M}'}" for a, b in value)


def _parse_zone(value: Any) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, TypeError, LookupError, OSError):  # no text, no such name, a folder of names
        raise ValueError('a time zone such as "Europe/Paris"') from None
    return str(value)


def _parse_label(value: Any) -> dict[str, str]:
    if isinstance(value, str) and value.strip():
        return {"": value}
    if isinstance(value, dict) and value and all(isinstance(v, str) and v.strip() for v in value.values()):
        return value
    raise ValueError('a text, or one a language: { en = "Mine", fr = "Les miennes" }')


def say(label: dict[str, str], language: str) -> str:
    """A :data:`Label` in a language, else in English, else in whichever there is."""
    return label.get("") or label.get(language) or label.get("en") or next(iter(label.values()))


def _like(pattern: str, allowed: str) -> Callable[[str], str]:
    """A check of a whole text; ``allowed`` says it for people."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(allowed)
        return value

    return check


def _text(said: str) -> WithJsonSchema:
    """How the documentation calls a value that is written as a text."""
    return WithJsonSchema({"type": "string", "title": said})


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(show_duration), _text("duration")]
Length = Annotated[Duration, AfterValidator(_some)]
"""A :data:`Duration` longer than nothing."""
Spans = Annotated[
    tuple[tuple[time, time], ...],
    BeforeValidator(parse_spans),
    PlainSerializer(show_spans, when_used="json"),
    _text("opening hours"),
]
Zone = Annotated[str, BeforeValidator(_parse_zone), _text("time zone")]
Label = Annotated[dict[str, str], BeforeValidator(_parse_label), _text("text, or one a language")]
Id = Annotated[
    str,
    AfterValidator(
        _like(r"[a-z0-9][a-z0-9_.-]{0,62}", 'a short name of a to z, 0 to 9, "-", "_" and ".", such as "team-2"')
    ),
    _text("short name"),
]
Country = Annotated[str, AfterValidator(_like(r"[A-Z]{2}", 'a country code such as "FR"')), _text("country code")]
Language = Annotated[str, AfterValidator(_like(r"[a-z]{2,3}", 'a language code such as "fr"')), _text("language code")]
