"""Handling a conversation: who has it, where it stands, what it is about, and how much it matters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from agentconsole.config import Priority, State
from agentconsole.desk import moves
from agentconsole.desk.context import Desk
from agentconsole.desk.steps import make, step
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import conversations

TIMER = "timer"
"""Who opened what was snoozed, in the audit trail."""


def assign(desk: Desk, number: int, agent: str | None, team: str | None = None) -> ConversationRow:
    """:func:`.moves.assign`, as a step of its own.

    :raises NotFound: no such conversation, agent or team.
    """
    return make(desk, number, partial(moves.assign, agent=agent, team=team))


def set_state(desk: Desk, number: int, state: State, until: datetime | None = None) -> ConversationRow:
    """:func:`.moves.set_state`, as a step of its own.

    :raises UsageError: ``until`` with another state or in the past; RESOLVED while a promise or an approval is open.
    """
    return make(desk, number, partial(moves.set_state, state=state, until=until))


def tag(desk: Desk, number: int, add: Iterable[str] = (), remove: Iterable[str] = ()) -> ConversationRow:
    """:func:`.moves.tag`, as a step of its own.

    :raises UsageError: a tag that is none.
    """
    return make(desk, number, partial(moves.tag, add=tuple(add), remove=tuple(remove)))


def prioritise(desk: Desk, number: int, priority: Priority) -> ConversationRow:
    """:func:`.moves.prioritise`, as a step of its own."""
    return make(desk, number, partial(moves.prioritise, priority=priority))


def tags(desk: Desk) -> list[tuple[str, int]]:
    """The tags in use, with how many conversations have each, the most used first."""
    with desk.store.read() as connection:
        return conversations.known_tags(connection)


def wake(desk: Desk, limit: int = 100) -> int:
    """Open what has to be looked at again: snoozed until now, or waiting with a promise that is due soon, or due,
    or with a gesture asked for that is due.

    A promise opens it at most twice; whoever sets it aside again in between has seen it.

    :returns: how many there were.
    """
    within = desk.config.due_within
    with desk.store.read() as connection:
        if not conversations.to_wake(connection, desk.now(), within, 1):
            return 0
    count = 0
    with step(desk, actor=TIMER, cause="timer") as doing:
        for standing in doing.hold_all(conversations.to_wake(doing.connection, doing.now, within, limit)):
            until, due = standing.snoozed_until, standing.promised_at
            slept = until is not None and until <= doing.now
            called = due is not None and conversations.promise_calls(due, standing.updated_at, doing.now, within)
            promised = called and (until is None or due is None or until > due)
            asked = standing.approval_due_at
            overdue = asked is not None and standing.updated_at < asked <= doing.now
            if (slept or promised or overdue) and standing.state in (State.PENDING, State.SNOOZED):
                moves.set_state(doing, standing, State.OPEN)
                count += 1
    return count
