"""The list behind a number of the dashboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection

from agentconsole.config import State
from agentconsole.config.values import say
from agentconsole.desk import floor_views, wording
from agentconsole.desk.context import Desk
from agentconsole.desk.forecast import LOOKS_BACK
from agentconsole.desk.ledger import this_month
from agentconsole.desk.local_days import WEEK, day_of, midnight, week_before
from agentconsole.desk.metrics import metric_of
from agentconsole.desk.supervisor import must_supervise
from agentconsole.errors import NotFound
from agentconsole.i18n import _, clock_time, language, ngettext, number
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.criteria import Criteria
from agentconsole.model.floor import Which
from agentconsole.store import behind as store
from agentconsole.store import flow
from agentconsole.store.behind import Page
from agentconsole.store.figures import SOON
from agentconsole.store.tables import conversation
from agentconsole.store.team_tables import flow as flow_table

_c, _f = conversation.c, flow_table.c


@dataclass(frozen=True, slots=True)
class Behind:
    """The conversations behind a number: the first of them, and how many there are in all.

    :param took: behind how long something took, by number: the seconds that are counted, and whether that was too
        long; ``None`` where nothing was promised.
    :param incidents: how many of these rows belong to which incident that goes on; the one with most first.
    """

    title: str
    rows: tuple[ConversationRow, ...]
    total: int
    took: Mapping[int, tuple[int, bool | None]] = field(default_factory=dict)
    incidents: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for, in a transaction: since and until are the span (UTC) that the figure counts."""

    desk: Desk
    connection: Connection
    figure: str
    kind: str
    value: str
    now: datetime
    since: datetime
    until: datetime
    limit: int
    late: bool


def behind(desk: Desk, which: Which, limit: int = 200) -> Behind:
    """The conversations behind a number.

    :param which: besides what :class:`agentconsole.model.floor.Which` names: "forecast"; "first_response_before",
        "resolution_before" and their "_late_before", "arrived_before" and "handled_before" of a week ago; "given" and
        "given_month" for gestures, whose scope may be "currency:EUR"; the scope "recent" of arrived and handled: the
        last two hours; "span:ISO/ISO" of them: from one moment until before another.
    :raises NotFound: there is no such figure, or nothing of that scope.
    :raises UsageError: whoever is at the keyboard is no supervisor.
    """
    must_supervise(desk)
    now, zone = desk.now(), desk.config.zone
    figure, kind, value = which.figure, *which.scope.partition(":")[::2]
    since, until = midnight(day_of(now, zone), zone), now + timedelta(microseconds=1)
    if figure.endswith("_before"):
        figure = figure.removesuffix("_before")
        since, until = midnight(day_of(now, zone) - WEEK, zone), week_before(now, zone)
    late = figure.endswith("_late")
    figure = figure.removesuffix("_late")
    if figure == "given_month":
        since = this_month(desk).span(desk)[0]
    if kind == "recent":
        since = now - LOOKS_BACK
    if kind == "quarter":
        since = _quarter(value)
        until = since + flow.QUARTER
    if kind == "span":
        since, until = _span(value)
    look = _LOOKS.get(figure)
    if look is None:
        raise NotFound(
            _("There is no figure {name!r}.").format(name=which.figure[:40]),
            _("Use one of: {names}.").format(names=", ".join(_LOOKS)),
        )
    with desk.store.read() as connection:
        page = look(_Asked(desk, connection, figure, kind, value, now, since, until, limit, late))
        took = store.lasted(connection, _TOOK[figure], page.rows) if figure in _TOOK else {}
        incidents = store.in_incidents(connection, [row.id for row in page.rows])
    return Behind(_title(desk, which, page), tuple(page.rows), page.total, took, incidents)


def _unknown(which: Which) -> NotFound:
    """A figure is not counted of that scope, or there is nothing of it."""
    return NotFound(
        _("{figure} is not counted of {scope!r}.").format(figure=which.figure, scope=which.scope[:60]),
        _("Use one of: {names}.").format(names="all, view:ID, channel:ID, agent:ID, incident:ID, quarter:TIME"),
    )


def _quarter(value: str) -> datetime:
    return flow.quarter_of(_moment(value, f"quarter:{value}"))


def _span(value: str) -> tuple[datetime, datetime]:
    since, _slash, until = value.partition("/")
    return _moment(since, f"span:{value}"), _moment(until, f"span:{value}")


