"""Values that are none, keys that were used, and reads of what is not one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from agentconsole.store.engine import Store
from tests.incoming import arrives, message
from tests.ledger.attacks.conftest import ASK, DENIED, GIVE, RULE, Psql, Refused
from tests.ledger.conftest import Opens

Wanting = Callable[..., dict[str, Any]]
NO_FUNCTION = "42883"


@pytest.mark.parametrize("query", [GIVE, ASK])
@pytest.mark.parametrize("amount", [None, 0, -1, -(2**63), 1_000_000_001, 2**63 - 1])
def test_amounts_that_are_none(
    amount: int | None, query: str, psql: Callable[..., Psql], wanted: Wanting, refused: Refused
) -> None:
    values = wanted(amount=amount, proof="receipt")
    refused(psql("lea"), query.replace("%(amount)s", "%(amount)s::bigint"), values, state=RULE, says="amount")


@pytest.mark.parametrize(
    ("amount", "state"),
    [
        ("2::numeric ^ 80", NO_FUNCTION),
        ("'NaN'::numeric", NO_FUNCTION),
        ("'NaN'::float8", NO_FUNCTION),
        ("'Infinity'::numeric::bigint", "0A000"),
        ("'NaN'::numeric::bigint", "0A000"),
        ("'NaN'::float8::bigint", "22003"),
        ("10.5", NO_FUNCTION),
        ("9223372036854775807::bigint + 1", "22003"),
        ("'1e3'", "22P02"),
        ("'1000; --'", "22P02"),
        ("true", NO_FUNCTION),
    ],
)
def test_amounts_that_are_no_numbers_of_minor_units(
    amount: str, state: str, psql: Callable[..., Psql], wanted: Wanting, refused: Refused
) -> None:
    refused(psql("lea"), GIVE.replace("%(amount)s", amount), wanted(), state=state)


@pytest.mark.parametrize("name", ["key", "conversation", "kind", "currency", "reason", "proof"])
def test_nothing_may_be_left_out(name: str, psql: Callable[..., Psql], wanted: Wanting, refused: Refused) -> None:
    refused(psql("lea"), GIVE, wanted(**{name: None}), state=RULE, says="refused")
    refused(psql("lea"), ASK, wanted(**{"amount": 9000, name: None}), state=RULE, says="refused")


def test_nothing_may_be_left_out_of_other_acts(psql: Callable[..., Psql], lived: UUID, refused: Refused) -> None:
    lea, sam, key = psql("lea"), psql("sam"), uuid4()
    for connection, query, values in (
        (lea, "SELECT ledger.void('lea', %s, NULL, '')", [key]),
        (lea, "SELECT ledger.void('lea', NULL, %s, '')", [lived]),
        (lea, "SELECT ledger.void('lea', %s, %s, NULL)", [key, lived]),
        (sam, "SELECT ledger.approve('sam', NULL, 1, '')", None),
        (sam, "SELECT ledger.refuse('sam', NULL, '')", None),
        (sam, "SELECT ledger.refuse('sam', %s, NULL)", [lived]),
        (sam, "SELECT ledger.add_vouchers(NULL, '{A}', '{1}', '{EUR}', '{null}')", None),
        (sam, "SELECT ledger.add_vouchers('voucher', '{A}', '{null}', '{EUR}', '{null}')", None),
        (sam, "SELECT ledger.add_vouchers('voucher', '{A,null}', '{1,1}', '{EUR,EUR}', '{}')", None),
        (sam, "SELECT ledger.erase('sam', NULL)", None),
        (sam, "SELECT ledger.erase('sam', '{NULL}')", None),
        (sam, "SELECT ledger.review('sam', %s, NULL, '')", [lived]),
        (sam, "SELECT ledger.review('sam', %s, 'excellent', '')", [lived]),
        (sam, "SELECT ledger.apply_policy('sam', '{}', NULL)", None),
    ):
        refused(connection, query, values, state=RULE, says="refused")
    refused(lea, "SELECT ledger.reveal('lea', NULL)", state=RULE, says="no_entry")
    refused(lea, "SELECT ledger.withdraw('lea', NULL)", state=RULE, says="no_request")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"currency": "USD"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "EUR "}, "currency"),
        ({"currency": ""}, "currency"),
        ({"kind": "refund"}, "kind_not_allowed"),
        ({"kind": "Credit"}, "kind_not_allowed"),
        ({"kind": "attention", "amount": 2001}, "over_ceiling"),
        ({"kind": "item", "amount": 3001, "proof": "receipt"}, "over_ceiling"),
        ({"reason": "because"}, "reason_not_allowed"),
        ({"amount": 1501}, "proof_required"),
        ({"amount": 1501, "proof": "   "}, "proof_required"),
        ({"amount": 5001, "proof": "receipt"}, "over_ceiling"),
        ({"conversation": UUID(int=0)}, "conversation"),
        ({"kind": "voucher"}, "out_of_stock"),
        ({"approval": UUID(int=0)}, "approval_mismatch"),
    ],
)
def test_every_rule(
    changes: dict[str, Any], says: str, psql: Callable[..., Psql], wanted: Wanting, refused: Refused
) -> None:
    refused(psql("lea"), GIVE, wanted(**changes), state=RULE, says=says)


def test_an_expired_training(psql: Callable[..., Psql], wanted: Wanting, refused: Refused) -> None:
    refused(psql("ana"), GIVE, wanted(agent="ana"), state=RULE, says="training_expired")


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 1001},
        {"currency": "USD"},
        {"kind": "item"},
        {"reason": "delight"},
        {"proof": "another"},
        {"approval": UUID(int=0)},
        {"conversation": None},
    ],
)
def test_a_used_key_gives_nothing_else(
    changes: dict[str, Any], psql: Callable[..., Psql], wanted: Wanting, refused: Refused, open_gestures: Opens
) -> None:
    lea, first = psql("lea"), wanted()
    (entry,) = lea.execute(GIVE, first).fetchone() or (None,)
    if "conversation" in changes:
        desk = open_gestures("lea")
        arrives(desk, message(subject="Autre chose"))
        other = "SELECT id FROM conversation ORDER BY number DESC LIMIT 1"
        changes = {"conversation": (lea.execute(other).fetchone() or (None,))[0]}
        assert changes["conversation"] != first["conversation"]
    refused(lea, GIVE, first | changes, state=RULE, says="duplicate")
    refused(lea, ASK, first | {"amount": 9000, "proof": "receipt"}, state=RULE, says="duplicate")
    refused(lea, "SELECT ledger.void('lea', %s, %s, '')", [first["key"], entry], state=RULE, says="duplicate")
    assert lea.execute(GIVE, first).fetchone() == (entry,)


def test_a_key_is_ones_own(psql: Callable[..., Psql], wanted: Wanting, owner: Store) -> None:
    """The same key of another agent's is another gesture, and tells nothing of the first."""
    values = wanted()
    (one,) = psql("lea").execute(GIVE, values).fetchone() or (None,)
    (other,) = psql("tom").execute(GIVE, values | {"agent": "tom", "amount": 100}).fetchone() or (None,)
    assert one != other


