"""One connection to a mailbox: the few things the channel asks of an IMAP server (RFC 3501, 2177, 6154).

What goes wrong on the way leaves as imapclient or the operating system raise it; :func:`explained` is the one
edge where it becomes a :class:`~agentconsole.errors.ChannelError`. Only a missing folder and a refused login,
which are nobody's broken connection, are said here.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, LoginError
from imapclient.imapclient import SENT

from agentconsole.channels.email.network import Login, Server, explain
from agentconsole.errors import ChannelError, LoginRefused
from agentconsole.i18n import _

IDLE_AT_MOST = 28 * 60
"""Seconds after which IDLE is issued anew: servers may end it after 30 minutes (RFC 2177)."""
TICK = 0.25
"""Seconds between two looks at the stop event while waiting."""
_TEMPORARY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\b", re.IGNORECASE)
_LEAVE_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder as it was when it was entered: UIDVALIDITY, the UID the next message will get, how many."""

    folder: str
    validity: int
    next_uid: int
    messages: int


@contextlib.contextmanager
def explained(server: Server) -> Iterator[None]:
    """Turn what imapclient and the network raise into a ChannelError in people's words."""
    try:
        yield
    except IMAPClientAbortError:
        raise ChannelError(*explain(ConnectionResetError(), server)) from None
    except IMAPClientError as error:
        raise ChannelError(
            _("{server} could not do it: {said}").format(server=server, said=words(error)),
            _("It is tried again by itself."),
        ) from None
    except (OSError, EOFError) as error:
        raise ChannelError(*explain(error, server)) from None
    except (ValueError, IndexError, KeyError) as error:  # what imapclient raises over answers it cannot parse
        raise ChannelError(
            _("{server} said something that is no IMAP: {said}").format(server=server, said=error),
            _("It is tried again by itself; check imap_host and imap_port."),
        ) from None


def words(error: Exception) -> str:
    """What the server said, without what imaplib puts around it."""
    said = re.sub(r"^[a-z0-9 ]+ (failed|command error): ((BAD|NO) )?", "", str(error), flags=re.IGNORECASE)
    return re.sub(r"^\[?b(['\"])(.*)\1\]?$", r"\2", said).strip() or type(error).__name__