def _moment(value: str, scope: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise _unknown(Which("arrived", scope))
    return at.astimezone(UTC)


def _scope(asked: _Asked) -> Criteria:
    """Over conversations."""
    if asked.kind == "channel":
        return Criteria(channels=(asked.value,))
    if asked.kind == "agent":
        return Criteria(assignees=(asked.value,))
    found = floor_views.bound(asked.desk, asked.now).get(asked.value) if asked.kind == "view" else Criteria()
    if found is None or asked.kind not in ("view", "all"):
        raise _unknown(Which(asked.figure, f"{asked.kind}:{asked.value}"))
    return found


def _active(asked: _Asked) -> Page:
    """Figures of the moment."""
    waits: list[ColumnElement[bool]] = [_c.waiting_since.is_not(None)]
    late: list[ColumnElement[bool]] = [_c.due_at < asked.now]
    more = {
        "oldest": waits,
        "agent_waiting": waits,
        "late": late,
        "asleep": late,
        "due": [_c.due_at >= asked.now, _c.due_at < asked.now + SOON],
    }
    found = _scope(asked)
    wanted = (State.PENDING, State.SNOOZED) if asked.figure == "asleep" else (State.OPEN,)
    states = tuple(state for state in wanted if not found.states or state in found.states)
    if not states:
        return Page([], 0, 0)
    where, oldest = more.get(asked.figure, []), asked.figure == "oldest"
    return store.active(asked.connection, replace(found, states=states), where, asked.limit, oldest=oldest)


_TOOK = {"first_response": "answered", "resolution": "resolved"}
"""Figures that tell how long something took, by what is counted of a conversation."""


def _took(asked: _Asked) -> Page:
    name = _TOOK[asked.figure]
    at = _c[f"{name}_at"]
    where = [at >= asked.since, at < asked.until]
    if asked.kind == "agent" and name == "answered":
        actors = {*floor_views.actors(asked.desk.config), asked.value}
        where.append(store.first_answered(asked.value, actors, asked.since, asked.until))
    elif asked.kind != "all":
        where.append(store.meets(asked.connection, _scope(asked)))
    return store.took(asked.connection, name, where, asked.limit, late=asked.late)


def _moved(asked: _Asked) -> Page:
    scopes = {
        "all": [],
        "recent": [],
        "quarter": [],
        "span": [],
        "channel": [_f.channel == asked.value],
        "agent": [_f.agent == asked.value],
    }
    if asked.kind not in scopes:
        raise _unknown(Which(asked.figure, f"{asked.kind}:{asked.value}"))
    return store.moved(asked.connection, asked.figure, asked.since, asked.until, scopes[asked.kind], asked.limit)


def _reopened(asked: _Asked) -> Page:
    rows = flow.returned(asked.connection, asked.since, asked.until)
    ids = dict.fromkeys(
        row.conversation_id for row in reversed(rows) if asked.kind != "agent" or row.agent == asked.value
    )
    return Page(store.by_ids(asked.connection, list(ids)[: asked.limit]), len(ids), len(ids))


def _incident(asked: _Asked) -> Page:
    try:
        return store.of_incident(asked.connection, UUID(asked.value), asked.limit)
    except ValueError:
        raise _unknown(Which(asked.figure, f"{asked.kind}:{asked.value}")) from None


def _given(asked: _Asked) -> Page:
    currency = asked.value if asked.kind == "currency" else None
    return store.given(asked.connection, asked.since, asked.until, currency, asked.limit)


_LOOKS: dict[str, Callable[[_Asked], Page]] = {
    **dict.fromkeys(("open", "forecast", "oldest", "agent_waiting", "late", "asleep", "due"), _active),
    **dict.fromkeys(("first_response", "resolution"), _took),
    **dict.fromkeys(("arrived", "handled"), _moved),
    **dict.fromkeys(("given", "given_month"), _given),
    "reopened": _reopened,
    "incident": _incident,
    "approvals": lambda asked: store.asked(asked.connection, asked.now, asked.limit),
}


def _title(desk: Desk, which: Which, page: Page) -> str:
    """``late · To acknowledge``; where things happened more often than there are conversations, both numbers."""
    words = _(metric_of(which.figure).name)
    if which.figure.removesuffix("_before").endswith("_late"):
        words = f"{words}, {_('late')}"
    if which.figure.endswith("_before"):
        words = f"{words}, {_('a week before')}"
    if which.figure == "given_month":
        words = f"{words}, {_('this month')}"
    if which.figure == "oldest":
        words = _("{figure}, customers waiting").format(figure=words)
    scope = scope_name(desk, which.scope)
    if page.times != page.total:
        times = ngettext("{n} time", "{n} times", page.times).format(n=number(page.times))
        scope = f"{scope} · {times}" if scope else times
    return f"{words} · {scope}" if scope else words


def scope_name(desk: Desk, scope: str) -> str:
    """What a figure is about, as people call it: a view's, channel's, team's or agent's name; empty of everything."""
    kind, _colon, value = scope.partition(":")
    config = desk.config
    if kind == "view":
        found = next((view for view in floor_views.shown(desk) if view.id == value), None)
        return say(found.name, language()) if found else value
    if kind == "channel":
        return wording.channel(desk, value)
    if kind == "team":
        return wording.team(desk, value)
    if kind == "agent":
        return desk.agent_name(value)
    if kind in ("quarter", "span"):
        begins, ends = _span(value) if kind == "span" else (_quarter(value), _quarter(value) + flow.QUARTER)
        return f"{clock_time(begins, config.zone)}-{clock_time(ends, config.zone)}"
    return value if kind == "currency" else ""
