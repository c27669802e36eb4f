"""Opening hours of single days, as supervisors set them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, select

from agentconsole.store.team_tables import special_hours
from agentconsole.store.upsert import insert_or

_h = special_hours.c


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """The hours of a day, in the desk's zone.

    :param spans: as in agentconsole.toml, such as "08:00-22:00"; empty where the desk is closed.
    :param at: when it was set, UTC.
    """

    day: date
    spans: str
    author: str
    at: datetime
    reason: str


def days(connection: Connection) -> list[SpecialDay]:
    """All of them, those gone by too, in their order: clocks that ran through them go on counting so."""
    found = connection.execute(select(_h.day, _h.spans, _h.author, _h.at, _h.reason).order_by(_h.day))
    return [SpecialDay(*row) for row in found]


def put(connection: Connection, one: SpecialDay) -> None:
    """Set the hours of a day, in place of those before."""
    values = {"spans": one.spans, "author": one.author, "at": one.at, "reason": one.reason}
    statement = insert_or(connection, special_hours).values(day=one.day, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_=values))


def drop(connection: Connection, day: date) -> bool:
    """The day has the configured hours again; false where it had no others."""
    return connection.execute(delete(special_hours).where(_h.day == day)).rowcount == 1
