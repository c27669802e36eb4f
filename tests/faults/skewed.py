"""agentconsole on a machine whose clock is wrong: ``python -m tests.faults.skewed SECONDS ARGUMENTS…``.

With 0 it is right. Leases are of three seconds.
"""

from __future__ import annotations

import datetime
import sys
import time


def wrong_by(seconds: float) -> None:
    """Let this process, and what it imports from now on, believe that it is so many seconds later."""
    tell, by = time.time, datetime.timedelta(seconds=seconds)
    right = datetime.datetime

    class Wrong(right):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> right:  # type: ignore[override]  # (plain ones suffice)
            return right.now(tz) + by

    datetime.datetime = Wrong  # type: ignore[misc]  # (that is what is wrong with this machine)
    time.time = lambda: tell() + seconds


if __name__ == "__main__":
    wrong_by(float(sys.argv[1]))
    from agentconsole.cli import main
    from agentconsole.sync import line, pulse

    line.LEASE = pulse.LEASE = datetime.timedelta(seconds=3)  # nobody waits for twenty seconds
    pulse.EVERY = 0.5

    sys.exit(main(sys.argv[2:]))
