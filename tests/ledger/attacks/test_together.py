"""Many sessions at once, and every isolation level: ceilings hold, and each thing happens once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.store.engine import Store
from agentconsole.store.ledger.verifying import verify
from tests.ledger.attacks.conftest import ASK, GIVE, RULE, Psql, Refused
from tests.ledger.world import LEDGER_CONFIG

Wanting = Callable[..., dict[str, Any]]
Work = tuple[Psql, str, object]
"""A session, a statement and its values."""


def at_once(works: Sequence[Work]) -> tuple[Counter[str], list[Any]]:
    """Run all at the same moment: how often which code refused (``""``: it was done), and the rows that came."""
    gate, rows = threading.Barrier(len(works)), []

    def run(work: Work) -> str:
        connection, query, values = work
        gate.wait()
        try:
            rows.append(connection.execute(query, values).fetchone())  # type: ignore[call-overload]  # (any statement)
        except psycopg.Error as error:
            return (error.diag.message_primary if error.sqlstate == RULE else error.sqlstate) or "?"
        return ""

    with ThreadPoolExecutor(len(works)) as pool:
        return Counter(pool.map(run, works)), rows


@pytest.fixture
def sums(owner: Store) -> Callable[[], list[tuple[Any, ...]]]:
    """The counters of Léa's budget and her team's, once verification has found nothing."""

    def read() -> list[tuple[Any, ...]]:
        with owner.read() as connection:
            assert verify(connection) == []
            rows = connection.exec_driver_sql(
                "SELECT holder, spent, reserved, count, reserved_count FROM ledger_budget ORDER BY scope, holder"
            )
            return [tuple(row) for row in rows]

    return read


@pytest.mark.parametrize("level", ["READ UNCOMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_other_isolation_levels(
    level: str, psql: Callable[..., Psql], wanted: Wanting, lived: UUID, refused: Refused
) -> None:
    key = uuid4()
    for agent, query, values in (
        ("lea", GIVE, wanted()),
        ("lea", ASK, wanted(amount=9000, proof="receipt")),
        ("sam", "SELECT ledger.approve('sam', %s, 1, '')", [key]),
        ("sam", "SELECT ledger.refuse('sam', %s, '')", [key]),
        ("lea", "SELECT ledger.withdraw('lea', %s)", [key]),
        ("lea", "SELECT ledger.expire()", None),
        ("lea", "SELECT ledger.void('lea', %s, %s, '')", [key, lived]),
        ("lea", "SELECT ledger.reveal('lea', %s)", [lived]),
        ("sam", "SELECT ledger.add_vouchers('voucher', '{X}', '{1}', '{EUR}', '{null}')", None),
        ("sam", "SELECT ledger.review('sam', %s, 'fine', '')", [lived]),
        ("sam", "SELECT ledger.erase('sam', '{}')", None),
        ("sam", "SELECT ledger.apply_policy('sam', '{}', '')", None),
    ):
        connection = psql(agent)
        connection.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")
        refused(connection, query, values, state=RULE, says="isolation")
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.execute(f"BEGIN ISOLATION LEVEL {level}")
        refused(connection, query, values, state=RULE, says="isolation")
        connection.execute("ROLLBACK")


def test_fifty_sessions_against_one_customers_ceiling(
    psql: Callable[..., Psql], wanted: Wanting, sums: Callable[[], list[tuple[Any, ...]]]
) -> None:
    """120 EUR to one customer, of two agents with 25 sessions each: 12 of 10 EUR, whoever is first."""
    agents = ["lea", "tom"] * 25
    done, _rows = at_once([(psql(a), GIVE, wanted(agent=a, proof="receipt")) for a in agents])
    assert done == {"": 12, "over_customer_ceiling": 38}
    assert sum(row[1] for row in sums() if row[0] != "instant") == 12_000


class TestOneBudget:
    """A budget, a count and a team's budget, each so little that most of fifty gestures find nothing left."""

    @pytest.fixture
    def ledger_config(self, request: pytest.FixtureRequest) -> Config:
        """With little budgets: of the agent or of the team."""
        agent, count, team = getattr(request, "param", ("95", 40, "1000"))
        said = LEDGER_CONFIG.replace('budget = "600"\ncount = 40', f'budget = "{agent}"\ncount = {count}')
        said = said.replace('currency = "EUR", budget = "1000"', f'currency = "EUR", budget = "{team}"')
        return parse(said, "agentconsole.toml", settings_model)

    @pytest.mark.parametrize(
        ("ledger_config", "amount", "granted", "says"),
        [
            (("95", 40, "1000"), 1000, 9, "over_budget"),
            (("600", 7, "1000"), 1000, 7, "over_count"),
            (("600", 40, "200"), 2000, 10, "over_team_budget"),
        ],
        indirect=["ledger_config"],
    )
    def test_fifty_sessions(
        self,
        amount: int,
        granted: int,
        says: str,
        psql: Callable[..., Psql],
        wanted: Wanting,
        many: Sequence[UUID],
        sums: Callable[[], list[tuple[Any, ...]]],
    ) -> None:
        customers = (many[i % len(many)] for i in range(50))
        done, _rows = at_once(
            [(psql("lea"), GIVE, wanted(amount=amount, conversation=c, proof="receipt")) for c in customers]
        )
        assert done == {"": granted, says: 50 - granted}
        assert sums() == [(who, granted * amount, 0, granted, 0) for who in ("lea", "instant")]


