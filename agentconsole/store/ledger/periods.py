"""Where days, weeks and months begin in the brand's zone: SQLite, which has no time zones, is told beforehand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agentconsole.model.gesture import Period

AHEAD = timedelta(days=3 * 366)
"""How far ahead boundaries are written."""
_SECOND = 1_000_000
_DAY = timedelta(days=1)
_ROW = "INSERT INTO ledger_period (zone, period, since, until, begins) VALUES (?, ?, ?, ?, ?)"


def cover(connection: Connection) -> None:
    """Write the boundaries that are not known yet, from the ledger's present to :data:`AHEAD`. SQLite only."""
    at = connection.exec_driver_sql("SELECT at FROM ledger_clock").scalar_one()
    name = connection.exec_driver_sql("SELECT zone FROM ledger_setting").scalar()
    if name is None:
        return
    place = ZoneInfo(name)
    today = datetime.fromtimestamp(at // _SECOND, place).date()
    for period in Period:
        known = connection.exec_driver_sql(
            "SELECT min(begins), max(begins) FROM ledger_period WHERE zone = ? AND period = ?", (name, str(period))
        ).one()
        rows = []
        for begins in _missing(
            period, first_day(period, today), *(date.fromisoformat(d) if d else None for d in known)
        ):
            since, until = midnight(begins, place), midnight(following(period, begins), place)
            rows.append((name, str(period), since, until, begins.isoformat()))
        if rows:
            connection.exec_driver_sql(_ROW, rows)


def _missing(period: Period, now: date, first: date | None, last: date | None) -> list[date]:
    """First days to be added, in an order in which each is beside one that is there."""
    found = []
    begins = now if last is None else following(period, last)
    while begins < now + AHEAD:
        found.append(begins)
        begins = following(period, begins)
    begins = first or now
    while begins > now:
        begins = first_day(period, begins - _DAY)
        found.append(begins)
    return found


def first_day(period: Period, day: date) -> date:
    """First day of the period that a day is in; a week begins on Monday."""
    if period is Period.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period is Period.WEEK else day


def following(period: Period, begins: date) -> date:
    """First day of the period after the one that begins on a day."""
    span = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}[period]
    return first_day(period, begins + timedelta(days=span))


def midnight(day: date, zone: ZoneInfo) -> int:
    """When a day begins, in microseconds since 1970; where the clocks jump over midnight, when they jump."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * _SECOND
