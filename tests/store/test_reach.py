"""A server that cannot be reached now is told from one that says no."""

from __future__ import annotations

import pytest

from agentconsole.errors import OutOfReach
from agentconsole.store.faults import as_desk_error

_AT = 'connection failed: connection to server at "127.0.0.1", port 5432 failed:'


@pytest.mark.parametrize(
    ("said", "later"),
    [
        (f"{_AT} Connection refused", True),
        ("[Errno -3] failed to resolve host 'db': Temporary failure in name resolution", True),
        ("connection timeout expired", True),
        (f"{_AT} FATAL:  the database system is starting up", True),
        (f"{_AT} FATAL:  the database system is not yet accepting connections", True),
        (f'{_AT} FATAL:  password authentication failed for user "sync"', False),
        (f'{_AT} FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "sync", database "desk"', False),
        (f'{_AT} FATAL:  database "desk" does not exist', False),
        (f'{_AT} FATAL:  role "sync" does not exist', False),
        (f"{_AT} server does not support SSL, but SSL was required", False),
        ("connection failed: SSL error: certificate verify failed", False),
        (f"{_AT} FATAL:  sorry, too many clients already", True),
        (f"{_AT} FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute", True),
        ("QueuePool limit of size 5 overflow 10 reached, connection timed out", False),
        ('invalid connection option "bogus"', False),
        ('connection is bad: invalid sslmode value: "foo"', False),
        (f'{_AT} private key file "key" has group or world access', False),
        (f"{_AT} error in SCRAM", False),
    ],
)
def test_what_waiting_mends(said: str, later: bool) -> None:
    assert isinstance(as_desk_error(OSError(said), "desk"), OutOfReach) == later
