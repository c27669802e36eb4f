"""The edge at which an engine's errors become :class:`DeskError`: two lines a person understands."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from agentconsole.errors import DeskError, NotLetIn, OutOfReach
from agentconsole.i18n import N_, _

_NOT_YET = "shutting down|starting up|recovery mode|not yet accepting connections"
"""Said by a server that is there; whatever else it says to who connects, it says tomorrow too."""
_FULL = "too many (connections|clients)|connection slots"
"""Said to who connects as well: others let go of theirs, such as those who all come back to a server at once."""
_AWAY = f"connection|resolve host|timeout expired|{_NOT_YET}"
_KNOWN = (  # what the engine says, as a pattern; the first one counts
    ("database is locked", N_("is in use by a program that does not let go."), N_("Close the other program, or wait.")),
    (
        "readonly database",
        N_("can be read but not written."),
        N_("Give yourself the right to write to it and its folder."),
    ),
    ("unable to open", N_("cannot be opened."), N_("Check that its folder exists and that you may write there.")),
    ("disk is full", N_("cannot be written: the disk is full."), N_("Make room; what is on the screen is not lost.")),
    ("no space left", N_("cannot be written: the disk is full."), N_("Make room; what is on the screen is not lost.")),
    (
        "disk i/o error",
        N_("cannot be read or written: the disk reports an error."),
        N_("Check the disk and its free space."),
    ),
    ("malformed", N_("is damaged."), N_("Keep the file, and restore the latest backup copy beside it.")),
    ("not a database", N_("is not a desk."), N_("Check the address `desk` in agentconsole.toml.")),
    ("password authentication failed", N_("refuses the login."), N_("Check user and password of `desk`.")),
    ("no password supplied", N_("wants a password."), N_("Put it in ~/.pgpass or the PGPASSWORD variable.")),
    (
        r'(database|role) ".*" does not exist',
        N_("does not exist as named."),
        N_("Check the address `desk` in agentconsole.toml."),
    ),
    (
        "lock timeout|idle-in-transaction timeout|deadlock detected",
        N_("is in use by a program that does not let go."),
        N_("Try again; nothing was changed."),
    ),
    ("statement timeout", N_("took too long to answer."), N_("Try again, or ask for less.")),
    (
        "invalid (connection option|sslmode|URI|integer|port)|group or world access|SCRAM|fe_sendauth",
        N_("cannot be opened as its address says."),
        N_("Check the address `desk` in agentconsole.toml."),
    ),
    (
        _FULL,
        N_("has no connection left."),
        N_("Try again in a while; whoever runs the server can allow more."),
    ),
    (
        "QueuePool limit",
        N_("has no connection left."),
        N_("Try again in a while; whoever runs the server can allow more."),
    ),
    (
        "does not support SSL|SSL (is )?not supported",
        N_("offers no TLS, which is needed outside this machine."),
        N_("Have the server offer it; docs/deploy.md says how."),
    ),
    (
        "permission denied|row-level security",
        N_("refuses this to you."),
        N_("Ask a supervisor for the right to do it."),
    ),
    (
        "certificate",
        N_("shows a certificate that cannot be trusted."),
        N_("Set sslrootcert in the address, or mend the server."),
    ),
    (
        _AWAY,
        N_("cannot be reached."),
        N_("Check the network and the server; the console tries again."),
    ),
)

_LOGIN = r'password authentication failed|no password supplied|not permitted to log in|role ".*" does not exist'


def as_desk_error(error: BaseException, name: str) -> DeskError:
    """An engine's error in a person's words; ``name`` is the desk's address without password."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip() or type(cause).__name__
    kind = NotLetIn if re.search(_LOGIN, said, re.IGNORECASE) else DeskError
    for sign, what, do in _KNOWN:
        if re.search(sign, said, re.IGNORECASE):
            if sign == _FULL or (sign == _AWAY and ("FATAL:" not in said or re.search(_NOT_YET, said))):
                kind = OutOfReach
            return kind(f"{_('The desk')} {name} {_(what)}", _(do))
    first = said.splitlines()[0]
    return kind(f"{_('The desk')} {name}: {first}.", _("`agentconsole check` says more."))


@contextmanager
def told(name: str) -> Iterator[None]:
    """Let engine errors out of the block as :class:`DeskError` only."""
    try:
        yield
    except IntegrityError as error:
        raise DeskError(
            f"{_('The desk')} {name}: {str(error.orig).splitlines()[0]}.", _("Nothing was changed.")
        ) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise as_desk_error(error, name) from error
