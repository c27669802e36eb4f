"""What figures of the floor are counted from: few queries, each over an index. docs/metrics.md defines the figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, select, true

from agentconsole.config import State
from agentconsole.model.criteria import Criteria
from agentconsole.model.gesture import ApprovalState, EntryKind, Period, Purse
from agentconsole.store.criteria import ACTIVE, condition, joined, plain
from agentconsole.store.ledger import tables as ledger
from agentconsole.store.tables import conversation, event

SOON = timedelta(hours=1)
"""What is due is late within this time."""
_c, _e = conversation.c, event.c
OPEN: ColumnElement[bool] = _c.state == str(State.OPEN)
_LATE, _DUE = 1 << 42, 1 << 21
"""What is late, what is due and all of it are counted in one sum, each in 21 bits of it."""


class Pile(NamedTuple):
    """Active conversations, counted.

    :param open: in state open. :param waiting: of these, those whose customer waits for an answer.
    :param late: a clock has run out. :param due: one will within :data:`SOON`.
    :param oldest: the earliest unanswered message among the open ones, UTC.
    """

    open: int
    waiting: int
    late: int
    due: int
    oldest: datetime | None


class Held(NamedTuple):
    """What a view holds of active conversations, as :class:`Pile` counts."""

    total: int
    late: int
    due: int
    oldest: datetime | None


Piles = dict[tuple[str, str | None], Pile]


def look(connection: Connection, views: Mapping[str, Criteria], now: datetime) -> tuple[Piles, dict[str, Held]]:
    """The active conversations by channel and assignee, and those of each view.

    All in one walk over them, but for views that need another table: those are each counted alone.
    """
    dialect, due_at, waits = connection.dialect.name, _c.due_at, _c.waiting_since
    together = [name for name, criteria in views.items() if not list(joined(criteria, dialect))]
    weight = case((due_at < now, _LATE + 1), (due_at < now + SOON, _DUE + 1), else_=1)
    columns: list[Any] = [
        func.count().filter(OPEN),
        func.count(waits).filter(OPEN),
        func.sum(weight),
        func.min(waits).filter(OPEN),
    ]
    for name in together:
        inside = and_(true(), *plain(views[name], dialect, active=True))
        columns += [func.sum(weight).filter(inside), func.min(waits).filter(inside)]
    query = select(_c.channel, _c.assignee, *columns).where(ACTIVE).group_by(_c.channel, _c.assignee)
    piles: Piles = {}
    parts: dict[str, list[Held]] = {name: [] for name in together}
    for channel, assignee, open_, waiting, sum_, oldest, *rest in connection.execute(query):
        whole = _held(sum_, None)
        piles[channel, assignee] = Pile(open_, waiting, whole.late, whole.due, oldest)
        for name, number, since in zip(together, rest[::2], rest[1::2], strict=True):
            parts[name].append(_held(number, since))
    held = {name: _sum(some) for name, some in parts.items()}
    for name, criteria in views.items():
        if name not in held:
            alone = select(func.sum(weight), func.min(waits)).where(ACTIVE, condition(criteria, dialect))
            held[name] = _held(*connection.execute(alone).one())
    return piles, {name: held[name] for name in views}


def _sum(some: Iterable[Held]) -> Held:
    found = list(some)
    oldest = min((one.oldest for one in found if one.oldest is not None), default=None)
    return Held(sum(o.total for o in found), sum(o.late for o in found), sum(o.due for o in found), oldest)


def _held(number: int | None, oldest: datetime | None) -> Held:
    """Three counts that were added up as one number."""
    late, rest = divmod(int(number or 0), _LATE)
    due, total = divmod(rest, _DUE)
    return Held(total, late, due, oldest)


class Took(NamedTuple):
    """So many conversations took so long (seconds), too long or not; ``late`` is ``None`` where nothing was promised.

    :param whose: what they were asked to be told apart by.
    """

    whose: tuple[str | None, ...]
    seconds: int
    late: bool | None
    many: int


def spans(name: str) -> tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]:
    """When something happened to a conversation, how long that took, and whether it was too late.

    :param name: "answered" or "resolved".
    """
    return _c[f"{name}_at"], _c[f"{name}_in"], _c[f"{name}_late"]


def took(connection: Connection, name: str, since: datetime, until: datetime, *by: str) -> list[Took]:
    """How long conversations took that were answered first, or resolved, from ``since`` on and before ``until``.

    :param name: "answered" or "resolved". :param by: what to tell them apart by: "channel", "team", "assignee".
    """
    at, seconds, late = spans(name)
    keys = [_c[column] for column in by]
    query = select(*keys, seconds, late, func.count()).where(at >= since, at < until, seconds.is_not(None))
    found = connection.execute(query.group_by(*keys, seconds, late))
    return [Took(tuple(row[: len(keys)]), *row[len(keys) :]) for row in found]


def first_answers(connection: Connection, actors: Collection[str], since: datetime, until: datetime) -> list[Took]:
    """As :func:`took`, of those whose first answer an agent wrote at the desk, by agent.

    :param actors: everybody who may have answered: agents, and channels for what was answered elsewhere.
    """
    found = connection.execute(
        select(_e.actor, _c.answered_in, _c.answered_late, func.count())
        .join(conversation, _c.id == _e.conversation_id)
        .where(*first_replies(actors, since, until), *answered(since, until))
        .group_by(_e.actor, _c.answered_in, _c.answered_late)
    )
    return [Took((agent,), *rest) for agent, *rest in found]


def first_replies(actors: Collection[str], since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of entries of the audit trail: a reply from the desk that is the first answer in that time in its conversation.

    :param actors: as of :func:`first_answers`; the trail is indexed by who did what.
    """
    said = (_e.at >= since, _e.at < until, _e.kind.in_(("replied", "answered_elsewhere")), ~_e.undone)
    first = select(func.min(_e.seq)).where(_e.actor.in_(list(actors)), *said).group_by(_e.conversation_id)
    return _e.seq.in_(first.scalar_subquery()), _e.kind == "replied"


