"""Verbs about the ledger of gestures: ledger verify, heads, export, report, review; and customer erase."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Any

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, iso, line, table
from agentconsole.config.amounts import units
from agentconsole.desk import control, conversations, erasure, ledger, sheets
from agentconsole.desk import wording_control as wording
from agentconsole.desk import wording_gestures as naming
from agentconsole.desk.context import Desk
from agentconsole.desk.control import Looked
from agentconsole.desk.conversations import number_of
from agentconsole.desk.ledger import Report, Sum
from agentconsole.errors import UsageError
from agentconsole.i18n import _, moment, money, ngettext
from agentconsole.i18n import number as in_words
from agentconsole.store.ledger.base import refuse


def verify(options: argparse.Namespace) -> int:
    """``agentconsole ledger verify [--heads FILE]``: exit code 1 where anything is wrong."""
    with opened(options, reads=True) as desk:
        kept = ledger.read_heads(options.heads) if options.heads else ()
        found = [*ledger.verify(desk, kept), *ledger.unguarded(desk)]
        for finding in found:
            if options.json:
                emit({"code": finding.code, "where": finding.where, "what": finding.what, "detail": finding.detail})
            else:
                heading(f"{_('WRONG')}  {finding.where}: {finding.what} {finding.detail}".rstrip())
        if not options.json and not found:
            ends = ledger.heads(desk)
            count = sum(head.seq for head in ends)
            said = ngettext("{n} entry: the ledger is whole.", "{n} entries: the ledger is whole.", count)
            line(said.format(n=in_words(count)))
            line(_("Its heads come to {digest}.").format(digest=ledger.heads_digest(ends)))
    return 1 if found else 0


def heads(options: argparse.Namespace) -> int:
    """``agentconsole ledger heads``: what ``ledger verify --heads`` takes."""
    with opened(options, reads=True) as desk:
        found = ledger.heads(desk)
        for head in found:
            if options.json:
                emit({"agent": head.agent, "seq": head.seq, "hash": head.hash})
            else:
                line(f"{head.agent} {head.seq} {head.hash}")
        if not options.json:
            said = _("{at}: together they come to").format(at=iso(desk.now()))
            line(f"# {said} {ledger.heads_digest(found)}")
    return 0


def export(options: argparse.Namespace) -> int:
    """``agentconsole ledger export --csv|--json [--month MONTH]``."""
    with opened(options, reads=True) as desk:
        span = ledger.month_of(options.month, desk).span(desk) if options.month else (None, None)
        entries = ledger.export(desk, *span)
        if options.csv:
            sheets.write(sys.stdout, ledger.FIELDS, entries)
        else:
            for fields in entries:
                emit(fields)
    return 0


def report(options: argparse.Namespace) -> int:
    """``agentconsole ledger report [--month MONTH]``."""
    with opened(options, reads=True) as desk:
        found = ledger.report(desk, ledger.month_of(options.month, desk))
        if options.json:
            emit(_report_fields(found))
        else:
            _print_report(desk, found)
    return 0


def _report_fields(found: Report) -> dict[str, Any]:
    return {
        "month": str(found.month),
        "total": [_sum_fields(part) for part in found.totals().values()],
        **{
            f"by_{by}": [{by: key[0], **_sum_fields(part)} for key, part in found.totals(by).items()]
            for by in ("agent", "reason", "kind", "customer")
        },
        "budgets": [
            {
                "scope": b.scope, "holder": b.holder, "purse": b.purse, "currency": b.currency, "period": b.period,
                "begins": b.begins.isoformat(), "budget": units(b.cap, b.currency),
                "spent": units(b.spent, b.currency), "reserved": units(b.reserved, b.currency), "count": b.gestures,
            }
            for b in found.budgets
        ],
    }  # fmt: skip


def _sum_fields(part: Sum) -> dict[str, Any]:
    return {
        "currency": part.currency,
        "spent": units(part.net, part.currency),
        "given": units(part.given, part.currency),
        "voided": units(part.voided, part.currency),
        "gestures": part.gestures,
        "voids": part.voids,
    }


def _print_report(desk: Desk, found: Report) -> None:
    heading(_("Gestures in {month}").format(month=found.month))
    if not found.sums:
        line(_("Nothing was given."))
    headings = (("", ""), ("agent", _("By agent")), ("reason", _("By reason")), ("kind", _("By kind")))
    for by, title in headings if found.sums else ():
        if title:
            line(f"\n{title}")
        table([_sum_cells(desk, by, key[0], part) for key, part in found.totals(by).items()])
    if found.budgets:
        line(f"\n{_('Budgets')}")
        table([
            [b.holder, wording.purse_name(b.purse), str(b.begins), _("{spent} of {budget}").format(
                spent=money(b.spent + b.reserved, b.currency), budget=money(b.cap, b.currency)
            ), ngettext("{n} gesture", "{n} gestures", b.gestures).format(n=b.gestures)]
            for b in found.budgets
        ])  # fmt: skip


def _sum_cells(desk: Desk, by: str, key: str, part: Sum) -> list[str]:
    count = ngettext("{n} gesture", "{n} gestures", part.gestures).format(n=part.gestures)
    voids = _("{n} voided").format(n=part.voids) if part.voids else ""
    return [wording.group_name(desk, by, key), money(part.net, part.currency), count, voids]


def review(options: argparse.Namespace) -> int:
    """``agentconsole ledger review [UUID VERDICT [--remark TEXT]]``."""
    with opened(options, reads=options.entry is None) as desk:
        if options.entry is not None:
            if options.verdict is None:
                raise UsageError(_("A verdict is missing."), _("Give fine, talk or wrong."))
            control.review(desk, options.entry, options.verdict, options.remark)
            if options.json:
                emit({"entry": str(options.entry), "verdict": options.verdict, "remark": options.remark})
            else:
                said = _("{entry}: {verdict}: the verdict is written down.")
                heading(said.format(entry=options.entry, verdict=wording.verdict(options.verdict)))
            return 0
        if not ledger.supervises(desk):
            refuse("not_supervisor")
        looked = control.to_review(desk, ledger.month_of(options.month, desk))
        shown = [one for one in looked if options.all or one.review is None]
        if options.json:
            for one in shown:
                emit(_looked_fields(desk, one))
        else:
            _print_looked(desk, shown)
    return 0


def _looked_fields(desk: Desk, one: Looked) -> dict[str, Any]:
    given, review = one.given, one.review
    return {
        "entry": str(given.id),
        "id": given.number,
        "at": iso(given.at),
        "agent": given.agent,
        "approver": given.charged_to if given.approval else None,
        "customer": one.customer,
        "kind": given.kind,
        "amount": units(given.amount, given.currency),
        "currency": given.currency,
        "reason": given.reason,
        "proof": given.proof,
        "voided": given.voided_at is not None,
        "why": [{"rule": str(hit.why), "words": wording.why(desk, hit, given.currency)} for hit in one.hits],
        "review": {"by": review.reviewer, "verdict": review.verdict, "remark": review.remark, "at": iso(review.at)}
        if review
        else None,
    }


def _print_looked(desk: Desk, looked: Iterable[Looked]) -> None:
    rows = []
    for one in looked:
        given = one.given
        why = ", ".join(wording.why(desk, hit, given.currency) for hit in one.hits)
        at = moment(given.at, desk.config.zone, desk.now(), time=True)
        verdict = wording.verdict(one.review.verdict) if one.review else ""
        rows.append([
            str(given.id), f"#{given.number}", at, desk.agent_name(given.agent), money(given.amount, given.currency),
            naming.reason_name(desk, given.reason), why, verdict,
        ])  # fmt: skip
    table(rows, flexible=6)
    if not rows:
        line(_("Nothing is left to be looked at."))


def erase(options: argparse.Namespace) -> int:
    """``agentconsole customer erase ID [--yes]``."""
    with opened(options) as desk:
        customer_id = conversations.row(desk, number_of(options.number)).customer_id
        if not options.yes:
            _ask(erasure.plan(desk, customer_id))
        done = erasure.erase(desk, customer_id)
        count = ngettext("{n} message", "{n} messages", done.messages).format(n=in_words(done.messages))
        line(_("The customer is erased: {messages}. Copies in backups and with channels are yours to see to.").format(
            messages=count
        ))  # fmt: skip
    return 0


def _ask(planned: erasure.Erasure) -> None:
    """:raises UsageError: nobody is there to ask, or they do not want it."""
    heading(" · ".join(dict.fromkeys(planned.names)))
    conversations_ = ngettext("{n} conversation", "{n} conversations", planned.conversations)
    messages = ngettext("{n} message", "{n} messages", planned.messages)
    line(f"  {conversations_.format(n=planned.conversations)}, {messages.format(n=planned.messages)}")
    if not sys.stdin.isatty():
        raise UsageError(_("Nothing was erased: nobody could be asked."), _("Give --yes if you are certain."))
    sys.stdout.write(_("This cannot be undone. Erase all of it? Type {yes}: ").format(yes=_("yes")))
    sys.stdout.flush()
    if sys.stdin.readline().strip().casefold() != _("yes").casefold():
        raise UsageError(_("Nothing was erased."), "")
