"""The three clocks of a conversation, as a pure fold over what happened in it.

- *acknowledge* runs from the customer's first message to the brand's first answer;
- *reply* runs from the oldest unanswered message after that, or after a reopening, to the next answer;
- *resolve* runs from the customer's first message until the conversation is resolved.

docs/clocks.md says the same to supervisors, with examples. The choices made here:

- Acknowledge and reply run in every state but RESOLVED: whom we owe an answer does not change because we
  sleep on it (SNOOZED) or call the customer awaited (PENDING). Resolve runs while OPEN or SNOOZED.
- RESOLVED stops all clocks. Opened again by us, they go on where they stood. Opened again by the customer,
  the reply clock starts afresh, acknowledge is over for good, and resolve goes on with what it had left, but
  with no less than the reply time (it would be late before the answer is due).
- A clock never has less than nothing left: one that was stopped late is due the moment it runs again.
- Events are folded in the order in which the desk learns of them. One that carries an older date than the
  newest event known counts from that newest one, so that no time is negative and no message that nobody had
  seen is taken for answered. The exception is an answer written elsewhere (ELSEWHERE): it answers what is
  dated no later than itself. Where newer ones wait, the newest becomes the one that waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import floor

from agentconsole.config import ClockKind, ClockState, Config, Sla, State
from agentconsole.desk.hours import ALWAYS, BusinessTime, Calendar
from agentconsole.model.message import Direction, MessageKind

_ZERO = timedelta(0)
_KINDS = (ClockKind.ACKNOWLEDGE, ClockKind.REPLY, ClockKind.RESOLVE)
_NO_SLA = Sla()


class Event(StrEnum):
    """What happens to clocks. The last four are the states of the same name."""

    CUSTOMER = "customer"
    """The customer wrote: a MESSAGE, not an automatic reply, a bounce or list mail."""
    ANSWER = "answer"
    """The brand wrote to the customer from the desk, with all that had come in view."""
    ELSEWHERE = "elsewhere"
    """The brand wrote to the customer from elsewhere: a mail found in the Sent folder, dated by itself."""
    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock: ``left`` is the open time (never negative) it had at ``since``; None where it stands still."""

    left: timedelta
    since: datetime | None = None

    def due(self, calendar: BusinessTime) -> datetime | None:
        """When it runs out, UTC; ``None`` while it stands still."""
        return calendar.add(self.since, self.left) if self.since else None

    def left_at(self, at: datetime, calendar: BusinessTime) -> timedelta:
        """Open time left at ``at``, zero where it is late."""
        return max(self.left - calendar.between(self.since, at), _ZERO) if self.since else self.left

    def paced(self, runs: bool, at: datetime, calendar: BusinessTime) -> Clock:
        """The same clock made to run, or to stand still, from ``at`` on."""
        if runs == (self.since is not None):
            return self
        return Clock(self.left_at(at, calendar), at if runs else None)


@dataclass(frozen=True, slots=True)
class Clocks:
    """All that has to be kept of a conversation's past to go on with its clocks. Times are UTC.

    ``None`` for a clock: it was never promised, or has done its work.
    """

    acknowledge: Clock | None = None
    reply: Clock | None = None
    resolve: Clock | None = None
    opened_at: datetime | None = None
    """The first message that counts, whoever wrote it."""
    first_answer_at: datetime | None = None
    """The first answer to the customer."""
    waiting_since: datetime | None = None
    """The oldest unanswered message of the customer's."""
    waiting_newest: datetime | None = None
    """The newest unanswered message of the customer's."""
    waiting_messages: int = 0
    """How many of the customer's messages are unanswered."""
    reopened: int = 0
    """How often the customer came back after it was resolved."""
    changed_at: datetime | None = None
    """The newest event."""
    answered_in: timedelta | None = None
    """Open time from what the customer wrote first to the first answer."""
    answered_late: bool | None = None
    """Whether acknowledge had run out by then; ``None`` where it was not promised."""
    resolved_in: timedelta | None = None
    """Open time from the first message until it was resolved; ``None`` while it is not."""
    resolved_late: bool | None = None
    """Whether resolve had run out by then; ``None`` where it was not promised."""


