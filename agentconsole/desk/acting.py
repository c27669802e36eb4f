"""A macro's actions as moves: done along with a reply, or at once where a macro has no words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from agentconsole.config import State
from agentconsole.desk import moves, snooze
from agentconsole.desk.bulk import Outcome, apply
from agentconsole.desk.context import Desk
from agentconsole.desk.promises import make_promise
from agentconsole.desk.replies import Queued, annotate, reply
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, Move, step
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.macro import NOBODY, Actions


def moves_of(desk: Desk, actions: Actions) -> tuple[Move, ...]:
    """All that actions do, the state included, but for the gesture, which a person decides on. Times are read now.

    For :func:`.replies.reply` (``along``), :func:`.steps.make` and :func:`.bulk.apply`.

    :raises UsageError: a time that is none or has passed, or a placeholder that was not filled in.
    """
    found: list[Move] = []
    if actions.add_tags or actions.remove_tags:
        found.append(partial(moves.tag, add=actions.add_tags, remove=actions.remove_tags))
    if actions.assignee is not None or actions.team is not None:
        found.append(partial(_give, agent=actions.assignee, team=actions.team))
    if actions.priority is not None:
        found.append(partial(moves.prioritise, priority=actions.priority))
    if actions.note:
        found.append(partial(annotate, text=_whole(actions.note), part=True))
    if actions.promise is not None:
        at = snooze.until(desk, _whole(actions.promise.when))
        if at is None:
            raise UsageError(_("A promise needs a time."), _("Give such as tomorrow 10:00."))
        found.append(partial(make_promise, at=at, text=_whole(actions.promise.text)))
    state, until = state_of(desk, actions)
    return tuple(found) if state is None else (*found, partial(_stand, state=state, until=until))


def state_of(desk: Desk, actions: Actions) -> tuple[State | None, datetime | None]:
    """The state afterwards (``None`` leaves it) and, for SNOOZED, until when (UTC; ``None``: until a reply).

    :raises UsageError: a time that is none or has passed.
    """
    if actions.snooze:
        return State.SNOOZED, snooze.until(desk, _whole(actions.snooze))
    return actions.state, None


def act(desk: Desk, numbers: Sequence[int], actions: Actions) -> Outcome:
    """Do all of them to conversations, as one step; one that cannot be changed is left as it was.

    :raises UsageError: a time that is none or has passed, or a placeholder that was not filled in.
    :raises ConsoleError: there is but one conversation, and it cannot be changed: why.
    """
    wanted = moves_of(desk, actions)
    if len(numbers) != 1:
        return apply(desk, numbers, wanted)
    with step(desk) as doing:
        standing = doing.hold(numbers[0])
        for move in wanted:
            move(doing, standing)
    return Outcome(doing.step, tuple(doing.rows.values()), ())


def send(
    desk: Desk,
    number: int,
    text: str,
    actions: Actions,
    *,
    state: State | None = State.PENDING,
    seen: int | None = None,
    attachments: Sequence[Path] = (),
    hold: timedelta = timedelta(0),
    message_id: UUID | None = None,
) -> Queued:
    """A macro's words as a reply, and its actions, in one step.

    :param state: afterwards; PENDING, which is what any reply comes to, gives way to a state of the actions.
    :param message_id: as :func:`.replies.reply`.
    :raises StaleReply: as :func:`.replies.reply`. :raises UsageError: as that, or as :func:`moves_of`.
    """
    if state is State.PENDING and state_of(desk, actions)[0] is not None:
        state = None
    along, kept = moves_of(desk, actions), actions.to_json()
    return reply(
        desk, number, text, seen=seen, state=state, attachments=attachments, hold=hold, along=along, actions=kept,
        message_id=message_id,
    )  # fmt: skip


def _stand(doing: Doing, standing: Standing, state: State, until: datetime | None) -> None:
    """With a reply, the state is part of it: it did not happen where that fails."""
    moves.set_state(doing, standing, state, until, reply=doing.has_recorded(standing, "replied"))


def _give(doing: Doing, standing: Standing, agent: str | None, team: str | None) -> None:
    """What is ``None`` stays as it is."""
    to = standing.assignee if agent is None else None if agent == NOBODY else agent
    moves.assign(doing, standing, to, standing.team if team is None else team)


def _whole(text: str) -> str:
    if "{{" in text:
        raise UsageError(
            _("A placeholder was not filled in: {text}").format(text=text[:80]),
            _("Fill it in, or take the action away."),
        )
    return text
