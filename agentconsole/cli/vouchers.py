"""Line mode about voucher codes: bringing them, counting them. No code is ever printed."""

from __future__ import annotations

import argparse

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, line, table
from agentconsole.config.amounts import units
from agentconsole.desk import vouchers
from agentconsole.i18n import _, date, money, ngettext, number

_TOLD = 50
"""Lines that people are told of, one by one; ``--json`` has them all."""


def bring(options: argparse.Namespace) -> int:
    """``agentconsole voucher import FILE --pool P``: exit code 1 where a line was wrong, known codes aside."""
    with opened(options) as desk:
        brought = vouchers.bring(desk, options.file, options.pool)
    if options.json:
        for bad in brought.bad:
            emit({"line": bad.line, "reason": bad.reason, "problem": bad.said})
        emit({"pool": brought.pool, "added": brought.added, "refused": len(brought.bad)})
    else:
        for bad in brought.bad[:_TOLD]:
            heading(_("line {n}: {said}").format(n=bad.line, said=bad.said))
        more = len(brought.bad) - _TOLD
        if more > 0:
            heading(ngettext("and {n} more line", "and {n} more lines", more).format(n=number(more)))
        added = ngettext("{n} code is new in {pool}.", "{n} codes are new in {pool}.", brought.added)
        line(added.format(n=number(brought.added), pool=brought.pool))
    return 1 if any(bad.reason not in ("known", "duplicate") for bad in brought.bad) else 0


def pools(options: argparse.Namespace) -> int:
    """``agentconsole voucher pools``."""
    with opened(options, reads=True) as desk:
        counted = vouchers.counted(desk)
    if options.json:
        for item in counted:
            stock = item.stock
            emit(
                {
                    "pool": stock.pool,
                    "amount": units(stock.amount, stock.currency),
                    "amount_minor": stock.amount,
                    "currency": stock.currency,
                    "free": stock.free,
                    "given": stock.given,
                    "burnt": stock.burnt,
                    "expired": stock.expired,
                    "soonest": stock.soonest.isoformat() if stock.soonest else None,
                    "low": item.low,
                }
            )
        return 0
    rows = [
        [
            item.stock.pool,
            money(item.stock.amount, item.stock.currency),
            _("{n} free").format(n=number(item.stock.free)),
            _("{n} given").format(n=number(item.stock.given)),
            _("the next one until {day}").format(day=date(item.stock.soonest)) if item.stock.soonest else "",
            _("LOW") if item.low else "",
        ]
        for item in counted
    ]
    table(rows)
    if not rows:
        line(_("There are no voucher codes, and nothing of the catalogue needs any."))
    return 0
