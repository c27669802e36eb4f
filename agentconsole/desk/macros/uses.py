"""How often macros are used: what orders them, after what fits best."""

from __future__ import annotations

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.store import macros


def counts(desk: Desk) -> dict[str, int]:
    """How often each macro was used at this desk, by name."""
    with desk.store.read() as connection:
        return macros.uses(connection)


def used(desk: Desk, *names: str) -> None:
    """Whoever is at the keyboard has used these macros."""
    with desk.store.write() as connection:
        count(connection, desk, *names)


def count(connection: Connection, desk: Desk, *names: str) -> None:
    """:func:`used` within a transaction that is there already."""
    for name in names:
        macros.count_use(connection, name, desk.agent.id, desk.now())
