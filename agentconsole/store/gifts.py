"""Which reply a granted gesture is in. No money: the ledger knows nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, delete

from agentconsole.store.ledger.tables import gift
from agentconsole.store.upsert import insert_or


def put(connection: Connection, message_id: UUID, entries: Iterable[UUID]) -> None:
    """These grants are in a reply; one that is in another already stays there."""
    rows = [{"entry_id": i, "message_id": message_id} for i in entries]
    if rows:
        connection.execute(insert_or(connection, gift).on_conflict_do_nothing(), rows)


def take_out(connection: Connection, message_id: UUID) -> None:
    """The reply was taken back: its grants are in none."""
    connection.execute(delete(gift).where(gift.c.message_id == message_id))
