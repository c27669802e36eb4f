"""Line mode about what was granted and is not with its customer yet: gesture tasks, done, again, drop."""

from __future__ import annotations

import argparse

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, iso, line, table
from agentconsole.config.amounts import units
from agentconsole.desk import fulfilment
from agentconsole.desk import wording_gestures as wording
from agentconsole.i18n import _, duration


def tasks(options: argparse.Namespace) -> int:
    """``agentconsole gesture tasks``."""
    with opened(options) as desk:
        waiting, now = fulfilment.unfulfilled(desk), desk.now()
        if options.json:
            for one in waiting:
                emit(
                    {
                        "entry": str(one.entry),
                        "id": one.number,
                        "at": iso(one.at),
                        "agent": one.agent,
                        "customer": one.customer,
                        "kind": one.kind,
                        "amount": units(one.amount, one.currency),
                        "amount_minor": one.amount,
                        "currency": one.currency,
                        "reason": one.reason,
                        "how": str(one.how),
                        "state": str(one.state),
                        "asks": fulfilment.asks(desk, one),
                        "attempt": one.attempt,
                        "not_before": iso(one.not_before),
                        "error": one.error,
                    }
                )
            return 0
        rows = []
        for one in waiting:
            mark = "!" if fulfilment.asks(desk, one) else ""
            what = wording.what(desk, one.kind, one.amount, one.currency, one.reason)
            age = duration((now - one.at).total_seconds())
            rows.append([
                mark, f"#{one.number}", wording.fulfilment(one.how, one.state), what, one.customer,
                desk.agent_name(one.agent), age, one.error, str(one.entry),
            ])  # fmt: skip
        table(rows, flexible=-2)
        if not rows:
            line(_("Everything that was granted is with its customer."))
    return 0


def done(options: argparse.Namespace) -> int:
    """``agentconsole gesture done UUID``."""
    with opened(options) as desk:
        fulfilment.done(desk, options.entry, options.reference)
    return 0


def again(options: argparse.Namespace) -> int:
    """``agentconsole gesture again UUID``."""
    with opened(options) as desk:
        fulfilment.again(desk, options.entry)
    return 0


def drop(options: argparse.Namespace) -> int:
    """``agentconsole gesture drop UUID --why TEXT``."""
    with opened(options) as desk:
        fulfilment.give_up(desk, options.entry, options.why)
    return 0
