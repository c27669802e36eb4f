"""Entries that are written into SQLite's file by hand are held to the rules as the program's are."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest

from agentconsole.desk.context import Desk
from agentconsole.model.message import Address
from tests.incoming import arrives, message
from tests.ledger.by_hand import CLAUSES, File, Row, act, found, spent, wanted

# What is right passes, and does what the program does


def test_an_entry_by_hand_that_is_right_counts_as_any_other(filed: Desk, file: File) -> None:
    file.insert(file.grant())
    file.insert(file.grant(kind="item", amount=3000))
    assert spent(file, "lea") == spent(file, "instant") == 4000
    assert file.one("SELECT count(*) FROM ledger_fulfilment WHERE state = 'queued'") == 2
    assert found(filed) == []


def test_sqlite_cannot_compute_a_hash_so_a_false_one_shows(filed: Desk, file: File) -> None:
    file.insert(file.grant(hash=os.urandom(32)))
    assert found(filed)


# Entries that are not right

_WRONG: list[tuple[Row, str]] = [
    *(({"amount": value}, "amount") for value in (0, -1000, None, 1_000_000_001, 2**62)),
    *(({"amount": value}, "") for value in (10.5, "a lot", float("nan"), float("inf"), b"1")),
    ({"amount": 5001}, "over_ceiling"),
    *(({"currency": value}, "currency") for value in ("USD", "eur", "", None)),
    *(({"kind": value}, "kind_not_allowed") for value in ("refund", "gold", None)),
    ({"purse": "attention"}, "kind_not_allowed"),
    ({"purse": None}, "kind_not_allowed"),
    *(({"agent": value}, "unknown_agent") for value in ("nobody", "LEA", "", None)),
    ({"agent": "tom"}, ""),
    *(({"reason": value}, "reason_not_allowed") for value in ("because", "", None)),
    *(({"conversation_id": value}, "conversation") for value in (bytes(16), None)),
    *(({"customer_id": value}, "conversation") for value in (bytes(16), None)),
    *(({"charged_to": value}, "") for value in ("sam", "tom", "nobody", None)),
    *(({"team": value}, "") for value in ("mail", None)),
    *(({"team_period": value}, "") for value in ("2020-01-01", "2099-01-01", None)),
    *(({"period": value}, "") for value in ("2020-01-01", "2099-01-01", "soon", "", None)),
    *(({"seq": value}, "") for value in (0, 1, 3, 99, -1, None)),
    *(({"prev": value}, "") for value in (bytes(32), os.urandom(32), b"", None)),
    *(({"policy": value}, "") for value in (0, 2, None)),
    *(({"at": value}, "clock") for value in (0, 2**62, -1, None)),
    *(({"hash": value}, "") for value in (b"short",)),
    *(({"text_digest": value}, "") for value in (b"short", None)),
    *(({"id": value}, "") for value in (b"short", None)),
    *(({"key": value}, "") for value in (b"short", None)),
    *(({"entry": value}, "") for value in ("gift", "", None)),
    *(({"entry": value}, "") for value in ("void", "reveal", "request", "approve", "refuse")),
    ({"refers": bytes(16)}, ""),
    ({"approval_id": bytes(16)}, "approval_mismatch"),
]


@pytest.mark.parametrize(("changes", "code"), _WRONG, ids=range(len(_WRONG)))
def test_an_entry_that_is_not_right_is_refused(file: File, changes: Row, code: str) -> None:
    file.insert(file.grant())
    before = file.everything()
    for clause in CLAUSES:
        said = file.tries_to_insert(file.grant() | changes, clause)
        assert said or clause == "INSERT OR IGNORE"
        if code and clause == "INSERT":
            assert said == f"ledger:{code}"
        assert file.everything() == before


@pytest.mark.parametrize("seconds", [-3600 * 24 * 40, -60, -6, 6, 60, 3600 * 24 * 40])
def test_the_time_is_the_ledgers(file: File, seconds: int) -> None:
    before = file.everything()
    row = file.grant()
    assert file.tries_to_insert(row | {"at": row["at"] + seconds * 1_000_000}) == "ledger:clock"
    assert file.everything() == before


@pytest.mark.parametrize("clause", CLAUSES)
def test_ceilings_hold_by_hand(file: File, clause: str) -> None:
    for n in range(5):
        for _each in range(2):
            file.tries_to_insert(file.grant(conversation=n, amount=5000), clause)
    assert spent(file, "lea") == 50_000
    assert file.tries_to_insert(file.grant(conversation=1, amount=5000), clause) == "ledger:over_customer_ceiling"
    file.insert(file.grant(conversation=1, amount=2000))
    assert file.tries_to_insert(file.grant(conversation=1, amount=1), clause) == "ledger:over_customer_ceiling"
    for n in (0, 2, 3, 4):
        file.insert(file.grant(conversation=n, amount=2000))
    assert spent(file, "lea") == 60_000
    before = file.everything()
    act_of_tom = file.grant("tom", 0, amount=1)
    assert file.tries_to_insert(act_of_tom, clause) == "ledger:over_customer_ceiling"
    assert file.everything() == before


@pytest.mark.parametrize("clause", CLAUSES)
def test_budgets_hold_by_hand(filed: Desk, file: File, clause: str) -> None:
    for n in range(7):
        arrives(filed, message(author=Address(f"more{n}@customer.example", f"M {n}")))
    file.look()
    for n in range(12):
        file.insert(file.grant(conversation=n, amount=4900))
    assert spent(file, "lea") == 58_800
    before = file.everything()
    assert file.tries_to_insert(file.grant(conversation=1, amount=1201), clause) == "ledger:over_budget"
    assert file.everything() == before
    file.insert(file.grant(conversation=1, amount=1200))
    for n in range(8):
        file.insert(file.grant("sam", n, amount=5000))  # 40 000 that the team has left
    before = file.everything()
    assert file.tries_to_insert(file.grant("sam", 8, amount=1), clause) == "ledger:over_team_budget"
    assert file.everything() == before


def test_many_rows_in_one_statement_are_many_entries(file: File) -> None:
    file.insert(file.grant())
    before = file.everything()
    columns = ", ".join(file.grant())
    copies = "SELECT {} FROM ledger_entry, (SELECT 1 UNION SELECT 2)".format(
        columns.replace("id,", "randomblob(16),", 1).replace("key,", "randomblob(16),").replace("seq,", "seq + 1,")
    )
    for clause in CLAUSES:
        assert "ledger:" in file.tries(f"{clause} INTO ledger_entry ({columns}) {copies}")
        assert file.everything() == before


def test_without_words_there_is_no_proof_and_no_entry(file: File) -> None:
    row = file.grant()
    row["hash"] = os.urandom(32)
    names = ", ".join(row)
    said = file.tries(f"INSERT INTO ledger_entry ({names}) VALUES ({', '.join('?' * len(row))})", *row.values())
    assert said == "ledger:refused"
    assert file.tries_to_insert(file.grant(amount=1600), proof="") == "ledger:proof_required"
    assert file.tries_to_insert(file.grant(amount=1600), proof="  ") == "ledger:proof_required"


# Replays, chains, voids, approvals


@pytest.mark.parametrize("clause", CLAUSES)
@pytest.mark.parametrize("repeated", ["id", "key", "seq", "rowid"])
def test_nothing_takes_the_place_of_an_entry(file: File, clause: str, repeated: str) -> None:
    file.insert(file.grant())
    before = file.everything()
    first = dict(file.raw.execute("SELECT rowid, * FROM ledger_entry").fetchone())
    said = file.tries_to_insert(file.grant() | {repeated: first[repeated]}, clause)
    assert said.startswith("ledger:") or "UNIQUE constraint failed: ledger_text" in said
    assert file.everything() == before
    said = file.tries_to_insert(file.grant("tom") | {repeated: first[repeated]}, clause)
    assert bool(said) == (repeated in ("id", "rowid"))  # another's key is another key


def test_an_upsert_changes_no_entry(file: File) -> None:
    file.insert(file.grant())
    before = file.everything()
    names = ", ".join(file.grant())
    said = file.tries(
        f"INSERT INTO ledger_entry ({names}) SELECT {names} FROM ledger_entry WHERE true"
        " ON CONFLICT (id) DO UPDATE SET amount = 1"
    )
    assert said.startswith("ledger:")
    assert file.everything() == before


def test_a_grant_is_voided_once_and_whole(filed: Desk, file: File) -> None:
    file.insert(file.grant())
    grant = file.one("SELECT id FROM ledger_entry")
    before = file.everything()
    for wrong in ({"amount": 1}, {"amount": 2000}, {"charged_to": "sam"}, {"period": "2020-01-01"}, {"team": None}):
        assert file.tries_to_insert(file.of(grant, "lea", "void") | wrong) == "ledger:refused"
    assert file.tries_to_insert(file.of(grant, "tom", "void")) == "ledger:not_supervisor"
    assert file.everything() == before
    file.insert(file.of(grant, "lea", "void"))
    assert spent(file, "lea") == spent(file, "instant") == 0
    before = file.everything()
    for agent in ("lea", "sam"):
        for clause in CLAUSES:
            assert file.tries_to_insert(file.of(grant, agent, "void"), clause) == "ledger:voided"
    void = file.one("SELECT id FROM ledger_entry WHERE entry = 'void'")
    assert file.tries_to_insert(file.of(void, "lea", "void")) == "ledger:no_entry"
    assert file.everything() == before
    assert found(filed) == []


def test_an_approval_is_used_once_by_whom_it_is_for(filed: Desk, file: File) -> None:
    asked = act(filed, lambda ledger: ledger.request("lea", uuid4(), wanted(file, amount=15_000)))
    row = {"amount": 15_000, "approval_id": asked.id.bytes, "charged_to": "sam"}
    assert file.tries_to_insert(file.grant(**row)) == "ledger:approval_state"
    act(filed, lambda ledger: ledger.approve("sam", asked.id, 15_000))
    before = file.everything()
    for changes, code in (
        ({"amount": 15_001}, "approval_mismatch"),
        ({"kind": "voucher"}, "approval_mismatch"),
        ({"reason": "late_delivery"}, "approval_mismatch"),
        ({"charged_to": "lea"}, "refused"),
        ({"charged_to": "eve"}, "refused"),
    ):
        assert file.tries_to_insert(file.grant(**row) | changes) == f"ledger:{code}"
    assert file.tries_to_insert(file.grant(conversation=1, **row)) == "ledger:approval_mismatch"
    assert file.tries_to_insert(file.grant("tom", **row)) == "ledger:approval_mismatch"
    assert file.everything() == before
    file.insert(file.grant(**row))
    before = file.everything()
    for clause in CLAUSES:
        assert file.tries_to_insert(file.grant(**row), clause) == "ledger:approval_state"
    assert file.everything() == before
    assert found(filed) == []


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("amount = 1", True),
        ("granted = 15000", True),
        ("state = 'approved'", True),
        ("state = 'approved', approver = 'sam', granted = 15000, decided_at = 1", True),
        ("state = 'used'", True),
        ("state = 'expired'", True),
        ("state = 'refused', approver = 'sam', decided_at = 1", True),
        ("expires_at = expires_at + 1000000", True),
        ("customer_id = zeroblob(16)", True),
        ("requester = 'tom'", True),
        ("state = 'withdrawn'", False),  # what a requester may do at any time
    ],
)
def test_an_approval_is_not_altered(filed: Desk, file: File, change: str, refused: bool) -> None:
    act(filed, lambda ledger: ledger.request("lea", uuid4(), wanted(file, amount=15_000)))
    for clause in ("UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"):
        assert file.tries(f"{clause} ledger_approval SET {change}") == ("ledger:books" if refused else "")
        if not refused:
            break
    assert found(filed) == []


def test_nobody_approves_by_hand_what_they_asked_for(filed: Desk, file: File) -> None:
    asked = act(filed, lambda ledger: ledger.request("sam2", uuid4(), wanted(file, amount=15_000)))
    for agent, code in (("sam2", "self_approval"), ("sam", "self_approval"), ("tom", "not_approver")):
        row = file.grant(agent, entry="approve", amount=15_000, approval_id=asked.id.bytes)
        assert file.tries_to_insert(row) == f"ledger:{code}"
    month = file.one("SELECT begins FROM ledger_now WHERE period = 'month'")
    row = file.grant(
        "eve", entry="approve", amount=15_000, approval_id=asked.id.bytes, team="instant", team_period=month
    )
    file.insert(row)
    assert found(filed) == []
