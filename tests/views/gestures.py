"""A desk with delegations, a catalogue and vouchers, for the tests of the gesture panel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from agentconsole.config import Config, parse
from agentconsole.desk import gestures, policies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.errors import DeskError
from agentconsole.model.gesture import Code, Given
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of
from tests.views.driver import Adviser
from tests.views.seed import CONFIG

_PLAIN = CONFIG.index("[[teams]]"), CONFIG.index("[[sla]]")
GESTURES = """
reasons = [
  { id = "late_delivery", name = "Late delivery" },
  { id = "outage", name = "Outage" },
  { id = "delight", name = "A surprise" },
]
kinds = [{ id = "voucher", fulfil = "voucher" }]
teams = [{ id = "instant", name = "instant", budgets = [{ currency = "EUR", budget = "1000" }] }]
agents = [
  { id = "lea", name = "Léa Martin", teams = ["instant"] },
  { id = "omar", name = "Omar Benali", teams = ["instant"] },
  { id = "sam", name = "Sam Okoro", role = "supervisor", teams = ["instant"] },
]

[gestures]
grace = "15m"

[[catalogue]]
id = "voucher-15"
name = { en = "15 € voucher", fr = "Bon de 15 €" }
kind = "voucher"
amount = "15"
reasons = ["late_delivery"]
[catalogue.text]
en = "Here is {{ gesture.amount }}: {{ gesture.code }}."
fr = "Voici {{ gesture.amount }} : {{ gesture.code }}."

[[catalogue]]
id = "credit-10"
name = { en = "10 € credit", fr = "Avoir de 10 €" }
kind = "credit"
amount = "10"
text = { en = "{{ gesture.amount }} are yours.", fr = "{{ gesture.amount }} sont à vous." }

[[delegations]]
id = "adviser"
roles = ["adviser"]
kinds = ["voucher", "credit", "item"]
approvers = ["supervisor"]
[[delegations.limits]]
currency = "EUR"
gesture = "50"
customer = "120"
within = "90d"
proof = "40"
budget = "600"
count = 40

[[delegations]]
id = "supervisor"
roles = ["supervisor"]
[[delegations.limits]]
currency = "EUR"
gesture = "200"
customer = "300"
within = "90d"
proof = "200"
budget = "2000"
"""


def configured() -> Config:
    """The configuration of the seeded desk, with gestures."""
    begin, end = _PLAIN
    top = CONFIG.index("[brand]")
    tables = GESTURES.index("\n[gestures]")
    text = CONFIG[:top] + GESTURES[:tables] + "\n" + CONFIG[top:begin] + CONFIG[end:] + GESTURES[tables:]
    return parse(text, "agentconsole.toml")


def with_gestures(desk: Desk, codes: int = 5) -> Desk:
    """The same desk under a policy of gestures, with that many vouchers of 15 €, ``CODE-0`` first."""
    config = configured()
    desk = replace(desk, config=config, agent=who_am_i(config, desk.agent.id))
    policies.ensure(desk)
    vouchers = [Code(f"CODE-{i}", 1500, "EUR", date(2099, 1, 1 + i)) for i in range(codes)]
    with desk.store.write() as connection:
        ledger_of(connection).add_vouchers("voucher", vouchers)
    return desk


def in_pool(desk: Desk, amount: int, expires: date | None = date(2099, 1, 1)) -> None:
    """One more voucher, of that amount in cents."""
    with desk.store.write() as connection:
        ledger_of(connection).add_vouchers("voucher", [Code(f"MORE-{amount}", amount, "EUR", expires)])


def someone(desk: Desk, agent: str) -> Desk:
    """The same desk with somebody else at it."""
    return replace(desk, agent=who_am_i(desk.config, agent))


async def on(lea: Adviser, name: str) -> int:
    """Go to the row of that customer; answers its number."""
    rows = lea.page.listing.rows
    at = next(index for index, row in enumerate(rows) if row.customer == name)
    await lea.presses(*["j"] * (at - lea.page.listing.cursor))
    return lea.here


def granted(desk: Desk, number: int) -> list[Given]:
    """What the customer of a conversation got, and was not voided."""
    return [each for each in gestures.given(desk, number) if each.voided_at is None]


class Flaky(Store):
    """A desk whose connection breaks: the next write's answer is lost, after it was committed or before.

    ``dark``: after that nothing can be read.
    """

    lose, dark = "", False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        if self.dark:
            raise DeskError("The desk does not answer.", "Wait.")
        with super().read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        lose, self.lose = self.lose, ""
        if lose == "before":
            raise DeskError("The connection was lost.", "Try again.")
        with super().write() as connection:
            yield connection
        if lose == "dark":
            self.dark = True
        if lose in ("after", "dark"):
            raise DeskError("The connection was lost.", "Try again.")
