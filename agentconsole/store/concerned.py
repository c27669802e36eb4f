"""Whether conversations that have changed concern whoever looks at a page of a view."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select

from agentconsole.model.criteria import Criteria, Position
from agentconsole.store.criteria import condition, ordered
from agentconsole.store.tables import conversation as c


def any_of(connection: Connection, criteria: Criteria, ids: Collection[UUID], until: Position | None) -> bool:
    """Whether one of these meets the criteria, in a place no further than ``until`` (``None``: anywhere)."""
    met = select(c.c.id).where(c.c.id.in_(list(ids)), condition(criteria, connection.dialect.name))
    if until is None:
        return connection.execute(met.limit(1)).first() is not None
    behind = set(connection.execute(ordered(met, criteria.order, until)).scalars())
    return bool(set(connection.execute(met).scalars()) - behind)
