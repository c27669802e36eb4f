"""Verbs about goodwill gestures: gesture reasons, offer, grant, void, list."""

from __future__ import annotations

import argparse
from uuid import UUID, uuid4

from agentconsole import i18n
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, line, table
from agentconsole.cli.output_gestures import (
    amount_of,
    asked_fields,
    decision_fields,
    given_fields,
    granted_fields,
    print_decision,
    refused_fields,
)
from agentconsole.config.values import say
from agentconsole.desk import gestures
from agentconsole.desk import wording_gestures as wording
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import number_of
from agentconsole.errors import DeskError, RuleRefused
from agentconsole.i18n import _, moment
from agentconsole.model.gesture import Answer, Wanted

ASKABLE = ("over_ceiling", "over_customer_ceiling", "over_budget", "over_count")
"""Codes with which an approval helps."""
EXIT_REFUSED = 3


def reasons(options: argparse.Namespace) -> int:
    """``agentconsole gesture reasons``: those that count for me."""
    with opened(options) as desk:
        mine = gestures.reasons(desk)
        for each in desk.config.reasons:
            if each.id in mine and options.json:
                emit({"reason": each.id, "name": say(each.name, i18n.language()), "kinds": gestures.kinds(desk)})
        if not options.json:
            table([[each.id, say(each.name, i18n.language())] for each in desk.config.reasons if each.id in mine])
    return 0


def offer(options: argparse.Namespace) -> int:
    """``agentconsole gesture offer CONVERSATION``: exit code 3 where it would be refused."""
    with opened(options) as desk:
        try:
            number, wanted = _wanted(desk, options)
            decision = gestures.offer(desk, number, wanted)
        except RuleRefused as refused:  # before any ceiling is looked at
            if not options.json:
                raise
            emit(refused_fields(refused))
            return EXIT_REFUSED
        if options.json:
            emit(decision_fields(decision, number, wanted))
        else:
            print_decision(desk, decision, number, wanted)
    return EXIT_REFUSED if decision.answer is Answer.REFUSED else 0


def grant(options: argparse.Namespace) -> int:
    """``agentconsole gesture grant CONVERSATION``."""
    with opened(options) as desk:
        number, wanted = _wanted(desk, options)
        key: UUID = options.key or uuid4()
        try:
            done = _grant(desk, number, wanted, key, options)
            code = gestures.reveal(desk, done.entry) if options.reveal and isinstance(done, gestures.Granted) else None
        except DeskError as error:  # it may have been granted all the same
            do = _("Repeat it with --key {key}: nothing is given twice.").format(key=key)
            raise DeskError(error.what, do) from None
        if isinstance(done, gestures.Asked):
            _tell_asked(desk, number, wanted, key, done, options)
            return 0
        if options.json:
            emit(granted_fields(number, wanted, key, done, code))
            return 0
        what = wording.what(desk, wanted.kind, wanted.amount, wanted.currency, wanted.reason)
        said = _("#{number}: {what}: had been granted already ({entry}).") if done.replayed else None
        said = said or _("#{number}: {what}: granted ({entry}).")
        heading(said.format(number=number, what=what, entry=done.entry))
        if options.key is None:
            heading(_("Its key is {key}.").format(key=key))
        if code is not None:
            heading(code.code)
        elif options.reveal:
            heading(_("It has no code."))
    return 0


def _grant(
    desk: Desk, number: int, wanted: Wanted, key: UUID, options: argparse.Namespace
) -> gestures.Granted | gestures.Asked:
    try:
        return gestures.grant(desk, number, wanted, key, options.approval)
    except RuleRefused as refused:
        if not options.ask or options.approval or refused.reason not in (*ASKABLE, "duplicate"):
            raise
    return gestures.request(desk, number, wanted, key, options.remark)


def _tell_asked(
    desk: Desk, number: int, wanted: Wanted, key: UUID, done: gestures.Asked, options: argparse.Namespace
) -> None:
    if options.json:
        emit(asked_fields(number, wanted, key, done))
        return
    what = wording.what(desk, wanted.kind, wanted.amount, wanted.currency, wanted.reason)
    heading(_("#{number}: {what}: asked for ({approval}).").format(number=number, what=what, approval=done.approval))


def void(options: argparse.Namespace) -> int:
    """``agentconsole gesture void UUID``."""
    with opened(options) as desk:
        key: UUID = options.key or uuid4()
        row = gestures.void(desk, options.entry, key, options.remark)
        if options.json:
            emit({"id": row.number, "entry": str(options.entry), "key": str(key), "voided": True})
        else:
            heading(_("#{number}: voided ({entry}).").format(number=row.number, entry=options.entry))
    return 0


def list_given(options: argparse.Namespace) -> int:
    """``agentconsole gesture list CONVERSATION``: the newest first."""
    with opened(options, reads=True) as desk:
        found = gestures.given(desk, number_of(options.number))
        if options.json:
            for each in found:
                emit(given_fields(each))
            return 0
        zone, now = desk.config.zone, desk.now()
        table(
            [
                [
                    moment(each.at, zone, now, time=True),
                    wording.what(desk, each.kind, each.amount, each.currency, each.reason),
                    desk.agent_name(each.agent),
                    _("voided") if each.voided_at else _("in a reply") if each.message else _("in no reply"),
                    str(each.id),
                ]
                for each in found
            ]
        )
        if not found:
            line(_("Nothing was given to this customer."))
    return 0


def _wanted(desk: Desk, options: argparse.Namespace) -> tuple[int, Wanted]:
    """:raises UsageError: an amount that cannot be read. :raises RuleRefused: ``amount``, ``currency``."""
    number = number_of(options.number)
    amount, currency = amount_of(options.amount, (options.currency or desk.config.gestures.currency).upper())
    return number, gestures.wanted(desk, number, options.kind, amount, currency, options.reason, options.proof)
