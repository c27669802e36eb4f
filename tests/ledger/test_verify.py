"""Verification: a ledger that was only used is whole; whatever is done to it by hand is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from agentconsole.desk import gestures, ledger
from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused, UsageError
from agentconsole.model.gesture import Code
from agentconsole.model.ids import new_id
from agentconsole.model.message import Address
from agentconsole.store.engine import Store
from agentconsole.store.ledger import entries, hashing, ledger_of, tables
from tests.conftest import Time
from tests.incoming import arrives, everything, message

Opens = Callable[[str], Desk]


def somebody(desk: Desk, name: str = "camille") -> int:
    """A new conversation's number."""
    arrives(desk, message(author=Address(f"{name}@customer.example", name.title())))
    return max(row.number for row in everything(desk))


def give(desk: Desk, number: int, amount: int = 1000, kind: str = "credit", proof: str = "photo 7") -> UUID:
    """A grant in EUR for an outage."""
    wanted = gestures.wanted(desk, number, kind, amount, "EUR", "outage", proof)
    return gestures.grant(desk, number, wanted, uuid4()).entry


def stock(desk: Desk) -> None:
    """Three codes of 15.00 EUR."""
    codes = [Code(f"CODE-{n}", 1500, "EUR", date(2027, 1, 31)) for n in range(3)]
    with desk.store.write() as connection:
        ledger_of(connection).add_vouchers("voucher", codes)


@pytest.fixture
def used(open_gestures: Opens, now: Time, still: Callable[[datetime], None]) -> Desk:
    """A supervisor's desk on which a bit of everything happened."""
    lea, tom, sam, eve = (open_gestures(agent) for agent in ("lea", "tom", "sam", "eve"))
    stock(sam)
    one, two = somebody(lea), somebody(lea, "bruno")
    voucher = give(lea, one, 1500, "voucher")
    assert gestures.reveal(lea, voucher) is not None
    gone = give(lea, two, 1500, "voucher")
    gestures.void(lea, gone, uuid4(), "typo")
    credit = give(tom, one, 2000)
    still(now.passes(hours=1))
    gestures.void(eve, credit, uuid4(), "too much")
    for amount, granted in ((9000, 8000), (7000, None)):
        wanted = gestures.wanted(lea, two, "credit", amount, "EUR", "outage", "invoice 12")
        asked = gestures.request(lea, two, wanted, uuid4(), "third time").approval
        if granted is None:
            gestures.refuse(eve, asked, "no")
            continue
        gestures.approve(eve, asked, granted, "less")
        still(now.passes(minutes=5))
        less = gestures.wanted(lea, two, "credit", granted, "EUR", "outage", "invoice 12")
        gestures.grant(lea, two, less, uuid4(), asked)
    wanted = gestures.wanted(tom, one, "credit", 6000, "EUR", "outage", "invoice 13")
    gestures.approve(eve, gestures.request(tom, one, wanted, uuid4()).approval, 5500)
    gestures.request(lea, one, gestures.wanted(lea, one, "credit", 6000, "EUR", "outage", "invoice 14"), uuid4())
    give(sam, one, 500)
    return sam


def test_a_ledger_that_was_used_is_whole(used: Desk, open_gestures: Opens) -> None:
    assert ledger.verify(used) == []
    heads = ledger.heads(used)
    assert {head.agent for head in heads} == {"lea", "tom", "sam", "eve"}
    assert ledger.verify(used, heads) == []
    if not used.store.sqlite:
        with pytest.raises(RuleRefused, match="supervisor"):
            ledger.verify(open_gestures("lea"))


def test_an_empty_ledger_is_whole(open_gestures: Opens) -> None:
    assert ledger.verify(open_gestures("sam")) == []


@pytest.mark.parametrize("ledger_address", ["sqlite"], indirect=True)
def test_a_chain_whose_end_was_cut_off_is_found_by_heads_that_were_kept(used: Desk, tmp_path: Path) -> None:
    kept = ledger.heads(used)
    path = tmp_path / "heads.txt"
    path.write_text("# kept\n" + "".join(f"{h.agent} {h.seq} {h.hash}\n" for h in kept), "utf-8")
    assert ledger.read_heads(path) == kept
    with at_hand(tmp_path) as file:
        cut(file)
    assert ledger.verify(used) == []
    assert {finding.code for finding in ledger.verify(used, ledger.read_heads(path))} == {"kept_head"}
    path.write_text("nothing\n", "utf-8")
    with pytest.raises(UsageError):
        ledger.read_heads(path)


@contextmanager
def at_hand(folder: Path) -> Iterator[sqlite3.Connection]:
    """The desk's file with nothing that guards it, as whoever owns it can have it."""
    with closing(sqlite3.connect(folder / "desk.sqlite")) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute("PRAGMA ignore_check_constraints=ON")
        yield file
        file.commit()


