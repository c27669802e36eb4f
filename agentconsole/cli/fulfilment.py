"""Line mode about what was granted and is not with its customer yet: gesture tasks, done, again, drop."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, iso, line, table
from agentconsole.config.amounts import units
from agentconsole.desk import fulfilment
from agentconsole.desk import wording_gestures as wording
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _, duration


def tasks(options: argparse.Namespace) -> int:
    """``agentconsole gesture tasks``."""
    with opened(options, reads=True) as desk:
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
        with _decided():
            fulfilment.done(desk, options.entry, options.reference)
        return _told(options, "done", _("{entry}: the customer has it."))


def again(options: argparse.Namespace) -> int:
    """``agentconsole gesture again UUID``."""
    with opened(options) as desk:
        with _decided():
            fulfilment.again(desk, options.entry)
        return _told(options, "again", _("{entry}: it is tried again."))


def drop(options: argparse.Namespace) -> int:
    """``agentconsole gesture drop UUID --why TEXT``."""
    with opened(options) as desk:
        with _decided(not options.why.strip()):
            fulfilment.give_up(desk, options.entry, options.why)
        return _told(options, "drop", _("{entry}: it was not given, and is not tried again. It can be voided now."))


@contextmanager
def _decided(misused: bool = False) -> Iterator[None]:
    """That there is nothing to decide is no bad usage: exit code 1.

    :param misused: the arguments are wrong whatever the gesture's state is.
    """
    try:
        yield
    except UsageError as error:
        if misused:
            raise
        raise NotFound(error.what, error.do) from None


def _told(options: argparse.Namespace, choice: str, said: str) -> int:
    if options.json:
        emit({"entry": str(options.entry), "choice": choice})
    else:
        heading(said.format(entry=options.entry))
    return 0
