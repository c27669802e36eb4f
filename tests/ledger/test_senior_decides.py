"""Approvers who are no supervisors: they see what they decide on, on PostgreSQL too, and no more."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk import deciding, gestures
from agentconsole.desk.context import Desk
from agentconsole.model.gesture import ApprovalState
from tests.incoming import arrives, message
from tests.ledger.world import LEDGER_CONFIG

SENIOR = """
[[delegations]]
id = "senior"
approvers = ["supervisor"]
[[delegations.limits]]
currency = "EUR"
gesture = "80"
customer = "150"
within = "90d"
proof = "15"
budget = "500"
"""


@pytest.fixture
def ledger_config() -> Config:
    """Tom, of another team, may approve up to 80 €."""
    text = LEDGER_CONFIG.replace('id = "tom", name', 'id = "tom", delegation = "senior", name')
    text = text.replace(
        'approvers = ["supervisor"]\ntraining = true', 'approvers = ["senior", "supervisor"]\ntraining = true'
    )
    return parse(text + SENIOR, "agentconsole.toml", settings_model)


def asks(desk: Desk, amount: int) -> UUID:
    """Léa asks for a credit."""
    wanted = gestures.wanted(desk, 1, "credit", amount, "EUR", "outage", "photo 12")
    return gestures.request(desk, 1, wanted, uuid4(), "Third outage").approval


def test_a_senior_sees_all_that_it_takes_and_what_is_above_them(open_gestures: Callable[[str], Desk]) -> None:
    lea, tom, sam = open_gestures("lea"), open_gestures("tom"), open_gestures("sam")
    arrives(lea, message())
    gestures.grant(lea, 1, gestures.wanted(lea, 1, "credit", 1000, "EUR", "outage"), uuid4())
    asked, more = asks(lea, 6000), asks(lea, 9000)
    assert deciding.waiting(tom) == deciding.waiting(sam) == deciding.Waiting(2, 0)
    by_amount = {request.approval.amount: request for request in deciding.requests(tom)}
    assert by_amount[6000].approval.remark == "Third outage"
    case, same = deciding.case(tom, by_amount[6000]), deciding.case(sam, deciding.requests(sam)[0])
    assert case.requester is not None
    assert case.requester == same.requester
    assert [given.amount for given in case.given] == [1000]
    left = deciding.after(case, 6000)
    assert left is not None
    assert (left.gesture, left.customer, left.budget, left.team) == (2000, 8000, 44_000, 84_000)
    above = deciding.case(tom, by_amount[9000])
    assert (above.refusal, deciding.most(above)) == ("over_ceiling", 8000)
    gestures.approve(tom, asked, 6000)
    assert gestures.approval(lea, asked).state is ApprovalState.APPROVED
    above = deciding.case(tom, deciding.requests(tom)[0])
    assert (above.request.approval.id, deciding.most(above)) == (more, 8000)
