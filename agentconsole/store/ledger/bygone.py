"""The policies there were, as verification looks up what held when an entry was made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from agentconsole.store.ledger import tables as t
from agentconsole.store.ledger.findings import Finding
from agentconsole.store.ledger.hashing import microseconds

Row = dict[str, Any]
_QUARTER = 900_000_000


@dataclass
class Policy:
    """One version, ready to be looked up. ``ends`` is when the next one came, in microseconds since 1970."""

    version: int
    zone: ZoneInfo
    rules: dict[tuple[str, str, str], Row]
    teams: dict[tuple[str, str, str], Row]
    reasons: set[tuple[str, str]]
    agents: dict[str, Row]
    kinds: dict[str, Row]
    approvers: set[tuple[str, str]]
    document: Row
    ends: int | None = None
    _firsts: dict[tuple[int, str], str] = field(default_factory=dict)
    _days: dict[int, date] = field(default_factory=dict)

    def person(self, agent: str) -> str:
        """Whose login an agent is."""
        return str(self.agents.get(agent, {}).get("person") or agent)

    def begins(self, at: int, period: str) -> str:
        """First day, ISO 8601, of the period that a moment in microseconds since 1970 falls into."""
        known = self._firsts.get((at // _QUARTER, period))
        if known is None:
            known = self._firsts[at // _QUARTER, period] = _begins(self.day(at), period)
        return known

    def day(self, at: int) -> date:
        """The day on the wall of a moment. Zones are quarters of an hour apart from UTC, so that days begin at one."""
        known = self._days.get(at // _QUARTER)
        if known is None:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
            known = self._days[at // _QUARTER] = moment.astimezone(self.zone).date()
        return known


def _begins(day: date, period: str) -> str:
    if period == "month":
        return day.replace(day=1).isoformat()
    return (day - timedelta(days=day.weekday()) if period == "week" else day).isoformat()


def policies(connection: Connection) -> tuple[dict[int, Policy], list[Finding]]:
    """Every version there was, and what is wrong with them."""
    found: dict[int, Policy] = {}
    wrong: list[Finding] = []
    p = t.policy.c
    query = select(p.version, p.at, p.digest, p.document).order_by(p.version)
    for place, (version, at, digest, document) in enumerate(connection.execute(query), 1):
        if version != place or hashlib.sha256(document.encode()).hexdigest() != digest:
            wrong.append(Finding("policy", f"policy {version}"))
        if found:
            next(reversed(found.values())).ends = microseconds(at)
        try:
            found[version] = _parsed(version, json.loads(document))
        except (ValueError, KeyError, TypeError):
            wrong.append(Finding("policy", f"policy {version}"))
    return found, wrong


def _parsed(version: int, document: Row) -> Policy:
    return Policy(
        version=version,
        zone=ZoneInfo(document["zone"]),
        rules={(r["agent"], r["currency"], r["kind"]): r for r in document["rules"]},
        teams={(r["team"], r["currency"], r["purse"]): r for r in document["teams"]},
        reasons={(r["agent"], r["reason"]) for r in document["reasons"]},
        agents={r["id"]: r for r in document["agents"]},
        kinds={r["kind"]: r for r in document["kinds"]},
        approvers={(r["agent"], r["approver"]) for r in document["approvers"]},
        document=document,
    )


def holding(connection: Connection, known: dict[int, Policy]) -> list[Finding]:
    """Where the rules that hold are not those of the latest policy: somebody changed them without applying one."""
    settings = connection.execute(
        select(t.settings.c.policy, t.settings.c.zone, t.settings.c.grace, t.settings.c.expires)
    ).one_or_none()
    if settings is None:
        return [Finding("rules", "settings")] if known else []
    latest = known.get(max(known, default=0))
    if latest is None or settings.policy != latest.version:
        return [Finding("rules", "settings", f"policy {settings.policy}")]
    document = latest.document
    wrong = []
    if any(settings._mapping[name] != document[name] for name in ("zone", "grace", "expires")):
        wrong.append(Finding("rules", "settings"))
    for name, table, columns in _HELD:
        rows = connection.execute(select(*(table.c[column] for column in columns)))
        held = {tuple(_plain(value) for value in row) for row in rows}
        said = {tuple(_plain(row[column]) for column in columns) for row in document[name]}
        if name == "agents":  # whoever left the policy stays, inactive
            held = {row for row in held if row[-1] == "1" or row in said}
        wrong += [Finding("rules", f"{name} {' '.join(row[:3])}") for row in sorted(held ^ said)]
    return wrong


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else "" if value is None else str(value)


_HELD = (
    (
        "rules",
        t.rule,
        ("agent", "currency", "kind", "purse", "ceiling", "customer", "within", "proof", "period", "budget", "count"),
    ),
    ("teams", t.team, ("team", "currency", "purse", "period", "budget")),
    ("reasons", t.reason, ("agent", "reason")),
    ("approvers", t.approver, ("agent", "approver")),
    ("kinds", t.kind, ("kind", "how", "pool")),
    ("agents", t.agent, ("id", "person", "supervisor", "team", "training", "trained_until", "active")),
)
"""Which rows of the document each table of rules holds."""
