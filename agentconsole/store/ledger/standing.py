"""What decides about a gesture, read at one moment: rules, training, counters, what the customer got. A few reads.

On PostgreSQL an agent may read the own rules and counters, the team's, and those of who may approve; what the customer
got from others is answered by a function of the ledger (see ``store/sql/postgresql``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, and_, case, func, or_, select, text

from agentconsole.model.gesture import Giver, Period, Purse, Rule, Spent, Standing, TeamRule, purse_of
from agentconsole.store import customers
from agentconsole.store.ledger import tables as t
from agentconsole.store.ledger.base import refuse
from agentconsole.store.tables import customer

_RULE = (
    t.rule.c.agent, t.rule.c.currency, t.rule.c.kind, t.rule.c.purse, t.rule.c.ceiling, t.rule.c.customer,
    t.rule.c.within, t.rule.c.proof, t.rule.c.period, t.rule.c.budget, t.rule.c.count,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose standing, about what, and when."""

    agent: str
    customer: UUID
    kind: str
    currency: str
    reason: str
    now: datetime

    @property
    def purse(self) -> Purse:
        return purse_of(self.kind)


def read(
    connection: Connection, agent: str, customer_id: UUID, kind: str, currency: str, reason: str, now: datetime
) -> Standing:
    """The standing of an agent about one customer.

    :param now: UTC, what periods and spans are told by; the ledger goes by the database's own clock.
    :raises RuleRefused: ``no_policy``, ``unknown_agent``, or ``conversation`` (the customer was erased).
    """
    asked = _Asked(agent, customer_id, kind, currency, reason, now)
    setting = connection.execute(select(t.settings.c.zone, t.settings.c.policy)).one_or_none()
    if setting is None:
        refuse("no_policy")
    today = now.astimezone(ZoneInfo(setting.zone)).date()
    people, rules = _people(connection, asked)
    if agent not in people:
        refuse("unknown_agent")
    if connection.execute(select(customer.c.erased_at).where(customer.c.id == customer_id)).scalar_one() is not None:
        refuse("conversation")
    fitting = {r.agent: r for r in rules if r.currency == currency and r.kind == kind}
    given = _given(connection, asked, {rule.within for rule in fitting.values()})
    allowed = select(t.reason.c.agent).where(t.reason.c.agent.in_(people), t.reason.c.reason == reason)
    reasons = set(connection.execute(allowed).scalars())
    mine = people[agent]
    team = _team(connection, asked, mine.team)
    spent = _spent(connection, asked, people, team, today)
    givers = {
        one.id: _giver(one, fitting.get(one.id), one.id in reasons, spent, given, today) for one in people.values()
    }
    me = givers.pop(agent)
    if team is not None:
        me = replace(me, team=team, team_spent=spent.get(("team", team.team, team.period), Spent()))
    return Standing(
        me=me,
        approvers=tuple(
            sorted(givers.values(), key=lambda g: (g.rule is None, g.rule.ceiling if g.rule else 0, g.agent))
        ),
        currencies=tuple(sorted({r.currency for r in rules if r.agent == agent})),
        kinds=tuple(sorted({r.kind for r in rules if r.agent == agent and r.currency == currency})),
        policy=setting.policy,
    )


def allowed(connection: Connection, agent: str) -> set[tuple[str, str]]:
    """The kinds that an agent may give, each with the currency."""
    query = select(t.rule.c.kind, t.rule.c.currency).where(t.rule.c.agent == agent)
    return {(kind, currency) for kind, currency in connection.execute(query)}


def reasons(connection: Connection, agent: str) -> set[str]:
    """The reasons for which an agent may give."""
    return set(connection.execute(select(t.reason.c.reason).where(t.reason.c.agent == agent)).scalars())


def pools(connection: Connection) -> dict[str, str]:
    """The pool of codes of each kind that is given as vouchers."""
    query = select(t.kind.c.kind, t.kind.c.pool).where(t.kind.c.how == "voucher")
    return dict(connection.execute(query).all())


def begins(period: str, today: date) -> date:
    """First day of the period that runs; a week begins on Monday."""
    if period == Period.WEEK:
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if period == Period.MONTH else today


def _people(connection: Connection, asked: _Asked) -> tuple[dict[str, Row[Any]], list[Rule]]:
    """The agent and whose approval may be asked, active ones, with the rules that matter: all of the agent's own."""
    approvers = select(t.approver.c.approver).where(t.approver.c.agent == asked.agent)
    matters = or_(t.rule.c.agent == asked.agent, and_(t.rule.c.currency == asked.currency, t.rule.c.kind == asked.kind))
    query = (
        select(t.agent, *(column.label(f"rule_{column.name}") for column in _RULE))
        .outerjoin(t.rule, and_(t.rule.c.agent == t.agent.c.id, matters))
        .where(or_(t.agent.c.id == asked.agent, t.agent.c.id.in_(approvers)), t.agent.c.active)
    )
    people: dict[str, Row[Any]] = {}
    rules: list[Rule] = []
    for row in connection.execute(query):
        people[row.id] = row
        if row.rule_agent is not None:
            rules.append(_rule(tuple(row)[-len(_RULE) :]))
    return people, rules