def answered(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of conversations answered first in that time."""
    return _c.answered_at >= since, _c.answered_at < until, _c.answered_in.is_not(None)


class Spent(NamedTuple):
    """What gestures of a currency cost, minor units, voids taken off."""

    currency: str
    today: int
    month: int


def spent(connection: Connection, midnight: datetime, month: datetime) -> list[Spent]:
    """What goodwill gestures cost since midnight, and since the month began (UTC), that whoever asks may see."""
    e = ledger.entry.c
    cost = case((e.entry == str(EntryKind.VOID), -e.amount), else_=e.amount)
    query = select(e.currency, func.sum(cost).filter(e.at >= midnight), func.sum(cost)).where(
        e.at >= month, e.entry.in_((str(EntryKind.GRANT), str(EntryKind.VOID))), e.purse == str(Purse.GOODWILL)
    )
    found = connection.execute(query.group_by(e.currency).order_by(e.currency))
    return [Spent(currency, int(today or 0), int(whole)) for currency, today, whole in found]


def budgets(connection: Connection) -> dict[str, int]:
    """The monthly budgets for gestures of all teams together, by currency."""
    t = ledger.team.c
    query = select(t.currency, func.sum(t.budget)).where(t.purse == str(Purse.GOODWILL), t.period == str(Period.MONTH))
    return {currency: int(sum_) for currency, sum_ in connection.execute(query.group_by(t.currency))}


def approvals(connection: Connection, now: datetime) -> int:
    """How many requests for gestures wait for a decision, of those that whoever asks may see."""
    a = ledger.approval.c
    query = select(func.count()).where(a.state == str(ApprovalState.REQUESTED), a.expires_at > now)
    return connection.execute(query).scalar_one()


def sleeping(connection: Connection, until: datetime) -> int:
    """How many snoozed conversations will be open again before then (UTC)."""
    query = select(func.count()).where(_c.snoozed_until < until, _c.state == str(State.SNOOZED))
    return connection.execute(query).scalar_one()


def open_now(connection: Connection) -> dict[str, int]:
    """How many conversations are open, by channel."""
    query = select(_c.channel, func.count()).where(ACTIVE, OPEN).group_by(_c.channel)
    return dict(connection.execute(query).all())
