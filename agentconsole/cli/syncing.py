"""The verb ``sync``: the service that pulls, delivers and keeps house, without a console."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from agentconsole import i18n
from agentconsole.cli.addresses import in_url, is_loopback, listening
from agentconsole.cli.opening import opened, read_config
from agentconsole.cli.output import line
from agentconsole.desk import delivery
from agentconsole.desk.context import SERVICE, Desk
from agentconsole.errors import OutOfReach, UsageError
from agentconsole.i18n import _, ngettext
from agentconsole.text import clean

if TYPE_CHECKING:
    from agentconsole.sync import Service
    from agentconsole.sync.listening import Listening

_ENDING = 20.0
"""Seconds that what is under way may take once the service was told to stop."""
_TOLD_EVERY = 10.0
_PAUSE, _PAUSE_AT_MOST, _EXTENDED = 0.5, 30.0, 90.0
"""Seconds until a server that cannot be reached is tried again, doubled each time, and at most; how long systemd shall
wait for the next sign."""
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
    if options.once:
        with opened(options, service=True) as desk:
            service = _service(desk)
            _await_held(desk)
            return _once(service)
    read_config(options)  # its language, and its mistakes, come before all else
    with _told_to_stop() as stop, ExitStack() as opening, _heard(options.listen) as heard:
        reached = _reached(options, opening, stop)
        if reached is not None:
            service = _service(reached)
            if not service.channels:
                _log.warning("%s", _("No channel is in use: it only keeps house."))
            if heard is not None:
                heard.about(service)
            _run(service, stop)
    return 0


def _service(desk: Desk) -> Service:
    from agentconsole.sync import Service

    _refuse_agents(desk)
    written = desk.following.written
    return Service(desk, channels=(written.channels if written else ()) or None)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Set by a signal that says to stop; a second one ends the program at once."""
    stop = threading.Event()

    def told(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _reached(options: argparse.Namespace, opening: ExitStack, stop: threading.Event) -> Desk | None:
    """The desk, once its server can be reached; ``None`` where it was told to stop before.

    :raises ConsoleError: what waiting does not mend: a wrong login, no such database, a configuration with mistakes.
    """
    from agentconsole.sync.notifying import notify

    pause, said = _PAUSE, False
    while True:
        try:
            return opening.enter_context(opened(options, service=True))
        except OutOfReach as error:
            notify(STATUS=_("the desk cannot be reached"), EXTEND_TIMEOUT_USEC=str(int(_EXTENDED * 1e6)))
            if not said:
                _log.warning("%s %s", error.what, _("It is tried again until it can be."))
                said = True
        if stop.wait(pause):
            _log.info("stopped")
            return None
        pause = min(pause * 2, _PAUSE_AT_MOST)


def _refuse_agents(desk: Desk) -> None:
    if not desk.store.sqlite and desk.agent.id != SERVICE.id:
        raise UsageError(
            _("This login is the agent {agent}, who may not pull, deliver and keep house for all.").format(
                agent=desk.agent.id
            ),
            _("Make a login for the service: agentconsole desk service add sync"),
        )


def _await_held(desk: Desk) -> None:
    """Replies that can still be taken back go too: the few seconds until then are waited for."""
    now = desk.now()
    held = [entry.not_before for entry in delivery.undelivered(desk) if delivery.is_held(entry, now)]
    if held:
        sleep(min(max(held) - now, desk.config.outbox.hold).total_seconds())


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
def _heard(where: str | None) -> Iterator[Listening | None]:
    """Within it health and figures are told over HTTP, where that is wanted."""
    if where is None:
        yield None
        return
    from agentconsole.sync.listening import Listening

    host, port = listening(where)
    heard = Listening(None, host, port)
    _log.info("listening at http://%s:%s", in_url(host), heard.port)
    if not is_loopback(host):
        _log.warning("%s", _("Others than this machine can reach it, and it has no login."))
    try:
        yield heard
    finally:
        heard.close()


def _run(service: Service, stop: threading.Event) -> None:
    """Until it is told to stop."""
    from agentconsole.sync.notifying import notify, watchdog_seconds

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
