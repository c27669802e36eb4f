"""Conversations of a desk, copied within PostgreSQL: each copy has identifiers, names and times of its own."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Column, Table

from agentconsole.store.delivery_tables import outbox
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

_COPIED = (customer, identity, customer_tag, conversation, conversation_tag, message, event, outbox)
_OWN = {("identity", "value"), ("message", "external_id"), ("outbox", "key")}
"""Texts that are somebody's alone: a copy has its number behind them."""
_SERIALS = {"conversation": "number", "message": "seq", "event": "seq"}


def multiply(address: str, more: int) -> None:
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


def flows(address: str) -> None:
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
