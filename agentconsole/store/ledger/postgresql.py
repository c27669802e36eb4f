"""The ledger on PostgreSQL: every act is a call of a function in the schema ``ledger``, where the rules hold.

Who acts is the session's user there; nothing that is said here is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Error
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from agentconsole.model.gesture import Code, Wanted
from agentconsole.store.ledger.base import Written, refuse
from agentconsole.store.ledger.tables import MOST
from agentconsole.store.types import storable

_REFUSED = "GW001"
_BUSY = ("55P03", "40P01")
"""Lock not available within the function's lock_timeout; deadlock."""
_MOVED = "40001"
_NOT_GRANTED = "42501"
_WRONG = ("22", "23")
"""Classes of states: values that cannot be, and constraints, which are the last line behind the functions."""


class PostgresLedger:
    """See :class:`agentconsole.store.ledger.base.Ledger`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def apply_policy(self, author: str, document: str, digest: str) -> int:
        """See :class:`.base.Ledger`; of the database's owner the role is the author, whatever ``author`` says."""
        with _told("not_supervisor"):
            done = self._call("apply_policy", "version", author=author, document=document, digest=digest)
        return int(done.version)

    def grant(self, agent: str, key: UUID, wanted: Wanted, approval: UUID | None = None) -> Written:
        """See :class:`.base.Ledger`."""
        with _told():
            done = self._call("give", "", agent=agent, key=key, **_said(wanted), approval=approval)
        return Written(done.written, done.replayed)

    def request(self, agent: str, key: UUID, wanted: Wanted, remark: str = "") -> Written:
        """See :class:`.base.Ledger`."""
        with _told():
            done = self._call("ask", "", agent=agent, key=key, **_said(wanted), remark=storable(remark))
        return Written(done.written, done.replayed)

    def approve(self, agent: str, approval: UUID, amount: int, remark: str = "") -> None:
        """See :class:`.base.Ledger`."""
        with _told():
            self._call(
                "approve", "done", agent=agent, approval=approval, amount=_whole(amount), remark=storable(remark)
            )

    def refuse(self, agent: str, approval: UUID, remark: str) -> None:
        """See :class:`.base.Ledger`."""
        with _told():
            self._call("refuse", "done", agent=agent, approval=approval, remark=storable(remark))

    def withdraw(self, agent: str, approval: UUID) -> None:
        """See :class:`.base.Ledger`."""
        with _told():
            self._call("withdraw", "done", agent=agent, approval=approval)

    def expire(self) -> int:
        """See :class:`.base.Ledger`."""
        with _told():
            return int(self._call("expire", "ended").ended)

    def void(self, agent: str, key: UUID, entry: UUID, remark: str = "") -> Written:
        """See :class:`.base.Ledger`."""
        with _told():
            done = self._call("void", "", agent=agent, key=key, entry=entry, remark=storable(remark))
        return Written(done.written, done.replayed)

    def reveal(self, agent: str, entry: UUID) -> Code | None:
        """See :class:`.base.Ledger`."""
        with _told():
            done = self._call("reveal", "", agent=agent, entry=entry)
        return None if done.code is None else Code(done.code, done.amount, done.currency, done.expires)

    def add_vouchers(self, pool: str, vouchers: list[Code]) -> int:
        """See :class:`.base.Ledger`."""
        columns: dict[str, tuple[str, list[Any]]] = {
            "codes": ("text[]", [storable(v.code) for v in vouchers]),
            "amounts": ("bigint[]", [v.amount for v in vouchers]),
            "currencies": ("text[]", [v.currency for v in vouchers]),
            "expires": ("date[]", [v.expires for v in vouchers]),
        }
        casts = ", ".join(f"CAST(:{name} AS {kind})" for name, (kind, _values) in columns.items())
        query = text(f"SELECT ledger.add_vouchers(CAST(:pool AS text), {casts})")
        values: dict[str, Any] = {name: given for name, (_kind, given) in columns.items()}
        with _told("not_supervisor"):
            return int(self._connection.execute(query, values | {"pool": storable(pool)}).scalar_one())

    def review(self, agent: str, entry: UUID, verdict: str, remark: str) -> None:
        """See :class:`.base.Ledger`."""
        with _told("not_supervisor"):
            self._call("review", "done", agent=agent, entry=entry, verdict=verdict, remark=storable(remark))

    def erase(self, agent: str, customers: list[UUID]) -> None:
        """See :class:`.base.Ledger`."""
        query = text("SELECT ledger.erase(CAST(:agent AS text), CAST(:customers AS uuid[]))")
        with _told("not_supervisor"):
            self._connection.execute(query, {"agent": agent, "customers": customers})

    def _call(self, function: str, answer: str, **arguments: str | int | UUID | date | None) -> Row[Any]:
        """One row of a function; its parameters are those names, in order, with ``p_`` before."""
        named = ", ".join(f"p_{name} => CAST(:{name} AS {_TYPES[name]})" for name in arguments)
        query = text(f"SELECT * FROM ledger.{function}({named})" + (f" AS {answer}" if answer else ""))
        return self._connection.execute(query, arguments).one()


_TYPES = {
    **dict.fromkeys(("agent", "author", "document", "digest", "kind", "currency", "reason", "proof", "remark"), "text"),
    **dict.fromkeys(("key", "conversation", "approval", "entry"), "uuid"),
    "verdict": "text",
    "amount": "bigint",
}


def _whole(amount: int) -> int:
    """An amount as far as PostgreSQL can count; what is cut off here is refused there."""
    return max(-1, min(amount, MOST + 1))


def _said(wanted: Wanted) -> dict[str, Any]:
    return {
        "conversation": wanted.conversation,
        "kind": wanted.kind,
        "amount": _whole(wanted.amount),
        "currency": wanted.currency,
        "reason": wanted.reason,
        "proof": storable(wanted.proof),
    }


@contextmanager
def _told(not_granted: str = "unknown_agent") -> Iterator[None]:
    """Let refusals out as :class:`~agentconsole.errors.RuleRefused`; ``not_granted``: the code of no right to call."""
    try:
        yield
    except DBAPIError as error:
        said = error.orig if isinstance(error.orig, Error) else None
        state = (said and said.sqlstate) or ""
        if said and state == _REFUSED:
            refuse(said.diag.message_primary or "refused")
        if state in _BUSY:
            refuse("busy")
        if state == _MOVED:
            refuse("isolation")
        if state == _NOT_GRANTED:
            refuse(not_granted)
        if state.startswith(_WRONG):
            refuse("refused")
        raise
