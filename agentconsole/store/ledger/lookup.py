"""Finding single entries: by the key of an act, and what a grant gave. Both may be what only its agent may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Connection, Uuid, func, literal, select

from agentconsole.model.gesture import EntryKind, FulfilmentHow, Wanted
from agentconsole.store.ledger.tables import entry, fulfilment, gift, voucher

_e = entry.c
_later = entry.alias("later")


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant, as far as it matters to a reply.

    :param shown: its code was shown to whoever asks. :param sent: it is in a reply already.
    """

    id: UUID
    agent: str
    how: FulfilmentHow
    voided: bool
    shown: bool
    sent: bool


def under_key(connection: Connection, agent: str, key: UUID) -> UUID | None:
    """The entry under an agent's key; of a request, the approval that was asked for; ``None`` where there is none."""
    query = select(_e.id, _e.entry, _e.approval_id).where(_e.agent == agent, _e.key == key)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    result: UUID = found.approval_id if found.entry == EntryKind.REQUEST else found.id
    return result


def granted(connection: Connection, entry_id: UUID) -> Wanted | None:
    """What a grant gave, without its proof; ``None`` where there is none, or none that may be seen."""
    columns = (_e.conversation_id, _e.kind, _e.amount, _e.currency, _e.reason)
    found = connection.execute(
        select(*columns).where(_e.id == entry_id, _e.entry == str(EntryKind.GRANT))
    ).one_or_none()
    return None if found is None else Wanted(*found)


def grants(connection: Connection, agent: str, ids: Collection[UUID]) -> list[Grant]:
    """These grants, as far as they may be seen, in no order; ``agent`` is who asks."""
    return _grants(connection, agent, _e.id.in_(list(ids))) if ids else []


def grants_in(connection: Connection, agent: str, conversations: Collection[UUID]) -> list[Grant]:
    """What an agent granted in these conversations, in no order."""
    return _grants(connection, agent, _e.conversation_id.in_(list(conversations)) & (_e.agent == agent))


def burnt_in(connection: Connection, text: str, entries: Collection[UUID]) -> set[UUID]:
    """Which of these grants were voided after their code was shown, and have it in a text.

    On PostgreSQL only what whoever is connected granted is looked at.
    """
    if not entries:
        return set()
    if connection.dialect.name != "sqlite":
        asked = func.ledger.burnt_in(text, literal(list(entries), ARRAY(Uuid)))
        return set(connection.execute(select(asked)).scalars())
    v = voucher.c
    burnt = v.entry_id.in_(list(entries)) & (v.burnt == 1) & (func.instr(text, v.code) > 0)
    return set(connection.execute(select(v.entry_id).where(burnt)).scalars())


def _grants(connection: Connection, agent: str, which: ColumnElement[bool]) -> list[Grant]:
    later = select(_later.c.id).where(_later.c.refers == _e.id)
    void = later.where(_later.c.entry == str(EntryKind.VOID)).exists()
    reveal = later.where(_later.c.entry == str(EntryKind.REVEAL), _later.c.agent == agent).exists()
    query = (
        select(_e.id, _e.agent, fulfilment.c.how, void, reveal, gift.c.entry_id.is_not(None))
        .join(fulfilment, fulfilment.c.entry_id == _e.id)
        .outerjoin(gift, gift.c.entry_id == _e.id)
        .where(which, _e.entry == str(EntryKind.GRANT))
    )
    return [
        Grant(i, giver, FulfilmentHow(how), bool(voided), bool(shown), bool(sent))
        for i, giver, how, voided, shown, sent in connection.execute(query)
    ]
