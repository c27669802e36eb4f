"""Verbs that look after the desk: check, init, demo, mail, secret."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from agentconsole.cli import console
from agentconsole.cli.opening import read_config
from agentconsole.cli.output import emit, line
from agentconsole.errors import UsageError
from agentconsole.i18n import _


def check(options: argparse.Namespace) -> int:
    """``agentconsole check``: exit code 0 where all is good, 1 where not, 2 where the configuration is wrong."""
    from agentconsole.cli.checking import findings

    good = True
    for finding in findings(options):
        good = good and finding.good
        if options.json:
            emit({"what": finding.what, "good": finding.good, "seen": finding.seen, "do": finding.do})
            continue
        line(f"{_('good') if finding.good else _('WRONG'):<6} {finding.what}: {finding.seen}")
        if finding.do:
            line(f"       {finding.do}")
    return 0 if good else 1


def init(options: argparse.Namespace) -> int:
    """``agentconsole init [FILE]``: never over a file that is there."""
    from agentconsole.config.start import write_starting_file

    write_starting_file(options.file)
    line(_("{file} is written. Read it through, then run `agentconsole check`.").format(file=options.file))
    return 0


def demo(options: argparse.Namespace) -> int:
    """``agentconsole demo``: builds the invented desk, says how far it is, and opens it."""
    from agentconsole.demo.build import build, show_progress
    from agentconsole.demo.team import at_work

    with tempfile.TemporaryDirectory(prefix="agentconsole-demo-") as temporary:
        if options.build_only and options.dir is None:
            raise UsageError(_("A desk that is only built needs a place."), _("Give --dir DIR."))
        folder = options.dir or Path(temporary)
        config = build(
            folder,
            size=options.size,
            seed=options.seed,
            still=options.still,
            agent=options.agent,
            progress=show_progress,
        )
        if options.build_only:
            line(_("The demo desk is in {folder}.").format(folder=folder))
            return 0
        options.config, options.no_sync, options.view, options.tour = config, False, None, not options.no_tour
        options.desk = None  # the demo's own, whatever was said
        with at_work(config, options.agent):
            return console.open_console(options)


def mail(options: argparse.Namespace) -> int:
    """``agentconsole mail read FILE…``."""
    from agentconsole.channels.email.cli_read import read_files

    return read_files(options.files, options.json, sys.stdout)


def secret(options: argparse.Namespace) -> int:
    """``agentconsole secret set|forget CHANNEL``."""
    from agentconsole import secrets

    config, path = read_config(options)
    names = [settings.id for settings in config.channels]
    names += [str(s.options["smtp_secret"]) for s in config.channels if s.options.get("smtp_secret")]
    names += [config.shop.secret] if config.shop else []
    if options.channel not in names:
        raise UsageError(
            _("There is no channel {name!r}.").format(name=options.channel),
            _("Use one of: {names}.").format(names=", ".join(names) or "-"),
        )
    if options.action == "forget":
        places = secrets.forget_secret(options.channel, path.parent)
        line(_("Forgotten: {places}.").format(places=", ".join(places)) if places else _("There was none."))
        return 0
    value = secrets.ask_secret(options.channel)
    place = secrets.store_secret(options.channel, value, path.parent)
    line(_("Kept in {place}.").format(place=place))
    return 0
