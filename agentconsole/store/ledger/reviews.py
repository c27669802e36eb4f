"""Reading what control needs: the sample's seed, the ceilings that held, and verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from agentconsole.store.ledger import tables as t

Ceiling = int
"""Of one gesture, in minor units."""
_ASKED = 500


class Review(NamedTuple):
    """What a supervisor found: ``verdict`` is fine, talk or wrong; ``at`` UTC."""

    reviewer: str
    verdict: str
    remark: str
    at: datetime


def seed(connection: Connection) -> str:
    """What chooses the sample; empty where no policy was ever applied."""
    found: str | None = connection.execute(select(t.settings.c.seed)).scalar_one_or_none()
    return found or ""


def ceilings(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Ceiling]:
    """The ceiling of one gesture that its agent had when each entry was made; without those who had no such rule."""
    rules: dict[int, dict[tuple[str, str, str], int]] = {}
    e, found = t.entry.c, dict[UUID, Ceiling]()
    for some in _parts(ids):
        query = select(e.id, e.agent, e.currency, e.kind, e.policy).where(e.id.in_(some))
        for entry, agent, currency, kind, version in connection.execute(query):
            if version not in rules:
                rules[version] = _rules(connection, version)
            ceiling = rules[version].get((agent, currency, kind))
            if ceiling is not None:
                found[entry] = ceiling
    return found


def _rules(connection: Connection, version: int) -> dict[tuple[str, str, str], int]:
    p = t.policy.c
    document = json.loads(connection.execute(select(p.document).where(p.version == version)).scalar_one())
    return {(r["agent"], r["currency"], r["kind"]): r["ceiling"] for r in document["rules"]}


def latest(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Review]:
    """The latest verdict on each entry; without those nobody looked at."""
    r, found = t.review.c, dict[UUID, Review]()
    for some in _parts(ids):
        query = select(r.entry_id, r.reviewer, r.verdict, r.remark, r.at).where(r.entry_id.in_(some)).order_by(r.at)
        found |= {row[0]: Review(*row[1:]) for row in connection.execute(query)}
    return found


def _parts(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    for begin in range(0, len(ids), _ASKED):
        yield list(ids[begin : begin + _ASKED])