@dataclass(frozen=True, slots=True)
class Due:
    """Which clock runs out first, and when (UTC)."""

    kind: ClockKind
    at: datetime


def event_of(direction: Direction, kind: MessageKind) -> Event | None:
    """The event that a message brought by a channel is; ``None`` for what moves no clock.

    (An answer queued in the console is :attr:`Event.ANSWER`; its copy coming back is not a second event.)
    """
    if kind is not MessageKind.MESSAGE or direction is Direction.NOTE:
        return None
    return Event.CUSTOMER if direction is Direction.IN else Event.ELSEWHERE


def state_after(state: State, event: Event) -> State:
    """The state an event leads to: a customer's message opens whatever it finds."""
    if event is Event.CUSTOMER:
        return State.OPEN
    return state if event in (Event.ANSWER, Event.ELSEWHERE) else State(event.value)


def after(
    clocks: Clocks | None,
    event: Event,
    at: datetime,
    sla: Sla,
    calendar: BusinessTime,
    *,
    state: State,
) -> Clocks:
    """The clocks after one more event.

    :param clocks: before it; ``None`` for a new conversation.
    :param at: when it happened, UTC, as dated; may lie before the newest event known.
    :param sla: the promises for a clock that starts now; those already running keep theirs.
    :param state: the state before the event, OPEN for a new conversation; :func:`state_after` tells the next.
    """
    clocks = before = clocks or Clocks()
    newest = max(at, clocks.changed_at) if clocks.changed_at else at
    if event is Event.ELSEWHERE:
        clocks = _answered(clocks, at, sla, state)
    elif event is Event.ANSWER:
        clocks = _answered(clocks, newest, sla, state)
    else:
        if event is Event.CUSTOMER:
            clocks = _asked(clocks, newest, sla, state)
        clocks = _paced(clocks, state_after(state, event), newest, calendar)
        clocks = _ended(before, clocks, state, event, newest, calendar)
    if clocks.first_answer_at is not before.first_answer_at:
        clocks = _first_answered(before, clocks, calendar)
    return clocks if clocks.changed_at == newest else replace(clocks, changed_at=newest)


def run(
    history: Iterable[tuple[Event, datetime]],
    sla: Sla,
    calendar: BusinessTime,
    *,
    state: State = State.OPEN,
) -> tuple[Clocks, State]:
    """:func:`after` over a whole history, in the order in which the desk learnt of it, from a state on."""
    clocks = Clocks()
    for event, at in history:
        clocks = after(clocks, event, at, sla, calendar, state=state)
        state = state_after(state, event)
    return clocks, state


def _asked(clocks: Clocks, at: datetime, sla: Sla, state: State) -> Clocks:
    """The customer wrote. The clocks it starts stand still as yet: the caller paces them."""
    first = clocks.opened_at is None
    back = state is State.RESOLVED and not first
    resolve = clocks.resolve or _promised(sla.resolve)
    if clocks.waiting_messages and not back:
        return replace(clocks, resolve=resolve, waiting_newest=at, waiting_messages=clocks.waiting_messages + 1)
    if back and resolve:
        resolve = Clock(max(resolve.left, _fair(sla)))
    return replace(
        clocks,
        acknowledge=_promised(sla.acknowledge) if first else None,
        reply=None if first else _promised(sla.reply),
        resolve=resolve,
        opened_at=clocks.opened_at or at,
        waiting_since=at,
        waiting_newest=at,
        waiting_messages=1,
        reopened=clocks.reopened + back,
    )


def _answered(clocks: Clocks, at: datetime, sla: Sla, state: State) -> Clocks:
    """The brand wrote: what was dated until ``at`` is answered."""
    if clocks.opened_at is None:
        return replace(clocks, opened_at=at)
    newest = clocks.waiting_newest
    if newest is None or clocks.waiting_since is None or at < clocks.waiting_since:
        return clocks
    waits = newest if at < newest else None
    reply = _promised(sla.reply) if waits else None
    if reply and state is not State.RESOLVED:
        reply = Clock(reply.left, waits)
    return replace(
        clocks,
        acknowledge=None,
        reply=reply,
        first_answer_at=clocks.first_answer_at or at,
        waiting_since=waits,
        waiting_newest=waits,
        waiting_messages=1 if waits else 0,
    )


