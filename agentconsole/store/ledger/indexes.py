"""Partial indexes of the ledger, apart from its tables as :mod:`agentconsole.store.indexes` is."""

from __future__ import annotations

from agentconsole.store.ledger.tables import approval, entry, fulfilment, voucher
from agentconsole.store.partial import partial_index
from agentconsole.store.tables import metadata

__all__ = ["metadata"]

_STOCK = (voucher.c.pool, voucher.c.currency, voucher.c.amount, voucher.c.expires)

partial_index("ix_ledger_approval_open", "state IN ('requested', 'approved')", approval.c.expires_at)
partial_index("uq_ledger_entry_void", "entry = 'void'", entry.c.refers, unique=True)
partial_index("uq_ledger_entry_approval", "entry = 'grant'", entry.c.approval_id, unique=True)
partial_index("ix_ledger_voucher_free", "entry_id IS NULL", *_STOCK)
partial_index(
    "ix_ledger_fulfilment_open", "state NOT IN ('done', 'cancelled')", fulfilment.c.state, fulfilment.c.not_before
)
