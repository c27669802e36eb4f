"""The figures of days: counted from what happened, and kept for days that are over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from agentconsole.model.message import Direction, MessageKind
from agentconsole.store import flow
from agentconsole.store.tables import message
from agentconsole.store.team_tables import day_figure
from agentconsole.store.team_tables import flow as flow_table
from agentconsole.store.upsert import insert_or

_d, _f, _m = day_figure.c, flow_table.c, message.c


class Counted(NamedTuple):
    """So often something happened: "arrived", "handled", "reopened", "in" or "out" (messages).

    :param agent: who did it, where a person did. :param team: of the conversation at that time; not of messages.
    """

    what: str
    channel: str
    team: str | None
    agent: str | None
    many: int


def moved(connection: Connection, since: datetime, until: datetime) -> list[Counted]:
    """What arrived, was handled and was reopened from ``since`` on and before ``until`` (UTC), less what was undone."""
    what = case((flow.arrived(), "arrived"), (flow.handled(), "handled"))
    query = select(what, _f.channel, _f.team, _f.agent, func.count()).where(
        _f.at >= since, _f.at < until, what.is_not(None)
    )
    found = [Counted(*row) for row in connection.execute(query.group_by(what, _f.channel, _f.team, _f.agent))]
    undone = flow.undone(connection, since, until)
    found += [Counted("handled", row.channel, row.team, row.agent, -1) for row in undone]
    back = {row.conversation_id: row for row in flow.returned(connection, since, until)}
    return found + [Counted("reopened", row.channel, row.team, row.agent, 1) for row in back.values()]


def messages(connection: Connection, since: datetime, until: datetime) -> list[Counted]:
    """Customers' messages and those to them that are dated in that time."""
    author = case((_m.direction == str(Direction.OUT), _m.author))
    query = select(_m.direction, _m.channel, author, func.count()).where(
        _m.at >= since,
        _m.at < until,
        _m.direction != str(Direction.NOTE),
        _m.kind == str(MessageKind.MESSAGE),
    )
    found = connection.execute(query.group_by(_m.direction, _m.channel, author))
    return [Counted(direction, channel, None, who, count) for direction, channel, who, count in found]


def net(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """By how much the open conversations of each channel grew from ``since`` on and before ``until`` (UTC)."""
    sign = func.sum(case((_f.kind == "in", 1), else_=-1))
    query = select(_f.channel, sign).where(_f.at >= since, _f.at < until).group_by(_f.channel)
    return {channel: int(grown) for channel, grown in connection.execute(query)}


def begins(connection: Connection) -> datetime | None:
    """When the log of what came and went begins, UTC; ``None`` while it is empty."""
    found: datetime | None = connection.execute(select(func.min(_f.at))).scalar_one()
    return found


def known(connection: Connection, since: date, until: date) -> set[date]:
    """The days whose figures are kept, of those from ``since`` to ``until``."""
    query = select(_d.day).where(_d.scope == "all", _d.day >= since, _d.day <= until)
    return set(connection.execute(query).scalars())


def has(connection: Connection, day: date) -> bool:
    """Whether a day's figures are kept."""
    return connection.execute(select(_d.day).where(_d.day == day, _d.scope == "all")).first() is not None


def figures(connection: Connection, since: date, until: date, scope: str | None = None) -> list[tuple[date, str, str]]:
    """Day, scope and figures (JSON) of what is kept, by day; of one scope only where it is given."""
    query = select(_d.day, _d.scope, _d.figures).where(_d.day >= since, _d.day <= until)
    if scope is not None:
        query = query.where(_d.scope == scope)
    return [tuple(row) for row in connection.execute(query.order_by(_d.day, _d.scope))]


def put(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Keep figures; those that are kept already stay as they are."""
    some = list(rows)
    if some:
        connection.execute(insert_or(connection, day_figure).on_conflict_do_nothing(), some)
