"""When similar conversations in a burst are told to supervisors: the table ``crisis`` of agentconsole.toml."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from agentconsole.config.values import Frozen, Length


class Crisis(Frozen):
    """When similar conversations in a burst are told to supervisors. See docs/crisis.md."""

    watch: bool = True
    """Look for bursts."""
    within: Length = timedelta(minutes=30)
    """How far back one looks."""
    customers: int = Field(default=5, ge=3, le=1000)
    """Customers who have to write about the same within that time, at least."""
    forgotten: Length = timedelta(hours=6)
    """A signal that nobody acts on ends by itself when nothing more has come for so long; after one was dismissed the
    same words are not told again for so long."""
    ignore: tuple[str, ...] = ()
    """Words that are never a signal: the brand's name, a product that everybody writes about."""
