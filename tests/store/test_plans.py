"""What is read every second, or by everybody, is read by an index and not sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from agentconsole.config import View
from agentconsole.desk import dispatch, fitting, handling, triage
from agentconsole.desk.context import Desk
from agentconsole.store import assigning, conversations, mentions, outbox
from tests.incoming import arrives, message
from tests.keeping import keep_house


@contextmanager
def plans(desk: Desk) -> Iterator[list[str]]:
    """The query plans (SQLite's own words) of all that is read meanwhile."""
    found: list[str] = []
    asked: list[tuple[str, Any]] = []

    def execute(_connection: Connection, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
            asked.append((statement, parameters))

    event.listen(desk.store.engine, "before_cursor_execute", execute)
    try:
        yield found
    finally:
        event.remove(desk.store.engine, "before_cursor_execute", execute)
    with desk.store.read() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.append("\n".join(row.detail for row in plan))


def view(**filters: object) -> View:
    return View(id="v", name="v", **filters)  # type: ignore[arg-type]  # (the names are View's own)


PAGES = {
    "by rank": ({}, "ix_conversation_active"),
    "mine": ({"assignee": "me"}, "ix_conversation_assignee"),
    "a channel's, late": ({"channels": ["x"], "clock": ["late"]}, "ix_conversation_active"),
    "by waiting": ({"order": "waiting"}, "ix_conversation_waiting"),
    "open, by change": ({"order": "updated"}, "ix_conversation_active_updated"),
    "resolved, by change": ({"states": ["resolved"], "order": "updated"}, "ix_conversation_resolved"),
    "all, by change": ({"states": [], "order": "updated"}, "ix_conversation_updated"),
}

pytestmark = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_indexed_read(desk: Desk, name: str) -> None:
    filters, index = PAGES[name]
    arrives(desk, *(message(str(n)) for n in range(5)))
    with plans(desk) as first:
        page = triage.page(desk, view(**filters), limit=1)
    after = page.next or conversations.position(triage.page(desk, view()).rows[0], page_order(filters))
    with plans(desk) as next_:
        triage.page(desk, view(**filters), after, limit=1)
    for plan in (*first, *next_):
        assert index in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "SCAN customer" not in plan, plan


def page_order(filters: dict[str, object]) -> Any:
    from agentconsole.model.criteria import Order

    return Order(str(filters.get("order", "rank")))


def test_all_counts_are_one_walk_over_an_index_that_holds_all_they_need(desk: Desk) -> None:
    arrives(desk, message())
    views = [view().model_copy(update={"id": str(n)}) for n in range(8)]
    with plans(desk) as found:
        triage.counts(desk, views)
    assert len(found) == 1
    assert "USING COVERING INDEX ix_conversation_active" in found[0]


@pytest.mark.parametrize(
    "look",
    [
        lambda desk: dispatch.claim(desk, "mail", "console"),
        keep_house,
        lambda desk: _read(desk, outbox.unsent),
        lambda desk: _read(desk, lambda connection: outbox.unknowns(connection, "mail")),
        lambda desk: _write(desk, lambda connection: outbox.claim(connection, "mail", "c", desk.now(), timedelta(1))),
        lambda desk: _write(desk, lambda connection: outbox.sweep(connection, desk.now())),
    ],
    ids=["claim", "housekeeping", "unsent", "unknowns", "claiming", "sweeping"],
)
def test_what_is_looked_at_every_second_leaves_what_was_sent_alone(desk: Desk, look: Callable[[Desk], object]) -> None:
    with plans(desk) as found:
        look(desk)
    assert found
    for plan in found:
        for line in plan.splitlines():
            assert not (line.startswith(("SCAN outbox", "SCAN conversation")) and "USING" not in line), plan
            assert "outbox" not in line or "ix_outbox" in line or "sqlite_autoindex" in line or "uq_" in line, plan


def _read(desk: Desk, look: Callable[[Connection], object]) -> None:
    with desk.store.read() as connection:
        look(connection)


def _write(desk: Desk, look: Callable[[Connection], object]) -> None:
    with desk.store.write() as connection:
        look(connection)


def test_the_next_one_is_found_by_an_index_in_its_order(desk: Desk) -> None:
    arrives(desk, message())
    agent = desk.agent.model_copy(update={"topics": ("billing",), "languages": ("en",)})
    wanted = fitting.wanted(desk.config, agent)
    with plans(desk) as found, desk.store.write() as connection:
        assigning.best(connection, wanted)
        assigning.is_free(connection, [wanted])
    looked = [plan for plan in found if "conversation" in plan]
    assert len(looked) == 3
    for plan in looked:
        assert "ix_conversation_free" in plan or "ix_conversation_assignee (assignee=? AND state=?)" in plan, plan
        assert "B-TREE FOR ORDER BY" not in plan, plan


def test_looking_for_what_is_left_behind_walks_no_table(desk: Desk) -> None:
    arrives(desk, message())
    handling.assign(desk, 1, "lea")
    with plans(desk) as found, desk.store.read() as connection:
        assigning.holders(connection)
        assigning.held(connection, "lea", desk.now(), 50)
        assigning.acted(connection, "lea", desk.now())
        mentions.waiting_ids(connection, "lea")
    assert len(found) == 4
    for plan in found:
        assert not [line for line in plan.splitlines() if line.startswith("SCAN ") and "holder" not in line], plan
