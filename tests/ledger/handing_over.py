"""A console that hands over what is due, until it is killed.

``python -m tests.ledger.handing_over ADDRESS FOLDER AGENT SHOP``.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

from agentconsole.desk import orders
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.errors import ConsoleError
from agentconsole.store.opening import open_desk
from tests.ledger.ordering import config_of


def main(arguments: list[str]) -> None:
    """For ever. What the desk refuses for a moment is tried again."""
    address, folder, agent, shop = arguments
    config = config_of(shop)
    patient = config.outbox.model_copy(update={"give_up_after": timedelta(days=9999)})  # the desk's clock stands still
    config = config.model_copy(update={"outbox": patient})
    desk = Desk(open_desk(address, Path(folder)), config, who_am_i(config, agent), Path(folder))
    service = orders.opened(desk)
    while True:
        try:
            while orders.due(desk) and orders.hand_over(desk, f"{agent}:{time.time_ns()}", service):
                pass
        except ConsoleError as error:
            sys.stderr.write(f"{error.what}\n")
        time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1:])