def _paced(clocks: Clocks, state: State, at: datetime, calendar: BusinessTime) -> Clocks:
    """Each clock made to run where the state lets it."""
    owed, working = state is not State.RESOLVED, state in (State.OPEN, State.SNOOZED)
    before = clocks.acknowledge, clocks.reply, clocks.resolve
    acknowledge, reply, resolve = (
        clock and clock.paced(runs, at, calendar) for clock, runs in zip(before, (owed, owed, working), strict=True)
    )
    if (acknowledge, reply, resolve) == before:
        return clocks
    return replace(clocks, acknowledge=acknowledge, reply=reply, resolve=resolve)


def _first_answered(before: Clocks, clocks: Clocks, calendar: BusinessTime) -> Clocks:
    """How long the customer waited for the first answer, and whether that was too long."""
    at, since = clocks.first_answer_at, before.waiting_since
    if at is None or since is None:
        return clocks
    promised = before.acknowledge and before.acknowledge.due(calendar)
    late = at > promised if promised else None
    return replace(clocks, answered_in=calendar.between(since, at), answered_late=late)


def _ended(before: Clocks, clocks: Clocks, state: State, event: Event, at: datetime, calendar: BusinessTime) -> Clocks:
    """How long it took to resolve; not known any more once it is open again."""
    if state_after(state, event) is not State.RESOLVED:
        return clocks if clocks.resolved_in is None else replace(clocks, resolved_in=None, resolved_late=None)
    if state is State.RESOLVED or clocks.opened_at is None:
        return clocks
    late = None if before.resolve is None else before.resolve.left_at(at, calendar) == _ZERO
    return replace(clocks, resolved_in=calendar.between(clocks.opened_at, at), resolved_late=late)


def _promised(time: timedelta | None) -> Clock | None:
    return None if time is None else Clock(time)


def _fair(sla: Sla) -> timedelta:
    """What a conversation that the customer reopens has at least left to be resolved in."""
    answer = sla.reply if sla.reply is not None else sla.acknowledge
    return min(answer or _ZERO, sla.resolve if sla.resolve is not None else _ZERO)


def policy(config: Config, channel_id: str, medium: str) -> tuple[Sla, BusinessTime]:
    """The promises for a channel, and the time they are counted in.

    The first ``sla`` that names the channel or its medium; else the first that names none; else one that
    promises nothing.
    """
    general: Sla | None = None
    for sla in config.sla:
        if channel_id in sla.channels or medium in sla.channels:
            break
        if not sla.channels and general is None:
            general = sla
    else:
        sla = general or _NO_SLA
    if sla is _NO_SLA or sla.time == "calendar":
        return sla, ALWAYS
    return sla, Calendar.of(config.hours)


def due(clocks: Clocks | None, calendar: BusinessTime) -> Due | None:
    """The running clock that runs out first; of two at one moment, the first of its list."""
    if clocks is None:
        return None
    found: Due | None = None
    for kind, clock in zip(_KINDS, (clocks.acknowledge, clocks.reply, clocks.resolve), strict=True):
        at = clock and clock.due(calendar)
        if at and (found is None or at < found.at):
            found = Due(kind, at)
    return found


def state(due_at: datetime, now: datetime, due_within: timedelta) -> ClockState:
    """LATE: ``due_at < now``. DUE: less than ``due_within`` (elapsed time, open or not) is left. Else OK."""
    if due_at < now:
        return ClockState.LATE
    return ClockState.DUE if due_at - now < due_within else ClockState.OK


def seconds_left(due_at: datetime, now: datetime) -> int:
    """Whole seconds of elapsed time until ``due_at``, rounded down: negative exactly where it is late."""
    return floor((due_at - now).total_seconds())
