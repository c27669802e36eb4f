"""What has to be done now and then, by whoever keeps house: the sync service, or the consoles of a desk in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from agentconsole.desk import assigning, attentions, handling, history, housekeeping, incidents, rules
from agentconsole.desk.context import Desk
from agentconsole.store import changes

_SOON = timedelta(seconds=5)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done again and again.

    :param every: the time between two turns of one console. Several may keep house at once: each chore looks first
        whether anything is left to be done.
    """

    name: str
    every: timedelta
    do: Callable[[Desk], object]


def _forget(desk: Desk) -> None:
    """Forget changes that every console has read; a desk in a file keeps none."""
    if not desk.store.sqlite:
        with desk.store.write() as connection:
            changes.prune(connection)


CHORES = (
    Chore("rules", _SOON, rules.keep),
    Chore("outbox", _SOON, housekeeping.take_back),
    Chore("wake", _SOON, handling.wake),
    Chore("assignment", _SOON, assigning.keep),
    Chore("approvals", _SOON, housekeeping.expire),
    Chore("attentions", _MINUTE, attentions.renew),
    Chore("incidents", _MINUTE, incidents.keep),
    Chore("figures", 10 * _MINUTE, history.keep),
    Chore("feed", _MINUTE, _forget),
)
