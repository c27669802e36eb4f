"""Partial indexes of the ledger, apart from its tables as :mod:`agentconsole.store.indexes` is."""

from __future__ import annotations

from sqlalchemy import Index, text

from agentconsole.store.ledger.tables import approval, entry, fulfilment, voucher

_OPEN = text("state IN ('requested', 'approved')")
_VOID = text("entry = 'void'")
_GRANT = text("entry = 'grant'")
_FREE = text("entry_id IS NULL")
_UNDONE = text("state NOT IN ('done', 'cancelled')")

Index("ix_ledger_approval_open", approval.c.expires_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("uq_ledger_entry_void", entry.c.refers, unique=True, sqlite_where=_VOID, postgresql_where=_VOID)
Index("uq_ledger_entry_approval", entry.c.approval_id, unique=True, sqlite_where=_GRANT, postgresql_where=_GRANT)
Index(
    "ix_ledger_voucher_free",
    voucher.c.pool,
    voucher.c.currency,
    voucher.c.amount,
    voucher.c.expires,
    sqlite_where=_FREE,
    postgresql_where=_FREE,
)
Index(
    "ix_ledger_fulfilment_open",
    fulfilment.c.state,
    fulfilment.c.not_before,
    sqlite_where=_UNDONE,
    postgresql_where=_UNDONE,
)
