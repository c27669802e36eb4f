"""A macro without words on many conversations: each one's own note and promise, in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentconsole.desk import acting, conversations
from agentconsole.desk.context import Desk
from agentconsole.desk.macros.applying import plan
from agentconsole.desk.macros.reading import Macro
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, Move
from agentconsole.errors import ConsoleError, UsageError
from agentconsole.i18n import _


def move_of(desk: Desk, macro: Macro, given: Mapping[str, str], numbers: Sequence[int]) -> Move:
    """What a macro does, as a move for any of these conversations; reads each of them.

    The move refuses a conversation for which a placeholder cannot be filled in, or that the macro is not possible for.

    :param given: answers to the macro's questions, the same for all.
    """
    moves: dict[int, tuple[Move, ...]] = {}
    wrong: dict[int, ConsoleError] = {}
    for number in numbers:
        try:
            planned = plan(desk, macro, conversations.open_thread(desk, number, 1), dict(given))
            if planned.unresolved:
                names = ", ".join(planned.unresolved)
                raise UsageError(_("{names} is not known here.").format(names=names), _("Run the macro on it alone."))
            moves[number] = acting.moves_of(desk, planned.actions)
        except ConsoleError as error:
            wrong[number] = error

    def do(doing: Doing, standing: Standing) -> None:
        number = standing.number or 0
        if number in wrong:
            raise wrong[number]
        for move in moves.get(number, ()):
            move(doing, standing)

    return do