def cut(file: sqlite3.Connection) -> None:
    """The last entry of Sam's chain, with all that it did, as if it had never been."""
    last = "(SELECT id FROM ledger_entry WHERE agent = 'sam' ORDER BY seq DESC LIMIT 1)"
    for statement in (
        f"UPDATE ledger_budget SET spent = spent - 500, count = count - 1 WHERE spent >= 500 AND (holder, begins) IN"
        f" (SELECT e.charged_to, e.period FROM ledger_entry e WHERE e.id = {last}"
        f"  UNION SELECT e.team, e.team_period FROM ledger_entry e WHERE e.id = {last})",
        f"UPDATE ledger_customer SET given = given - 500 WHERE customer_id ="
        f" (SELECT customer_id FROM ledger_entry WHERE id = {last})",
        f"DELETE FROM ledger_text WHERE entry_id = {last}",
        f"DELETE FROM ledger_fulfilment WHERE entry_id = {last}",
        "UPDATE ledger_chain SET seq = seq - 1, head = (SELECT prev FROM ledger_entry WHERE agent = 'sam'"
        " ORDER BY seq DESC LIMIT 1) WHERE agent = 'sam'",
        f"DELETE FROM ledger_entry WHERE id = {last}",
    ):
        assert file.execute(statement).rowcount


GRANT = "entry = 'grant' AND agent = 'lea' AND seq = 1"
ID = f"(SELECT id FROM ledger_entry WHERE {GRANT})"
TAMPERING = {
    "an amount": ("hash", f"UPDATE ledger_entry SET amount = amount - 1 WHERE {GRANT}"),
    "a customer": (
        "hash",
        f"UPDATE ledger_entry SET customer_id = (SELECT id FROM customer WHERE name = 'Bruno') WHERE {GRANT}",
    ),
    "a time": ("hash", f"UPDATE ledger_entry SET at = at + 1 WHERE {GRANT}"),
    "a hash": ("prev", f"UPDATE ledger_entry SET hash = zeroblob(32) WHERE {GRANT}"),
    "a place": ("gap", "UPDATE ledger_entry SET seq = seq + 40 WHERE agent = 'lea' AND seq > 2"),
    "an entry": ("gap", "DELETE FROM ledger_entry WHERE agent = 'lea' AND seq = 2"),
    "the last entry": ("head", "DELETE FROM ledger_entry WHERE agent = 'sam'"),
    "a head": ("head", "UPDATE ledger_chain SET seq = seq + 1 WHERE agent = 'lea'"),
    "a head's hash": ("head", "UPDATE ledger_chain SET head = zeroblob(32) WHERE agent = 'lea'"),
    "a chain": ("head", "DELETE FROM ledger_chain WHERE agent = 'lea'"),
    "a proof": ("text", f"UPDATE ledger_text SET proof = 'photo 8' WHERE entry_id = {ID}"),
    "words": ("text_missing", f"DELETE FROM ledger_text WHERE entry_id = {ID}"),
    "a budget": ("counter", "UPDATE ledger_budget SET spent = spent - 100 WHERE holder = 'lea'"),
    "a count": ("counter", "UPDATE ledger_budget SET count = count - 1 WHERE holder = 'lea'"),
    "what is held back": ("counter", "UPDATE ledger_budget SET reserved = 0 WHERE holder = 'instant'"),
    "what an approver holds back": ("counter", "UPDATE ledger_budget SET reserved = 0 WHERE holder = 'eve'"),
    "a cap": ("cap", "UPDATE ledger_budget SET cap = 99999999 WHERE holder = 'lea'"),
    "a period": ("cap", "UPDATE ledger_budget SET period = 'day' WHERE holder = 'lea'"),
    "a counter": ("counter", "DELETE FROM ledger_budget WHERE holder = 'instant'"),
    "what a customer got": ("customer", "UPDATE ledger_customer SET given = given + 1"),
    "a ceiling": ("rules", "UPDATE ledger_rule SET ceiling = 99999999 WHERE agent = 'lea' AND kind = 'credit'"),
    "a reason": ("rules", "INSERT INTO ledger_reason (agent, reason) VALUES ('lea', 'friend')"),
    "an approver": ("rules", "INSERT INTO ledger_approver (agent, approver) VALUES ('lea', 'tom')"),
    "a supervisor": ("rules", "UPDATE ledger_agent SET supervisor = 1 WHERE id = 'lea'"),
    "a team's budget": ("rules", "UPDATE ledger_team SET budget = budget + 1"),
    "a kind": ("rules", "UPDATE ledger_kind SET how = 'task' WHERE kind = 'voucher'"),
    "the grace": ("rules", "UPDATE ledger_setting SET grace = 99999999"),
    "a policy": ("policy", "UPDATE ledger_policy SET document = replace(document, '5000', '5001')"),
    "an approved amount": ("approval", "UPDATE ledger_approval SET granted = granted - 1 WHERE state = 'used'"),
    "an approval used again": ("approval", "UPDATE ledger_approval SET state = 'approved' WHERE state = 'used'"),
    "a refusal": (
        "approval",
        "UPDATE ledger_approval SET state = 'approved', granted = amount, approver_period = period"
        " WHERE state = 'refused'",
    ),
    "an approver's name": ("approval", "UPDATE ledger_approval SET approver = 'sam' WHERE state = 'used'"),
    "a voucher taken back": (
        "voucher_missing",
        f"UPDATE ledger_voucher SET entry_id = NULL WHERE entry_id = {ID}",
    ),
    "a second voucher": (
        "voucher_missing",
        f"UPDATE ledger_voucher SET entry_id = {ID} WHERE entry_id IS NULL AND code = 'CODE-2'",
    ),
    "a dearer voucher": ("voucher", f"UPDATE ledger_voucher SET amount = 5000 WHERE entry_id = {ID}"),
    "a fulfilment": ("fulfilment", f"DELETE FROM ledger_fulfilment WHERE entry_id = {ID}"),
}