def _rule(values: tuple[Any, ...]) -> Rule:
    agent, currency, kind, purse, ceiling, per_customer, within, proof, period, budget, count = values
    return Rule(
        agent, currency, kind, Purse(purse), ceiling, per_customer, within, proof, Period(period), budget, count
    )


def _team(connection: Connection, asked: _Asked, team: str | None) -> TeamRule | None:
    query = select(t.team.c.team, t.team.c.currency, t.team.c.purse, t.team.c.period, t.team.c.budget).where(
        t.team.c.team == team, t.team.c.currency == asked.currency, t.team.c.purse == str(asked.purse)
    )
    found = connection.execute(query).one_or_none() if team is not None else None
    return found and TeamRule(found.team, found.currency, Purse(found.purse), Period(found.period), found.budget)


def _spent(
    connection: Connection, asked: _Asked, people: Collection[str], team: TeamRule | None, today: date
) -> dict[tuple[str, str, Period], Spent]:
    """Counters of the periods that run, by scope, holder and period."""
    b, now = t.budget.c, {period: begins(period, today) for period in Period}
    holders = or_(
        and_(b.scope == "agent", b.holder.in_(list(people))),
        and_(b.scope == "team", b.holder == (team.team if team else "")),
    )
    query = select(b.scope, b.holder, b.period, b.begins, b.spent, b.reserved, b.count, b.reserved_count).where(
        b.purse == str(asked.purse), b.currency == asked.currency, b.begins.in_(list(now.values())), holders
    )
    return {
        (row.scope, row.holder, Period(row.period)): Spent(row.spent, row.reserved, row[6], row.reserved_count)
        for row in connection.execute(query)
        if now[Period(row.period)] == row.begins
    }


def _giver(
    one: Row[Any],
    rule: Rule | None,
    reason_allowed: bool,
    spent: Mapping[tuple[str, str, Period], Spent],
    given: Mapping[int, int],
    today: date,
) -> Giver:
    trained = not one.training or (one.trained_until is not None and one.trained_until >= today)
    counted = spent.get(("agent", one.id, rule.period), Spent()) if rule else Spent()
    return Giver(one.id, one.person, rule, trained, reason_allowed, counted, given[rule.within] if rule else 0)


def _given(connection: Connection, asked: _Asked, spans: Collection[int]) -> dict[int, int]:
    """What the customer and all linked to them got within each span (seconds), with what approvals hold back."""
    wanted = sorted(spans)
    if not wanted:
        return {}
    if connection.dialect.name == "sqlite":
        return dict(zip(wanted, _summed(connection, asked, wanted), strict=True))
    calls = ", ".join(f"ledger.given(:customer, :purse, :currency, :span{i})" for i in range(len(wanted)))
    values = {"customer": asked.customer, "purse": str(asked.purse), "currency": asked.currency}
    found = connection.execute(text(f"SELECT {calls}"), values | {f"span{i}": span for i, span in enumerate(wanted)})
    return dict(zip(wanted, (int(value) for value in found.one()), strict=True))


def _summed(connection: Connection, asked: _Asked, spans: list[int]) -> list[int]:
    group = customers.groups(connection, [asked.customer])[asked.customer]
    grant, void = t.entry.c, t.entry.alias("void").c
    voided = select(void.id).where(void.refers == grant.id, void.entry == "void").exists()
    since = [asked.now - timedelta(seconds=span) for span in spans]
    sums = [func.coalesce(func.sum(case((grant.at > at, grant.amount), else_=0)), 0) for at in since]
    granted = connection.execute(
        select(*sums).where(
            grant.customer_id.in_(group), grant.entry == "grant", grant.purse == str(asked.purse),
            grant.currency == asked.currency, grant.at > since[-1], ~voided,
        )
    ).one()  # fmt: skip
    a = t.approval.c
    held = connection.execute(
        select(func.coalesce(func.sum(a.granted), 0)).where(
            a.customer_id.in_(group), a.state == "approved", a.purse == str(asked.purse),
            a.currency == asked.currency, a.expires_at > asked.now,
        )
    ).scalar_one()  # fmt: skip
    return [int(sum_) + int(held) for sum_ in granted]
