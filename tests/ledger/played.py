"""What random play with gestures draws from, and the desk it plays on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st

from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused
from agentconsole.store.engine import Store
from tests.conftest import Time
from tests.ledger.model import PARIS

AGENTS = ("lea", "lea", "lea", "tom", "sam", "sam", "eve", "sam2", "ana", "bot")
KINDS = st.sampled_from(("credit", "credit", "voucher", "item", "attention", "refund"))
MOSTLY = st.sampled_from(("credit", "credit", "credit", "voucher", "item", "attention"))
SMALL = st.sampled_from((100, 1000, 1500, 2000, 2900, 3000, 4000, 5000))
DECIDERS = st.sampled_from(("sam", "sam", "sam", "eve", "eve", "eve", "lea", "sam2", "bot"))
THEN = st.sampled_from(("sam", "eve", "sam", "eve", ""))
"""Who approves at once."""
AMOUNTS = st.sampled_from((1, 100, 1000, 1499, 1500, 1501, 2000, 3000, 3001, 5000, 5001, 9000, 12000, 20000, 20001, 0))
CURRENCIES = st.sampled_from(("EUR", "EUR", "EUR", "EUR", "EUR", "USD", "GBP"))
REASONS = st.sampled_from(("outage", "outage", "outage", "delight", "boredom"))
PROOFS = st.sampled_from(("photo", "photo", "photo", "", " "))
PICK = st.integers(0, 999)
serials = count()


@dataclass
class World:
    """One desk, for all runs: each has customers of its own, and begins in a new month."""

    open_: Callable[[str], Desk]
    still: Callable[[datetime], None]
    owner: Store
    now: Time
    policy: dict[str, Any]
    desks: dict[str, Desk] = field(default_factory=dict)

    def desk(self, agent: str) -> Desk:
        """Somebody's console."""
        if agent not in self.desks:
            self.desks[agent] = self.open_(agent)
        return self.desks[agent]


def month_after(at: datetime) -> datetime:
    """The moment at which the next month begins in Paris."""
    there = (at.astimezone(PARIS).replace(day=1) + timedelta(days=32)).replace(day=1)
    return there.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def place_of(rule: dict[str, Any]) -> tuple[str, str, str]:
    """What a rule's budget is for."""
    return rule["agent"], rule["currency"], rule["purse"]


def tried(act: Callable[[], Any]) -> tuple[Any, str]:
    """What came of it, and the code of the rule that refused it."""
    try:
        return act(), ""
    except RuleRefused as refused:
        return None, refused.reason
