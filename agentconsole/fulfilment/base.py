"""What fulfils a gesture beyond the desk: the contract. Vouchers and tasks need none: ledger and people see to them.

It knows nothing of the desk: it is given an :class:`Order` and hands it over. The outcomes are those of a channel's
delivery (:mod:`agentconsole.errors`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from agentconsole.errors import Ambiguous, NotSent


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
    """Where orders are handed over to."""

    def fulfil(self, order: Order, wire: Callable[[], bool]) -> Receipt:
        """Hand an order over, once; asked again with the same one, the answer is the same and nothing is given twice.

        ``wire()`` is called just before the point of no return; where it answers False somebody else has taken over
        and nothing may be sent (raise ``NotSent``).

        :raises NotSent: certainly not taken. :raises Rejected: certainly refused.
        :raises Ambiguous: no clear answer after ``wire()``.
        """
