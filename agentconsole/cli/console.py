"""The console itself: everything the screen needs is imported here, and only here."""

from __future__ import annotations

import argparse
import sys

from agentconsole.cli.opening import opened
from agentconsole.desk import saved_views
from agentconsole.desk.served import is_served
from agentconsole.desk.supervisor import must_supervise
from agentconsole.errors import UsageError
from agentconsole.i18n import _


def open_console(options: argparse.Namespace) -> int:
    """``agentconsole`` without a verb.

    :raises UsageError: standard input or output is no terminal; ``--dashboard`` of who is no supervisor.
    """
    if not (is_served() or (sys.stdin.isatty() and sys.stdout.isatty())):
        raise UsageError(
            _("The console needs a terminal."), _("Use a verb in a pipe, such as `agentconsole views`; see --help.")
        )
    with opened(options) as desk:
        if options.view:
            saved_views.view_of(desk, options.view)
        if options.dashboard:
            must_supervise(desk)
        from agentconsole.views.app import run

        sync = desk.pulls and not options.no_sync
        return run(desk, sync=sync, view=options.view, tour=options.tour, dashboard=options.dashboard)
