"""Whether the counters of budgets and customers are the sums of the entries and of what approvals hold back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select, text

from agentconsole.store.ledger import tables as t
from agentconsole.store.ledger.agreeing import OPEN, Approvals
from agentconsole.store.ledger.bygone import Policy
from agentconsole.store.ledger.findings import Finding
from agentconsole.store.ledger.lines import Line
from agentconsole.store.tables import customer, event

Key = tuple[str, str, str, str, str]
"""Scope (agent, team), holder, purse, currency, first day."""
_NOTHING = (0, 0)


class Counters:
    """Adds up grants and voids, as the counters should have."""

    def __init__(self) -> None:
        self._spent: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0])
        self._given: defaultdict[tuple[str, str, str], int] = defaultdict(int)

    def grant(self, line: Line) -> None:
        """A grant is charged to whom it names."""
        self._add(line, 1)

    def void(self, line: Line) -> None:
        """A void gives back where its grant was charged."""
        self._add(line, -1)

    def _add(self, line: Line, sign: int) -> None:
        spent = self._spent["agent", line.charged_to, line.purse, line.currency, line.period]
        spent[0] += sign * line.amount
        spent[1] += sign
        if line.team and line.team_period:
            spent = self._spent["team", line.team, line.purse, line.currency, line.team_period]
            spent[0] += sign * line.amount
            spent[1] += sign
        self._given[line.customer_id, line.purse, line.currency] += sign * line.amount

    def compared(self, connection: Connection, known: dict[int, Policy], approvals: Approvals) -> list[Finding]:
        """Where the counters have something else."""
        return [*self._budgets(connection, known, approvals), *self._customers(connection)]

    def _budgets(self, connection: Connection, known: dict[int, Policy], approvals: Approvals) -> list[Finding]:
        wrong: list[Finding] = []
        limits = _limits(known.values())
        counted: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for row in connection.execute(select(t.budget)):
            key = (row.scope, row.holder, row.purse, row.currency, str(row.begins))
            for place, value in enumerate((row.spent, row.count, row.reserved, row.reserved_count)):
                counted[key][place] += value
            where, bound = " ".join(key), row.spent + row.reserved
            allowed = limits.get((row.scope, row.holder, row.purse, row.currency, row.period), set())
            if not _begins(row.begins, row.period) or (bound and row.cap not in allowed):
                wrong.append(Finding("cap", where, f"{row.cap}"))
            elif bound > row.cap:
                wrong.append(Finding("budget", where, f"{bound} > {row.cap}"))
        held = _held_back(approvals, known)
        for key in sorted(counted.keys() | self._spent.keys() | held.keys()):
            should = [*self._spent.get(key, _NOTHING), *held.get(key, _NOTHING)]
            has = counted.get(key, [0, 0, 0, 0])
            if key[0] == "team":  # nothing is decided by how many gestures a team made
                should, has = should[::2], has[::2]
            if should != has:
                wrong.append(Finding("counter", " ".join(key), f"{has} != {should}"))
        return wrong

    def _customers(self, connection: Connection) -> list[Finding]:
        """A group's rows together: who is linked with whom changes, what was noted stays where it was."""
        c = customer.c
        linked = select(c.id, c.linked_to).where(c.linked_to.is_not(None))
        links = [(str(one), str(root)) for one, root in connection.execute(linked)]
        noted: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for row in connection.execute(select(t.customer)):
            noted[str(row.customer_id), row.purse, row.currency] += row.given
        if not _differing(noted, self._given, links):
            return []
        if not _reads_events(connection):
            return []
        ever = select(event.c.detail).where(event.c.kind == "linked")
        details = [json.loads(detail) for detail in connection.execute(ever).scalars()]
        links += [(d["customer"], d["other"]) for d in details if "customer" in d and "other" in d]
        return [
            Finding("customer", " ".join(key), f"{has} != {should}")
            for key, (has, should) in sorted(_differing(noted, self._given, links).items())
        ]


def _reads_events(connection: Connection) -> bool:
    """An auditor on PostgreSQL does not read the trail, and so cannot tell who was linked with whom."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(text("SELECT has_table_privilege('event', 'SELECT')")).scalar_one())


def _differing(
    noted: dict[tuple[str, str, str], int],
    given: dict[tuple[str, str, str], int],
    links: Iterable[tuple[str, str]],
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """What is noted and what was given, where that is not the same for all who are linked together.

    What a void gives back may be noted with somebody who was linked only later, and never goes below nothing there:
    of those who were ever linked more may be noted than is left.
    """
    root: dict[str, str] = {}

    def found(one: str) -> str:
        while one in root:
            one = root[one]
        return one

    for one, other in links:
        if found(one) != found(other):
            root[found(one)] = found(other)
    sums: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for place, amounts in enumerate((noted, given)):
        for (who, purse, currency), amount in amounts.items():
            sums[found(who), purse, currency][place] += amount
    linked = {found(one) for one in root}
    return {
        key: (has, should)
        for key, (has, should) in sums.items()
        if has < should or (has > should and key[0] not in linked)
    }


def _limits(known: Iterable[Policy]) -> dict[tuple[str, str, str, str, str], set[int]]:
    """Every budget that a policy ever had: by scope, holder, purse, currency, period."""
    found: defaultdict[tuple[str, str, str, str, str], set[int]] = defaultdict(set)
    for policy in known:
        for rule in policy.rules.values():
            found["agent", rule["agent"], rule["purse"], rule["currency"], rule["period"]].add(rule["budget"])
        for team in policy.teams.values():
            found["team", team["team"], team["purse"], team["currency"], team["period"]].add(team["budget"])
    return found


def _begins(day: date, period: str) -> bool:
    """A period of that kind can begin on that day."""
    return {"month": day.day == 1, "week": day.weekday() == 0}.get(period, True)


def _held_back(approvals: Approvals, known: dict[int, Policy]) -> dict[Key, list[int]]:
    """What open approvals hold back: amount and number."""
    held: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for row in approvals.rows.values():
        if row.state not in OPEN:
            continue
        policy = known.get(row.policy)
        keys: list[Key] = []
        if policy and row.team and (row.team, row.currency, row.purse) in policy.teams:
            keys.append(("team", row.team, row.purse, row.currency, str(row.period)))
        if row.state == "approved":
            keys.append(("agent", row.approver, row.purse, row.currency, str(row.approver_period)))
        for key in keys:
            held[key][0] += row.granted if row.state == "approved" else row.amount
            held[key][1] += 1
    return held
