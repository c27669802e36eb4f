"""How far what was granted is on its way to the customer: claimed with a lease, fenced by attempt, with a wire flag.

As the outbox (:mod:`agentconsole.store.outbox`), with one difference: what may have arrived is asked again by itself,
as long as the shop knows its key. So it stays ``unknown`` until an answer comes, and is never ``queued`` again. The
time is the database's own. On PostgreSQL all of it happens in functions of the schema ledger; here is what calls them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TableValuedAlias, column, func, select
from sqlalchemy.exc import DBAPIError

from agentconsole.model.gesture import FulfilmentHow, FulfilmentState
from agentconsole.store.ledger import fulfilments_sqlite as in_sqlite
from agentconsole.store.ledger.base import refuse
from agentconsole.store.types import Id, Moment, storable

_BUSY = ("55P03", "40P01")
"""Lock not available in time; deadlock."""
_STOPPED = "the console that asked stopped before the answer came"


class End(StrEnum):
    """What came of an attempt. After an earlier one that may have arrived, only DONE ends it: see :func:`end`."""

    DONE = "done"
    FAILED = "failed"
    LATER = "later"
    UNKNOWN = "unknown"


class Choice(StrEnum):
    """What a person decides about what is not fulfilled."""

    DONE = "done"
    AGAIN = "again"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Claimed:
    """An order that is somebody's to hand over. Money in minor units, times UTC.

    :param attempt: the fencing token. :param asked: an earlier attempt may have arrived.
    """

    entry: UUID
    attempt: int
    queued_at: datetime
    kind: str
    amount: int
    currency: str
    reason: str
    customer: UUID
    conversation: UUID
    number: int
    asked: bool


@dataclass(frozen=True, slots=True)
class Swept:
    """What a lapsed lease became."""

    entry: UUID
    state: FulfilmentState
    conversation: UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """Granted, and not with the customer yet.

    :param first_wire_at: since when it may have been given; ``None`` where it certainly was not.
    :param not_before: when it is tried next, where the worker tries it; :param error: what stands in the way.
    :param agent: who granted it, at ``at``; :param customer: a name.
    """

    entry: UUID
    how: FulfilmentHow
    state: FulfilmentState
    attempt: int
    first_wire_at: datetime | None
    queued_at: datetime
    not_before: datetime
    error: str
    agent: str
    kind: str
    amount: int
    currency: str
    reason: str
    at: datetime
    conversation: UUID
    number: int
    customer: str


def due(connection: Connection, known: timedelta, lease: timedelta) -> bool:
    """Whether a claim or a sweep would find something: a look that locks nobody out. Parameters as :func:`claim`."""
    if connection.dialect.name == "sqlite":
        return in_sqlite.due(connection, known, lease)
    return bool(_call(connection, func.ledger.fulfil_due(_seconds(known), _seconds(lease))))


def claim(connection: Connection, holder: str, known: timedelta, lease: timedelta) -> Claimed | None:
    """Take the next order for the shop that is due, with a new attempt and a lease.

    :param known: how long the shop knows a key: what may have arrived is asked again only where the lease ends before
        that; afterwards a person is asked.
    """
    if connection.dialect.name == "sqlite":
        row: Sequence[Any] | None = in_sqlite.claim(connection, holder, known, lease)
    else:
        made = func.ledger.fulfil_claim(holder, _seconds(known), _seconds(lease))
        row = next(iter(_rows(connection, _table(made, *_CLAIMED))), None)
    return None if row is None else Claimed(*row)


def wire(connection: Connection, claimed: Claimed, holder: str, margin: timedelta) -> bool:
    """Note that the point of no return is next. False: somebody else has taken over, or there is no time left to finish
    within ``margin``; nothing may be sent."""
    if connection.dialect.name == "sqlite":
        return in_sqlite.wire(connection, claimed.entry, claimed.attempt, holder, margin)
    made = func.ledger.fulfil_wire(claimed.entry, claimed.attempt, holder, _seconds(margin))
    return bool(_call(connection, made))


def end(
    connection: Connection,
    claimed: Claimed,
    holder: str,
    outcome: End,
    *,
    said: str = "",
    reference: str = "",
    wait: timedelta = timedelta(0),
) -> FulfilmentState | None:
    """Record what came of an attempt.

    FAILED and LATER are about this attempt. Where an earlier one may have arrived, they leave it unknown, and it is
    asked again in ``wait``. DONE is taken late, whatever happened since but a void: a fact is a fact.

    :returns: what it is now; ``None`` where the attempt is over, and nothing was recorded. ``CANCELLED``: DONE came
        after it was voided, and nothing was recorded.
    """
    said, reference = storable(said), storable(reference)
    if connection.dialect.name == "sqlite":
        state = in_sqlite.end(
            connection, claimed.entry, claimed.attempt, holder, outcome, said=said, reference=reference, wait=wait
        )
    else:
        values = (claimed.entry, claimed.attempt, holder, str(outcome), said, reference, wait.total_seconds())
        state = _call(connection, func.ledger.fulfil_end(*values))
    return None if state is None else FulfilmentState(state)


def sweep(connection: Connection) -> list[Swept]:
    """Take back what its holder let lapse: ``queued`` before the point of no return, else ``unknown``."""
    if connection.dialect.name == "sqlite":
        rows: Sequence[Sequence[Any]] = in_sqlite.sweep(connection, _STOPPED)
    else:
        made = _table(func.ledger.fulfil_sweep(_STOPPED), ("entry_id", Id), ("state", None), ("conversation_id", Id))
        rows = _rows(connection, made)
    return [Swept(entry, FulfilmentState(state), conversation) for entry, state, conversation in rows]


def choose(
    connection: Connection, agent: str, entry: UUID, choice: Choice, words: str, known: timedelta = timedelta(0)
) -> FulfilmentState | None:
    """A person's decision about an order for the shop or a task.

    DONE: from all but ``sending`` and what is over; ``words`` are its reference. AGAIN: what failed is queued again,
    and what may have been given is asked again; where the shop may have forgotten its key, only a supervisor decides
    that who is not who granted it, since it may be given twice, and the time for which the key is known begins anew.
    GIVE_UP: it was not given and shall not be, ``words`` say why; of what may have been given only such a supervisor
    can say so, since it can be voided then.

    :param known: how long the shop knows a key, from the first request on; for AGAIN.
    :returns: what it is now; ``None`` where there is nothing to decide.
    :raises RuleRefused: ``no_entry``, ``not_supervisor``, ``self_void``, ``unknown_agent``.
    """
    words = storable(words)
    if connection.dialect.name == "sqlite":
        state = in_sqlite.choose(connection, agent, entry, choice, words, known)
    else:
        state = _call(connection, func.ledger.fulfil_choose(agent, entry, str(choice), words, _seconds(known)))
    return None if state is None else FulfilmentState(state)


def unfulfilled(connection: Connection) -> list[Waiting]:
    """What was granted and is not with its customer, whoever granted it, the oldest first."""
    if connection.dialect.name == "sqlite":
        rows: Sequence[Sequence[Any]] = in_sqlite.unfulfilled(connection)
    else:
        rows = _rows(connection, _table(func.ledger.unfulfilled(), *_WAITING))
    return [Waiting(row[0], FulfilmentHow(row[1]), FulfilmentState(row[2]), *row[3:]) for row in rows]


_CLAIMED = (
    ("entry_id", Id), ("attempt", None), ("queued_at", Moment), ("kind", None), ("amount", None), ("currency", None),
    ("reason", None), ("customer_id", Id), ("conversation_id", Id), ("number", None), ("asked", None),
)  # fmt: skip
_WAITING = (
    ("entry_id", Id), ("how", None), ("state", None), ("attempt", None), ("first_wire_at", Moment),
    ("queued_at", Moment), ("not_before", Moment), ("error", None), ("agent", None), ("kind", None), ("amount", None),
    ("currency", None), ("reason", None), ("at", Moment), ("conversation_id", Id), ("number", None), ("customer", None),
)  # fmt: skip


@contextmanager
def refusing() -> Iterator[None]:
    """Refusals of the ledger's functions as :class:`RuleRefused`."""
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", "")
        if state in _BUSY:
            refuse("busy")
        if state != "GW001":
            raise
        refuse(str(getattr(getattr(error.orig, "diag", None), "message_primary", "")))


def _table(made: Any, *columns: tuple[str, Any]) -> TableValuedAlias:
    found: TableValuedAlias = made.table_valued(*(column(name, kind) for name, kind in columns))
    return found


def _rows(connection: Connection, made: TableValuedAlias) -> Sequence[Sequence[Any]]:
    with refusing():
        return connection.execute(select(*made.c)).all()


def _call(connection: Connection, made: Any) -> Any:
    with refusing():
        return connection.execute(select(made)).scalar_one()


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
