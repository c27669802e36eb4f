"""What an agent has at hand for gestures, told all day: the rest of the budget, gifts that are in no reply yet, and
what was refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from agentconsole.desk.context import Desk
from agentconsole.model.gesture import Approval, Given, Period
from agentconsole.store.ledger import approvals, own
from agentconsole.store.ledger.standing import begins

RECENT = timedelta(days=30)
"""How long it is told of a gift that it is in no reply."""
REFUSAL = timedelta(days=7)
"""How long it is told of a request that it was refused."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The rest of a budget for compensation: ``left`` of ``budget`` minor units of ``currency`` in ``period``."""

    currency: str
    period: Period
    left: int
    budget: int


@dataclass(frozen=True, slots=True)
class AtHand:
    """All of it; ``allowance`` is ``None`` where the policy has no budget for the agent.

    :param refused: what the agent asked for and was refused lately, the newest first.
    """

    allowance: Allowance | None = None
    unsent: tuple[Given, ...] = ()
    refused: tuple[Approval, ...] = ()


def at_hand(desk: Desk) -> AtHand:
    """A few indexed reads; nothing at all where no policy holds."""
    me, currency = desk.agent.id, desk.config.gestures.currency
    with desk.store.read() as connection:
        zone = own.zone(connection)
        if zone is None:
            return AtHand()
        unsent = tuple(own.unsent(connection, me, desk.now() - RECENT))
        refused = tuple(approvals.refused(connection, desk.now(), me, desk.now() - REFUSAL))
        budget = own.budget(connection, me, currency)
        if budget is None:
            return AtHand(None, unsent, refused)
        period, most = budget
        today = desk.now().astimezone(ZoneInfo(zone)).date()
        counted = own.spent(connection, me, currency, period, begins(period, today))
    return AtHand(Allowance(currency, period, most - counted.bound, most), unsent, refused)


def refused(desk: Desk) -> tuple[Approval, ...]:
    """As :attr:`AtHand.refused`, alone."""
    with desk.store.read() as connection:
        return tuple(approvals.refused(connection, desk.now(), desk.agent.id, desk.now() - REFUSAL))
