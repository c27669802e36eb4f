"""A desk whose credits the shop gives, and whose items the back office sends; for tests of fulfilment."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk import conversations, fulfilment, gestures
from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused
from agentconsole.store.ledger.fulfilments import Waiting
from agentconsole.sync import Service
from tests.incoming import arrives, everything, message, services
from tests.ledger.world import LEDGER_CONFIG

SECRET = "what both sides know"
_TASK = '{ id = "credit", fulfil = "task" },'


def config_text(shop: str, post: str = "http://127.0.0.1:9") -> str:
    """agentconsole.toml with a shop at that address."""
    assert _TASK in LEDGER_CONFIG
    kinds = '{ id = "credit", fulfil = "shop" }, { id = "item", fulfil = "task" },'
    text = LEDGER_CONFIG.replace(_TASK, kinds).replace('kind = "post"', f'kind = "post", url = "{post}"')
    return f'{text}\n[shop]\nurl = "{shop}"\ntimeout = "2s"\n\n[outbox]\nretry_after = "1m"\nhold = "0s"\n'


def config_of(shop: str, post: str = "http://127.0.0.1:9") -> Config:
    return parse(config_text(shop, post), "agentconsole.toml", settings_model)


def conversation(desk: Desk) -> int:
    """The number of a conversation; a new one where there is none."""
    rows = everything(desk)
    if not rows:
        arrives(desk, message())
        rows = everything(desk)
    return rows[0].number


def granted(desk: Desk, kind: str = "credit", amount: int = 100, key: UUID | None = None) -> UUID:
    """A gesture that was granted; its entry."""
    number = conversation(desk)
    wanted = gestures.wanted(desk, number, kind, amount, "EUR", "outage", "a receipt")
    return gestures.grant(desk, number, wanted, key or uuid4()).entry


def waiting(desk: Desk, entry: UUID) -> Waiting | None:
    """How far it is; ``None`` once the customer has it, or it was voided."""
    return next((one for one in fulfilment.unfulfilled(desk) if one.entry == entry), None)


def told(desk: Desk) -> list[tuple[str, str]]:
    """Who did what about gestures, as the trail of the desk's conversation tells, without the grants."""
    trail = conversations.trail(desk, conversation(desk))
    return [(e.actor, e.kind) for e in trail if e.kind.startswith("gesture") and e.kind != "gesture_granted"]


def refused(code: str) -> pytest.RaisesExc[RuleRefused]:
    """Expect a refusal by that code."""
    return pytest.raises(RuleRefused, check=lambda error: error.reason == code)


def serving(desk: Desk) -> Desk:
    """The desk as its service has it, with the files of this console."""
    return replace(desk, store=services[desk.store].store) if desk.store in services else desk


def sync(desk: Desk) -> None:
    """A service of the desk, with the files of this console, hands over what is due, and goes."""
    service = Service(serving(desk))
    assert service.once()[2] == []
    service.stop()