def test_one_key_from_twenty_sessions(
    psql: Callable[..., Psql], wanted: Wanting, sums: Callable[[], list[tuple[Any, ...]]]
) -> None:
    values = wanted()
    done, rows = at_once([(psql("lea"), GIVE, values) for _ in range(20)])
    assert done == {"": 20}
    assert len(set(rows)) == 1
    assert sums()[0] == ("lea", 1000, 0, 1, 0)


def test_one_approval_from_twenty_sessions(
    psql: Callable[..., Psql], wanted: Wanting, sums: Callable[[], list[tuple[Any, ...]]]
) -> None:
    """Asked for once, approved once by one of two, used once: and counted in one budget."""
    (asked,) = psql("lea").execute(ASK, wanted(amount=9000, proof="receipt")).fetchone() or (None,)
    approve = "SELECT ledger.approve(%s, %s, 9000, '')"
    done, _rows = at_once([(psql(agent), approve, [agent, asked]) for agent in ("sam", "eve") * 10])
    assert done == {"": 1, "no_request": 19}
    values = wanted(amount=9000, proof="receipt", approval=asked)
    done, _rows = at_once([(psql("lea"), GIVE, values | {"key": uuid4()}) for _ in range(20)])
    assert done == {"": 1, "approval_state": 19}
    assert [row[1:] for row in sums()] == [(9000, 0, 1, 0), (9000, 0, 1, 0)]


def test_approvals_of_two_by_one_budget(
    psql: Callable[..., Psql], wanted: Wanting, sums: Callable[[], list[tuple[Any, ...]]]
) -> None:
    """Sam's own ceiling for a customer is 300 EUR: of five requests of 90 EUR three can be approved, at once or not."""
    lea = psql("lea")
    asked = [(lea.execute(ASK, wanted(amount=9000, proof="receipt")).fetchone() or (None,))[0] for _ in range(5)]
    approve = "SELECT ledger.approve('sam', %s, 9000, '')"
    done, _rows = at_once([(psql("sam"), approve, [one]) for one in asked])
    assert done == {"": 3, "over_customer_ceiling": 2}
    assert sums() == [("sam", 0, 27_000, 0, 3), ("instant", 0, 45_000, 0, 5)]


def test_withdrawn_expired_and_used_at_once(
    psql: Callable[..., Psql], wanted: Wanting, sums: Callable[[], list[tuple[Any, ...]]]
) -> None:
    """What becomes of an approval becomes of it once, and what it held back is given back once."""
    lea, sam = psql("lea"), psql("sam")
    for _ in range(3):
        (asked,) = lea.execute(ASK, wanted(amount=9000, proof="receipt")).fetchone() or (None,)
        sam.execute("SELECT ledger.approve('sam', %s, 9000, '')", [asked])
        values = wanted(amount=9000, proof="receipt", approval=asked)
        withdraw = "SELECT ledger.withdraw('lea', %s)"
        works: list[Work] = [(psql("lea"), withdraw, [asked]) for _ in range(5)]
        works += [(psql("lea"), GIVE, values | {"key": uuid4()}) for _ in range(5)]
        works += [(psql("tom"), "SELECT ledger.expire()", None) for _ in range(3)]
        done, _rows = at_once(works)
        assert done[""] == 1 + 3
    assert sums()[0][2] == sums()[1][2] == 0


