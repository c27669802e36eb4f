"""One customer gets one sum, also where an adviser has said for a while that two customers are one."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from agentconsole.desk import linking
from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused
from agentconsole.model.gesture import Wanted
from agentconsole.model.ids import new_id
from agentconsole.model.message import Address
from agentconsole.store.copying.target import as_owner
from agentconsole.store.ledger import ledger_of
from tests.incoming import arrives, everything, message
from tests.team.conftest import Team


def _give(desk: Desk, row, amount: int) -> None:
    wanted = Wanted(row.id, "credit", amount, "EUR", "late_delivery", proof="P-1")
    with desk.store.write() as connection:
        ledger_of(connection).grant(desk.agent.id, new_id(), wanted)


def test_unlinking_gives_no_second_sum_until_a_supervisor_unlinks(team: Team) -> None:
    sync, lea, sam = team.sync(), team.as_("lea"), team.as_("sam")
    for n in (1, 2):
        arrives(sync, message(author=Address(f"{n}@customer.example", f"C{n}")))
    one, two = everything(sync)
    linking.link(lea, one.number, two.customer_id)
    for _ in range(2):
        _give(lea, one, 5000)
    linking.unlink(lea, one.number, two.customer_id)
    with pytest.raises(RuleRefused) as refused:
        _give(lea, two, 5000)
    assert refused.value.reason == "over_customer_ceiling"
    linking.link(sam, one.number, two.customer_id)
    linking.unlink(sam, one.number, two.customer_id)
    _give(lea, two, 5000)


def test_a_link_from_before_this_was_kept_counts_when_it_is_taken_apart(team: Team) -> None:
    sync, lea = team.sync(), team.as_("lea")
    for n in (1, 2):
        arrives(sync, message(author=Address(f"{n}@customer.example", f"C{n}")))
    one, two = everything(sync)
    linking.link(lea, one.number, two.customer_id)
    with team.admin().store.write() as connection:
        as_owner(connection)
        connection.execute(text("DELETE FROM ledger.kin"))  # as on a desk that comes from a file
    for _ in range(2):
        _give(lea, one, 5000)
    linking.unlink(lea, one.number, two.customer_id)
    with pytest.raises(RuleRefused) as refused:
        _give(lea, two, 5000)
    assert refused.value.reason == "over_customer_ceiling"
