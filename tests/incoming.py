"""Messages as a channel would bring them, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from agentconsole.channels.base import Page
from agentconsole.desk import intake
from agentconsole.desk.context import Desk
from agentconsole.model.message import Address, Incoming
from agentconsole.store import cursors

_serial = count(1)


def message(text: str = "Bonjour, ma box est en panne.", **changes: object) -> Incoming:
    """One message from Camille Durand; every field can be said otherwise."""
    values: dict[str, object] = {
        "external_id": f"message-{next(_serial)}@customer.example",
        "at": datetime(2026, 3, 2, 8, 55).astimezone(),
        "author": Address("camille@customer.example", "Camille Durand"),
        "subject": "Panne",
        "text": text,
        "raw": text.encode(),
    }
    return Incoming(**(values | changes))  # type: ignore[arg-type]  # (the names are Incoming's own)


def arrives(desk: Desk, *incoming: Incoming, channel: str = "mail", holder: str = "test") -> int:
    """The messages arrive on a channel; answers how many were new."""
    settings = desk.config.channel(channel)
    assert settings is not None
    with desk.store.write() as connection:
        assert cursors.lease(connection, channel, holder, desk.now(), timedelta(minutes=1))
    new = intake.take(desk, settings, Page(incoming, f"cursor-{next(_serial)}"), holder)
    assert new is not None
    return new
