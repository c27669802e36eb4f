"""A process that grants, one key after another, and says which are certain: to be killed at any moment.

``python -m tests.ledger.granting ADDRESS FOLDER AGENT NUMBER FIRST LAST``; key *n* is always the same.
A lost connection ends it with exit code 7, as a console that would now look the key up.
"""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import UUID, uuid5

from agentconsole.channels.base import settings_model
from agentconsole.config import parse
from agentconsole.desk import gestures
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.errors import DeskError
from agentconsole.store.opening import open_desk
from tests.ledger.world import LEDGER_CONFIG

_KEYS = UUID("6f6a2c1e-3d58-4b0e-9a55-1f5f0c1d2e3f")
LOST = 7


def key_of(number: int) -> UUID:
    """The key of the n-th grant."""
    return uuid5(_KEYS, str(number))


def main(arguments: list[str]) -> int:
    """Grant 1.00 EUR of credit a key; a line a key once it is certain."""
    address, folder, agent, number, first, last = arguments
    config = parse(LEDGER_CONFIG, "agentconsole.toml", settings_model)
    desk = Desk(open_desk(address, Path(folder)), config, who_am_i(config, agent), Path(folder))
    wanted = gestures.wanted(desk, int(number), "credit", 100, "EUR", "outage", "receipt")
    for n in range(int(first), int(last) + 1):
        try:
            gestures.grant(desk, int(number), wanted, key_of(n))
        except DeskError:
            return LOST
        sys.stdout.write(f"{n}\n")
        sys.stdout.flush()
    desk.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
