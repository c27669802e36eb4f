"""Verbs about approvals of goodwill gestures: approval list, approve, refuse, withdraw."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, line, table
from agentconsole.cli.output_gestures import amount_of, approval_fields
from agentconsole.config.amounts import MOST, units
from agentconsole.desk import gestures
from agentconsole.desk import wording_gestures as wording
from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused, UsageError
from agentconsole.i18n import _, moment, money
from agentconsole.model.gesture import Approval, ApprovalState


def list_approvals(options: argparse.Namespace) -> int:
    """``agentconsole approval list``: the oldest first."""
    with opened(options, reads=True) as desk:
        found = gestures.approvals(desk, open_only=not options.all, mine=options.mine)
        if options.json:
            for each in found:
                emit(approval_fields(each))
            return 0
        zone, now = desk.config.zone, desk.now()
        table(
            [
                [
                    f"#{each.number}",
                    wording.what(desk, each.kind, each.amount, each.currency, each.reason),
                    desk.agent_name(each.requester),
                    _state(each),
                    _("until {at}").format(at=moment(each.expires_at, zone, now, time=True)),
                    str(each.id),
                ]
                for each in found
            ]
        )
        if not found:
            line(_("Nothing waits for an approval."))
    return 0


def _state(each: Approval) -> str:
    """In words, with the amount where it was granted."""
    said = wording.approval_state(each.state)
    return said if each.granted is None else f"{said}: {money(each.granted, each.currency)}"


def approve(options: argparse.Namespace) -> int:
    """``agentconsole approval approve UUID``: all that was asked for, or ``--amount``."""
    with opened(options) as desk:
        asked = _approval(desk, options.approval)
        currency = asked.currency if asked else desk.config.gestures.currency
        amount = asked.amount if asked else MOST + 1  # of one I may not see nothing is approved: the ledger says why
        if options.amount is not None:
            amount, typed = amount_of(options.amount, currency)
            if typed != currency:
                raise UsageError(_("The request is in {currency}.").format(currency=currency), _("Give less of it."))
        row = gestures.approve(desk, options.approval, amount, options.remark)
        granted = {"granted": units(amount, currency), "granted_minor": amount, "currency": currency}
        _tell(options, row.number, ApprovalState.APPROVED, granted)
    return 0


def refuse(options: argparse.Namespace) -> int:
    """``agentconsole approval refuse UUID --remark WHY``."""
    with opened(options) as desk:
        row = gestures.refuse(desk, options.approval, options.remark)
        _tell(options, row.number, ApprovalState.REFUSED)
    return 0


def withdraw(options: argparse.Namespace) -> int:
    """``agentconsole approval withdraw UUID``."""
    with opened(options) as desk:
        asked = _approval(desk, options.approval)
        if asked and asked.requester != desk.agent.id:
            raise RuleRefused("approval_mismatch", _("That request is not yours."), _("Leave it to who asked for it."))
        row = gestures.withdraw(desk, options.approval)
        _tell(options, row.number, ApprovalState.WITHDRAWN)
    return 0


def _tell(
    options: argparse.Namespace, number: int, state: ApprovalState, more: Mapping[str, object] = MappingProxyType({})
) -> None:
    if options.json:
        emit({"approval": str(options.approval), "id": number, "state": str(state), **more})
    else:
        heading(f"#{number}: {wording.approval_state(state)} ({options.approval}).")


def _approval(desk: Desk, approval: UUID) -> Approval | None:
    try:
        return gestures.approval(desk, approval)
    except RuleRefused:
        return None
