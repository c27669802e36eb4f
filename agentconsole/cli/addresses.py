"""Where a verb listens: ``--listen`` of sync and serve."""

from __future__ import annotations

import ipaddress

from agentconsole.errors import UsageError
from agentconsole.i18n import _

LOOPBACK = "127.0.0.1"


def listening(text: str) -> tuple[str, int]:
    """Host and port: ``9108``, ``127.0.0.1:9108``, ``[::1]:9108``; on loopback where no host is named.

    :raises UsageError: it is none of these.
    """
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not (port.isascii() and port.isdecimal() and len(port) < 6 and int(port) < 65536) or (colon and not bare):
        raise none(text)
    if (":" in bare) != host.startswith("["):
        raise none(text)
    return bare or LOOPBACK, int(port)


def none(text: str) -> UsageError:
    """What is said of something that is no address."""
    return UsageError(_("{text!r} is no address to listen at.").format(text=text[:60]), _("Give a port, or host:port."))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it; of a name other than ``localhost`` nobody knows."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def in_url(host: str) -> str:
    """A host as an address has it."""
    return f"[{host}]" if ":" in host else host
