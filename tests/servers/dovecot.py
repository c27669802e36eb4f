"""A real IMAP server for tests, the demo and the bench: Dovecot 2.3 on free loopback ports, in a folder of its own.

It runs as whoever starts it; started by root, as ``nobody``, since Dovecot's own processes refuse to be root.
Everything it writes is in one new folder, which goes away with it. Only processes it started are ended, by id.

    with Dovecot() as dovecot:
        dovecot.deliver(raw)                        # as mail arrives (LMTP)
        dovecot.append(raw, "Sent", seen=True)      # as a mail program files it (IMAP)
        dovecot.messages("INBOX")                   # what lies there: flags and bytes
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient

from tests.servers.tls import make_certificates

BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER = "care@brand.example"
PASSWORD = "correct-horse"
_START_WITHIN = 20.0

_CONFIGURATION = """
protocols = imap lmtp
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
auth_failure_delay = 0
disable_plaintext_auth = no
default_login_user = {account}
default_internal_user = {account}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
postmaster_address = postmaster@brand.example
lmtp_save_to_detail_mailbox = no
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox {sent} {{
    auto = create
    special_use = \\Sent
  }}
}}
protocol imap {{
  mail_max_userip_connections = 100
  {imap}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap_port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Stored:
    """A message in a folder: its UID, flags as IMAP writes them, and bytes."""

    uid: int
    flags: frozenset[str]
    raw: bytes


class Dovecot:
    """One server with any number of mailboxes: every user name exists, all with :data:`PASSWORD`."""

    def __init__(self, *, sent: str = "Sent", capability: str = "", names: tuple[str, ...] = ()) -> None:
        """Set up, without starting.

        :param sent: name of the folder marked \\Sent; it is made with the mailbox.
        :param names: the names in its certificate; this machine's where left out.
        :param capability: the capabilities to announce instead of all ("IMAP4rev1": no IDLE, for one).
        """
        if BINARY is None:
            raise RuntimeError("Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd")
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self.user, self.password = USER, PASSWORD
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._ids = (account.pw_uid, account.pw_gid)
        self.certificates = make_certificates(self.folder, *names)
        self._process: subprocess.Popen[bytes] | None = None
        (self.folder / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                account=account.pw_name,
                group=grp.getgrgid(account.pw_gid).gr_name,
                uid=account.pw_uid,
                gid=account.pw_gid,
                cert=self.certificates.cert_file,
                key=self.certificates.key_file,
                password=PASSWORD,
                sent=f'"{sent}"',
                imap=f"imap_capability = {capability}" if capability else "",
                imap_port=self.imap_port,
                imaps_port=self.imaps_port,
                lmtp_port=self.lmtp_port,
            )
        )
        for path in (self.folder, *self.folder.iterdir()):
            self._own(path)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, *self._ids)

    def start(self) -> Self:
        """Start and return when it answers. :raises RuntimeError: it does not; with the end of its log."""
        as_whom: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_whom = {"user": self._ids[0], "group": self._ids[1], "extra_groups": []}
        with (self.folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [str(BINARY), "-F", "-c", str(self.folder / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
                **as_whom,
            )
        until = time.monotonic() + _START_WITHIN
        while not _answers(self.imap_port):
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError(f"Dovecot did not start: {self._complaint()}")
            time.sleep(0.01)
        return self

    def _complaint(self) -> str:
        said = [self.folder / name for name in ("stderr", "log")]
        return "".join(path.read_text(errors="replace")[-2000:] for path in said if path.exists())

    def stop(self) -> None:
        """End it in order, which takes it a second."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does, with all its connections."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if how is signal.SIGTERM:
                process.terminate()
                process.wait(_START_WITHIN)
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_START_WITHIN)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def client(self, user: str = USER) -> Iterator[IMAPClient]:
        """A connection that is logged in."""
        client = IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=30)
        try:
            client.login(user, PASSWORD)
            yield client
        finally:
            with contextlib.suppress(OSError, IMAPClient.Error):
                client.logout()
            with contextlib.suppress(OSError):
                client.shutdown()

    def deliver(self, raw: bytes, user: str = USER) -> None:
        """Bring a message as a mail server does, from the sender that its header names."""
        sender = parseaddr(str(message_from_bytes(raw)["From"] or ""))[1]
        with smtplib.LMTP("127.0.0.1", self.lmtp_port, local_hostname="tests") as lmtp:
            lmtp.sendmail(sender, [user], raw)

    def append(
        self,
        raw: bytes,
        folder: str = "INBOX",
        *,
        seen: bool = False,
        at: datetime | None = None,
        user: str = USER,
    ) -> None:
        """File a message as a mail program does; ``at`` becomes its INTERNALDATE."""
        with self.client(user) as client:
            client.append(folder, raw, [rb"\Seen"] if seen else [], at)

    def fill(self, raws: Iterable[bytes], user: str = USER) -> int:
        """Put many messages into a new INBOX, straight into its files: before anybody opens it.

        :returns: how many.
        """
        inbox = self.folder / "mail" / user
        for part in ("cur", "new", "tmp"):
            (inbox / part).mkdir(parents=True, exist_ok=True)
        count = 0
        for count, raw in enumerate(raws, 1):
            path = inbox / "cur" / f"{1_700_000_000 + count}.M{count}P1.tests,S={len(raw)}:2,"
            path.write_bytes(raw)
            self._own(path)
        for path in (inbox.parent, inbox, *(inbox / part for part in ("cur", "new", "tmp"))):
            self._own(path)
        return count

    def messages(self, folder: str = "INBOX", user: str = USER) -> list[Stored]:
        """What lies in a folder, in order; looking changes nothing."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["FLAGS", "BODY.PEEK[]"])
        return [
            Stored(uid, frozenset(flag.decode() for flag in parts[b"FLAGS"]), parts[b"BODY[]"])
            for uid, parts in sorted(found.items())
        ]

    def renumber(self, folder: str = "INBOX", user: str = USER) -> None:
        """Give a folder another UIDVALIDITY, and its messages other UIDs, as a restored mailbox has."""
        running = self._process is not None
        self.kill()
        place = self.folder / "mail" / user
        place = place if folder == "INBOX" else place / f".{folder}"
        for known in (*place.glob("dovecot.index*"), place / "dovecot-uidlist"):
            known.unlink()
        if running:
            self.start()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as sock:
            return sock.recv(10).startswith(b"* OK")
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.socket()) for _number in range(count)]
        for sock in socks:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in socks]
