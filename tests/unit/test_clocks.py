"""The clocks, case by case, and the examples that supervisors are given."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agentconsole.config import (
    ChannelSettings,
    ClockKind,
    ClockState,
    Config,
    Hours,
    Sla,
    State,
)
from agentconsole.config.values import parse_duration
from agentconsole.desk.clocks import (
    Clock,
    Clocks,
    Due,
    Event,
    after,
    due,
    event_of,
    policy,
    run,
    seconds_left,
    state,
    state_after,
)
from agentconsole.desk.hours import ALWAYS, Calendar
from agentconsole.model.message import Direction, MessageKind

MINUTE = timedelta(minutes=1)
PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 3, 26, tzinfo=UTC)

WORDS = {
    "the customer writes": Event.CUSTOMER,
    "we answer": Event.ANSWER,
    "we answered elsewhere": Event.ELSEWHERE,
    "we set it pending": Event.PENDING,
    "we snooze it": Event.SNOOZED,
    "we resolve it": Event.RESOLVED,
}


def examples() -> list[list[list[str]]]:
    """The tables under "Examples" of docs/clocks.md, as rows of cells."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "clocks.md").read_text(encoding="utf-8")
    part = page.partition("## Examples")[2].partition("\n## ")[0]
    tables = [block.splitlines()[2:] for block in part.split("\n\n") if block.startswith("| when")]
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in table] for table in tables]


def moment(text: str) -> datetime:
    found = datetime.strptime(f"{text} 2026", "%a %d %b %H:%M %Y").replace(tzinfo=PARIS)
    assert f"{found:%a}" == text[:3], f"{text} was no such day"
    return found.astimezone(UTC)


def test_the_examples_are_there() -> None:
    assert len(examples()) >= 5


@pytest.mark.parametrize("rows", examples())
def test_what_supervisors_are_told_is_true(rows: list[list[str]]) -> None:
    sla = Sla(acknowledge="1h", reply="4h", resolve="24h")  # type: ignore[arg-type]  # as written in the file
    calendar = Calendar.of(Hours(zone="Europe/Paris"))
    clocks, now = Clocks(), State.OPEN
    for when, what, *said in rows:
        at, event = moment(when), WORDS[what]
        clocks = after(clocks, event, at, sla, calendar, state=now)
        now = state_after(now, event)
        for text, clock in zip(said, (clocks.acknowledge, clocks.reply, clocks.resolve), strict=True):
            stands = re.fullmatch(r"stands (\S+)", text)
            if text == "-":
                assert clock is None, (when, what)
            elif stands:
                assert clock == Clock(parse_duration(stands[1])), (when, what)
            else:
                assert clock is not None, (when, what)
                assert clock.due(calendar) == moment(text), (when, what)


SLA = Sla(acknowledge=60 * MINUTE, reply=240 * MINUTE, resolve=1440 * MINUTE)


def dated(history: tuple[tuple[Event, int], ...]) -> list[tuple[Event, datetime]]:
    return [(event, START + minute * MINUTE) for event, minute in history]


def told(*history: tuple[Event, int]) -> Clocks:
    return run(dated(history), SLA, ALWAYS)[0]


def test_a_conversation_the_brand_began_is_never_acknowledged() -> None:
    clocks = told((Event.ANSWER, 0), (Event.CUSTOMER, 30))
    assert clocks.acknowledge is None
    assert clocks.first_answer_at is None
    assert due(clocks, ALWAYS) == Due(ClockKind.REPLY, START + 270 * MINUTE)


def test_resolved_without_an_answer_and_reopened_by_the_customer_only_reply_runs() -> None:
    clocks = told((Event.CUSTOMER, 0), (Event.RESOLVED, 10), (Event.CUSTOMER, 100))
    assert clocks.acknowledge is None
    assert clocks.reply == Clock(240 * MINUTE, START + 100 * MINUTE)
    assert (clocks.reopened, clocks.waiting_messages) == (1, 1)


def test_the_first_answer_is_remembered() -> None:
    clocks = told((Event.CUSTOMER, 0), (Event.ANSWER, 30), (Event.CUSTOMER, 40), (Event.ANSWER, 50))
    assert clocks.first_answer_at == START + 30 * MINUTE
    assert clocks.opened_at == START


