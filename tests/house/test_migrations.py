"""What the migrations make is what the code believes in, on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.schema import CreateIndex

from agentconsole.desk.context import Desk
from agentconsole.store import migrate, opening
from agentconsole.store.indexes import metadata

WORDS = ("message_search", "message_word", "ledger_period")
"""The index of words, and the boundaries of periods, which each engine has its own way of."""


def _expressions(index: Index) -> bool:
    """SQLite's catalogue does not tell what an index over an expression holds: looked at on its own below."""
    return any(not hasattr(part, "name") or part not in index.table.columns.values() for part in index.expressions)


def _compared(item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    if kind == "table":
        return not (reflected and (name or "").startswith(WORDS))
    return kind != "index" or not isinstance(item, Index) or reflected or not _expressions(item)


def test_the_program_speaks_the_newest_revision() -> None:
    assert migrate.head() == opening.HEAD


@pytest.mark.filterwarnings("ignore:autogenerate skipping:UserWarning")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_a_migrated_desk_has_the_tables_of_the_code(desk: Desk) -> None:
    options = {
        "include_object": _compared,
        "compare_type": True,
        "compare_server_default": not desk.store.sqlite,
    }
    with desk.store.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    assert [difference for difference in found if not _is_reflected_expression(difference)] == []


def _is_reflected_expression(difference: Any) -> bool:
    names = {i.name for table in metadata.sorted_tables for i in table.indexes if _expressions(i)}
    return difference[0] == "remove_index" and difference[1].name in names


def test_indexes_over_expressions_and_checks_are_there_too(desk: Desk) -> None:
    """What Alembic does not compare, by name and by what it says."""
    with desk.store.read() as connection:
        if desk.store.sqlite:
            rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'table')"))
            said = {name: sql for name, sql in rows if sql}
            checks = "\n".join(said.values())
        else:
            found = connection.execute(text("SELECT indexname, indexdef FROM pg_indexes"))
            said = {row.indexname: row.indexdef for row in found}
            names = connection.execute(text("SELECT conname FROM pg_constraint WHERE contype = 'c'")).scalars()
            checks = "\n".join(names)
        dialect = connection.dialect
    for table in metadata.sorted_tables:
        for index in table.indexes:
            assert index.name in said
            if desk.store.sqlite and _expressions(index):
                wanted = str(CreateIndex(index).compile(dialect=dialect))
                assert _plain(said[index.name]) == _plain(wanted)
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                assert str(constraint.name) in checks


def _plain(sql: str) -> str:
    return "".join(sql.replace('"', "").lower().split())
