"""The log of conversations that came to wait for us, and ceased to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert

from agentconsole.store.team_tables import flow


def record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of the table ``flow``."""
    if rows:
        connection.execute(insert(flow), list(rows))
