"""The options of the verbs for supervisors' figures, and of the console in a browser."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from agentconsole.cli.counts import count
from agentconsole.i18n import _


def add(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them. :param verb: adds one: name, function, what it does."""
    _figures(verb)
    _serving(verb)


def _figures(verb: Callable[..., argparse.ArgumentParser]) -> None:
    floor = verb("dashboard", "dashboard:dashboard", _("the floor in figures, every five seconds; for supervisors"))
    floor.add_argument("--once", action="store_true", help=_("one look, then end"))
    floor.add_argument("--json", action="store_true", help=_("one look, as one JSON object"))
    told = _("the conversations behind a figure, such as late; `dashboard --definitions` names all")
    floor.add_argument("--behind", metavar=_("FIGURE"), help=told)
    told = _("of what: all, view:ID, channel:ID, agent:ID, incident:ID, quarter:TIME")
    floor.add_argument("--scope", metavar=_("SCOPE"), default="all", help=told)
    floor.add_argument("--limit", type=count, default=200, metavar="N", help=_("rows at most"))
    floor.add_argument("--definitions", action="store_true", help=_("what each figure means"))
    past = verb("report", "report:report", _("the figures of days gone by; for supervisors"), json=True)
    day = _("a day, such as 2026-03-02")
    past.add_argument("--from", dest="since", metavar=_("DAY"), help=f"{day}; {_('30 days ago where left out')}")
    past.add_argument("--to", dest="until", metavar=_("DAY"), help=f"{day}; {_('yesterday where left out')}")
    scope = _("of what: all, channel:ID, team:ID, agent:ID")
    past.add_argument("--scope", metavar=_("SCOPE"), default="all", help=scope)
    past.add_argument("--csv", type=Path, metavar=_("FILE"), help=_("a line a day and scope, into a new file"))
    past.add_argument("--html", type=Path, metavar=_("FILE"), help=_("a page with charts, into a new file"))


def _serving(verb: Callable[..., argparse.ArgumentParser]) -> None:
    serve = verb("serve", "serving:serve", _("the console in a browser, for people without a terminal"))
    serve.add_argument(
        "--listen",
        metavar=_("ADDRESS"),
        default="127.0.0.1:8765",
        help=_("of this machine; 127.0.0.1:8765"),
    )
    serve.add_argument(
        "--public", metavar="URL", help=_("the address in browsers, where a reverse proxy with TLS stands before it")
    )
    serve.add_argument("--consoles", type=count, default=30, metavar="N", help=_("open at once at most"))
    password = verb("serve-password", "serving:password", _("set an agent's password for the console in a browser"))
    password.add_argument("name", metavar=_("AGENT"), help=_("an agent's id"))