@pytest.mark.parametrize("ledger_address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found(what: str, used: Desk, tmp_path: Path) -> None:
    code, statement = TAMPERING[what]
    with at_hand(tmp_path) as file:
        file.execute("CREATE TABLE loose AS SELECT * FROM ledger_voucher")  # without what is unique in it
        file.execute("DROP TABLE ledger_voucher")
        file.execute("ALTER TABLE loose RENAME TO ledger_voucher")
        assert file.execute(statement).rowcount > 0
    found = ledger.verify(used)
    assert code in {finding.code for finding in found}, found
    assert all(finding.where and finding.what for finding in found)


FORGED = {
    "a gesture above the ceiling": ("ceiling", {"amount": 5001}),
    "a kind that is not allowed": ("no_rule", {"kind": "refund"}),
    "a reason that does not count": ("reason", {"reason": "friend"}),
    "a gesture on somebody else's budget": ("charged", {"charged_to": "tom"}),
    "a period that has not begun": ("period", {"period": "2026-04-01"}),
    "the wrong purse": ("purse", {"purse": "attention"}),
    "a missing proof": ("proof", {"proof": ""}),
    "more than a customer may get": ("customer_ceiling", {"amount": 4000, "times": 4}),
}


@pytest.mark.parametrize("ledger_address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", FORGED)
def test_an_entry_that_was_forged_with_the_right_hashes_is_found(
    what: str, open_gestures: Opens, owner: Store, tmp_path: Path
) -> None:
    """Whoever owns the file can compute hashes; what the policy of the time did not allow shows all the same."""
    lea, sam = open_gestures("lea"), open_gestures("sam")
    number = somebody(lea)
    give(lea, number, 2000)
    code, changes = FORGED[what]
    with at_hand(tmp_path):
        pass
    with owner.write() as connection:
        for _time in range(int(changes.pop("times", 1))):
            forge(connection, dict(changes))
    assert code in {finding.code for finding in ledger.verify(sam)}, ledger.verify(sam)


def forge(connection: Connection, changes: dict[str, object]) -> None:
    """A further entry of Léa's, like her last one but for the changes, with everything computed anew."""
    last = list(entries.entries(connection))[-1]
    proof = str(changes.pop("proof", "x"))
    if "period" in changes:
        changes["period"] = date.fromisoformat(str(changes["period"]))
    made = replace(
        last, **{"id": new_id(), "key": uuid4(), "seq": last.seq + 1, "prev": last.hash} | changes,
        text_digest=hashing.text_digest(b"s" * 16, proof, ""),
    )  # type: ignore[arg-type]  # (the changes name fields of an entry)  # fmt: skip
    made = replace(made, hash=hashing.entry_hash(made.prev, made))
    columns = {"conversation": "conversation_id", "customer": "customer_id", "approval": "approval_id"}
    row = {columns.get(name, name): getattr(made, name) for name in made.__dataclass_fields__}
    connection.execute(tables.entry.insert().values(**row))
    connection.execute(tables.words.insert().values(entry_id=made.id, salt=b"s" * 16, proof=proof, remark=""))
    connection.execute(tables.chain.update().values(seq=made.seq, head=made.hash).where(tables.chain.c.agent == "lea"))


def test_a_customer_may_get_it_again_when_the_span_is_over_to_the_second(
    open_gestures: Opens, now: Time, still: Callable[[datetime], None]
) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    number = somebody(lea)
    for amount in (5000, 5000, 2000):
        give(lea, number, amount)
    still(now.at + timedelta(days=90) - timedelta(microseconds=1))
    with pytest.raises(RuleRefused):
        give(lea, number, 100)
    still(now.at + timedelta(microseconds=1))
    give(lea, number, 5000)
    assert ledger.verify(sam) == []


def test_every_month_and_every_budget_is_checked_on_its_own(
    open_gestures: Opens, now: Time, still: Callable[[datetime], None]
) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    for month in range(3):
        number = somebody(lea, f"customer{month}")
        for _time in range(2):
            give(lea, number, 5000)
        still(now.at + timedelta(days=31))
    assert ledger.verify(sam) == []