def test_resolving_by_mistake_loses_no_clock() -> None:
    open_all_along = told((Event.CUSTOMER, 0))
    mistaken = told((Event.CUSTOMER, 0), (Event.RESOLVED, 10), (Event.OPEN, 10))
    assert due(mistaken, ALWAYS) == due(open_all_along, ALWAYS)
    assert mistaken.waiting_since == open_all_along.waiting_since
    assert mistaken.reopened == 0


def test_a_resolved_conversation_has_no_clock_running() -> None:
    assert due(told((Event.CUSTOMER, 0), (Event.RESOLVED, 10)), ALWAYS) is None
    assert due(None, ALWAYS) is None


def test_a_mail_older_than_our_answer_that_arrives_after_it_still_waits() -> None:
    clocks = told((Event.CUSTOMER, 0), (Event.ANSWER, 100), (Event.CUSTOMER, 90))
    assert clocks.waiting_messages == 1
    assert due(clocks, ALWAYS) == Due(ClockKind.REPLY, START + 340 * MINUTE)


def test_an_old_answer_found_late_does_not_answer_newer_mail() -> None:
    history = (Event.CUSTOMER, 50), (Event.ANSWER, 60), (Event.CUSTOMER, 70), (Event.CUSTOMER, 80)
    assert told(*history, (Event.ELSEWHERE, 65)).waiting_messages == 2
    assert told(*history, (Event.ELSEWHERE, 75)).waiting_since == START + 80 * MINUTE
    for state_now, expected in ((Event.PENDING, START + 80 * MINUTE), (Event.RESOLVED, None)):
        found = told(*history, (state_now, 200), (Event.ELSEWHERE, 75)).reply
        assert found == Clock(240 * MINUTE, expected)
    assert told(*history, (Event.ELSEWHERE, 80)).waiting_messages == 0


def test_an_answer_from_a_console_whose_clock_is_slow_answers_all_the_same() -> None:
    assert told((Event.CUSTOMER, 10), (Event.ANSWER, 9)).waiting_messages == 0


def test_a_changed_promise_leaves_running_clocks_alone() -> None:
    begun = told((Event.CUSTOMER, 0))
    later = after(begun, Event.SNOOZED, START, Sla(acknowledge=5 * MINUTE), ALWAYS, state=State.OPEN)
    assert due(later, ALWAYS) == due(begun, ALWAYS)


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("direction", list(Direction))
def test_only_what_people_wrote_to_each_other_moves_a_clock(direction: Direction, kind: MessageKind) -> None:
    expected = {Direction.IN: Event.CUSTOMER, Direction.OUT: Event.ELSEWHERE, Direction.NOTE: None}
    found = event_of(direction, kind)
    assert found == (expected[direction] if kind is MessageKind.MESSAGE else None)


@pytest.mark.parametrize("before", list(State))
def test_states(before: State) -> None:
    assert state_after(before, Event.CUSTOMER) is State.OPEN
    assert state_after(before, Event.ANSWER) is before
    assert state_after(before, Event.ELSEWHERE) is before
    for target in State:
        assert state_after(before, Event(target.value)) is target


def test_which_promise_holds() -> None:
    by_id, by_medium, general = (
        Sla(channels=("support",), reply=MINUTE),
        Sla(channels=("mail",), reply=2 * MINUTE, time="calendar"),
        Sla(reply=3 * MINUTE),
    )
    channels = (
        ChannelSettings(id="support", kind="email", medium="mail"),
        ChannelSettings(id="sales", kind="email", medium="mail"),
        ChannelSettings(id="chat", kind="email", medium="chat"),
    )
    config = Config(sla=(general, by_id, by_medium), channels=channels)
    calendar = Calendar.of(config.hours)
    assert policy(config, "support", "mail") == (by_id, calendar)
    assert policy(config, "sales", "mail") == (by_medium, ALWAYS)
    assert policy(config, "chat", "chat") == (general, calendar)
    without = Config(sla=(by_id,), channels=channels)
    assert policy(without, "chat", "chat") == (Sla(), ALWAYS)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-3600, "late"), (-0.5, "late"), (0, "due"), (3599, "due"), (3600, "ok"), (90_000, "ok")],
)
def test_late_due_ok(seconds: float, expected: str) -> None:
    due_at = START + timedelta(seconds=seconds)
    assert state(due_at, START, timedelta(hours=1)) is ClockState(expected)
    assert (seconds_left(due_at, START) < 0) == (expected == "late")
