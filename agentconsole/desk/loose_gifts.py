"""Gestures that need a hand: granted but in no reply, and granted but not with the customer yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from agentconsole.config import Role
from agentconsole.desk import conversations, fulfilment
from agentconsole.desk.allowance import at_hand
from agentconsole.desk.context import Desk
from agentconsole.model.gesture import FulfilmentHow, FulfilmentState, Given
from agentconsole.store.ledger.fulfilments import Waiting

Deed = Literal["done", "again", "not", "void"]


@dataclass(frozen=True, slots=True)
class Loose:
    """One gesture that somebody should see to.

    :param amount: minor units. :param at: when it was granted, UTC. :param customer: a name.
    :param unsent: mine, and in no reply. :param how: how it is fulfilled, ``None`` where that is done.
    :param why: what stands in the way of that. :param can: what a person can do about it.
    """

    entry: UUID
    number: int
    customer: str
    agent: str
    kind: str
    amount: int
    currency: str
    reason: str
    at: datetime
    unsent: bool
    how: FulfilmentHow | None = None
    state: FulfilmentState | None = None
    why: str = ""
    can: frozenset[Deed] = frozenset()


def loose(desk: Desk) -> tuple[Loose, ...]:
    """All that I may see: mine in no reply first, then what is not fulfilled, mine first; each the oldest first."""
    unsent = {each.id: each for each in at_hand(desk).unsent}
    waiting = {each.entry: each for each in fulfilment.unfulfilled(desk)}
    found = [_unsent(desk, each, waiting.get(each.id)) for each in unsent.values()]
    found += [_waiting(desk, each) for each in waiting.values() if each.entry not in unsent]
    return tuple(sorted(found, key=lambda one: (not one.unsent, one.agent != desk.agent.id, one.at)))


def _unsent(desk: Desk, given: Given, waiting: Waiting | None) -> Loose:
    row = conversations.row(desk, given.number)
    return Loose(
        given.id, row.number, row.customer, given.agent, given.kind, given.amount, given.currency, given.reason,
        given.at, True, waiting.how if waiting else None, waiting.state if waiting else None,
        waiting.error if waiting else "", _can(desk, given.agent, waiting),
    )  # fmt: skip


def _waiting(desk: Desk, waiting: Waiting) -> Loose:
    w = waiting
    return Loose(
        w.entry, w.number, w.customer, w.agent, w.kind, w.amount, w.currency, w.reason, w.at, False, w.how, w.state,
        w.error, _can(desk, w.agent, w),
    )  # fmt: skip


def _can(desk: Desk, agent: str, waiting: Waiting | None) -> frozenset[Deed]:
    """What may be tried; whether it is allowed is said by the ledger alone."""
    can: set[Deed] = set()
    if agent == desk.agent.id or desk.agent.role is Role.SUPERVISOR:
        can.add("void")
    if waiting is not None and fulfilment.asks(desk, waiting):
        can |= {"done", "not"}
    if waiting is not None and waiting.state in (FulfilmentState.FAILED, FulfilmentState.UNKNOWN):
        can.add("again")
    return frozenset(can)
