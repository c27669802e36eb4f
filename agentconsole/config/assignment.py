"""How conversations are handed to advisers: the table ``assignment`` of agentconsole.toml."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from agentconsole.config.values import Frozen, Length


class Assignment(Frozen):
    """How conversations are handed to advisers."""

    push: bool = False
    """Hand out conversations by themselves to whoever is here and has room; else advisers take the next one."""
    capacity: int = Field(default=8, ge=1, le=1000)
    """Open conversations that an adviser has at most before they are handed another one."""
    return_after: Length = timedelta(minutes=30)
    """What waits for an adviser goes back to whom it came from, its team or all, when they have been away, or without
    a console, for so long."""
