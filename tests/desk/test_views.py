"""Saved views: which conversations they hold, and that their pages and counts agree with a plain filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import ClockKind, ClockState, Priority, State, View
from agentconsole.desk import handling, presence, saved_views, triage
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound
from agentconsole.model.criteria import Order
from agentconsole.model.ids import new_id
from agentconsole.model.message import Address
from agentconsole.store import conversations as stored
from agentconsole.store import customers, messages
from tests.conftest import Time, wipe
from tests.incoming import answers, arrives, everything, message, numbers, only, pages

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def view(**filters: object) -> View:
    return View(id="some", name="Some", **filters)  # type: ignore[arg-type]  # (the names are View's own)


def held(desk: Desk, **filters: object) -> list[int]:
    return numbers(triage.page(desk, view(**filters)).rows)


def test_me_nobody_team_and_anyone(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, *(message(str(n)) for n in range(5)))
    handling.assign(lea, 1, "lea")
    handling.assign(lea, 2, "tom")
    handling.assign(lea, 3, None, "instant")
    handling.assign(lea, 4, "tom", "instant")
    assert [held(desk, assignee="me") for desk in (lea, tom)] == [[1], [2, 4]]
    assert held(lea, assignee="nobody") == [3, 5]
    assert [held(desk, assignee="team") for desk in (lea, tom)] == [[3], []]
    assert held(lea, assignee="tom", teams=["instant"]) == [4]
    assert held(lea, teams=["instant"]) == [3, 4]
    assert held(lea) == [1, 2, 3, 4, 5]


def test_clock_states_follow_the_clock_on_the_wall(desk: Desk, now: Time) -> None:
    arrives(desk, message("due at one", at=now()))
    arrives(desk, message("due at ten", at=now()), channel="x")
    seen = []
    for hours in (0, 2, 3.5, 5):
        now.at = EPOCH + timedelta(hours=hours)
        seen.append([held(desk, clock=[state]) for state in ClockState])
    assert seen == [
        [[], [], [2, 1]],
        [[2], [], [1]],
        [[2], [1], []],
        [[2, 1], [], []],
    ]
    assert triage.counts(desk, [view()])["some"].late == 2


def test_a_clock_that_ends_now_is_not_late_yet(desk: Desk, now: Time) -> None:
    arrives(desk, message(at=now()))
    now.passes(hours=4)
    assert (held(desk, clock=["late"]), held(desk, clock=["due"])) == ([], [1])
    assert triage.counts(desk, [view()])["some"].late == 0
    now.passes(microseconds=1)
    assert (held(desk, clock=["late"]), held(desk, clock=["due"])) == ([1], [])
    assert triage.counts(desk, [view()])["some"].late == 1


def test_channels_by_id_or_medium_and_channels_that_nobody_has(desk: Desk) -> None:
    arrives(desk, message("a"))
    arrives(desk, message("b"), channel="x")
    assert held(desk, channels=["x"]) == [2]
    assert held(desk, channels=["mail", "whatsapp"]) == [1]
    assert held(desk, channels=["whatsapp"]) == []


def test_tags_and_their_absence(desk: Desk) -> None:
    arrives(desk, *(message(str(n)) for n in range(3)))
    ids = {row.number: row.id for row in everything(desk)}
    with desk.store.write() as connection:
        stored.add_tags(connection, [(ids[1], "refund"), (ids[2], "refund"), (ids[2], "vip"), (ids[2], "vip")])
    assert held(desk, tags=["refund"]) == [1, 2]
    assert held(desk, tags=["vip", "refund"]) == [1, 2]
    assert held(desk, without_tags=["refund"]) == [3]
    assert held(desk, tags=["refund"], without_tags=["vip"]) == [1]


def test_text_in_a_view(desk: Desk) -> None:
    arrives(desk, message("Où est mon colis ?"), message("une panne d'été"))
    assert held(desk, text="COLIS où") == [1]
    assert held(desk, text="ete pan") == [2]
    assert triage.counts(desk, [view(text="colis")])["some"].total == 1


def test_age(desk: Desk, now: Time) -> None:
    arrives(desk, message("old", at=now() - timedelta(days=3)), message("new", at=now()))
    assert held(desk, older_than="2d") == [1]
    assert held(desk, newer_than="2d") == [2]


def test_what_is_resolved_comes_latest_first(desk: Desk, now: Time) -> None:
    arrives(desk, *(message(str(n), author=Address(str(n))) for n in range(3)))
    for number in (2, 3, 1):
        now.passes(minutes=1)
        handling.set_state(desk, number, State.RESOLVED)
    assert held(desk, states=["resolved"]) == [1, 3, 2]
    assert held(desk, states=[], order="rank") == [1, 3, 2]


def test_a_view_by_id_or_number(desk: Desk) -> None:
    known = saved_views.views(desk.config)
    assert saved_views.view(desk.config, "1") is known[0] is saved_views.view(desk.config, known[0].id)
    for wrong in ("0", "99", "", "no such view", "-1", "1.5", "²"):
        with pytest.raises(NotFound) as found:
            saved_views.view(desk.config, wrong)
        assert known[0].id in found.value.do


def test_the_first_row_says_why_it_is_first(desk: Desk, now: Time) -> None:
    arrives(desk, message("hello", subject="question", at=now()))
    arrives(desk, message("c'est URGENT", subject="aide", at=now()))
    arrives(desk, message("nothing", subject="Panne!", at=now(), author=Address("ben@x.example")))
    assert held(desk) == [2, 3, 1]
    assert ["urgent words" in row.why for row in everything(desk)] == [False, True, True]
    presence.here(desk, 3)
    handling.set_state(desk, 3, State.SNOOZED)
    handling.set_state(desk, 3, State.OPEN)
    assert "urgent words" in everything(desk)[2].why  # the word in the subject weighs on after the first look


def test_an_answer_takes_the_weight_off(desk: Desk) -> None:
    arrives(desk, message("c'est urgent"))
    assert "urgent words" in only(desk).why
    answers(desk)
    assert "urgent words" not in only(desk).why


@dataclass(frozen=True)
class Row:
    """One conversation of a random desk, as it lies in the table."""

    state: State
    channel: str
    assignee: str | None
    team: str | None
    priority: Priority
    language: str | None
    tags: frozenset[str]
    kind: ClockKind | None
    due: int
    rank: int
    opened: int
    updated: int
    waiting: int | None


few = st.integers(-3, 3)  # so that many rows are equal in what they are ordered by
rows = st.builds(
    Row,
    state=st.sampled_from(State),
    channel=st.sampled_from(["mail", "x"]),
    assignee=st.sampled_from(["lea", "tom", None]),
    team=st.sampled_from(["instant", "mail", None]),
    priority=st.sampled_from(Priority),
    language=st.sampled_from(["fr", "en", None]),
    tags=st.frozensets(st.sampled_from(["a", "b"])),
    kind=st.sampled_from([*ClockKind, None]),
    due=few,
    rank=few,
    opened=few,
    updated=few,
    waiting=st.none() | few,
).map(lambda row: replace(row, kind=None) if row.state is State.RESOLVED else row)  # on which no clock runs


def some(*values: object) -> st.SearchStrategy[list[object]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True)


views = st.fixed_dictionaries(
    {"order": st.sampled_from(["rank", "waiting", "updated"]), "states": some(*State)},
    optional={
        "channels": some("mail", "x", "whatsapp"),
        "assignee": st.sampled_from(["anyone", "me", "nobody", "team", "tom"]),
        "teams": some("instant", "mail"),
        "tags": some("a", "b"),
        "without_tags": some("a", "b"),
        "priority": some(*Priority),
        "languages": some("fr", "en"),
        "clock": some(*ClockState),
        "clock_kind": some(*ClockKind),
        "older_than": st.sampled_from(["1h", "2h"]),
        "newer_than": st.sampled_from(["1h", "2h"]),
    },
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(rows, max_size=25), st.lists(views, min_size=1, max_size=5), st.integers(1, 4))
def test_pages_and_counts_are_those_of_a_plain_filter(
    desk: Desk, rows: list[Row], chosen: list[dict[str, object]], size: int
) -> None:
    wipe(desk.store)
    _fill(desk, rows)
    named = [View(id=f"v{n}", name="v", **filters) for n, filters in enumerate(chosen)]  # type: ignore[arg-type]  # (as above)
    counts = triage.counts(desk, named)
    for wanted in named:
        criteria = saved_views.bind(wanted, desk)
        expected = [(n, row) for n, row in enumerate(rows, 1) if _meets(row, wanted)]
        expected.sort(key=lambda item: _place(item, criteria.order))
        assert numbers(pages(desk, criteria, size)) == [n for n, _ in expected]
        assert counts[wanted.id].total == len(expected)
        assert counts[wanted.id].late == sum(row.kind is not None and row.due < 0 for _, row in expected)


def _meets(row: Row, wanted: View) -> bool:
    """The view's filters, said again in plain Python, for Léa at :data:`EPOCH`."""
    due = timedelta(hours=row.due)
    clock = ClockState.LATE if due < timedelta(0) else ClockState.DUE if due < timedelta(hours=1) else ClockState.OK
    if wanted.assignee == "team":
        mine = [team for team in ("instant",) if not wanted.teams or team in wanted.teams]
        whose = row.assignee is None and row.team in mine
    else:
        who = {"anyone": {row.assignee}, "me": {"lea"}, "nobody": {None}}.get(wanted.assignee, {wanted.assignee})
        whose = row.assignee in who and (not wanted.teams or row.team in wanted.teams)
    return (
        whose
        and (not wanted.states or row.state in wanted.states)
        and (not wanted.channels or row.channel in wanted.channels)
        and (not wanted.tags or bool(row.tags & set(wanted.tags)))
        and not row.tags & set(wanted.without_tags)
        and (not wanted.priority or row.priority in wanted.priority)
        and (not wanted.languages or row.language in wanted.languages)
        and (not wanted.clock or (row.kind is not None and clock in wanted.clock))
        and (not wanted.clock_kind or row.kind in wanted.clock_kind)
        and (wanted.older_than is None or timedelta(hours=row.opened) < -wanted.older_than)
        and (wanted.newer_than is None or timedelta(hours=row.opened) >= -wanted.newer_than)
    )


