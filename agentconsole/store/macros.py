"""How often each macro was used, and by whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from agentconsole.store.tables import macro_use
from agentconsole.store.upsert import insert_or


def count_use(connection: Connection, macro: str, agent: str, at: datetime) -> None:
    """The agent has used the macro of that name once more, at that time (UTC)."""
    first = insert_or(connection, macro_use).values(macro=macro, agent=agent, uses=1, last_at=at)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=["macro", "agent"],
            set_={"uses": macro_use.c.uses + 1, "last_at": first.excluded.last_at},
        )
    )


def uses(connection: Connection) -> dict[str, int]:
    """How often each macro was used, by name."""
    query = select(macro_use.c.macro, func.sum(macro_use.c.uses)).group_by(macro_use.c.macro)
    return {name: int(count) for name, count in connection.execute(query)}
