"""What IMAP and SMTP share: which server, how its certificate is verified, and network errors in words."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from agentconsole.channels.email.settings import Security
from agentconsole.errors import ConfigError
from agentconsole.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Login:
    """A name and its password, which no traceback shows."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """One end to connect to; ``key`` is the beginning of its settings (``imap_host``, ``smtp_port`` …)."""

    key: Literal["imap", "smtp"]
    host: str
    port: int
    security: Security
    tls: ssl.SSLContext
    timeout: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def tls_context(ca_file: str | None, folder: Path) -> ssl.SSLContext:
    """A context that verifies name and chain (imaplib's and smtplib's own verify nothing before Python 3.13).

    :param ca_file: PEM file of the authorities to trust instead of the system's, relative to ``folder``.
    :raises ConfigError: the file cannot be read or holds no certificate.
    """
    if ca_file is None:
        return ssl.create_default_context()
    path = folder / ca_file
    try:
        return ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as error:
        said = error.strerror or str(error)
        raise ConfigError(
            _("ca_file: {path} holds no certificates: {said}.").format(path=path, said=said),
            _("Give the PEM file of the certificate authority."),
        ) from None


_CLOSED = (
    (ConnectionError, EOFError, ssl.SSLEOFError, ssl.SSLZeroReturnError),
    N_("{server} closed the connection."),
    N_("It is tried again by itself."),
)
_MEANINGS: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    (
        (ConnectionRefusedError,),
        N_("{server} refused the connection."),
        N_("Check {key}_host and {key}_port; the server may be down."),
    ),
    _CLOSED,
    (
        (socket.gaierror, UnicodeError),
        N_("The server {host} was not found."),
        N_("Check {key}_host and the network connection."),
    ),
    (
        (TimeoutError,),
        N_("{server} did not answer within {seconds} s."),
        N_("Check the network connection and {key}_port; a firewall may be in the way."),
    ),
    (
        (ssl.SSLError,),
        N_("{server} cannot be spoken to with TLS: {said}."),
        N_('Check {key}_port and {key}_security: port {tls} takes "tls", port {starttls} "starttls".'),
    ),
    ((Exception,), N_("{server} cannot be reached: {said}."), N_("Check the network connection.")),
)


def explain(error: Exception, server: Server) -> tuple[str, str]:
    """What a network error means to a person: what was wrong, and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _explain_certificate(error, server)
    what, do = next((what, do) for kinds, what, do in _MEANINGS if isinstance(error, kinds))
    said = getattr(error, "reason", None) or getattr(error, "strerror", None) or error or type(error).__name__
    tls, starttls = (993, 143) if server.key == "imap" else (465, 587)
    facts = {
        "server": server,
        "host": server.host,
        "key": server.key,
        "seconds": server.timeout,
        "said": said,
    }
    return _(what).format(**facts), _(do).format(**facts, tls=tls, starttls=starttls)


def _explain_certificate(error: ssl.SSLCertVerificationError, server: Server) -> tuple[str, str]:
    said = error.verify_message or error.reason
    what = _("The certificate of {server} cannot be trusted: {said}.").format(server=server, said=said)
    if error.verify_code in (62, 64):  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
        return what, _("Check {key}_host: it must be the name in the certificate.").format(key=server.key)
    if "expired" in said or "not yet valid" in said:
        return what, _("Ask whoever runs the server to renew it; check this machine's clock.")
    return what, _("For a server of your own, name its certificate authority in ca_file.")
