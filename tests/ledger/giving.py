"""What tests of gestures do again and again: a desk with one conversation, giving, asking, looking at the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from agentconsole.desk import conversations, gestures
from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused
from agentconsole.model.gesture import Code, Given
from agentconsole.store.ledger import ledger_of
from tests.incoming import arrives, message, only

Opens = Callable[[str], Desk]


def with_a_conversation(open_gestures: Opens) -> Desk:
    """Léa's console on a desk with one conversation."""
    lea = open_gestures("lea")
    arrives(lea, message())
    return lea


def with_vouchers(open_gestures: Opens) -> Desk:
    """The same, with two voucher codes of 15 EUR."""
    desk = with_a_conversation(open_gestures)
    day = desk.now().date() + timedelta(days=300)
    with open_gestures("sam").store.write() as connection:
        ledger_of(connection).add_vouchers("voucher", [Code(f"FERN-{n}", 1500, "EUR", day) for n in (1, 2)])
    return desk


def give(desk: Desk, amount: int = 1000, kind: str = "credit", proof: str = "photo", **more: object) -> UUID:
    """A grant in the desk's one conversation; answers the entry."""
    number = only(desk).number
    wanted = gestures.wanted(desk, number, kind, amount, "EUR", "outage", proof)
    return gestures.grant(desk, number, wanted, uuid4(), **more).entry  # type: ignore[arg-type]  # (grant's own)


def ask(desk: Desk, amount: int = 9000, remark: str = "A week without net.") -> gestures.Asked:
    """A request in the desk's one conversation."""
    number = only(desk).number
    wanted = gestures.wanted(desk, number, "credit", amount, "EUR", "outage", "photo")
    return gestures.request(desk, number, wanted, uuid4(), remark)


def refused(code: str) -> pytest.RaisesExc[RuleRefused]:
    """A rule refuses, with this code."""
    return pytest.RaisesExc(RuleRefused, check=lambda error: error.reason == code)


def trail(desk: Desk) -> list[str]:
    """What the conversation's trail tells of gestures."""
    kinds = [event.kind for event in conversations.trail(desk, only(desk).number)]
    return [kind for kind in kinds if kind.startswith("gesture")]


def sole(desk: Desk) -> Given:
    """The one gesture there is."""
    (found,) = gestures.given(desk, only(desk).number)
    return found
