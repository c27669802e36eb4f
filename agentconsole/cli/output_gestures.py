"""What line mode prints of gestures and approvals; docs/line-mode.md documents every name. Amounts are texts in units
of their currency, ``"15.00"``, and whole numbers of its minor unit where the name ends in ``_minor``."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from agentconsole.cli.output import iso, line, table
from agentconsole.config.amounts import MOST, exponent, read_amount, units
from agentconsole.desk import gestures
from agentconsole.desk import wording_gestures as wording
from agentconsole.desk.context import Desk
from agentconsole.desk.goodwill import Decision
from agentconsole.errors import RuleRefused, UsageError
from agentconsole.i18n import _, money, ngettext
from agentconsole.model.gesture import Answer, Approval, Code, Given, Wanted
from agentconsole.store.ledger.refusals import explained


def amount_of(text: str, currency: str) -> tuple[int, str]:
    """An amount as it was typed, in minor units, with its currency.

    :param currency: ISO 4217, where the text says none.
    :raises UsageError: it cannot be read. :raises RuleRefused: ``currency`` (there is none such), ``amount``.
    """
    try:
        digits = exponent(currency)
    except ValueError:
        raise RuleRefused("currency", *explained("currency")) from None
    try:
        return read_amount(text, currency)
    except ValueError:
        pass
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal(1)
    most, what = Decimal(MOST).scaleb(-digits), explained("amount")[0]
    if number.is_nan() or number <= 0:
        raise RuleRefused("amount", what, _("Give more than nothing."))
    if number > most:
        raise RuleRefused("amount", what, _("Give {amount} at most.").format(amount=money(MOST, currency)))
    raise UsageError(
        _("{text!r} is not an amount.").format(text=text),
        _("Write it as 15, 15.00 or 15.00 {currency}.").format(currency=currency),
    )


def _amounts(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": units(amount, currency), "amount_minor": amount, "currency": currency}


def decision_fields(decision: Decision, number: int, wanted: Wanted) -> dict[str, Any]:
    """What ``gesture offer --json`` answers. Without a rule nothing is left, and nothing is told of it."""
    left, currency = decision.left, wanted.currency
    amounts = {"gesture": left.gesture, "customer": left.customer, "budget": left.budget, "team": left.team}
    known = left.gesture is not None
    return {
        "decision": str(decision.answer),
        "reason": decision.reason or None,
        "left": {name: None if n is None or not known else units(n, currency) for name, n in amounts.items()}
        | {"count": left.count if known else None},
        "left_minor": {name: n if known else None for name, n in amounts.items()},
        "approvers": list(decision.approvers),
        "proof_needed": decision.proof_needed,
        "given": units(decision.given, currency),
        "id": number,
        "kind": wanted.kind,
        **_amounts(wanted.amount, currency),
        **({"refused": decision.reason} if decision.answer is Answer.REFUSED else {}),
    }


def refused_fields(refused: RuleRefused) -> dict[str, Any]:
    """What ``gesture offer --json`` answers where there is nothing to tell of ceilings."""
    told = {"refused": refused.reason, "what": refused.what, "do": refused.do}
    return {"decision": str(Answer.REFUSED), "reason": refused.reason, "left": None, "approvers": [], **told}


def print_decision(desk: Desk, decision: Decision, number: int, wanted: Wanted) -> None:
    """What ``gesture offer`` tells people."""
    left, currency = decision.left, wanted.currency
    said = {
        Answer.GRANTED: _("would be granted"),
        Answer.NEEDS_APPROVAL: _("needs an approval"),
        Answer.REFUSED: _("would be refused"),
    }[decision.answer]
    line(f"#{number}: {wording.what(desk, wanted.kind, wanted.amount, currency, wanted.reason)}: {said}")
    if decision.reason:
        line(f"{wording.refusal(decision.reason)} ({decision.reason})")
    if decision.approvers:
        names = ", ".join(desk.agent_name(agent) for agent in decision.approvers)
        line(_("It could be approved by {names}.").format(names=names))
    if decision.proof_needed:
        line(_("A proof is needed."))
    if left.gesture is None:
        return
    rows = [
        [_("one gesture"), money(left.gesture, currency)],
        [_("this customer"), money(left.customer, currency)],
        [_("your budget"), money(left.budget, currency)],
        [_("gestures"), ngettext("{n} more", "{n} more", left.count).format(n=left.count)],
    ]
    line(_("Left after it:"))
    table(rows + ([[_("the team's budget"), money(left.team, currency)]] if left.team is not None else []))


def granted_fields(number: int, wanted: Wanted, key: UUID, done: gestures.Granted, code: Code | None) -> dict[str, Any]:
    """What ``gesture grant --json`` answers."""
    return {
        "decision": str(Answer.GRANTED),
        "entry": str(done.entry),
        "key": str(key),
        "replayed": done.replayed,
        "id": number,
        "kind": wanted.kind,
        **_amounts(wanted.amount, wanted.currency),
        "reason": wanted.reason,
        "code": code.code if code else None,
        "expires": code.expires.isoformat() if code and code.expires else None,
    }


def asked_fields(number: int, wanted: Wanted, key: UUID, done: gestures.Asked) -> dict[str, Any]:
    """What ``gesture grant --ask --json`` answers where an approval is needed."""
    return {
        "decision": str(Answer.NEEDS_APPROVAL),
        "approval": str(done.approval),
        "key": str(key),
        "replayed": done.replayed,
        "id": number,
        "kind": wanted.kind,
        **_amounts(wanted.amount, wanted.currency),
        "reason": wanted.reason,
    }


def given_fields(each: Given) -> dict[str, Any]:
    """A gesture of ``gesture list --json``."""
    return {
        "entry": str(each.id),
        "id": each.number,
        "at": iso(each.at),
        "agent": each.agent,
        "charged_to": each.charged_to,
        "approval": str(each.approval) if each.approval else None,
        "kind": each.kind,
        **_amounts(each.amount, each.currency),
        "reason": each.reason,
        "proof": each.proof,
        "voided_at": iso(each.voided_at),
        "revealed": each.revealed,
        "in_reply": each.message is not None,
        "fulfilment": {"how": str(each.how), "state": str(each.fulfilment), "problem": each.problem},
    }


def approval_fields(each: Approval) -> dict[str, Any]:
    """A request of ``approval list --json``."""
    return {
        "approval": str(each.id),
        "id": each.number,
        "state": str(each.state),
        "requester": each.requester,
        "kind": each.kind,
        **_amounts(each.amount, each.currency),
        "reason": each.reason,
        "proof": each.proof,
        "remark": each.remark,
        "team": each.team,
        "requested_at": iso(each.requested_at),
        "expires_at": iso(each.expires_at),
        "approver": each.approver,
        "granted": units(each.granted, each.currency) if each.granted is not None else None,
        "granted_minor": each.granted,
        "decided_at": iso(each.decided_at),
        "answer": each.answer,
    }
