"""The interface's front door. Textual is imported while the first page is being read."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from concurrent.futures import Future
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread
from typing import NoReturn

from agentconsole.config import View
from agentconsole.desk import saved_views, triage
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError
from agentconsole.views.keys import Keymap
from agentconsole.views.settling import hold

_FRAMES = 240
"""Pictures a second that Textual draws at most; a key waits for the next one, so 60 would cost up to 17 ms."""


def run(
    desk: Desk,
    *,
    sync: bool = True,
    view: str | None = None,
    config_path: Path | None = None,
    tour: bool = False,
    dashboard: bool = False,
) -> int:
    """Show the console until the adviser leaves it.

    :param sync: pull the channels and deliver the outbox from this console.
    :param view: id or number of the view to begin with; the first one where left out.
    :param config_path: the agentconsole.toml in use, for what is said to people.
    :param tour: show the tour to who has not seen it on this desk. :param dashboard: begin with the floor.
    :returns: the exit code: 0, or 1 where the console failed (two lines are on standard error then).
    :raises NotFound: no such view.
    """
    hold()
    chosen = saved_views.view_of(desk, view) if view else saved_views.views_of(desk)[0]
    first: Future[triage.ViewPage] = Future()
    Thread(target=_first_page, args=(first, desk, chosen), name="first-page", daemon=True).start()
    log_file = _log_to_file()
    os.environ.setdefault("TEXTUAL_FPS", str(_FRAMES))

    from agentconsole.views.console import Console
    from agentconsole.views.page import Session

    app = Console(Session(desk, Keymap(desk.config.keys), chosen, sync, config_path, first, tour, dashboard), log_file)
    with asyncio.Runner() as runner:
        code = runner.run(app.run_async())
        code = code if code is not None else app.return_code or 0
        if app.stuck:
            _leave_threads(code)
    return code


def _leave_threads(code: int) -> NoReturn:
    """End the process at once. Python, and asyncio before it, would wait for the threads that wait for the desk, as
    long as its server stands still. To the desk it is as if the console had been killed, which may always happen.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    logging.shutdown()
    os._exit(code)


def _first_page(first: Future[triage.ViewPage], desk: Desk, view: View) -> None:
    try:
        first.set_result(triage.page(desk, view))
    except DeskError as error:
        first.set_exception(error)


def _log_to_file() -> Path:
    """The program's log: never on the screen, small, in the user's own folder, readable by nobody else."""
    from platformdirs import user_log_path

    path = user_log_path("agentconsole") / "agentconsole.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
    except OSError:  # nowhere to write to: the console works all the same
        logging.getLogger("agentconsole").addHandler(logging.NullHandler())
        return path
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("agentconsole")
    logger.addHandler(handler)
    logger.propagate = False
    return path
