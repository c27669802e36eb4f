"""Who is linked with a customer, one by one: what a person joined can be told apart again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agentconsole.desk.context import Desk
from agentconsole.store import client_book, customers


@dataclass(frozen=True, slots=True)
class Linked:
    """A customer who is linked with another one: the own name, and what they alone are known by (kind, value)."""

    id: UUID
    name: str
    known_by: tuple[tuple[str, str], ...]


def linked(desk: Desk, customer_id: UUID) -> tuple[Linked, ...]:
    """The other customers of the group; empty for somebody who is not linked, or not known."""
    with desk.store.read() as connection:
        others = customers.groups(connection, [customer_id]).get(customer_id, (customer_id,))[1:]
        if not others:
            return ()
        names = customers.names(connection, others)
        known: dict[UUID, list[tuple[str, str]]] = {}
        for whose, kind, value in client_book.identities(connection, others):
            known.setdefault(whose, []).append((kind, value))
    return tuple(Linked(i, names.get(i, ""), tuple(known.get(i, ()))) for i in others)
