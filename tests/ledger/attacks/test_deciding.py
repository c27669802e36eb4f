"""Approvals that are somebody's own, altered, borrowed or used up; codes that are looked at and then rolled back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agentconsole.store.engine import Store
from agentconsole.store.ledger.verifying import verify
from tests.conftest import Time
from tests.ledger.attacks.conftest import ASK, GIVE, RULE, Psql, Refused

Wanting = Callable[..., dict[str, Any]]
APPROVE = "SELECT ledger.approve(%s, %s, %s, '')"
REVEAL = "SELECT code FROM ledger.reveal(%s, %s)"
VOID = "SELECT written FROM ledger.void(%s, %s, %s, '')"


@pytest.fixture
def asked(psql: Callable[..., Psql], wanted: Wanting) -> UUID:
    """Léa asked for 90.00 EUR."""
    (found,) = psql("lea").execute(ASK, wanted(amount=9000, proof="receipt")).fetchone() or (None,)
    return UUID(str(found))


def test_nobody_approves_their_own(psql: Callable[..., Psql], asked: UUID, wanted: Wanting, refused: Refused) -> None:
    """Not as the requester, not by a second login of the same person, in neither direction."""
    refused(psql("lea"), APPROVE, ["lea", asked, 9000], state=RULE, says="self_approval")
    refused(psql("lea"), APPROVE, ["sam", asked, 9000], state=RULE, says="unknown_agent")
    sam2, sam = psql("sam2"), psql("sam")
    values = wanted(agent="sam2", amount=9000, proof="receipt")
    (own,) = sam2.execute(ASK, values).fetchone() or (None,)
    refused(sam, APPROVE, ["sam", own, 9000], state=RULE, says="self_approval")
    refused(sam2, APPROVE, ["sam2", own, 9000], state=RULE, says="self_approval")
    refused(sam, "SELECT ledger.refuse('sam', %s, '')", [own], state=RULE, says="self_approval")
    psql("eve").execute(APPROVE, ["eve", own, 9000])


def test_whoever_is_not_asked_does_not_decide(psql: Callable[..., Psql], asked: UUID, refused: Refused) -> None:
    for agent in ("tom", "sam2", "bot"):
        refused(psql(agent), APPROVE, [agent, asked, 9000], state=RULE, says="not_approver")
        refused(psql(agent), f"SELECT ledger.refuse('{agent}', %s, '')", [asked], state=RULE, says="not_approver")
        refused(psql(agent), f"SELECT ledger.withdraw('{agent}', %s)", [asked], state=RULE, says="approval_mismatch")


@pytest.mark.parametrize("amount", [0, -1, 9001, None, 2**62])
def test_no_more_is_approved_than_was_asked_for(
    amount: int | None, psql: Callable[..., Psql], asked: UUID, refused: Refused
) -> None:
    query = "SELECT ledger.approve('sam', %s, %s::bigint, '')"
    refused(psql("sam"), query, [asked, amount], state=RULE, says="amount")


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 8001},
        {"amount": 7999},
        {"amount": 9000},
        {"kind": "item"},
        {"reason": "delight"},
        {"agent": "tom"},
    ],
)
def test_an_altered_or_borrowed_approval(
    changes: dict[str, Any], psql: Callable[..., Psql], asked: UUID, wanted: Wanting, refused: Refused
) -> None:
    psql("sam").execute(APPROVE, ["sam", asked, 8000])
    values = wanted(amount=8000, proof="receipt", approval=asked) | changes
    refused(psql(values["agent"]), GIVE, values, state=RULE, says="approval_mismatch")


def test_an_approval_is_for_one_customer(
    psql: Callable[..., Psql], asked: UUID, wanted: Wanting, refused: Refused, other_conversation: UUID
) -> None:
    psql("sam").execute(APPROVE, ["sam", asked, 8000])
    values = wanted(amount=8000, proof="receipt", approval=asked, conversation=other_conversation)
    refused(psql("lea"), GIVE, values, state=RULE, says="approval_mismatch")


def test_an_approval_is_used_once_and_in_time(
    psql: Callable[..., Psql], asked: UUID, wanted: Wanting, refused: Refused, still: Callable[..., None], now: Time
) -> None:
    lea, sam = psql("lea"), psql("sam")
    values = wanted(amount=9000, proof="receipt", approval=asked)
    refused(lea, GIVE, values, state=RULE, says="approval_state")
    sam.execute(APPROVE, ["sam", asked, 9000])
    refused(sam, APPROVE, ["sam", asked, 9000], state=RULE, says="no_request")
    lea.execute(GIVE, values)
    refused(lea, GIVE, values | {"key": uuid4()}, state=RULE, says="approval_state")
    (late,) = lea.execute(ASK, wanted(amount=9000, proof="receipt")).fetchone() or (None,)
    sam.execute(APPROVE, ["sam", late, 9000])
    still(now.passes(days=3))
    refused(lea, GIVE, wanted(amount=9000, proof="receipt", approval=late), state=RULE, says="approval_expired")
    assert lea.execute("SELECT ledger.expire()").fetchone() == (1,)
    refused(lea, GIVE, wanted(amount=9000, proof="receipt", approval=late), state=RULE, says="approval_expired")
    refused(lea, "SELECT ledger.withdraw('lea', %s)", [late], state=RULE, says="no_request")


def test_a_code_cannot_be_looked_at_and_rolled_back(
    psql: Callable[..., Psql], wanted: Wanting, stock: Callable[..., None], contents: Callable[[], Any]
) -> None:
    """Within one transaction it does not come, however it is cut by savepoints; rolled back it was never shown."""
    stock("SECRET")
    lea = psql("lea", autocommit=False)
    (entry,) = lea.execute(GIVE, wanted(kind="voucher")).fetchone() or (None,)
    for _ in range(2):
        assert lea.execute(REVEAL, ["lea", entry]).fetchone() == (None,)
    lea.rollback()
    assert contents()["ledger_entry"] == []

    (entry,) = lea.execute(GIVE, wanted(kind="voucher")).fetchone() or (None,)
    lea.commit()
    before = contents()
    for _ in range(3):
        for step in (
            "SAVEPOINT a",
            REVEAL,
            "RELEASE SAVEPOINT a",
            REVEAL,
            "SAVEPOINT b",
            REVEAL,
            "SAVEPOINT c",
            REVEAL,
        ):
            found = lea.execute(step, ["lea", entry] if step is REVEAL else None)
            assert step is not REVEAL or found.fetchone() == (None,)
        lea.execute("ROLLBACK TO SAVEPOINT b")
        assert lea.execute(REVEAL, ["lea", entry]).fetchone() == (None,)
        lea.rollback()
    assert contents() == before
    blocks = (
        "DO $$ BEGIN BEGIN PERFORM ledger.reveal('lea', '{}'); EXCEPTION WHEN division_by_zero THEN NULL; END; END $$"
    )
    lea.execute(blocks.format(entry))
    assert lea.execute(REVEAL, ["lea", entry]).fetchone() == (None,)
    lea.commit()
    assert lea.execute(REVEAL, ["lea", entry]).fetchone() == ("SECRET",)
    lea.rollback()
    assert sum("'reveal'" in row for row in contents()["ledger_entry"]) == 1


def test_what_another_session_has_not_committed_gives_nobody_a_code(
    psql: Callable[..., Psql], wanted: Wanting, stock: Callable[..., None]
) -> None:
    """Who comes second waits for the first, and is told so; then it is as if that had never been."""
    stock("SECRET")
    one, other = psql("lea", autocommit=False), psql("lea")
    (entry,) = psql("lea").execute(GIVE, wanted(kind="voucher")).fetchone() or (None,)
    assert one.execute(REVEAL, ["lea", entry]).fetchone() == (None,)
    with pytest.raises(psycopg.Error) as waited:
        other.execute(REVEAL, ["lea", entry])
    assert waited.value.sqlstate == "55P03"
    one.rollback()
    assert other.execute(REVEAL, ["lea", entry]).fetchone() == (None,)


def test_codes_are_their_granters(
    psql: Callable[..., Psql], lived: UUID, refused: Refused, wanted: Wanting, owner: Store
) -> None:
    refused(psql("tom"), REVEAL, ["tom", lived], state=RULE, says="no_entry")
    refused(psql("tom"), REVEAL, ["lea", lived], state=RULE, says="unknown_agent")
    (plain,) = psql("lea").execute(GIVE, wanted(proof="receipt")).fetchone() or (None,)
    refused(psql("lea"), REVEAL, ["lea", plain], state=RULE, says="no_code")
    sam = psql("sam")
    assert sam.execute(REVEAL, ["sam", lived]).fetchone() == (None,)  # who looks is written down, each of them
    assert sam.execute(REVEAL, ["sam", lived]).fetchone() == ("A",)
    with owner.read() as connection:
        seen = connection.exec_driver_sql("SELECT agent FROM ledger_entry WHERE entry = 'reveal' ORDER BY 1").scalars()
        assert list(seen) == ["lea", "sam"]


def test_voids_by_whom_it_is_not_theirs(
    psql: Callable[..., Psql], lived: UUID, refused: Refused, wanted: Wanting, still: Callable[..., None], now: Time
) -> None:
    lea, sam = psql("lea"), psql("sam")
    refused(lea, VOID, ["lea", uuid4(), lived], state=RULE, says="revealed")
    refused(psql("tom"), VOID, ["tom", uuid4(), lived], state=RULE, says="not_supervisor")
    (plain,) = lea.execute(GIVE, wanted(proof="receipt")).fetchone() or (None,)
    values = wanted(agent="sam2", proof="receipt")
    (own,) = psql("sam2").execute(GIVE, values).fetchone() or (None,)
    refused(sam, VOID, ["sam", uuid4(), own], state=RULE, says="self_void")
    still(now.passes(minutes=16))
    refused(lea, VOID, ["lea", uuid4(), plain], state=RULE, says="grace_over")
    sam.execute(VOID, ["sam", uuid4(), lived])
    refused(sam, VOID, ["sam", uuid4(), lived], state=RULE, says="voided")
    refused(lea, REVEAL, ["lea", lived], state=RULE, says="voided")
    refused(lea, VOID, ["lea", uuid4(), UUID(int=0)], state=RULE, says="no_entry")


def test_a_code_that_was_shown_is_given_to_nobody_else(
    psql: Callable[..., Psql], wanted: Wanting, stock: Callable[..., None], refused: Refused
) -> None:
    stock("A")
    lea, sam = psql("lea"), psql("sam")
    (entry,) = lea.execute(GIVE, wanted(kind="voucher")).fetchone() or (None,)
    lea.execute(VOID, ["lea", uuid4(), entry])
    (again,) = lea.execute(GIVE, wanted(kind="voucher")).fetchone() or (None,)  # not shown: back in the pool
    lea.execute(REVEAL, ["lea", again])
    sam.execute(VOID, ["sam", uuid4(), again])
    refused(lea, GIVE, wanted(kind="voucher"), state=RULE, says="out_of_stock")


def test_reviews_of_ones_own(psql: Callable[..., Psql], wanted: Wanting, refused: Refused) -> None:
    (own,) = psql("sam2").execute(GIVE, wanted(agent="sam2")).fetchone() or (None,)
    refused(psql("sam"), "SELECT ledger.review('sam', %s, 'fine', '')", [own], state=RULE, says="self_review")
    refused(psql("sam"), "SELECT ledger.review('sam', %s, 'fine', '')", [uuid4()], state=RULE, says="no_entry")


def test_who_is_erased_stays_erased(psql: Callable[..., Psql], lived: UUID, refused: Refused, owner: Store) -> None:
    """The ledger gives up words only of customers that are gone for good, and nothing but words."""
    sam, lea = psql("sam"), psql("lea")
    (customer,) = sam.execute("SELECT id FROM customer").fetchone() or (None,)
    refused(lea, "UPDATE customer SET erased_at = now()", says="permission denied for table customer")
    refused(sam, "SELECT ledger.erase('sam', %s)", [[uuid4()]], state=RULE, says="refused")
    sam.execute("SELECT ledger.erase('sam', %s)", [[customer]])
    for value in ("NULL", "now()"):
        refused(sam, f"UPDATE customer SET erased_at = {value}", says="stays erased")
    sam.execute("UPDATE customer SET name = name")
    with owner.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_text").scalar() == 0
        assert list(connection.exec_driver_sql("SELECT remark, verdict FROM ledger_review").one()) == ["", "talk"]
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar() == 4
        assert verify(connection) == []
