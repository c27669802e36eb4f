"""What figures of the floor are counted from: few queries, each over an index. docs/metrics.md defines the figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select, true

from agentconsole.config import State
from agentconsole.model.criteria import Criteria
from agentconsole.model.gesture import ApprovalState, EntryKind, Period, Purse
from agentconsole.store.criteria import ACTIVE, condition, joined, plain
from agentconsole.store.ledger import tables as ledger
from agentconsole.store.tables import conversation, event

SOON = timedelta(hours=1)
"""What is due is late within this time."""
_c, _e = conversation.c, event.c
_OPEN: ColumnElement[bool] = _c.state == literal(str(State.OPEN), literal_execute=True)
"""Written out: two parameters would be two different things to group by."""
_LATE, _DUE = 1 << 42, 1 << 21
"""What is late, what is due and all of it are counted in one sum, each in 21 bits of it."""


class Held(NamedTuple):
    """Conversations, counted.

    :param open: in state open. :param late: of these, those of which a clock has run out.
    :param due: of the open ones, those of which one will within :data:`SOON`.
    :param oldest: the earliest unanswered message among the open ones, UTC.
    :param asleep: snoozed or pending, though a clock has run out.
    """

    open: int = 0
    late: int = 0
    due: int = 0
    oldest: datetime | None = None
    asleep: int = 0


class Pile(NamedTuple):
    """What a channel holds of somebody's.

    :param waiting: of the open ones, those whose customer waits for an answer.
    """

    held: Held
    waiting: int


Piles = dict[tuple[str, str | None], Pile]


def look(connection: Connection, views: Mapping[str, Criteria], now: datetime) -> tuple[Piles, dict[str, Held]]:
    """The active conversations by channel and assignee, and those of each view.

    All in one walk over them, but for views that need another table: those are each counted alone. What is open is
    told apart from what sleeps by the groups: a condition in each sum would be looked at for each conversation.
    """
    dialect, due_at, waits = connection.dialect.name, _c.due_at, _c.waiting_since
    together = [name for name, criteria in views.items() if not list(joined(criteria, dialect))]
    weight = case((due_at < now, _LATE + 1), (due_at < now + SOON, _DUE + 1), else_=1)
    columns: list[Any] = [func.count(waits), func.sum(weight), func.min(waits)]
    for name in together:
        inside = and_(true(), *plain(views[name], dialect, active=True))
        columns += [func.sum(weight).filter(inside), func.min(waits).filter(inside)]
    keys = _c.channel, _c.assignee, _OPEN
    piles: Piles = {}
    parts: dict[str, list[Held]] = {name: [] for name in views}
    for channel, assignee, open_, waiting, sum_, oldest, *rest in connection.execute(
        select(*keys, *columns).where(ACTIVE).group_by(*keys)
    ):
        known = piles.get((channel, assignee), Pile(Held(), 0))
        held = total([known.held, _held(open_, sum_, oldest)])
        piles[channel, assignee] = Pile(held, known.waiting + (waiting if open_ else 0))
        for name, number, since in zip(together, rest[::2], rest[1::2], strict=True):
            parts[name].append(_held(open_, number, since))
    for name in views.keys() - together:
        alone = select(_OPEN, func.sum(weight), func.min(waits)).where(*active(views[name], dialect))
        parts[name] = [_held(*row) for row in connection.execute(alone.group_by(_OPEN))]
    return piles, {name: total(some) for name, some in parts.items()}


def active(criteria: Criteria, dialect: str) -> tuple[ColumnElement[bool], ...]:
    """Of conversations that meet the criteria and are not resolved.

    That is not asked twice: PostgreSQL would take the two for independent, and expect too few.
    """
    return (*(() if criteria.active_only else (ACTIVE,)), condition(criteria, dialect))


def total(some: Iterable[Held]) -> Held:
    """All of them together."""
    found = list(some)
    return Held(
        sum(one.open for one in found),
        sum(one.late for one in found),
        sum(one.due for one in found),
        min((one.oldest for one in found if one.oldest is not None), default=None),
        sum(one.asleep for one in found),
    )


def _held(open_: bool, number: int | None, oldest: datetime | None) -> Held:
    """Three counts that were added up as one number, of conversations that are open, or of those that are not."""
    late, rest = divmod(int(number or 0), _LATE)
    due, count = divmod(rest, _DUE)
    return Held(count, late, due, oldest) if open_ else Held(asleep=late)


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
    open_ = active(Criteria(states=(State.OPEN,)), connection.dialect.name)
    query = select(_c.channel, func.count()).where(*open_).group_by(_c.channel)
    return dict(connection.execute(query).all())
