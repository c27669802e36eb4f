"""Telling systemd how the service is: the protocol of ``sd_notify(3)``, which is one datagram a message."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(**what: str) -> bool:
    """Send ``READY="1"``, ``STATUS="…"``, ``WATCHDOG="1"``, ``STOPPING="1"`` …; False where nobody wants to know."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place.startswith(("/", "@")):
        return False
    message = "\n".join(f"{name}={value}" for name, value in what.items())
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
        door.connect("\0" + place[1:] if place[0] == "@" else place)
        door.sendall(message.encode())
        return True
    return False


def watchdog_seconds() -> float | None:
    """How often systemd wants a sign of life from this process; ``None`` where it does not."""
    usec, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not usec.isdecimal() or int(usec) == 0 or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 1_000_000
