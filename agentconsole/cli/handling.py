"""Verbs that handle conversations: assign, status, snooze, tag, priority, promises, escalations, undo.

Where a verb takes ``IDS``, several numbers may stand with commas between them: one step, undone in one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from uuid import UUID

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, iso, line, promise_fields, table
from agentconsole.config import Priority, State
from agentconsole.desk import bulk, conversations, escalations, moves, promises, snooze, wording, wording_trail
from agentconsole.desk import undo as undoing
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import number_of
from agentconsole.desk.steps import Move, make
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow, Promise
from agentconsole.text import clean

_TEAM = "team:"


def state_of(name: str) -> State:
    """A state by its name.

    :raises UsageError: there is none; says which there are.
    """
    if name not in set(State):
        raise UsageError(
            _("There is no state {name!r}.").format(name=name), _("Use one of: {names}.").format(names=", ".join(State))
        )
    return State(name)


def _numbers(text: str) -> list[int]:
    return [number_of(part) for part in text.split(",") if part.strip()] or [number_of(text)]


def _change(desk: Desk, ids: str, said: Callable[[ConversationRow], str], *wanted: Move) -> int:
    """Do it to one or to several, tell each, and what was refused on standard error (exit code 1)."""
    numbers = _numbers(ids)
    if len(numbers) == 1:
        _tell(make(desk, numbers[0], *wanted), said)
        return 0
    outcome = bulk.apply(desk, numbers, wanted)
    for row in outcome.rows:
        _tell(row, said)
    for number, why in outcome.refused:
        sys.stderr.write(f"{clean(f'#{number}: {why}', one_line=True, limit=2000)}\n")
    return 1 if outcome.refused else 0


def _tell(row: ConversationRow, said: Callable[[ConversationRow], str]) -> None:
    heading(f"#{row.number}: {said(row)}")


def _holder(text: str, desk: Desk) -> tuple[str | None, str | None]:
    """Agent and team of ``WHO``."""
    if text.startswith(_TEAM):
        return None, text.removeprefix(_TEAM)
    return None if text == "nobody" else desk.agent.id if text == "me" else text, None


def assign(options: argparse.Namespace) -> int:
    """``agentconsole assign IDS WHO``."""
    with opened(options) as desk:
        agent, team = _holder(options.to, desk)

        def said(row: ConversationRow) -> str:
            return _("assigned to {who}.").format(who=wording.assignee(row, desk) or _("nobody"))

        return _change(desk, options.numbers, said, partial(moves.assign, agent=agent, team=team))


def status(options: argparse.Namespace) -> int:
    """``agentconsole status IDS STATE [--until WHEN]``."""
    state = state_of(options.state)
    if options.until and state is not State.SNOOZED:
        raise UsageError(_("Only what is snoozed comes back at a time."), _("Leave --until out, or say snoozed."))
    with opened(options) as desk:
        if options.until:
            return _change(desk, options.numbers, partial(_stands, desk), snooze.move(desk, options.until))
        return _change(desk, options.numbers, partial(_stands, desk), partial(moves.set_state, state=state))


def snoozed(options: argparse.Namespace) -> int:
    """``agentconsole snooze IDS WHEN``."""
    with opened(options) as desk:
        when = snooze.move(desk, " ".join(options.when))
        return _change(desk, options.numbers, partial(_stands, desk), when)


def _stands(desk: Desk, row: ConversationRow) -> str:
    said = wording.state(row.state)
    if row.snoozed_until is None:
        return f"{said}."
    return _("{state} until {at}.").format(state=said, at=wording.at(row.snoozed_until, desk))


def tag(options: argparse.Namespace) -> int:
    """``agentconsole tag IDS [+a] [-b] [c]``; without tags, those that a conversation has."""
    wrong = [text for text in options.tags if text.startswith("--") or text in ("+", "-")]
    if wrong:
        raise UsageError(
            _("{text!r} cannot be a tag.").format(text=wrong[0]), _("Options stand before the conversation's number.")
        )
    remove = [text[1:] for text in options.tags if text.startswith("-")]
    add = [text.removeprefix("+") for text in options.tags if not text.startswith("-")]
    with opened(options) as desk:

        def said(row: ConversationRow) -> str:
            return " ".join(conversations.open_thread(desk, row.number, 1).tags) or _("no tags.")

        if not options.tags:
            for number in _numbers(options.numbers):
                _tell(conversations.row(desk, number), said)
            return 0
        return _change(desk, options.numbers, said, partial(moves.tag, add=add, remove=remove))


def priority(options: argparse.Namespace) -> int:
    """``agentconsole priority IDS PRIORITY``."""
    if options.priority not in set(Priority):
        raise UsageError(
            _("There is no priority {name!r}.").format(name=options.priority),
            _("Use one of: {names}.").format(names=", ".join(Priority)),
        )
    wanted = Priority(options.priority)
    with opened(options) as desk:
        return _change(
            desk,
            options.numbers,
            lambda row: f"{wording.priority(row.priority)}.",
            partial(moves.prioritise, priority=wanted),
        )


def escalate(options: argparse.Namespace) -> int:
    """``agentconsole escalate IDS WHO REASON``."""
    with opened(options) as desk:
        agent, team = _holder(options.to, desk)
        move = partial(escalations.make_escalation, reason=" ".join(options.reason), agent=agent, team=team)
        return _change(desk, options.numbers, lambda row: wording.escalation(row, desk, desk.now()), move)


def take(options: argparse.Namespace) -> int:
    """``agentconsole take IDS``."""
    with opened(options) as desk:
        return _change(desk, options.numbers, lambda _row: _("it is yours."), escalations.take_it)


def promise(options: argparse.Namespace) -> int:
    """``agentconsole promise IDS WHEN TEXT``, or how one of them ended."""
    ended = options.kept or options.drop or options.renew
    if bool(ended) == bool(options.when or options.text):
        raise UsageError(
            _("Say what is promised and when, or how a promise ended."),
            _("Give WHEN and TEXT, or one of --kept, --renew WHEN, --drop."),
        )
    with opened(options) as desk:
        if ended:
            return _end(desk, options)
        if not options.text:
            raise UsageError(_("A promise without words."), _("Say what is promised, such as “call back”."))
        at = snooze.moment(desk, options.when)
        made = partial(promises.make_promise, at=at, text=" ".join(options.text))
        said = _("promised for {at}.").format(at=wording.at(at, desk))
        return _change(desk, options.numbers, lambda _row: said, made)


def _end(desk: Desk, options: argparse.Namespace) -> int:
    number = number_of(options.numbers)
    mine = promises.open_promises(desk, number)
    if len(mine) < options.which:
        raise NotFound(
            _("#{number} has no such open promise.").format(number=number), _("See `agentconsole promises`.")
        )
    chosen = mine[options.which - 1]
    if options.renew:
        at = snooze.moment(desk, options.renew)
        row = promises.renew(desk, chosen.id, at)
        _tell(row, lambda _row: _("promised for {at}.").format(at=wording.at(at, desk)))
    else:
        row = promises.keep(desk, chosen.id) if options.kept else promises.drop(desk, chosen.id)
        _tell(row, lambda _row: _("promise kept.") if options.kept else _("promise dropped."))
    return 0


def list_promises(options: argparse.Namespace) -> int:
    """``agentconsole promises``: the open ones, the earliest first."""
    with opened(options, reads=True) as desk:
        found, now = promises.everyones(desk), desk.now()
        if options.json:
            for made in found:
                emit(promise_fields(made, desk, now))
            return 0
        table([_promise_cells(made, desk) for made in found], flexible=3)
        if not found:
            line(_("Nothing is promised."))
    return 0


def _promise_cells(made: Promise, desk: Desk) -> list[str]:
    clock = wording.promise_clock(made, desk, desk.now()).words()
    return [f"#{made.number}", clock, wording.at(made.at, desk), made.text, desk.agent_name(made.author)]


def undo(options: argparse.Namespace) -> int:
    """``agentconsole undo [--past]``: the agent's latest step of the last hour; says what was undone."""
    with opened(options) as desk:
        undone = _undo(desk, past=options.past).step
        if options.json:
            changes = [{"id": number, "kind": e.kind, "detail": json.loads(e.detail)} for number, e in undone.entries]
            emit({"step": str(undone.step), "at": iso(undone.at), "undone": changes})
            return 0
        for number, event in undone.entries:
            heading(f"#{number}: {_('undone')}: {wording_trail.event(event.kind, event.detail, desk)}")
    return 0


def _undo(desk: Desk, *, past: bool) -> undoing.Undone:
    """Undo the latest step; with ``past`` the latest that can be: those it is too late for are told.

    :raises NotFound: there is none. :raises TooLate: it cannot be undone any more, and the one before was not wanted.
    """
    passed_over: set[UUID] = set()
    while True:
        latest = undoing.latest(desk, passed_over)
        if latest is None:
            raise NotFound(_("There is nothing to undo."), _("Undo goes back one hour."))
        try:
            return undoing.undo(desk, latest.step)
        except undoing.TooLate as error:
            if not past:
                go_on = _("`agentconsole undo --past` undoes the step before it.")
                raise undoing.TooLate(error.what, f"{error.do} {go_on}", error.step) from None
            passed_over.add(error.step)
            sys.stderr.write(f"{clean(error.what, one_line=True, limit=2000)}\n")
