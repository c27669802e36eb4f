"""A desk as tests of copies look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentconsole.store.copying import rows
from agentconsole.store.copying.content import Content
from agentconsole.store.engine import Store
from agentconsole.store.opening import open_desk

Held = dict[str, tuple[int, str]]


@contextmanager
def opened(desk: str, folder: Path) -> Iterator[Store]:
    store = open_desk(desk, folder)
    try:
        yield store
    finally:
        store.close()


def held(desk: str, folder: Path) -> Held:
    """Every table of a desk by what it holds, and the last number that was given away."""
    found: Held = {}
    with opened(desk, folder) as store, store.read() as connection:
        for table in rows.tables():
            content = Content(table)
            for row in rows.read(connection, table):
                content.add(row)
            found[table.name] = content.state
        found |= {f"{name}, counted": (last, "") for name, last in rows.counters(connection).items()}
    return found
