"""Two conversations of one customer, and all that can be seen of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from agentconsole.desk.context import Desk
from agentconsole.model.message import Address
from tests.incoming import arrives, message, opened

CAMILLE = Address("camille@customer.example", "Camille Durand")
SECOND = Address("c.durand@work.example", "Camille Durand")


def two(desk: Desk) -> None:
    """#1 by mail, then #2 by the web form: two conversations of one customer."""
    arrives(desk, message("premier", external_id="one", subject="Panne"))
    arrives(desk, message("second", external_id="two", subject="Facture"), channel="form")


def stands(desk: Desk, number: int) -> dict[str, Any]:
    """All that can be seen of a conversation, but for when it was changed last."""
    thread = opened(desk, number)
    row = asdict(thread.row)
    if row["due_at"] is None:
        row.pop("rank")
    row.pop("updated_at")
    return row | {
        "tags": thread.tags,
        "texts": [m.text for m in thread.messages],
        "promises": [p.text for p in thread.promises if p.number == number],
        "merged": thread.merged,
    }
