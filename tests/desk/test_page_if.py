"""A page that is not read again is as it would have been read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import Priority, State, View
from agentconsole.desk import handling, triage
from agentconsole.desk.context import Desk
from agentconsole.model.message import Address
from tests.conftest import Time
from tests.incoming import NINE, arrives, everything, message, numbers

SIZE, LIMIT = 14, 5
VIEWS = {
    "open": View(id="open", name={"": "V"}),
    "mine": View(id="mine", name={"": "V"}, assignee="me"),
    "new": View(id="new", name={"": "V"}, assignee="nobody", order="waiting"),
    "changed": View(id="changed", name={"": "V"}, states=(), order="updated"),
    "done": View(id="done", name={"": "V"}, states=(State.RESOLVED,), order="updated"),
}
ACTS: dict[str, Callable[[Desk, int], object]] = {
    "take": lambda desk, number: handling.assign(desk, number, "lea"),
    "give": lambda desk, number: handling.assign(desk, number, "tom"),
    "leave": lambda desk, number: handling.assign(desk, number, None),
    "resolve": lambda desk, number: handling.set_state(desk, number, State.RESOLVED),
    "open": lambda desk, number: handling.set_state(desk, number, State.OPEN),
    "wait": lambda desk, number: handling.set_state(desk, number, State.PENDING),
    "urgent": lambda desk, number: handling.prioritise(desk, number, Priority.URGENT),
    "low": lambda desk, number: handling.prioritise(desk, number, Priority.LOW),
}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Some conversations that wait, each for another while."""
    for n in range(SIZE):
        arrives(desk, message(author=Address(f"c{n}@example.org", f"C{n}"), at=NINE - timedelta(minutes=7 * n)))
    return desk


@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(1, SIZE)), min_size=1, max_size=6),
    view=st.sampled_from(sorted(VIEWS)),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_read_again_exactly_where_it_may_be_another(
    desk: Desk, now: Time, steps: list[tuple[str, int]], view: str
) -> None:
    shown = triage.page(desk, VIEWS[view], limit=LIMIT)
    ids = {row.number: row.id for row in everything(desk)}
    for act, number in steps:
        now.passes(seconds=1)
        ACTS[act](desk, number)
        read = triage.page_if(
            desk, VIEWS[view], LIMIT, frozenset({ids[number]}), [row.id for row in shown.rows], shown.next
        )
        whole = triage.page(desk, VIEWS[view], limit=LIMIT)
        assert (read or shown) == whole
        shown = whole


def test_what_stands_further_down_is_not_read(desk: Desk) -> None:
    shown = triage.page(desk, VIEWS["open"], limit=LIMIT)
    last = next(
        row for row in everything(desk) if row.number not in numbers(shown.rows[:-1]) and row.id != shown.rows[-1].id
    )
    ids = [row.id for row in shown.rows]
    assert triage.page_if(desk, VIEWS["open"], LIMIT, frozenset({last.id}), ids, shown.next) is None
    assert triage.page_if(desk, VIEWS["open"], LIMIT, frozenset({last.id}), ids, None) is not None
    assert triage.page_if(desk, VIEWS["mine"], LIMIT, frozenset({last.id}), [], None) is None
