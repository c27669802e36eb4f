"""Promises to customers: "I call back tomorrow at 10:00", dated, with a clock, until kept, renewed or dropped.

A conversation's ``promised_at`` is always its earliest open promise's time. A conversation with an open promise
cannot be resolved (:func:`.moves.set_state`); making one opens what was resolved. What waits is opened in time
(:func:`.handling.wake`).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from agentconsole.config import State
from agentconsole.desk import moves
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, make, step
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow, Promise
from agentconsole.model.ids import new_id
from agentconsole.store import promises as stored

Ended = Literal["kept", "renewed", "dropped"]
MAX_TEXT = 500
"""Characters of a promise."""
LISTED = 1000
"""Promises of :func:`everyones`, at most."""


def promise(desk: Desk, number: int, at: datetime, text: str) -> ConversationRow:
    """:func:`make_promise`, as a step of its own.

    :raises NotFound: no such conversation. :raises UsageError: no words, or a time that has passed.
    """
    return make(desk, number, partial(make_promise, at=at, text=text))


def keep(desk: Desk, promise_id: UUID) -> ConversationRow:
    """It was kept.

    :raises NotFound: there is no such promise, or it has ended already.
    """
    return _end(desk, promise_id, "kept")


def drop(desk: Desk, promise_id: UUID) -> ConversationRow:
    """It does not hold any more, and was not kept.

    :raises NotFound: there is no such promise, or it has ended already.
    """
    return _end(desk, promise_id, "dropped")


def renew(desk: Desk, promise_id: UUID, at: datetime) -> ConversationRow:
    """The same is promised for another time (UTC), in one step.

    :raises NotFound: there is no such promise, or it has ended already. :raises UsageError: a time that has passed.
    """
    return _end(desk, promise_id, "renewed", at)


def open_promises(desk: Desk, number: int) -> list[Promise]:
    """The conversation's open promises, the earliest first.

    :raises NotFound: no such conversation.
    """
    with desk.store.read() as connection:
        return stored.open_of(connection, [find(connection, number).id])


def everyones(desk: Desk) -> list[Promise]:
    """The open promises of the whole desk, the earliest first; the first :data:`LISTED`."""
    with desk.store.read() as connection:
        return stored.all_open(connection, LISTED)


def make_promise(doing: Doing, standing: Standing, at: datetime, text: str) -> None:
    """Promise something to the customer; what was resolved is open again.

    :param at: by when, UTC.
    :raises UsageError: no words or too many, or a time that has passed.
    """
    words = " ".join(text.split())
    if not words:
        raise UsageError(_("A promise without words."), _("Say what is promised, such as “call back”."))
    if len(words) > MAX_TEXT:
        raise UsageError(
            _("The promise is too long."),
            _("Say it in at most {n} characters; a note can say more.").format(n=MAX_TEXT),
        )
    if at <= doing.now:
        raise UsageError(_("A promise can only be made for a time to come."), _("Give a later time."))
    if standing.state is State.RESOLVED:
        moves.set_state(doing, standing, State.OPEN)
    made = Promise(new_id(), standing.number or 0, at, words, doing.actor, doing.now)
    stored.add(doing.connection, standing.id, made)
    doing.record(standing, "promised", promise=str(made.id), due=at.isoformat(), text=words)
    _follow(doing, standing)


def end_promise(doing: Doing, standing: Standing, promise_id: UUID, how: Ended) -> None:
    """End a promise of this conversation.

    :raises NotFound: it is none of its open ones.
    """
    mine = {p.id: p for p in stored.open_of(doing.connection, [standing.id])}
    if promise_id not in mine or not stored.end(doing.connection, promise_id, how, doing.now):
        raise _unknown()
    was = mine[promise_id]
    doing.record(standing, "promise_ended", promise=str(promise_id), how=how, due=was.at.isoformat(), text=was.text)
    _follow(doing, standing)


def unmake(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """Undo of "promised"."""
    gone = stored.forget(doing.connection, standing.id, UUID(was["promise"]))
    return _undone(doing, standing, gone)


def unend(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """Undo of "promise_ended"."""
    back = standing.state is not State.RESOLVED and stored.reopen(doing.connection, standing.id, UUID(was["promise"]))
    return _undone(doing, standing, back)


def _undone(doing: Doing, standing: Standing, done: bool) -> str:
    if not done:
        return _("#{number} was changed again since.").format(number=standing.number)
    standing.promised_at = stored.earliest(doing.connection, standing.id)
    return ""


def _follow(doing: Doing, standing: Standing) -> None:
    standing.promised_at = stored.earliest(doing.connection, standing.id)
    doing.touch(standing)


def _end(desk: Desk, promise_id: UUID, how: Ended, again: datetime | None = None) -> ConversationRow:
    with step(desk) as doing:
        found = stored.get(doing.connection, promise_id)
        if found is None or not found[1]:
            raise _unknown()
        was, _open = found
        standing = doing.hold(was.number)
        end_promise(doing, standing, promise_id, how)
        if again is not None:
            make_promise(doing, standing, again, was.text)
    return doing.rows[was.number]


def _unknown() -> NotFound:
    return NotFound(
        _("There is no such open promise (any more)."), _("`agentconsole promises` lists those that are open.")
    )