def _place(item: tuple[int, Row], order: Order) -> tuple[int, int]:
    number, row = item
    if order is Order.RANK:
        return row.rank, number
    if order is Order.UPDATED:
        return -row.updated, -number
    return row.updated if row.waiting is None else row.waiting, number


def _fill(desk: Desk, rows: list[Row]) -> None:
    def at(hours: int) -> datetime:
        return EPOCH + timedelta(hours=hours)

    customer = new_id()
    with desk.store.write() as connection:
        customers.add(connection, [{"id": customer, "name": "C", "language": None, "since": EPOCH}], [])
        values = [
            {
                "id": new_id(), "customer_id": customer, "channel": row.channel, "subject": "", "excerpt": "",
                "state": str(row.state), "assignee": row.assignee, "team": row.team, "priority": str(row.priority),
                "language": row.language, "public": False, "opened_at": at(row.opened), "updated_at": at(row.updated),
                "waiting_since": None if row.waiting is None else at(row.waiting),
                "due_at": at(row.due) if row.kind else None, "due_kind": str(row.kind) if row.kind else None,
                "rank": at(row.rank), "why": "[]", "clocks": "{}",
            }
            for row in rows
        ]  # fmt: skip
        stored.add(connection, values)
        tags = [(value["id"], tag) for value, row in zip(values, rows, strict=True) for tag in row.tags]
        stored.add_tags(connection, tags)  # type: ignore[arg-type]  # (ids are UUIDs)
        messages.add(connection, [])