class Mailbox:
    """A connection that is logged in. Belongs to one thread."""

    def __init__(self, server: Server, login: Login) -> None:
        """Connect, encrypt, log in. :raises LoginRefused: the server does not take user and password."""
        self.server = server
        self.client = _connect(server)
        self.selected: Selected | None = None
        self._sent: str | None = None
        try:
            _log_in(self.client, server, login)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Take leave if the server still listens; never raises for a connection that is gone."""
        with contextlib.suppress(IMAPClientError, OSError, EOFError, ValueError):
            self.client.socket().settimeout(_LEAVE_WITHIN)
            self.client.logout()
        with contextlib.suppress(IMAPClientError, OSError):
            self.client.shutdown()

    def folders(self) -> list[str]:
        """All folders, in people's spelling (not modified UTF-7)."""
        return [_name(found) for found in self.client.list_folders()]

    def sent_folder(self, configured: str) -> str | None:
        r"""The folder for sent mail: the configured one, else the one marked \Sent or commonly called so."""
        if configured:
            return configured
        if self._sent is None:
            found = self.client.find_special_folder(SENT)
            self._sent = _name((None, None, found)) if found else ""
        return self._sent or None

    def select(self, folder: str, *, write: bool = False) -> Selected:
        """Enter a folder, read-only (EXAMINE) unless flags shall be set.

        :raises ChannelError: there is no such folder; names those there are.
        """
        self.selected = None
        try:
            said: dict[bytes, Any] = self.client.select_folder(folder, readonly=not write)
        except IMAPClientReadOnlyError:
            raise ChannelError(
                _("The folder {folder} may only be read, not marked as seen.").format(folder=folder),
                _("Set mark_seen to false, or ask for the right to write."),
            ) from None
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise self._no_folder(folder, error) from None
        messages, next_uid = int(said.get(b"EXISTS", 0)), said.get(b"UIDNEXT")
        if next_uid is None:
            last = self.client.search(["UID", "*"]) if messages else []
            next_uid = max(last, default=0) + 1
        self.selected = Selected(folder, int(said.get(b"UIDVALIDITY", 0)), int(next_uid), messages)
        return self.selected

    def _no_folder(self, folder: str, error: IMAPClientError) -> ChannelError:
        there = self.folders()
        if folder in there:
            return ChannelError(
                _("{server} does not open the folder {folder}: {said}").format(
                    server=self.server, folder=folder, said=words(error)
                ),
                _("Check that {folder} holds mail and may be read.").format(folder=folder),
            )
        return ChannelError(
            _("There is no folder {folder} in the mailbox.").format(folder=folder),
            _("Correct folders or sent_folder; there are: {there}.").format(there=", ".join(there[:30])),
        )

    def uids(self, low: int, high: int, since: date | None) -> list[int]:
        """UIDs from ``low`` to ``high`` in the folder at hand, in order; only arrivals from ``since`` on."""
        criteria: list[Any] = ["UID", f"{low}:{high}"]
        if since is not None:
            criteria += ["SINCE", since]
        return sorted(uid for uid in self.client.search(criteria) if low <= uid <= high)

    def mark_seen(self, uids: Sequence[int]) -> None:
        r"""Set \Seen in the folder at hand, which must have been entered to write."""
        self.client.add_flags(list(uids), [rb"\Seen"], silent=True)

    def holds(self, folder: str, message_id: str, since: date) -> bool:
        """Whether a message of that Message-ID (without ``<>``) arrived in a folder since a day."""
        self.select(folder)
        return bool(self.client.search(["SINCE", since, "HEADER", "Message-ID", f"<{message_id}>"]))

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        """File a message as read."""
        self.client.append(folder, raw, flags=[rb"\Seen"], msg_time=at)

    @property
    def keeps_copies(self) -> bool:
        """Whether the service files what it sends by itself (Gmail)."""
        return bool(self.client.has_capability("X-GM-EXT-1"))

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of news by itself."""
        return bool(self.client.has_capability("IDLE"))

    def idle(self, seconds: float, stop: Event) -> bool:
        """Wait in the folder at hand until the server tells of something, ``stop`` is set, or time is over.

        :returns: whether there may be news. Returns after :data:`IDLE_AT_MOST` seconds in any case.
        """
        until = time.monotonic() + min(seconds, IDLE_AT_MOST)
        self.client.idle()
        try:
            news = self._in_buffer()
            while not news and not stop.is_set() and (left := until - time.monotonic()) > 0:
                began = time.monotonic()
                tick = min(TICK, left)
                said = self.client.idle_check(timeout=tick)
                # Nothing said before the time was over is how imapclient shows a connection that has ended.
                news = any(map(_is_news, said)) or (not said and time.monotonic() - began < tick / 2)
        finally:
            self.client.idle_done()
        return news

    def _in_buffer(self) -> bool:
        """Whether the answer to IDLE brought more lines with it, which polling the socket cannot see."""
        sock = self.client.socket()
        sock.setblocking(False)
        try:
            return bool(self.client._imap.file.peek(1))
        except OSError:
            return False
        finally:
            sock.settimeout(self.server.timeout)


def _connect(server: Server) -> IMAPClient:
    try:
        client = IMAPClient(
            server.host,
            server.port,
            ssl=server.security == "tls",
            ssl_context=server.tls if server.security == "tls" else None,
            timeout=server.timeout,
        )
    except UnicodeError as error:
        raise ChannelError(*explain(error, server)) from None
    client.normalise_times = False
    if server.security == "starttls":
        try:
            _start_tls(client, server)
        except BaseException:
            with contextlib.suppress(OSError):
                client.shutdown()
            raise
    return client


def _start_tls(client: IMAPClient, server: Server) -> None:
    if not client.has_capability("STARTTLS"):
        raise ChannelError(
            _("{server} does not offer STARTTLS.").format(server=server),
            _('Set imap_security = "tls", mostly with port 993.'),
        )
    client.starttls(server.tls)


def _log_in(client: IMAPClient, server: Server, login: Login) -> None:
    try:
        if login.user.isascii() and login.password.isascii():
            client.login(login.user, login.password)
        else:
            client.plain_login(login.user, login.password)
    except LoginError as error:
        if _TEMPORARY.search(str(error)):
            raise ChannelError(
                _("{server} takes no login just now: {said}").format(server=server, said=words(error)),
                _("It is tried again by itself."),
            ) from None
        raise LoginRefused(
            _("{server} refused the login of {user}: {said}").format(server=server, user=login.user, said=words(error)),
            _("Check user and password; many providers want an app password for programs."),
        ) from None


def _name(found: tuple[Any, Any, Any]) -> str:
    name = found[2]
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)


def _is_news(said: tuple[Any, ...]) -> bool:
    """Whether an untagged response tells of mail that came, went or changed (not "still here")."""
    return b"EXISTS" in said or b"EXPUNGE" in said or b"VANISHED" in said or said[:1] == (b"BYE",)


def day_before(moment: datetime, back: timedelta) -> date:
    """The day to search from for what came ``back`` before ``moment``: servers compare days in any zone."""
    return (moment - back - timedelta(days=1)).date()
