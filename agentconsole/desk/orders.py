"""Handing one gesture over to the shop: claim it, note the point of no return, record what came of it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from agentconsole.config.gestures import Shop
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import held
from agentconsole.desk.dispatch import pause
from agentconsole.errors import Ambiguous, DeskError, NotSent, Rejected, SecretError
from agentconsole.fulfilment.base import Busy, Fulfilment, Order, Receipt, Unclear
from agentconsole.i18n import _
from agentconsole.model.gesture import FulfilmentState
from agentconsole.secrets import find_secret
from agentconsole.store import journal
from agentconsole.store.ledger import fulfilments
from agentconsole.store.ledger.fulfilments import Claimed, End

SHOP = "shop"
"""Who acts, in the audit trail."""
_SPARE = timedelta(seconds=5)
"""What remains of a lease after a request that takes all of its time, for recording its outcome."""

_log = logging.getLogger(__name__)


def due(desk: Desk) -> bool:
    """Whether something waits to be handed over here, or lapsed while it was: a look that locks nobody out."""
    shop = desk.config.shop
    if shop is None or not desk.hands_over:
        return False
    with desk.store.read() as connection:
        return fulfilments.due(connection, shop.window, lease_of(shop))


def opened(desk: Desk) -> Fulfilment:
    """What hands orders over here.

    :raises SecretError: there is no key to sign with, or it is kept where others can read it.
    """
    shop = _shop(desk)
    secret = find_secret(shop.secret, desk.folder)
    if not secret:
        raise SecretError(
            _("There is no key to sign requests to the shop with."),
            _("Keep it with `agentconsole secret set {name}`; other consoles may have it.").format(name=shop.secret),
        )
    from agentconsole.fulfilment.shop import ShopService  # its library is slow to import, and most desks have no shop

    return ShopService(shop, secret)


def hand_over(desk: Desk, holder: str, service: Fulfilment) -> FulfilmentState | None:
    """Hand over the next order that is due, and take back what other consoles let lapse.

    :param holder: the name under which this console claims.
    :returns: what the order is now; ``None`` where none was due.
    :raises DeskError: the desk cannot be used: the order's lease says what becomes of it.
    """
    claimed = _claim(desk, holder)
    if claimed is None:
        return None
    wire_margin = _shop(desk).timeout + _SPARE

    def wire() -> bool:
        with desk.store.write() as connection:
            return fulfilments.wire(connection, claimed, holder, wire_margin)

    try:
        receipt = service.fulfil(_order(claimed), wire)
    except Rejected as error:
        return _record(desk, claimed, holder, End.FAILED, error.what)
    except Ambiguous as error:
        after = error.after if isinstance(error, Unclear) else None
        return _record(desk, claimed, holder, End.UNKNOWN, error.what, after=after)
    except NotSent as error:
        return _record(
            desk, claimed, holder, End.LATER, error.what, after=error.after if isinstance(error, Busy) else None
        )
    except DeskError:
        raise
    except Exception as error:  # noqa: BLE001 (outermost guard of a service's code: no order hangs on a fault)
        _log.exception("a fault while handing over %s", claimed.entry)
        return _record(desk, claimed, holder, End.UNKNOWN, f"{type(error).__name__}: {error}")
    return _record(desk, claimed, holder, End.DONE, receipt=receipt)


def lease_of(shop: Shop) -> timedelta:
    """How long one console may hold an order: finding and reaching the shop, and its whole answer, fit in."""
    return min(shop.timeout * 3 + timedelta(seconds=30), timedelta(hours=1))


def _claim(desk: Desk, holder: str) -> Claimed | None:
    shop = _shop(desk)
    with desk.store.write() as connection:
        swept = fulfilments.sweep(connection)
        claimed = fulfilments.claim(connection, holder, shop.window, lease_of(shop))
    unclear = {each.entry: each.conversation for each in swept if each.state is FulfilmentState.UNKNOWN}
    if unclear:  # apart from it: conversations are held before what is fulfilled for them, as by everybody
        why = _("the console that asked stopped before the answer came")
        with desk.store.write() as connection:
            places = held(connection, unclear.values())
            journal.record(
                connection,
                [
                    journal.entry(places[at].id, desk.now(), SHOP, "gesture_unclear", entry=str(entry), why=why)
                    for entry, at in unclear.items()
                ],
            )
    return claimed


def _record(
    desk: Desk,
    claimed: Claimed,
    holder: str,
    outcome: End,
    said: str = "",
    *,
    receipt: Receipt | None = None,
    after: float | None = None,
) -> FulfilmentState | None:
    """Record what came of an attempt, and tell the conversation's trail of what changed for the customer.

    What was certainly not taken is tried again, with pauses that double, until ``give_up_after`` of the outbox.
    """
    rules = desk.config.outbox
    if outcome is End.LATER and desk.now() - claimed.queued_at > rules.give_up_after:
        outcome = End.FAILED
    wait = pause(claimed.attempt, rules.retry_after, rules.retry_at_most) if after is None else timedelta(seconds=after)
    reference = receipt.reference if receipt else ""
    with desk.store.write() as connection:
        place = held(connection, [claimed.conversation])[claimed.conversation].id  # before the fulfilment's row
        state = fulfilments.end(
            connection, claimed, holder, outcome,
            said=said, reference=reference, wait=wait,
        )  # fmt: skip
        told = _told(claimed, state, said, reference)
        if told is not None:
            kind, words = told
            trail = journal.entry(place, desk.now(), SHOP, kind, entry=str(claimed.entry), **words)
            journal.record(connection, [trail])
    return state


def _told(
    claimed: Claimed, state: FulfilmentState | None, said: str, reference: str
) -> tuple[str, dict[str, Any]] | None:
    """What the trail says of an outcome; ``None`` where it says nothing: tried again, as before."""
    if state is FulfilmentState.DONE:
        return "gesture_fulfilled", {"reference": reference}
    if state is FulfilmentState.CANCELLED:
        return "gesture_failed", {
            "why": _("the shop gave it after it had been voided: {reference}").format(reference=reference)
        }
    if state is FulfilmentState.FAILED:
        return "gesture_failed", {"why": said}
    if state is FulfilmentState.UNKNOWN and not claimed.asked:
        return "gesture_unclear", {"why": said}
    return None


def _order(claimed: Claimed) -> Order:
    return Order(
        claimed.entry, claimed.kind, claimed.amount, claimed.currency, claimed.reason, claimed.customer, claimed.number
    )


def _shop(desk: Desk) -> Shop:
    if desk.config.shop is None:
        raise ValueError("there is no shop")
    return desk.config.shop