def test_splitting_is_pointless(psql: Callable[..., Psql], wanted: Wanting, refused: Refused) -> None:
    """120 EUR to one customer, whoever gives, in whatever parts."""
    for agent in ("lea", "tom", "lea", "tom"):
        psql(agent).execute(GIVE, wanted(agent=agent, amount=3000, proof="receipt"))
    for agent in ("lea", "tom"):
        values = wanted(agent=agent, amount=1, proof="receipt")
        refused(psql(agent), GIVE, values, state=RULE, says="over_customer_ceiling")


def test_what_is_not_ones_own_is_not_seen(psql: Callable[..., Psql], lived: UUID) -> None:
    """Tom sees neither Léa's entries nor her budget nor requests, but what Camille got; Sam sees all of it."""
    tom, sam = psql("tom"), psql("sam")
    for table in ("entry", "text", "chain", "fulfilment", "customer", "review", "approval"):
        assert tom.execute(f"SELECT count(*) FROM ledger_{table}").fetchone() == (0,), table
        assert (sam.execute(f"SELECT count(*) FROM ledger_{table}").fetchone() or (0,))[0] > 0, table
    assert {row[0] for row in sam.execute("SELECT holder FROM ledger_budget")} == {"lea", "sam", "instant"}
    assert {row[0] for row in tom.execute("SELECT holder FROM ledger_budget")} == {"sam"}  # who approves for him
    assert {row[0] for row in tom.execute("SELECT agent FROM ledger_rule")} == {"tom", "sam", "eve"}
    assert [row[0] for row in tom.execute("SELECT agent FROM ledger_login")] == ["tom"]
    (customer,) = tom.execute("SELECT id FROM customer").fetchone() or (None,)
    seen = tom.execute("SELECT entry FROM ledger.entries_of(%s)", [customer]).fetchall()
    assert sorted(row[0] for row in seen) == ["approve", "grant", "request", "reveal"]
    given = tom.execute("SELECT ledger.given(%s, 'goodwill', 'EUR', 86400)", [customer]).fetchone()
    assert given == (1000 + 8000,)


def test_codes_and_the_seed_are_not_read(psql: Callable[..., Psql], lived: UUID, refused: Refused) -> None:
    for agent in ("lea", "sam"):
        refused(psql(agent), "SELECT code FROM ledger_voucher", says="ledger_voucher")
        refused(psql(agent), "SELECT * FROM ledger_voucher", says="ledger_voucher")
        refused(psql(agent), "COPY ledger_voucher (code) TO STDOUT", says="ledger_voucher")
    refused(psql("lea"), "SELECT seed FROM ledger_setting", says="ledger_setting")
    refused(psql("lea"), "SELECT * FROM ledger_setting", says="ledger_setting")
    refused(psql("lea"), "SET row_security = off; SELECT * FROM ledger_entry", state=DENIED, says="row-level security")


def test_what_the_ledger_names_is_not_deleted_under_it(
    psql: Callable[..., Psql], lived: UUID, refused: Refused
) -> None:
    for table in ("conversation", "customer"):
        refused(psql("lea"), f"DELETE FROM {table}", says=table)
        moved = f"UPDATE {table} SET id = gen_random_uuid()"
        refused(psql("lea"), moved, says=table)
