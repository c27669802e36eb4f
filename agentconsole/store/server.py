"""How a PostgreSQL server is spoken to: who may be at the other end, for how long, and through how many connections."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

KEPT, MORE = 2, 3
"""Connections that a program keeps for looks and writes, and those it opens besides where many are wanted at once. The
watch for changes has one of its own, so that thirty consoles fit a server that takes a hundred connections.
"""
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "15s",
}
"""A program that stands still in mid-transaction is ended by the server before those who wait for it give up."""
_LINE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""A line that was cut without a word is noticed within some ten seconds."""


def of_server(url: URL) -> URL:
    """The address with what it leaves open: off loopback the server proves by a certificate that it is the one named.

    What the address itself says of it holds (``sslmode``, ``sslrootcert``).
    """
    if "sslmode" in url.query or all(map(_here, _hosts(url))):
        return url
    root = {} if "sslrootcert" in url.query or _own_roots() else {"sslrootcert": "system"}
    return url.update_query_dict({"sslmode": "verify-full"} | root)


def _own_roots() -> bool:
    """Whether this person has said elsewhere, as libpq reads it, which authorities vouch for a server."""
    return "PGSSLROOTCERT" in os.environ or (Path.home() / ".postgresql" / "root.crt").exists()


def _hosts(url: URL) -> list[str]:
    """Every host that libpq would try; it prefers ``hostaddr``, and asks the environment where nothing is said."""
    if "service" in url.query or ("PGSERVICE" in os.environ and not url.host):
        return ["(the service says which)"]
    said = [each for key in ("hostaddr", "host") for each in _all(url.query.get(key, ()))]
    named = [url.host] if url.host else []
    besides = [os.environ.get(name, "") for name in ("PGHOSTADDR", *(() if named or said else ("PGHOST",)))]
    hosts = ",".join([*named, *said, *besides]).split(",")
    return [host for host in hosts if host]


def _all(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _here(host: str) -> bool:
    return host in _LOOPBACK or host.startswith(("/", "@"))


def arguments(url: URL, program: str) -> dict[str, Any]:
    """For :func:`sqlalchemy.create_engine`: the pool, and how each connection is made.

    What the address says holds: ``?options=-c statement_timeout=2min`` or ``?connect_timeout=30``.
    """
    said = {key: value for key, value in url.query.items() if isinstance(value, str)}
    limits = [f"-c {name}={value}" for name, value in _LIMITS.items()]
    line = {key: value for key, value in _LINE.items() if key not in said}
    return {
        "pool_size": KEPT,
        "max_overflow": MORE,
        "pool_timeout": 30,
        "pool_use_lifo": True,
        "pool_pre_ping": True,
        "connect_args": line
        | {"application_name": said.get("application_name", program)}
        | {"options": " ".join([*limits, *filter(None, [said.get("options", "")])])},
    }
