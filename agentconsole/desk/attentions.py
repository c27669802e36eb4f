"""Attentions: a surprise proposed at a chosen moment of a customer's, paid out of a purse of its own.

The moments are those of agentconsole.toml (:class:`.config.gestures.MomentOf`):

- *birthday*: from ``before`` the day begins to ``after`` it has ended, in the brand's time zone. Who was born on
  29 February has it on the 28th in other years;
- *anniversary*: the same, of the day of the first contact, from the year after it on;
- *mishap*: for ``after``, from the moment that the n-th conversation (``count``, and each one after it) with one of
  the tags began within the span.

They are worked out once an hour, by whichever console comes first (:func:`renew`), into a table that views and cards
read. Who is linked to somebody shares their moments. An attention that was given ends what was proposed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.config.gestures import Gift, MomentOf
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, step
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store import attentions as stored
from agentconsole.store import customers, journal
from agentconsole.store.attentions import Row

_DAY = timedelta(days=1)
_MOST = timedelta(days=180)
"""A moment of the calendar is proposed for no longer before its day, or after it: it comes again every year."""
_MARK = "attentions"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An attention that is proposed now.

    :param moment: as configured, with its name. :param gift: of the catalogue, ``None`` where that has it no more.
    :param until: until when, UTC.
    """

    moment: MomentOf
    gift: Gift | None
    until: datetime


def of(desk: Desk, number: int) -> tuple[Suggestion, ...]:
    """What is proposed to the customer of a conversation now, each moment once, what ends first at the beginning.

    :raises NotFound: no such conversation.
    """
    with desk.store.read() as connection:
        customer_id = find(connection, number).customer_id
        group = customers.groups(connection, [customer_id])[customer_id]
        rows = stored.of(connection, group, desk.now())
    moments = {moment.id: moment for moment in desk.config.moments}
    gifts = {gift.id: gift for gift in desk.config.catalogue}
    until = {row.moment: row.ends for row in rows if row.moment in moments}
    return tuple(Suggestion(moments[i], gifts.get(moments[i].gift), ends) for i, ends in until.items())


def given(doing: Doing, customer_id: UUID) -> None:
    """A customer got an attention: nothing is proposed to them, or to who is linked to them, until the next moment."""
    stored.end(doing.connection, customers.groups(doing.connection, [customer_id])[customer_id], doing.now)


def birthday(desk: Desk, number: int) -> str:
    """The birthday of a conversation's customer, ``MM-DD``; empty where it is not known.

    :raises NotFound: no such conversation.
    """
    with desk.store.read() as connection:
        customer_id = find(connection, number).customer_id
        return _known(connection, customers.groups(connection, [customer_id])[customer_id])


def write_birthday(desk: Desk, number: int, day: str) -> str:
    """Write down when a conversation's customer has their birthday, as a step that can be undone.

    :param day: ``MM-DD``, or a date, whose year is not kept; empty: it is not known any more.
    :returns: the day as it is kept.
    :raises NotFound: no such conversation. :raises UsageError: no day.
    """
    kept = birthday_of(day) if day.strip() else ""
    with step(desk) as doing:
        standing = doing.hold(number)
        group = customers.groups(doing.connection, [standing.customer_id])[standing.customer_id]
        before = stored.birthdays(doing.connection, group)
        after = {standing.customer_id: kept} if kept else {}
        if before != after:
            stored.set_birthdays(doing.connection, group, after)
            doing.record(standing, "birthday", before=_told(before), after=_told(after))
            _renew_of(doing, group)
    return kept


