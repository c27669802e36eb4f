"""The floor in figures: all that a dashboard shows, of one moment. docs/metrics.md and :mod:`.metrics` define each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agentconsole.desk import fitting, floor_views, incidents, ledger
from agentconsole.desk.behind import Behind, behind
from agentconsole.desk.context import Desk
from agentconsole.desk.forecast import forecast, measured_from
from agentconsole.desk.hours import Calendar
from agentconsole.desk.local_days import WEEK, day_of, midnight, span, week_before
from agentconsole.desk.metrics import METRICS, Metric, metric_of
from agentconsole.desk.quarters import by_agent, quarters
from agentconsole.desk.spreads import spread
from agentconsole.desk.supervisor import must_supervise
from agentconsole.i18n import _
from agentconsole.model.floor import AgentLoad, Compared, Floor, Forecast, Load, Quarter, Spend
from agentconsole.store import duty, figures, flow, pauses, presence
from agentconsole.store.figures import Held, Pile
from agentconsole.store.flow import Moved

__all__ = ["METRICS", "Behind", "Metric", "behind", "floor", "metric_of"]

_Piles = Mapping[tuple[str, str | None], Pile]


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look at the floor goes by; moments are UTC.

    :param midnight: today's. :param opening: from when until when the desk is open now; ``None`` while closed.
    """

    desk: Desk
    connection: Connection
    now: datetime
    midnight: datetime
    opening: tuple[datetime, datetime] | None


def floor(desk: Desk) -> Floor:
    """All that a dashboard shows, in one consistent look of some twenty indexed queries.

    :raises UsageError: whoever is at the keyboard is no supervisor.
    """
    must_supervise(desk)
    now, config, going_on = desk.now(), desk.config, tuple(incidents.live(desk))
    with desk.store.read() as connection:
        begins = midnight(day_of(now, config.zone), config.zone)
        look = _Look(desk, connection, now, begins, Calendar.of(config.hours).opening(now))
        piles, held = figures.look(connection, floor_views.bound(desk, now), now)
        moved = flow.quarters(connection, begins, now + timedelta(microseconds=1))
        return Floor(
            at=now,
            views=tuple(_load(name, one) for name, one in held.items()),
            channels=_channels(look, piles),
            first_response=_compared(look, "answered"),
            resolution=_compared(look, "resolved"),
            quarters=_today(look, moved),
            before=_before(look),
            forecast=_forecast(look, sum(pile.held.open for pile in piles.values())),
            agents=_agents(look, piles, moved),
            spend=_spend(look),
            approvals=figures.approvals(connection, now),
            incidents=going_on,
        )


def _channels(look: _Look, piles: _Piles) -> tuple[Load, ...]:
    """Configured channels in their order, then those that are no more and still have something active."""
    stopped = pauses.paused(look.connection)
    by_channel: dict[str, list[Held]] = {channel.id: [] for channel in look.desk.config.channels}
    for (channel, _assignee), pile in piles.items():
        by_channel.setdefault(channel, []).append(pile.held)
    found = []
    for channel, some in by_channel.items():
        paused = stopped.get(channel)
        words = _("paused by {name}").format(name=look.desk.agent_name(paused.author)) if paused else ""
        found.append(_load(channel, figures.total(some), words))
    return tuple(found)


def _load(name: str, held: Held, paused: str = "") -> Load:
    return Load(name, held.open, held.late, held.due, held.oldest, paused, held.asleep)


def _compared(look: _Look, name: str) -> Compared:
    zone = look.desk.config.zone
    before = midnight(day_of(look.now, zone) - WEEK, zone), week_before(look.now, zone)
    today = figures.took(look.connection, name, look.midnight, look.now + timedelta(microseconds=1))
    return Compared(spread(today), spread(figures.took(look.connection, name, *before)))


def _today(look: _Look, moved: Iterable[Moved]) -> tuple[Quarter, ...]:
    """From opening time, or the first thing that happened, until now; the present quarter is the last."""
    opens = look.opening[0] if look.opening and look.opening[0] >= look.midnight else None
    return quarters(moved, opens, look.now)


def _before(look: _Look) -> tuple[Quarter, ...]:
    zone = look.desk.config.zone
    since, until = span(day_of(look.now, zone) - WEEK, zone)
    return quarters(flow.quarters(look.connection, since, until))


def _forecast(look: _Look, open_: int) -> Forecast:
    since = measured_from(look.now, look.opening)
    closing = look.opening[1] if look.opening else None
    if closing is not None and closing - look.now > timedelta(days=1):  # open day and night: until midnight
        closing = span(day_of(look.now, look.desk.config.zone), look.desk.config.zone)[1]
    sleeping = figures.sleeping(look.connection, closing) if closing else 0
    changes = flow.changes(look.connection, since, look.now + timedelta(microseconds=1))
    return forecast(look.now, open_, sleeping, changes, since, closing)


def _agents(look: _Look, piles: _Piles, moved: Iterable[Moved]) -> tuple[AgentLoad, ...]:
    """Who works here, and whoever else still has something active or did something today."""
    connection, config, until = look.connection, look.desk.config, look.now + timedelta(microseconds=1)
    mine: dict[str, list[Pile]] = {}
    for (_channel, assignee), pile in piles.items():
        if assignee is not None:
            mine.setdefault(assignee, []).append(pile)
    done = by_agent(moved)
    back: dict[str | None, set[object]] = {}
    for row in flow.returned(connection, look.midnight, until):
        back.setdefault(row.agent, set()).add(row.conversation_id)
    ids = [agent.id for agent in config.agents if not agent.disabled] or [look.desk.agent.id]
    busy = {agent for agent, some in mine.items() if any(pile.held.open for pile in some)}
    busy |= {agent for agent, many in done.items() if many}
    ids += sorted(busy.difference(ids))
    actors = {*floor_views.actors(config), *ids}
    answers = figures.first_answers(connection, actors, look.midnight, until)
    said, on = duty.everyone(connection), presence.everywhere(connection, look.now - fitting.ALIVE)
    found = []
    for agent in ids:
        state, since = fitting.stands(said.get(agent), look.now, config.assignment.return_after)
        number, doing = on.get(agent, (None, "")) if state != "gone" else (None, "")
        known, held = config.agent_of(agent), figures.total(pile.held for pile in mine.get(agent, ()))
        found.append(
            AgentLoad(
                agent, state, since, number, doing,
                held.open, fitting.capacity(config, known) if known else 0, _waiting(mine.get(agent, ())), held.late,
                done.get(agent, 0), len(back.get(agent, ())),
                spread(took for took in answers if took.whose == (agent,)), held.asleep,
            )
        )  # fmt: skip
    return tuple(found)


def _waiting(some: Sequence[Pile]) -> int:
    return sum(pile.waiting for pile in some)


def _spend(look: _Look) -> tuple[Spend, ...]:
    """Nothing where whoever asks does not see the whole ledger: a part of it would mislead."""
    if not ledger.may_see_all(look.desk, look.connection):
        return ()
    month = ledger.this_month(look.desk).span(look.desk)[0]
    given = {one.currency: one for one in figures.spent(look.connection, look.midnight, month)}
    budgets = figures.budgets(look.connection)
    return tuple(
        Spend(
            currency,
            given[currency].today if currency in given else 0,
            given[currency].month if currency in given else 0,
            budgets.get(currency),
        )
        for currency in sorted({*given, *budgets})
    )
