"""Why a view is late and what to do about it: said from who has what, who is here, and what arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from agentconsole.config import ClockKind
from agentconsole.desk import figures, handling, triage
from agentconsole.desk.behind import Behind
from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.floor import AgentLoad, Floor, Forecast, Incident, Load
from agentconsole.model.ids import new_id
from agentconsole.views.dashboard_why import Why, why
from tests.views.conftest import MakeDesk
from tests.views.gestures import someone, with_gestures


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return someone(with_gestures(make_desk()), "sam")


def agent(name: str, state: str, open_: int, floor: Floor) -> AgentLoad:
    """An adviser with room for eight."""
    since = floor.at - timedelta(minutes=12)
    return AgentLoad(name, state, since, None, "", open_, 8, 0, 0, 0, 0)  # type: ignore[arg-type]  # one of the states


def told(desk: Desk, floor: Floor, rows: tuple[ConversationRow, ...], total: int | None = None) -> Why:
    """What is said of late ones."""
    found = why(Behind("", rows, len(rows) if total is None else total), "late", floor, desk)
    assert found is not None
    return found


def rows_of(desk: Desk, *assignees: str | None) -> tuple[ConversationRow, ...]:
    """Rows that these have."""
    rows = triage.page(desk, desk.config.views[0]).rows
    return tuple(replace(row, assignee=who) for row, who in zip(rows, assignees, strict=False))


def test_what_nobody_has_is_given_to_who_has_most_room(desk: Desk) -> None:
    floor = figures.floor(desk)
    floor = replace(floor, agents=(agent("lea", "here", 7, floor), agent("omar", "here", 2, floor)))
    found = told(desk, floor, rows_of(desk, None, None, "lea"))
    assert found.reasons[0] == "2 of 3 nobody has · Léa Martin has 1."
    assert "with room: Omar Benali (6), Léa Martin (1)." in " ".join(found.reasons)
    advice = {one.action: one.says for one in found.advice}
    assert "Omar Benali has room for 6" in advice["assign"]


def test_who_asks_is_proposed_only_where_they_answer_customers_too(desk: Desk) -> None:
    floor = figures.floor(desk)
    rows = rows_of(desk, None)
    floor = replace(floor, agents=(agent("sam", "here", 0, floor), agent("omar", "here", 7, floor)))
    assert "Omar Benali has room for 1" in str(told(desk, floor, rows).advice)
    floor = replace(floor, agents=(agent("sam", "here", 0, floor),))
    assert "assign" not in {one.action for one in told(desk, floor, rows).advice}
    floor = replace(floor, agents=(agent("sam", "here", 1, floor),))
    assert str(told(desk, floor, rows).advice[0].says).endswith("such as Sam Okoro")  # a supervisor is not bounded


def test_who_is_away_is_called_back(desk: Desk) -> None:
    floor = figures.floor(desk)
    floor = replace(floor, agents=(agent("lea", "away", 3, floor), agent("omar", "gone", 0, floor)))
    found = told(desk, floor, rows_of(desk, "lea", "lea"))
    assert found.reasons[0] == "Léa Martin (away) has 2."
    assert "0 advisers are here, none with room for more." in found.reasons
    assert {one.action: one.says for one in found.advice}["message_floor"] == "calls Léa Martin back, away 12m"
    assert "assign" not in {one.action for one in found.advice}


def test_a_paused_channel_is_a_reason_and_can_go_on(desk: Desk) -> None:
    floor = figures.floor(desk)
    rows = rows_of(desk, None)
    floor = replace(floor, channels=(Load(rows[0].channel, 1, 1, 0, None, "paused by Sam"),))
    found = told(desk, floor, rows)
    assert any("is paused: paused by Sam." in reason for reason in found.reasons)
    assert found.advice[0].action == "pause_channel"


def test_more_hours_where_more_arrives_than_is_handled(desk: Desk) -> None:
    floor = figures.floor(desk)
    floor = replace(floor, forecast=Forecast(20, 12.0, 4.0, floor.at + timedelta(hours=3), 44))
    found = told(desk, floor, rows_of(desk, None), total=250)
    assert "12 an hour arrive, 4 are handled: what waits grows." in found.reasons
    assert "Told from the first 1 of 250." in found.reasons
    assert "44 will be open at closing time" in {one.action: one.says for one in found.advice}["hours_today"]


def test_no_reason_is_asked_of_what_is_over(desk: Desk) -> None:
    handling.assign(desk, triage.page(desk, desk.config.views[0]).rows[0].number, "lea")
    floor, rows = figures.floor(desk), rows_of(desk, "lea")
    assert why(Behind("", rows, 1), "handled", floor, desk) is None
    assert why(Behind("", (), 0), "late", floor, desk) is None


def test_what_is_late_names_its_clocks_and_what_ends_them(desk: Desk) -> None:
    floor = figures.floor(desk)
    floor = replace(floor, at=floor.at + timedelta(days=400), agents=(agent("lea", "here", 3, floor),))
    kinds = (ClockKind.REPLY, ClockKind.ACKNOWLEDGE, ClockKind.ACKNOWLEDGE, ClockKind.PROMISE)
    rows = tuple(
        replace(row, due_kind=kind, due_at=floor.at - timedelta(hours=1))
        for row, kind in zip(rows_of(desk, "lea", "lea", "lea", "lea"), kinds, strict=True)
    )
    found = told(desk, floor, rows)
    assert "Run out: 2 acknowledge · 1 reply · 1 promise." in found.reasons
    advice = {one.action: one.says for one in found.advice}
    assert advice["open"] == "opens it: keep the promise, renew or drop it"
    assert advice["message_floor"] == "asks Léa Martin to answer these first"
    found = told(desk, floor, rows[3:])
    assert [one.action for one in found.advice] == ["open"]


def test_an_escalation_is_taken_not_given(desk: Desk) -> None:
    floor = figures.floor(desk)
    floor = replace(floor, agents=(agent("omar", "here", 1, floor),))
    rows = tuple(replace(row, escalated_to="omar", due_kind=ClockKind.ESCALATION) for row in rows_of(desk, "omar"))
    found = told(desk, floor, rows)
    assert "1 escalated to Omar Benali, not taken." in found.reasons
    assert [(one.action, one.says) for one in found.advice] == [
        ("assign_me", "takes it, or the marked ones: that ends the escalation"),
        ("message_floor", "asks Omar Benali to take it"),
    ]


def test_an_incident_that_a_good_part_belongs_to_is_the_first_reason(desk: Desk) -> None:
    floor, rows = figures.floor(desk), rows_of(desk, None, None, None)
    one = Incident(new_id(), floor.at, floor.at, ("brumeval", "fibre"), 9, 0.2, (), "raised", None, None, None)
    floor = replace(floor, incidents=(one,))
    found = why(Behind("", rows, 3, incidents={one.id: 2}), "late", floor, desk)
    assert found is not None
    assert found.reasons[0] == "2 of 3 are the possible incident brumeval, fibre."
    assert found.advice[0].action == "incident_known"
    assert "incident_known" not in {advice.action for advice in told(desk, floor, rows).advice}
    found = why(Behind("", rows, 3, incidents={one.id: 3}), "incident", floor, desk)
    assert found is not None
    assert [advice.action for advice in found.advice[:2]] == ["incident_known", "incident_no"]


def test_since_when_the_desk_is_closed(desk: Desk) -> None:
    day = ((time(8), time(20)),)
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), day) | dict.fromkeys(("sat", "sun"), ())
    hours = desk.config.hours.model_copy(update=days)
    desk.config = desk.config.model_copy(update={"hours": hours})
    floor = figures.floor(desk)
    sunday = floor.at + timedelta(days=6 - floor.at.weekday())
    found = told(desk, replace(floor, at=sunday), rows_of(desk, None))
    (said,) = (reason for reason in found.reasons if reason.startswith("Closed since"))
    assert said.startswith("Closed since Fri")
    assert "open again" in said
