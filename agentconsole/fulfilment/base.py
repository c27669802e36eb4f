"""What fulfils a gesture: the contract, and the two ways that need no machine beyond the desk.

A way knows nothing of the desk: it is given an :class:`Order` and hands it over. The worker of :mod:`agentconsole.sync`
claims only what ``hands_over``; the outcomes are those of a channel's delivery (:mod:`agentconsole.errors`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from agentconsole.config.gestures import Shop
from agentconsole.errors import Ambiguous, NotSent
from agentconsole.model.gesture import FulfilmentHow


@dataclass(frozen=True, slots=True)
class Order:
    """What has to be given. Nothing in it says who the customer is to whom does not know already.

    :param id: the grant's entry in the ledger, and the idempotency key.
    :param amount: minor units of ``currency`` (ISO 4217).
    :param customer: opaque identifier; :param conversation: its number.
    """

    id: UUID
    kind: str
    amount: int
    currency: str
    reason: str
    customer: UUID
    conversation: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """It is given, or whoever took the order answers for it: what they call it."""

    reference: str


class Busy(NotSent):
    """Certainly not taken, now.

    :param after: seconds to wait before the next try, as the service asked for; ``None`` where it did not.
    """

    def __init__(self, what: str, do: str = "", after: float | None = None) -> None:
        super().__init__(what, do)
        self.after = after


class Unclear(Ambiguous):
    """No clear answer after the point of no return; ``after`` as of :class:`Busy`."""

    def __init__(self, what: str, do: str = "", after: float | None = None) -> None:
        super().__init__(what, do)
        self.after = after


class Fulfilment(Protocol):
    """One way of fulfilling.

    :ivar hands_over: whether orders are handed over by the worker; else the ledger or a person sees to it.
    """

    hands_over: bool

    def fulfil(self, order: Order, wire: Callable[[], bool]) -> Receipt:
        """Hand an order over, once; asked again with the same one, the answer is the same and nothing is given twice.

        ``wire()`` is called just before the point of no return; where it answers False somebody else has taken over
        and nothing may be sent (raise ``NotSent``).

        :raises NotSent: certainly not taken. :raises Rejected: certainly refused.
        :raises Ambiguous: no clear answer after ``wire()``.
        """


class Pool:
    """A voucher's code is taken out of its pool by the grant itself, in the ledger: what was granted is fulfilled."""

    hands_over = False

    def fulfil(self, order: Order, wire: Callable[[], bool]) -> Receipt:  # noqa: ARG002 (the contract's)
        """Nothing is left to be done."""
        return Receipt("")


class BackOffice:
    """A task: somebody does it in another program, and says so."""

    hands_over = False

    def fulfil(self, order: Order, wire: Callable[[], bool]) -> Receipt:  # noqa: ARG002 (the contract's)
        """:raises NotSent: always: only a person can say that it is done."""
        raise NotSent(f"{order.id} waits for the back office.")


def way(how: FulfilmentHow, shop: Shop | None, secret: str | None) -> Fulfilment | None:
    """What fulfils gestures of that kind here; ``None`` where this console cannot: no shop, or no key to sign with.

    :param secret: the key that is kept under ``shop.secret``.
    """
    if how is FulfilmentHow.VOUCHER:
        return Pool()
    if how is FulfilmentHow.TASK:
        return BackOffice()
    if shop is None or not secret:
        return None
    from agentconsole.fulfilment.shop import ShopService

    return ShopService(shop, secret)
