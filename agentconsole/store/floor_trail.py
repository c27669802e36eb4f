"""The audit trail of what is done to the floor: banners, messages, pauses, hours, incidents, reassigning."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from agentconsole.store.team_tables import floor_event

_e = floor_event.c


@dataclass(frozen=True, slots=True)
class FloorEvent:
    """An entry. ``detail`` is the object that was recorded with it."""

    seq: int
    at: datetime
    actor: str
    kind: str
    detail: dict[str, Any]


def record(connection: Connection, at: datetime, actor: str, kind: str, /, **detail: Any) -> None:
    """Add an entry; ``detail`` must be JSON.

    :param at: UTC. :param actor: an agent's id, or "timer" for what the desk does by itself.
    :param kind: see :func:`agentconsole.desk.floor_trail.words`.
    """
    text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
    connection.execute(insert(floor_event).values(at=at, actor=actor, kind=kind, detail=text))


def latest(connection: Connection, limit: int) -> list[FloorEvent]:
    """The latest entries, the newest first."""
    query = select(_e.seq, _e.at, _e.actor, _e.kind, _e.detail).order_by(_e.at.desc(), _e.seq.desc()).limit(limit)
    found = connection.execute(query)
    return [FloorEvent(seq, at, actor, kind, json.loads(detail)) for seq, at, actor, kind, detail in found]
