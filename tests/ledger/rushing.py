"""A process that grants as much as it can, with others at once: ``python -m tests.ledger.rushing FOLDER AGENT AMOUNT
FIRST LAST`` goes round the conversations of these numbers until a rule says no, and tells which and after how many."""

from __future__ import annotations

import sys
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from agentconsole.errors import DeskError, RuleRefused
from agentconsole.model.gesture import Wanted
from agentconsole.store.ledger import ledger_of
from agentconsole.store.opening import open_desk
from agentconsole.store.tables import conversation


def main(arguments: list[str]) -> int:
    """Grant until refused."""
    folder, agent, amount, first, last = arguments
    store = open_desk("desk.sqlite", Path(folder))
    query = select(conversation.c.id).where(conversation.c.number.between(int(first), int(last)))
    with store.read() as connection:
        places = connection.execute(query).scalars().all()
    granted = 0
    for place in cycle(places):
        wanted = Wanted(place, "credit", int(amount), "EUR", "outage", "receipt")
        try:
            with store.write() as connection:
                ledger_of(connection).grant(agent, uuid4(), wanted)
        except RuleRefused as refused:
            sys.stdout.write(f"{refused.reason} {granted}\n")
            break
        except DeskError:  # another one has had the file for too long: asked again
            continue
        granted += 1
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