def test_concurrent_voids(
    psql: Callable[..., Psql], wanted: Wanting, sums: Callable[[], list[tuple[Any, ...]]]
) -> None:
    (entry,) = psql("lea").execute(GIVE, wanted()).fetchone() or (None,)
    void = "SELECT ledger.void(%s, %s, %s, '')"
    done, _rows = at_once([(psql(agent), void, [agent, uuid4(), entry]) for agent in ("lea", "sam", "eve") * 7])
    assert done == {"": 1, "voided": 20}
    assert sums() == [("lea", 0, 0, 0, 0), ("instant", 0, 0, 0, 0)]


def test_a_reveal_and_a_void_at_once(
    psql: Callable[..., Psql], wanted: Wanting, stock: Callable[..., None], owner: Store
) -> None:
    """Either the code was never shown and is back in its pool, or it was and is burnt."""
    stock(*(f"CODE{n}" for n in range(10)))
    lea = psql("lea")
    for _ in range(10):
        (entry,) = lea.execute(GIVE, wanted(kind="voucher", proof="receipt")).fetchone() or (None,)
        at_once(
            [
                (psql("lea"), "SELECT code FROM ledger.reveal('lea', %s)", [entry]),
                (psql("sam"), "SELECT ledger.void('sam', %s, %s, '')", [uuid4(), entry]),
            ]
        )
        with owner.read() as connection:
            count = connection.exec_driver_sql
            shown = count(f"SELECT count(*) FROM ledger_entry WHERE refers = '{entry}' AND entry = 'reveal'").scalar()
            burnt = count(f"SELECT count(*) FROM ledger_voucher WHERE entry_id = '{entry}' AND burnt").scalar()
            assert burnt == shown


def test_one_code_from_twenty_sessions(
    psql: Callable[..., Psql], wanted: Wanting, stock: Callable[..., None], owner: Store
) -> None:
    stock("A", "B", "C")
    agents = ["lea", "tom"] * 10
    done, _rows = at_once([(psql(a), GIVE, wanted(agent=a, kind="voucher", proof="receipt")) for a in agents])
    assert done[""] == 3
    assert set(done) <= {"", "out_of_stock", "busy"}
    with owner.read() as connection:
        given = "SELECT count(DISTINCT entry_id) FROM ledger_voucher WHERE entry_id IS NOT NULL"
        assert connection.exec_driver_sql(given).scalar() == 3
        assert verify(connection) == []


def test_customers_that_are_linked_while_both_are_given_to(
    psql: Callable[..., Psql], wanted: Wanting, other_conversation: UUID, owner: Store
) -> None:
    """A link waits for a grant that is not committed, and a grant after it counts for both."""
    lea, tom = psql("lea", autocommit=False), psql("tom")
    camille, robin = (row[0] for row in tom.execute("SELECT id FROM customer ORDER BY since, name"))
    lea.execute(GIVE, wanted(amount=5000, proof="receipt"))
    tom.execute("SET lock_timeout = '200ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        tom.execute("UPDATE customer SET linked_to = %s WHERE id = %s", [robin, camille])
    lea.commit()
    tom.execute("UPDATE customer SET linked_to = %s WHERE id = %s", [robin, camille])
    lea.execute(GIVE, wanted(amount=5000, proof="receipt"))
    lea.commit()
    values = wanted(agent="tom", amount=2001, proof="receipt", conversation=other_conversation)
    with pytest.raises(psycopg.Error) as refused:
        tom.execute(GIVE, values)
    assert refused.value.diag.message_primary == "over_customer_ceiling"


def test_a_held_lock_is_told_as_busy(psql: Callable[..., Psql], wanted: Wanting, refused: Refused) -> None:
    """Nobody waits forever for a session that does not end its transaction."""
    lea = psql("lea", autocommit=False)
    lea.execute(GIVE, wanted())
    refused(psql("tom"), GIVE, wanted(agent="tom"), state="55P03")
    lea.rollback()
