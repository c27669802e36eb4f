"""Opening hours of single days, set while the desk is open: an evening that goes on, an exceptional closing.

They count before all that the configuration says of a day, and the clocks of business time follow: what was due at
closing time is due at the new one. Days that are over stay as they are, since figures were made of them.
"""

from __future__ import annotations

import re
from datetime import date

from agentconsole.config.values import parse_spans, show_spans
from agentconsole.desk import housekeeping, rules
from agentconsole.desk.context import Desk
from agentconsole.desk.hours import Calendar
from agentconsole.desk.pauses import short_reason
from agentconsole.desk.supervisor import must_supervise
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.store import floor_trail
from agentconsole.store import special_hours as store
from agentconsole.store.special_hours import SpecialDay

__all__ = ["FURTHEST", "SpecialDay", "as_written", "days", "drop", "put", "put_at_once", "spans_of", "today", "wrong"]

FURTHEST = 366
"""Days ahead that hours can be set for."""
_TIME = r"(\d{1,2})(?:\s*[hH:]\s*(\d\d)?)?"
_SPAN = re.compile(rf"\s*{_TIME}\s*[-–—‐]\s*{_TIME}\s*", re.ASCII)
"""A span as people write it: 8h-20h, 8h30-20h, 8-20."""


def today(desk: Desk) -> date:
    """The day it is, in the desk's zone."""
    return desk.now().astimezone(desk.config.zone).date()


def days(desk: Desk) -> list[SpecialDay]:
    """Days with hours that a supervisor has set, those gone by too, in their order."""
    with desk.store.read() as connection:
        return store.days(connection)


def spans_of(desk: Desk, day: date) -> str:
    """The hours in force on a day, as :func:`put` takes them; empty where the desk is closed."""
    return show_spans(Calendar.of(desk.config.hours).on(day))


def as_written(spans: str) -> str:
    """Hours as agentconsole.toml has them, of those that people write (``8h-20h``, ``8h30-20``); others as they are."""
    return ", ".join(_SPAN.sub(_plain, part.strip()) if _SPAN.fullmatch(part) else part for part in spans.split(","))


def _plain(found: re.Match[str]) -> str:
    first, first_minute, last, last_minute = found.groups(default="00")
    return f"{first:0>2}:{first_minute}-{last:0>2}:{last_minute}"


def wrong(spans: str) -> str:
    """How hours are written, where these are not; else empty."""
    try:
        parse_spans(as_written(spans))
    except ValueError:
        return _("Write them so: 08:00-20:00, or 09:00-12:30, 14:00-18:00; in order, until 24:00 at the latest.")
    return ""


def put(desk: Desk, day: date, spans: str, reason: str = "") -> SpecialDay:
    """Set the hours of a day: today, or one of the next year. They hold at this console at once; other consoles and
    the clocks of active conversations follow within seconds, by whoever keeps house.

    :param spans: "08:00-22:00", "09:00-12:30, 14:00-18:00", also "8h-22h", or "" where the desk is closed.
    :raises UsageError: not a supervisor; no hours; a day that is over or too far; a reason that is too long.
    """
    must_supervise(desk)
    first = today(desk)
    if not 0 <= (day - first).days <= FURTHEST:
        raise UsageError(
            _("Hours can be set for today and the year ahead."), _("Give a day from {day} on.").format(day=first)
        )
    if wrong(spans):
        raise UsageError(_("{text!r} are no opening hours.").format(text=spans[:80]), wrong(spans))
    made = SpecialDay(day, show_spans(parse_spans(as_written(spans))), desk.agent.id, desk.now(), short_reason(reason))
    with desk.store.write() as connection:
        housekeeping.mark_policy(connection, desk)
        store.put(connection, made)
        floor_trail.record(
            connection, made.at, made.author, "hours", day=str(day), spans=made.spans, reason=made.reason
        )
    rules.refresh(desk)
    return made


def put_at_once(desk: Desk, day: date, spans: str, reason: str = "") -> int:
    """:func:`put`, and the clocks follow here and now; answers how many moved. It takes its time where many do."""
    put(desk, day, spans, reason)
    return housekeeping.follow_policy(desk)


def drop(desk: Desk, day: date) -> None:
    """Give a day its configured hours back.

    :raises UsageError: not a supervisor, or the day is over. :raises NotFound: it has no others.
    """
    must_supervise(desk)
    if day < today(desk):
        raise UsageError(_("That day is over."), _("Its hours stay as they were."))
    with desk.store.write() as connection:
        if not store.drop(connection, day):
            raise NotFound(
                _("No hours were set for {day}.").format(day=day), _("`agentconsole hours` lists those that were.")
            )
        floor_trail.record(connection, desk.now(), desk.agent.id, "hours_dropped", day=str(day))
    rules.refresh(desk)