def unbirthday(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``birthday``, for :mod:`.undo`."""
    group = customers.groups(doing.connection, [standing.customer_id])[standing.customer_id]
    known = {UUID(i) for i in (*was["before"], *was["after"])}
    if _told(stored.birthdays(doing.connection, group)) != was["after"] or not known <= {*group}:
        return _("The birthday was changed again since.")
    stored.set_birthdays(doing.connection, group, {UUID(i): day for i, day in was["before"].items()})
    _renew_of(doing, group)
    return ""


def birthday_of(text: str) -> str:
    """A birthday as it is kept: ``MM-DD``.

    :raises UsageError: it is neither that nor a date.
    """
    typed = text.strip()
    try:
        return date.fromisoformat(typed if len(typed) > len("12-31") else f"2000-{typed}").strftime("%m-%d")
    except ValueError:
        raise UsageError(
            _("{text!r} is no birthday.").format(text=typed[:40]), _("Write month and day: 05-31 is 31 May.")
        ) from None


def renew(desk: Desk, *, anyway: bool = False) -> int:
    """Work out what is proposed until the hour after next, where that was not done this hour for these moments.

    :param anyway: also where it was.
    :returns: how many proposals there are; 0 where it was done.
    """
    now, moments = desk.now(), desk.config.moments
    what = "\n".join([desk.config.hours.zone, *(moment.model_dump_json() for moment in moments)])
    mark = f"{now.astimezone(UTC):%Y-%m-%dT%H} {hashlib.sha256(what.encode()).hexdigest()[:16]}"
    with desk.store.read() as connection:
        before = journal.remembered(connection, _MARK)
        if not anyway and (before == mark or (before is None and not moments)):
            return 0
        rows = list(dict.fromkeys(_all(connection, desk, now)))
    with desk.store.write() as connection:
        journal.remember(connection, _MARK, mark)
        known = [moment.id for moment in moments]
        stored.renew(connection, rows, known, now)
        stored.forget_others(connection, known)
        for moment in moments:
            stored.forget(connection, moment.id, now - moment.before - moment.after - 4 * _DAY)
    return len(rows)


def _renew_of(doing: Doing, group: tuple[UUID, ...]) -> None:
    """As :func:`renew`, of birthdays alone, and of one customer."""
    desk, now = doing.desk, doing.now
    born = [(i, day) for day in set(stored.birthdays(doing.connection, group).values()) for i in group]
    moments = [moment for moment in desk.config.moments if moment.when == "birthday"]
    rows = [row for moment in moments for row in _birthdays(desk, moment, now, born)]
    stored.renew(doing.connection, rows, [moment.id for moment in moments], now, group)


def _all(connection: Connection, desk: Desk, now: datetime) -> Iterator[Row]:
    for moment in desk.config.moments:
        if moment.when == "birthday":
            rows = list(_birthdays(desk, moment, now, stored.born_on(connection, _near(desk, moment, now))))
        elif moment.when == "anniversary":
            rows = list(_anniversaries(connection, desk, moment, now))
        else:
            rows = list(_mishaps(connection, moment, now))
        groups = stored.members(connection, (row.customer_id for row in rows))
        for row in rows:
            yield from (row._replace(customer_id=member) for member in groups[row.customer_id])


def _birthdays(desk: Desk, moment: MomentOf, now: datetime, born: list[tuple[UUID, str]]) -> Iterator[Row]:
    near = _near(desk, moment, now)
    for root, day in born:
        if day in near:
            yield Row(root, moment.id, *_span(desk, moment, near[day]))


def _anniversaries(connection: Connection, desk: Desk, moment: MomentOf, now: datetime) -> Iterator[Row]:
    """Of the first contact with any of those who are linked."""
    first, zone, near = stored.first_contact(connection), desk.config.zone, _near(desk, moment, now)
    if first is None:
        return
    spans = []
    for day in {*near.values()}:
        for year in range(first.astimezone(zone).year, day.year):
            start, end = (_in_year(each, year) for each in (day, day + _DAY))
            spans.append((_midnight(desk, start), _midnight(desk, max(end, start + _DAY))))
    found = stored.met_in(connection, _joined(spans))
    groups = stored.members(connection, (contact.root for contact in found))
    known = stored.since(connection, {i for group in groups.values() for i in group})
    for contact in found:
        met = contact.since.astimezone(zone).date()
        this = near.get(f"{met:%m-%d}")
        if this is not None and this.year > met.year and contact.since == min(known[i] for i in groups[contact.root]):
            yield Row(contact.root, moment.id, *_span(desk, moment, this))


def _mishaps(connection: Connection, moment: MomentOf, now: datetime) -> Iterator[Row]:
    lately = now - moment.after
    began: dict[UUID, list[datetime]] = defaultdict(list)
    for root, at in stored.mishaps(connection, moment.tags, lately - moment.within, lately):
        began[root].append(at)
    for root, times in began.items():
        for earlier, at in zip(times, times[moment.count - 1 :], strict=False):
            if at - earlier <= moment.within and at > lately:
                yield Row(root, moment.id, at, at + moment.after)


def _near(desk: Desk, moment: MomentOf, now: datetime) -> dict[str, date]:
    """Which days of the year (``MM-DD``) a moment is proposed for now or within two hours, each with its date."""
    zone = desk.config.zone
    first = (now - min(moment.after, _MOST)).astimezone(zone).date() - _DAY
    last = (now + min(moment.before, _MOST) + timedelta(hours=2)).astimezone(zone).date()
    found: dict[str, date] = {}
    for past in range((last - first).days + 1):
        day = first + past * _DAY
        found[f"{day:%m-%d}"] = day
        if (day.month, day.day) == (2, 28) and (day + _DAY).month == 3:
            found["02-29"] = day
    return {key: day for key, day in found.items() if _span(desk, moment, day)[1] > now}


def _span(desk: Desk, moment: MomentOf, day: date) -> tuple[datetime, datetime]:
    before, after = min(moment.before, _MOST), min(moment.after, _MOST)
    return _midnight(desk, day) - before, _midnight(desk, day + _DAY) + after


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time.min, desk.config.zone).astimezone(UTC)


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time in fewer spans."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _known(connection: Connection, group: tuple[UUID, ...]) -> str:
    days = stored.birthdays(connection, group)
    return next((days[i] for i in group if i in days), "")


def _told(days: dict[UUID, str]) -> dict[str, str]:
    return {str(i): day for i, day in sorted(days.items())}
