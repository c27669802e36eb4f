"""Search: what a query (:mod:`.query`) finds, the newest message first."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find, number_of
from agentconsole.desk.query import KEYS, parse
from agentconsole.desk.triage import PAGE, ViewPage, page_of
from agentconsole.errors import UsageError
from agentconsole.model.criteria import Position
from agentconsole.store import conversations, finding

__all__ = ["KEYS", "parse", "search"]


def search(desk: Desk, query: str, after: Position | None = None, limit: int = PAGE) -> ViewPage:
    """What the query finds, newest message first.

    A number alone (``123``, ``#123``) finds that conversation first.

    :raises UsageError: an unknown key or value; says which there are.
    """
    criteria = parse(desk, query)
    if not criteria.words:
        return page_of(desk, criteria, after, limit)
    with desk.store.read() as connection:
        rows, last = finding.found(connection, criteria, limit, after.number if after else None)
        named = [find(connection, row.number) for row in conversations.by_numbers(connection, _numbers(query))]
        rows = [row for row in rows if row.number not in {other.number for other in named}]
        if after is None:
            rows = named + rows
    return ViewPage(tuple(rows), Position(None, last) if last is not None else None)


def _numbers(query: str) -> list[int]:
    """The number that is all of the query, if it is one."""
    try:
        return [number_of(query)]
    except UsageError:
        return []
