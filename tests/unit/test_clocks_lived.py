"""The clocks against a reference that lives through every minute of a conversation."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config import (
    ClockKind,
    Hours,
    Sla,
    State,
)
from agentconsole.desk.clocks import (
    Clock,
    Clocks,
    Due,
    Event,
    after,
    due,
    run,
    state_after,
)
from agentconsole.desk.hours import ALWAYS, BusinessTime, Calendar

MINUTE = timedelta(minutes=1)
PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 3, 26, tzinfo=UTC)  # a Thursday; the clocks change on Sunday
SPLIT = Hours(zone="Europe/Paris", mon="09:00-12:30, 14:00-18:00", sun="01:00-05:00", fri="16:00-24:00")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LENGTH = 6 * 1440
KINDS = (ClockKind.ACKNOWLEDGE, ClockKind.REPLY, ClockKind.RESOLVE)
ANSWERS = (Event.ANSWER, Event.ELSEWHERE)


def open_minutes(hours: Hours) -> list[bool]:
    found = []
    for n in range(LENGTH):
        local = (START + n * MINUTE).astimezone(PARIS)
        found.append(any(a <= local.time() < b for a, b in getattr(hours, DAYS[local.weekday()])))
    return found


CALENDARS: list[tuple[BusinessTime, list[bool]]] = [
    (ALWAYS, [True] * LENGTH),
    (Calendar.of(SPLIT), open_minutes(SPLIT)),
]


class Lived:
    """A conversation lived through minute by minute: lists and counters, in minutes since START."""

    def __init__(self, promised: dict[ClockKind, int], open_at: list[bool]) -> None:
        self.promised, self.open_at = promised, open_at
        self.state = State.OPEN
        self.begun = False
        self.unanswered: list[int] = []
        self.reopened = 0
        self.left: dict[ClockKind, int] = {}
        self.ran_out: dict[ClockKind, int] = {}

    def runs(self, kind: ClockKind) -> bool:
        if kind is ClockKind.RESOLVE:
            return self.state in (State.OPEN, State.SNOOZED)
        return self.state is not State.RESOLVED

    def start(self, kind: ClockKind) -> None:
        if kind in self.promised:
            self.left[kind] = self.promised[kind]

    def end(self, *kinds: ClockKind) -> None:
        for kind in kinds:
            self.left.pop(kind, None)
            self.ran_out.pop(kind, None)

    def look(self, minute: int) -> None:
        for kind in self.left:
            if not self.runs(kind):
                self.ran_out.pop(kind, None)
            elif self.left[kind] == 0:
                self.ran_out.setdefault(kind, minute)

    def tick(self, minute: int, *kinds: ClockKind) -> None:
        for kind in kinds:
            if kind in self.left and self.runs(kind) and self.open_at[minute] and self.left[kind]:
                self.left[kind] -= 1

    def happens(self, event: Event, dated: int, minute: int) -> None:
        if event is Event.CUSTOMER:
            self.customer(minute)
        elif event in ANSWERS:
            self.answer(minute if event is Event.ANSWER else dated, minute)
        else:
            self.state = State(event.value)
        self.look(minute)

    def customer(self, minute: int) -> None:
        if self.state is State.RESOLVED and self.begun:
            self.reopened += 1
            self.unanswered = []
            self.end(ClockKind.ACKNOWLEDGE, ClockKind.REPLY)
            if ClockKind.RESOLVE in self.left:
                answer = self.promised.get(ClockKind.REPLY, self.promised.get(ClockKind.ACKNOWLEDGE, 0))
                least = min(answer, self.promised[ClockKind.RESOLVE])
                self.left[ClockKind.RESOLVE] = max(self.left[ClockKind.RESOLVE], least)
        self.state = State.OPEN
        if not self.begun:
            self.start(ClockKind.ACKNOWLEDGE)
        elif not self.unanswered:
            self.start(ClockKind.REPLY)
        if ClockKind.RESOLVE not in self.left:
            self.start(ClockKind.RESOLVE)
        self.begun = True
        self.unanswered.append(minute)

    def answer(self, reach: int, minute: int) -> None:
        self.begun = True
        rest = [at for at in self.unanswered if at > reach]
        if rest == self.unanswered:
            return
        self.end(ClockKind.ACKNOWLEDGE, ClockKind.REPLY)
        self.unanswered = rest[-1:]
        if rest:
            self.start(ClockKind.REPLY)
            for earlier in range(rest[-1], minute):
                self.look(earlier)
                self.tick(earlier, ClockKind.REPLY)


def live(history: list[tuple[Event, int]], promised: dict[ClockKind, int], open_at: list[bool]) -> Lived:
    lived, learnt = Lived(promised, open_at), []
    newest = 0
    for event, dated in history:
        newest = max(newest, dated)
        learnt.append((event, dated, newest))
    for minute in range(LENGTH):
        lived.look(minute)
        for event, dated, at in learnt:
            if at == minute:
                lived.happens(event, dated, minute)
        lived.tick(minute, *KINDS)
    lived.look(LENGTH)
    return lived


some_events = st.sampled_from([Event.CUSTOMER, Event.CUSTOMER, Event.ANSWER, *Event])
in_order = st.lists(st.tuples(some_events, st.integers(0, 4 * 1440)), max_size=10).map(
    lambda events: sorted(events, key=lambda item: item[1])
)


@st.composite
def some_history(draw: st.DrawFn) -> list[tuple[Event, int]]:
    """In order mostly; then some of it learnt late, dated close to what is known by then."""
    history = draw(in_order)
    for _ in range(draw(st.sampled_from([0, 0, 1, 2])) if history else 0):
        near = draw(st.sampled_from(history))[1] + draw(st.integers(-1, 1))
        late = draw(st.sampled_from([Event.ELSEWHERE, Event.ELSEWHERE, *Event])), max(near, 0)
        history.insert(draw(st.integers(0, len(history))), late)
    return history


some_promises = st.fixed_dictionaries({}, optional={kind: st.integers(1, 900) for kind in KINDS})


def sla_of(promised: dict[ClockKind, int]) -> Sla:
    return Sla(**{kind.value: minutes * MINUTE for kind, minutes in promised.items()})


def dated(history: list[tuple[Event, int]]) -> list[tuple[Event, datetime]]:
    return [(event, START + minute * MINUTE) for event, minute in history]


@settings(deadline=None, max_examples=60)
@given(some_history(), some_promises, st.sampled_from([0, 1]))
def test_the_fold_is_what_one_lives_through(
    history: list[tuple[Event, int]], promised: dict[ClockKind, int], which: int
) -> None:
    calendar, open_at = CALENDARS[which]
    lived = live(history, promised, open_at)
    clocks, ends = run(dated(history), sla_of(promised), calendar)
    end = START + LENGTH * MINUTE
    assert ends is lived.state
    assert clocks.waiting_messages == len(lived.unanswered)
    assert clocks.waiting_since == (START + lived.unanswered[0] * MINUTE if lived.unanswered else None)
    assert clocks.reopened == lived.reopened
    first: list[tuple[datetime, ClockKind]] = []
    for kind in KINDS:
        clock: Clock | None = getattr(clocks, kind.value)
        assert (clock is None) == (kind not in lived.left), kind
        if clock is None:
            continue
        assert (clock.since is not None) == lived.runs(kind), kind
        assert clock.left_at(end, calendar) == lived.left[kind] * MINUTE, kind
        runs_out = clock.due(calendar)
        if kind in lived.ran_out:
            assert runs_out == START + lived.ran_out[kind] * MINUTE, kind
        else:
            assert runs_out is None or runs_out >= end, kind
        if runs_out:
            first.append((runs_out, kind))
    found = due(clocks, calendar)
    order = list(KINDS)
    assert found == (Due(*reversed(min(first, key=lambda item: (item[0], order.index(item[1]))))) if first else None)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(some_events, st.timedeltas(timedelta(0), timedelta(days=20))), max_size=15),
    some_promises,
)
def test_no_time_is_ever_negative(history: list[tuple[Event, timedelta]], promised: dict[ClockKind, int]) -> None:
    calendar = CALENDARS[1][0]
    clocks, now = Clocks(), State.OPEN
    for event, offset in history:
        clocks = after(clocks, event, START + offset, sla_of(promised), calendar, state=now)
        now = state_after(now, event)
        for kind in KINDS:
            clock: Clock | None = getattr(clocks, kind.value)
            if clock:
                assert timedelta(0) <= clock.left <= promised[kind] * MINUTE
                assert clock.since is None or clocks.opened_at is None or clock.since >= clocks.opened_at
        if clocks.waiting_since and clocks.waiting_newest and clocks.opened_at and clocks.changed_at:
            assert clocks.opened_at <= clocks.waiting_since <= clocks.waiting_newest <= clocks.changed_at
        assert (clocks.waiting_messages == 0) == (clocks.waiting_since is None)
