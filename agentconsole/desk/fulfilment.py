"""What was granted and is not with its customer yet: seen by everybody, and decided on by people where it has to be.

Vouchers are fulfilled by the grant itself. What the shop gives is handed over by :mod:`.orders`; the rest are tasks for
the back office.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, step
from agentconsole.errors import NotFound, RuleRefused, UsageError
from agentconsole.i18n import _
from agentconsole.model.gesture import FulfilmentHow, FulfilmentState
from agentconsole.store.ledger import fulfilments
from agentconsole.store.ledger.fulfilments import Choice, Waiting


def unfulfilled(desk: Desk) -> list[Waiting]:
    """What was granted, by anybody, and neither fulfilled nor voided, the oldest first."""
    with desk.store.read() as connection:
        return fulfilments.unfulfilled(connection)


def tasks(desk: Desk) -> list[Waiting]:
    """What the back office has to do, the oldest first."""
    return [waiting for waiting in unfulfilled(desk) if waiting.how is FulfilmentHow.TASK]


def asks(desk: Desk, waiting: Waiting) -> bool:
    """Whether a person has to decide, since nothing happens by itself: it is a task, it failed, nobody knows and the
    shop does not know the key any more, or there is no shop."""
    if waiting.how is FulfilmentHow.TASK or waiting.state is FulfilmentState.FAILED or desk.config.shop is None:
        return True
    since = waiting.first_wire_at
    return (
        waiting.state is FulfilmentState.UNKNOWN and since is not None and desk.now() - since > desk.config.shop.window
    )


def done(desk: Desk, entry: UUID, reference: str = "") -> None:
    """The customer has it: the back office did it, or somebody looked at the shop.

    :param reference: what it is called there.
    :raises NotFound: nothing under that identifier waits. :raises UsageError: it is just being handed over.
    """
    _choose(desk, entry, Choice.DONE, "gesture_fulfilled", reference.strip(), "reference")


def again(desk: Desk, entry: UUID) -> None:
    """Try again what failed; ask the shop again about what it may have given. Raises as :func:`done`.

    :raises RuleRefused: the shop may have forgotten its key, and the time for that would begin anew:
        ``not_supervisor``, or ``self_void`` for who granted it.
    """
    try:
        _choose(desk, entry, Choice.AGAIN, "gesture_again", "", "")
    except RuleRefused as error:
        if error.reason not in ("not_supervisor", "self_void"):
            raise
        raise RuleRefused(
            error.reason,
            _("The shop may have given it, and may not know its key any more: asked again, it may give it twice."),
            _("Let a supervisor who did not grant it look at the shop and decide."),
        ) from None


def give_up(desk: Desk, entry: UUID, why: str) -> None:
    """It was not given, and shall not be: it can be voided then.

    :raises RuleRefused: it may have been given: ``not_supervisor``, or ``self_void`` for who granted it.
    :raises NotFound, UsageError: as :func:`done`, and without a reason.
    """
    if not why.strip():
        raise UsageError(_("Say why it was not given."), _("Who voids it wants to know."))
    _choose(desk, entry, Choice.GIVE_UP, "gesture_failed", why.strip(), "why")


def _choose(desk: Desk, entry: UUID, choice: Choice, event: str, words: str, detail: str) -> None:
    with step(desk) as doing:
        waiting = next((w for w in fulfilments.unfulfilled(doing.connection) if w.entry == entry), None)
        if waiting is None:
            raise NotFound(
                _("No gesture {entry} waits for anything.").format(entry=entry), _("See `agentconsole gesture tasks`.")
            )
        conversation = _held(doing, waiting.conversation)
        known = desk.config.shop.window if desk.config.shop is not None else timedelta(0)
        if fulfilments.choose(doing.connection, desk.agent.id, entry, choice, words, known) is None:
            raise UsageError(
                _("There is nothing to decide about that gesture now."),
                _("See `agentconsole gesture tasks`; what is being handed over is decided in a moment."),
            )
        doing.record(conversation, event, entry=str(entry), **({detail: words} if detail else {}))
        doing.touch(conversation)


def _held(doing: Doing, conversation: UUID) -> Standing:
    """The conversation, or the one it was merged into."""
    held = doing.hold_all([conversation])[0]
    return held if held.merged_into is None else doing.hold(held.merged_into)
