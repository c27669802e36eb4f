"""Gestures in words: kinds, reasons, refusals, what the audit trail tells of them. Everything said is safe to show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from agentconsole import i18n
from agentconsole.config.values import say
from agentconsole.desk.context import Desk
from agentconsole.i18n import N_, _, pgettext
from agentconsole.model.gesture import ApprovalState, FulfilmentHow, FulfilmentState
from agentconsole.store.ledger.refusals import REFUSALS, explained
from agentconsole.text import Clean, clean

_KINDS = {
    "voucher": N_("voucher"),
    "credit": N_("credit"),
    "refund": N_("refund"),
    "item": N_("free item"),
    "redelivery": N_("re-delivery"),
    "attention": N_("attention"),
}


def kind_name(desk: Desk, kind: str) -> Clean:
    """A kind as the desk calls it, else by the usual word; the id of one that there is not."""
    named = next((each.name for each in desk.config.kinds if each.id == kind), None)
    usual = _(_KINDS[kind]) if kind in _KINDS else kind
    return clean(say(named, i18n.language()) if named else usual, one_line=True)


def reason_name(desk: Desk, reason: str) -> Clean:
    """A reason as people see it; the id of one that is not configured (any more)."""
    named = next((each.name for each in desk.config.reasons if each.id == reason), None)
    return clean(say(named, i18n.language()) if named else reason, one_line=True)


def what(desk: Desk, kind: str, amount: int, currency: str, reason: str = "") -> Clean:
    """A gesture in a few words: ``voucher €15.00 (Late delivery)``; ``amount`` in minor units."""
    said = f"{kind_name(desk, kind)} {i18n.money(amount, currency)}"
    return clean(f"{said} ({reason_name(desk, reason)})" if reason else said, one_line=True)


def refusal(code: str) -> str:
    """Why a rule refuses, in one line; a code of a later program as it is."""
    return explained(code)[0] if code in REFUSALS else clean(code, one_line=True)


def approval_state(state: ApprovalState) -> str:
    """Where a request stands, in words."""
    return {
        ApprovalState.REQUESTED: pgettext("approval", "asked for"),
        ApprovalState.APPROVED: pgettext("approval", "approved"),
        ApprovalState.REFUSED: pgettext("approval", "refused"),
        ApprovalState.WITHDRAWN: pgettext("approval", "withdrawn"),
        ApprovalState.EXPIRED: pgettext("approval", "expired"),
        ApprovalState.USED: pgettext("approval", "given"),
    }[state]


def fulfilment(how: FulfilmentHow, state: FulfilmentState) -> str:
    """How far a gesture is on its way to the customer: ``waits for the back office``."""
    if how is FulfilmentHow.TASK and state is FulfilmentState.QUEUED:
        return _("waits for the back office")
    return {
        FulfilmentState.QUEUED: _("waits for the shop"),
        FulfilmentState.SENDING: _("the shop is being asked"),
        FulfilmentState.DONE: _("the customer has it"),
        FulfilmentState.FAILED: _("was not given"),
        FulfilmentState.UNKNOWN: _("may have been given"),
        FulfilmentState.CANCELLED: pgettext("fulfilment", "voided"),
    }[state]


EVENTS = {
    "gesture_granted": N_("granted: {what}"),
    "gesture_requested": N_("asked for an approval: {what}"),
    "gesture_approved": N_("approved: {what}"),
    "gesture_refused": N_("refused: {what}"),
    "gesture_withdrawn": N_("does not ask any more: {what}"),
    "gesture_expired": N_("nobody decided in time, or the approval was not used"),
    "gesture_voided": N_("voided: {what}"),
    "gesture_revealed": N_("showed the code: {what}"),
    "gesture_fulfilled": N_("the customer has the gesture"),
    "gesture_failed": N_("the gesture could not be fulfilled: {why}"),
    "gesture_unclear": N_("nobody knows whether the gesture was fulfilled: {why}"),
    "gesture_again": N_("the gesture is tried again"),
}
"""Entries of the audit trail about gestures. None of them is undone: money is not."""


def event(kind: str, facts: dict[str, Any], desk: Desk) -> str:
    """An entry of the audit trail in words.

    :raises KeyError, ValueError, TypeError: the entry is another program's.
    """
    said = EVENTS[kind]
    if "{what}" in said:
        about = what(desk, facts["kind"], int(facts["amount"]), str(facts["currency"]), str(facts["reason"]))
        words = _(said).format(what=about)
        why = clean(str(facts.get("why") or ""), one_line=True)
        return _("{said}: {why}").format(said=words, why=why) if why else words
    return _(said).format(why=facts.get("why", ""))


def not_undone(kind: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Why undo leaves an entry about a gesture as it is, and what to do instead: two lines."""
    if kind == "gesture_requested":
        return _("A request for a gesture is not undone."), _("Withdraw it where it is not wanted any more.")
    if kind in ("gesture_granted", "gesture_revealed") and _is_id(facts.get("entry")):
        do = _("Void it: `agentconsole gesture void {entry}`, or in the list of gestures.")
        return _("Money is not undone."), do.format(entry=facts["entry"])
    return _("What was decided about money is not undone."), _("It stands, and is in the ledger.")


def _is_id(value: object) -> bool:
    try:
        return UUID(str(value)) is not None
    except ValueError:
        return False
