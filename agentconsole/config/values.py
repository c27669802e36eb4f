"""The small values of agentconsole.toml: durations, opening hours, labels; each says what it takes."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

_DURATION = re.compile(r"^(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m?)?$")


class Frozen(BaseModel):
    """A table of agentconsole.toml: cannot be changed once read, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=True)


def parse_duration(value: object) -> timedelta:
    """``"45m"``, ``"1h30"``, ``"48h"``, ``"2d"`` (a day is 24 hours, in business time too).

    :raises ValueError: anything else, and nothing at all.
    """
    if isinstance(value, timedelta):
        return value
    found = _DURATION.match(value.strip()) if isinstance(value, str) else None
    if not found or not any(found.groups()):
        raise ValueError('a duration such as "45m", "1h30", "48h" or "2d"')
    days, hours, minutes = (int(part or 0) for part in found.groups())
    if days > 3650 or hours > 87_600 or minutes > 5_256_000:
        raise ValueError("a duration of ten years at most")
    return timedelta(days=days, hours=hours, minutes=minutes)


def show_duration(value: timedelta) -> str:
    """The shortest text that :func:`parse_duration` reads back."""
    minutes = int(value.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def _parse_span(text: str) -> tuple[time, time]:
    first, dash, last = text.strip().partition("-")
    try:
        opens = time.fromisoformat(first.strip().zfill(5))
        closes = time.max if last.strip() == "24:00" else time.fromisoformat(last.strip().zfill(5))
    except ValueError:
        dash = ""
    if not dash or opens >= closes:
        raise ValueError('opening hours such as "08:00-20:00" or "09:00-12:30, 14:00-18:00"; "" when closed')
    return opens, closes


def parse_spans(value: object) -> tuple[tuple[time, time], ...]:
    """``"09:00-12:30, 14:00-18:00"`` as pairs of wall-clock times; ``""`` is closed; ``24:00`` may end one.

    :raises ValueError: no such text, spans out of order or overlapping.
    """
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        raise ValueError('opening hours such as "08:00-20:00"')  # noqa: TRY004 (pydantic reads ValueError)
    spans = tuple(_parse_span(part) for part in value.split(",") if part.strip())
    for before, after in zip(spans, spans[1:], strict=False):
        if after[0] < before[1]:
            raise ValueError("opening hours in order, without overlap")
    return spans


def show_spans(value: tuple[tuple[time, time], ...]) -> str:
    """The text that :func:`parse_spans` reads back."""
    return ", ".join(f"{a:%H:%M}-{'24:00' if b == time.max else f'{b:%H:%M}'}" for a, b in value)


def _parse_zone(value: Any) -> str:
    try:
        ZoneInfo(value)
    except Exception:  # noqa: BLE001 (zoneinfo raises what its loaders raise)
        raise ValueError('a time zone such as "Europe/Paris"') from None
    return str(value)


def _parse_label(value: Any) -> dict[str, str]:
    if isinstance(value, str) and value.strip():
        return {"": value}
    if isinstance(value, dict) and value and all(isinstance(v, str) and v for v in value.values()):
        return value
    raise ValueError('a text, or one a language: { en = "Mine", fr = "Les miennes" }')


def say(label: dict[str, str], language: str) -> str:
    """A :data:`Label` in a language, else in English, else in whichever there is."""
    return label.get("") or label.get(language) or label.get("en") or next(iter(label.values()))


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(show_duration)]
Spans = Annotated[
    tuple[tuple[time, time], ...], BeforeValidator(parse_spans), PlainSerializer(show_spans, when_used="json")
]
Zone = Annotated[str, BeforeValidator(_parse_zone)]
Label = Annotated[dict[str, str], BeforeValidator(_parse_label)]
