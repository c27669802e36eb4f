"""Failing in the middle of a transaction, and looking at all that is on a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Connection, event, select

from agentconsole.desk.context import Desk
from agentconsole.store.delivery_tables import cursor as cursor_table
from agentconsole.store.tables import metadata


class PowerCut(BaseException):
    """The machine stops, before a statement is carried out."""


@contextmanager
def fails_at(desk: Desk, nth: int) -> Iterator[None]:
    """The nth statement (from 0) that changes a table is not carried out. Leases do not count."""
    left = nth

    def execute(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal left
        lease = "INTO cursor" in statement or "SET lease_by" in statement
        if statement.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE") and not lease:
            left -= 1
            if left == -1:
                raise PowerCut

    event.listen(desk.store.engine, "before_cursor_execute", execute)
    try:
        yield
    finally:
        event.remove(desk.store.engine, "before_cursor_execute", execute)


def whole_or_nothing(desk: Desk, action: Callable[[], object]) -> int:
    """Let every statement of an action fail, one after the other; nothing of it may stay, until all of it does.

    :returns: how many statements that change something it has.
    """
    before = everything_kept(desk)
    for failing in count():
        try:
            with fails_at(desk, failing):
                action()
        except PowerCut:
            assert everything_kept(desk) == before, f"something of it stayed when statement {failing} failed"
        else:
            assert everything_kept(desk) != before
            return failing
    raise AssertionError


def everything_kept(desk: Desk) -> dict[str, list[str]]:
    """Every row of every table; of the cursors only where they stand."""
    with desk.store.read() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.sorted_tables
            if table is not cursor_table
        }
        where = select(cursor_table.c.channel, cursor_table.c.value).where(cursor_table.c.value.is_not(None))
        found["cursor"] = sorted(map(repr, connection.execute(where)))
        return found
