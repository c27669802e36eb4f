"""The verb incident: bursts of similar conversations."""

from __future__ import annotations

import argparse

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, line, row_cells, row_fields, table
from agentconsole.cli.output_figures import incident_fields, incident_words
from agentconsole.desk import incidents
from agentconsole.desk.context import Desk
from agentconsole.i18n import _
from agentconsole.model.floor import Incident


def list_incidents(options: argparse.Namespace) -> int:
    """``agentconsole incident list [--all]``."""
    with opened(options, reads=True) as desk:
        found = incidents.latest(desk) if options.all else incidents.live(desk)
        for one in found:
            if options.json:
                emit(incident_fields(one))
            else:
                heading(f"{one.id}  {_said(one, desk)}")
        if not found and not options.json:
            line(_("Nothing out of the ordinary."))
    return 0


def _said(one: Incident, desk: Desk) -> str:
    state = {
        "raised": _("new"),
        "confirmed": _("confirmed"),
        "dismissed": _("dismissed"),
        "ended": _("ended"),
    }[one.state]
    return " · ".join(filter(None, (state, incident_words(desk, one), one.macro, one.banner)))


def show_incident(options: argparse.Namespace) -> int:
    """``agentconsole incident show UUID``: its conversations, the newest first."""
    with opened(options, reads=True) as desk:
        rows, now = incidents.rows(desk, options.incident), desk.now()
        if options.json:
            for row in rows:
                emit(row_fields(row, desk, now))
        else:
            table([row_cells(row, desk, now) for row in rows], flexible=4)
    return 0


def confirm(options: argparse.Namespace) -> int:
    """``agentconsole incident confirm UUID [--banner TEXT] [--macro NAME]``."""
    with opened(options) as desk:
        incidents.confirm(desk, options.incident, options.banner, options.macro)
        line(_("The incident is confirmed."))
    return 0


def dismiss(options: argparse.Namespace) -> int:
    """``agentconsole incident dismiss UUID``."""
    with opened(options) as desk:
        incidents.dismiss(desk, options.incident)
        line(_("The signal is dismissed."))
    return 0


def end(options: argparse.Namespace) -> int:
    """``agentconsole incident end UUID``."""
    with opened(options) as desk:
        incidents.end(desk, options.incident)
        line(_("The incident is over."))
    return 0
