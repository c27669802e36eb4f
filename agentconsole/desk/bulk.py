"""The same change of many conversations: one step, undone in one, with a preview that keeps nothing.

A conversation that a move refuses is left as it was, and told with the reason; the others go on. Conversations are
changed a few at a time, so that nobody else waits for all of them and a person can stop half-way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from uuid import UUID

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import held
from agentconsole.desk.steps import Doing, Move, step
from agentconsole.errors import ConsoleError, DeskError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.ids import new_id
from agentconsole.store import conversations

AT_ONCE = 20
"""Conversations of one transaction."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change of many comes to.

    :param step: for undo; nothing is recorded under it after a preview, or where nothing changed.
    :param rows: the conversations as they are afterwards, in the order asked for; those refused are left out.
    :param refused: numbers of those that stay as they were, each with the reason.
    :param left: numbers of those that were not reached before somebody stopped it.
    """

    step: UUID
    rows: tuple[ConversationRow, ...]
    refused: tuple[tuple[int, str], ...]
    left: tuple[int, ...] = ()


def apply(
    desk: Desk,
    numbers: Sequence[int],
    moves: Sequence[Move],
    progress: Callable[[int, int], None] | None = None,
    stop: Event | None = None,
) -> Outcome:
    """Do these moves to every conversation, as one step.

    :param progress: told how many are done, and of how many.
    :param stop: once set, the rest is left as it is; what is done stays done.
    :raises DeskError: the desk cannot be reached; what was done until then can be undone in one.
    """
    return _run(desk, numbers, moves, True, progress, stop)


def preview(
    desk: Desk,
    numbers: Sequence[int],
    moves: Sequence[Move],
    progress: Callable[[int, int], None] | None = None,
    stop: Event | None = None,
) -> Outcome:
    """What :func:`apply` would come to now; keeps nothing of it."""
    return _run(desk, numbers, moves, False, progress, stop)


class _NotKept(Exception):
    """Ends a preview's transaction; no error."""


def _run(
    desk: Desk,
    numbers: Sequence[int],
    moves: Sequence[Move],
    keep: bool,
    progress: Callable[[int, int], None] | None,
    stop: Event | None,
) -> Outcome:
    wanted, step_id = list(dict.fromkeys(numbers)), new_id()
    rows: dict[int, ConversationRow] = {}
    refused: list[tuple[int, str]] = []
    for start in range(0, len(wanted), AT_ONCE):
        if stop is not None and stop.is_set():
            return Outcome(step_id, _in_order(rows, wanted), tuple(refused), tuple(wanted[start:]))
        for found, why in _some(desk, wanted[start : start + AT_ONCE], moves, step_id, keep):
            rows |= found
            refused += why
        if progress is not None:
            progress(min(start + AT_ONCE, len(wanted)), len(wanted))
    return Outcome(step_id, _in_order(rows, wanted), tuple(refused))


def _in_order(rows: dict[int, ConversationRow], numbers: Sequence[int]) -> tuple[ConversationRow, ...]:
    followed = [number for number in rows if number not in numbers]  # what some were merged into
    return tuple(rows[number] for number in (*numbers, *followed) if number in rows)


def _some(
    desk: Desk, numbers: Sequence[int], moves: Sequence[Move], step_id: UUID, keep: bool
) -> Iterator[tuple[dict[int, ConversationRow], list[tuple[int, str]]]]:
    """In one transaction; where a move refuses one of them, each in its own."""
    try:
        yield _together(desk, numbers, moves, step_id, keep)
    except DeskError:
        raise
    except ConsoleError as error:
        if len(numbers) == 1:
            yield {}, [(numbers[0], error.what)]
        else:
            for number in numbers:
                yield from _some(desk, [number], moves, step_id, keep)


def _together(
    desk: Desk, numbers: Sequence[int], moves: Sequence[Move], step_id: UUID, keep: bool
) -> tuple[dict[int, ConversationRow], list[tuple[int, str]]]:
    with suppress(_NotKept), step(desk, step_id) as doing:
        absent = _move_all(doing, numbers, moves)
        if not keep:
            doing.finish()
            raise _NotKept
    return doing.rows, absent


def _move_all(doing: Doing, numbers: Sequence[int], moves: Sequence[Move]) -> list[tuple[int, str]]:
    """Answers those that there are none of."""
    rows = conversations.by_numbers(doing.connection, numbers)
    places = held(doing.connection, (row.id for row in rows))
    known = {row.number: places[row.id].id for row in rows}
    for standing in doing.hold_all(dict.fromkeys(known[number] for number in numbers if number in known)):
        for move in moves:
            move(doing, standing)
    said = _("There is no conversation #{number}.")
    return [(number, said.format(number=number)) for number in numbers if number not in known]
