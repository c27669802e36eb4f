"""The verb ``sync``: the service that pulls, delivers and keeps house, without a console."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from agentconsole import i18n
from agentconsole.cli.addresses import in_url, is_loopback, listening
from agentconsole.cli.opening import opened
from agentconsole.cli.output import line
from agentconsole.desk.context import SERVICE, Desk
from agentconsole.errors import UsageError
from agentconsole.i18n import _, ngettext
from agentconsole.text import clean

if TYPE_CHECKING:
    from agentconsole.sync import Service

_ENDING = 20.0
"""Seconds that what is under way may take once the service was told to stop."""
_TOLD_EVERY = 10.0
_LEVELS = {logging.ERROR: "<3>", logging.WARNING: "<4>", logging.INFO: "<6>"}

_log = logging.getLogger(__name__)


class _CleanLines(logging.Formatter):
    """A log on a terminal: what a server said is not obeyed by it. The journal has times and levels of its own."""

    def __init__(self) -> None:
        self._journal = "JOURNAL_STREAM" in os.environ
        super().__init__("%(message)s" if self._journal else "%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        said = clean(super().format(record), limit=None)
        level = _LEVELS.get(record.levelno, "<6>") if self._journal else ""
        return "\n".join(f"{level}{one}" for one in said.split("\n"))


def sync(options: argparse.Namespace) -> int:
    """``agentconsole sync [--once] [--listen ADDRESS]``: exit code 1 where a channel failed.

    :raises UsageError: the login is an agent's; nobody can listen at that address.
    :raises Outdated: a newer program has brought the desk up to date meanwhile.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_CleanLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("agentconsole").setLevel(logging.INFO)
    with opened(options, service=True) as desk:
        from agentconsole.sync import Service

        _refuse_agents(desk)
        written = desk.following.written
        service = Service(desk, channels=(written.channels if written else ()) or None)
        if options.once:
            return _once(service)
        if not service.channels:
            _log.warning("%s", _("No channel is in use: it only keeps house."))
        with _heard(service, options.listen):
            _run(service)
    return 0


def _refuse_agents(desk: Desk) -> None:
    if not desk.store.sqlite and desk.agent.id != SERVICE.id:
        raise UsageError(
            _("This login is the agent {agent}, who may not pull, deliver and keep house for all.").format(
                agent=desk.agent.id
            ),
            _("Make a login for the service: agentconsole desk service add sync"),
        )


def _once(service: Service) -> int:
    new, sent, errors = service.once()
    service.stop()
    for error in errors:
        sys.stderr.write(f"{clean(error, one_line=True)}\n")
    line(
        ngettext("{new} new message", "{new} new messages", new).format(new=i18n.number(new))
        + ", "
        + ngettext("{sent} reply sent", "{sent} replies sent", sent).format(sent=i18n.number(sent))
    )
    return 1 if errors else 0


@contextmanager
def _heard(service: Service, where: str | None) -> Iterator[None]:
    """Within it health and figures are told over HTTP, where that is wanted."""
    if where is None:
        yield
        return
    from agentconsole.sync.listening import Listening

    host, port = listening(where)
    heard = Listening(service, host, port)
    _log.info("listening at http://%s:%s", in_url(host), heard.port)
    if not is_loopback(host):
        _log.warning("%s", _("Others than this machine can reach it, and it has no login."))
    try:
        yield
    finally:
        heard.close()


def _run(service: Service) -> None:
    """Until a signal says to stop; a second one ends it at once."""
    from agentconsole.sync.notifying import notify, watchdog_seconds

    stop = threading.Event()

    def told(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)
    service.start()
    notify(READY="1", STATUS=_standing(service))
    watchdog, last = watchdog_seconds(), monotonic()
    every = min(_TOLD_EVERY, watchdog / 3) if watchdog else _TOLD_EVERY
    while not stop.wait(min(every, 1.0)) and service.tally.outdated is None:
        if monotonic() - last >= every:
            last = monotonic()
            alive = {} if service.stuck() else {"WATCHDOG": "1"}
            notify(STATUS=_standing(service), **alive)
    notify(STOPPING="1", STATUS=_("stopping"))
    service.stop(_ENDING)
    _log.info("stopped")
    if service.tally.outdated is not None:
        raise service.tally.outdated


def _standing(service: Service) -> str:
    """One line for ``systemctl status``."""
    lines, look = service.lines, service.pulse.look()
    here, stuck = sum(one.holds for one in lines), service.stuck()
    told = [_("{here} of {n} channels pulled here").format(here=here, n=len(lines))]
    if look is None:
        told.append(_("the desk cannot be reached"))
    elif look.paused:
        told.append(_("paused: {channels}").format(channels=", ".join(sorted(look.paused))))
    if stuck:
        told.append(_("stuck: {workers}").format(workers=", ".join(stuck)))
    return " · ".join(told)
