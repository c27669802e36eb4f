"""A console that is in somebody's browser: the files of the machine it runs on are the server's, not theirs.

``agentconsole serve`` sets :data:`SERVED` in the environment of the consoles it starts. Whatever reads or writes a file
that somebody names asks here first.
"""

from __future__ import annotations

import os
from pathlib import Path

from agentconsole.errors import UsageError
from agentconsole.i18n import _

SERVED = "AGENTCONSOLE_SERVED"
"""The number of the process that serves this console."""
OWN = "AGENTCONSOLE_SERVED_OWN"
"""Folder of the views and macros of whoever is at it."""


def is_served() -> bool:
    """Whether this console is in a browser."""
    return SERVED in os.environ


def own_folder() -> Path | None:
    """See :data:`OWN`; ``None`` in a terminal."""
    return Path(os.environ[OWN]) if is_served() and OWN in os.environ else None


def is_left() -> bool:
    """Whether the process that served this console is gone."""
    return is_served() and os.environ[SERVED] != str(os.getppid())


def why_not() -> str:
    """Why files cannot be chosen here; empty where they can."""
    return _("Not in a browser: that would be a file of the server's.") if is_served() else ""


def must_have_files() -> None:
    """:raises UsageError: the files of this machine are not those of whoever is at the console."""
    if is_served():
        raise UsageError(why_not(), _("Use agentconsole in a terminal for this."))
