"""The ledger of goodwill gestures: the rules hold here, in the database, and not in the program that asks."""

from __future__ import annotations

from sqlalchemy import Connection

from agentconsole.store.ledger.base import Ledger, Written

__all__ = ["Ledger", "Written", "ledger_of"]


def ledger_of(connection: Connection) -> Ledger:
    """The ledger of a desk, within the transaction of this connection."""
    if connection.dialect.name == "sqlite":
        from agentconsole.store.ledger.sqlite import SqliteLedger

        return SqliteLedger(connection)
    from agentconsole.store.ledger.postgresql import PostgresLedger

    return PostgresLedger(connection)
