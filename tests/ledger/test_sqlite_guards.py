"""SQLite's file in other hands: the tables beside the entries, time, and many processes at once."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk.context import Desk
from agentconsole.errors import RuleRefused
from agentconsole.model.gesture import Code, Period
from agentconsole.model.message import Address
from agentconsole.store.ledger.clock import stand_still
from agentconsole.store.ledger.guards import altered
from agentconsole.store.ledger.periods import first_day, following, midnight
from tests.incoming import arrives, message
from tests.ledger.by_hand import CLAUSES, TABLES, File, act, found, spent, wanted

ROOT = Path(__file__).parents[2]


@pytest.fixture
def used(filed: Desk, file: File) -> File:
    """The same with something in every table: grants, one voided, vouchers shown and burnt, approvals open and used."""
    act(filed, lambda ledger: ledger.add_vouchers("voucher", [Code(f"V{n}", 1500, "EUR", None) for n in range(4)]))
    asked = act(filed, lambda ledger: ledger.request("lea", uuid4(), wanted(file, 1, amount=15_000)))
    act(filed, lambda ledger: ledger.approve("sam", asked.id, 12_000))
    act(filed, lambda ledger: ledger.grant("lea", uuid4(), wanted(file, 1, amount=12_000), asked.id))
    for seen in (False, True, True):
        given = act(filed, lambda ledger: ledger.grant("lea", uuid4(), wanted(file, 2, "voucher", 1500)))
        if seen:
            act(filed, lambda ledger, entry=given.id: ledger.reveal("lea", entry))
        act(filed, lambda ledger, entry=given.id: ledger.void("sam", uuid4(), entry))
    act(filed, lambda ledger: ledger.grant("tom", uuid4(), wanted(file, 3, "voucher", 1500)))
    given = act(filed, lambda ledger: ledger.grant("tom", uuid4(), wanted(file, 3)))
    act(filed, lambda ledger: ledger.review("eve", given.id, "fine", "well done"))
    for amount in (15_000, 16_000):
        asked = act(filed, lambda ledger, much=amount: ledger.request("lea", uuid4(), wanted(file, 4, amount=much)))
    act(filed, lambda ledger: ledger.approve("sam", asked.id, 15_500))
    assert found(filed) == []
    return file


# The tables beside the entries


@pytest.mark.parametrize("table", TABLES)
def test_no_table_takes_a_change_by_hand(used: File, table: str) -> None:
    before = used.everything()
    assert before[table]
    used.tries(f"DELETE FROM {table}")
    assert used.everything() == before
    columns = [row["name"] for row in used.raw.execute(f"PRAGMA table_info({table})")]
    free = {"ledger_fulfilment": set(columns) - {"entry_id", "how", "state", "attempt", "wire"}}.get(table, set())
    for column in sorted(set(columns) - free):
        for value in (f"{column} + 1", "'x'", "''", "randomblob(16)", "NULL", "1", "0", "-1", "'2020-01-01'"):
            for clause in ("UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE", "UPDATE OR FAIL"):
                used.tries("BEGIN")
                used.tries(f"{clause} {table} SET {column} = {value} WHERE {column} IS NOT {value}")
                used.tries("COMMIT")
                used.tries("ROLLBACK")
        assert used.everything() == before, column


@pytest.mark.parametrize("table", [table for table in TABLES if table != "ledger_policy"])
def test_no_row_is_put_in_the_place_of_another(used: File, table: str) -> None:
    before = used.everything()
    columns = [row["name"] for row in used.raw.execute(f"PRAGMA table_info({table})")]
    names = ", ".join(columns)
    for changed in columns:
        for value in (f"{changed} + 1", "'x'", "randomblob(16)", "0", changed):
            said = ", ".join(value if name == changed else name for name in columns)
            for clause in CLAUSES:
                used.tries(f"{clause} INTO {table} ({names}) SELECT {said} FROM {table}")
                if table != "ledger_period":  # has no rowid
                    used.tries(f"{clause} INTO {table} (rowid, {names}) SELECT rowid, {said} FROM {table}")
            first = columns[0]
            used.tries(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE true"
                f" ON CONFLICT DO UPDATE SET {changed} = {value}, {first} = {first}"
            )
        after = used.everything()
        if table == "ledger_voucher":  # new codes are no secret of the ledger: free ones may come
            after[table] = [row for row in after[table] if row in before[table]]
        if table == "ledger_review":  # nor are further verdicts
            after[table] = [row for row in after[table] if row in before[table]]
        assert after == before, changed


def test_a_code_is_given_once(filed: Desk, used: File) -> None:
    given, free = used.one("SELECT code FROM ledger_voucher WHERE entry_id IS NOT NULL AND burnt = 0"), "V0"
    grant = used.one("SELECT entry_id FROM ledger_voucher WHERE code = ?", given)
    burnt = used.one("SELECT code FROM ledger_voucher WHERE burnt = 1")
    before = used.everything()
    for clause in ("UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"):
        used.tries(f"{clause} ledger_voucher SET entry_id = ? WHERE code = ?", grant, free)
        used.tries(f"{clause} ledger_voucher SET entry_id = NULL WHERE code = ?", given)
        used.tries(f"{clause} ledger_voucher SET entry_id = NULL, burnt = 0 WHERE code = ?", burnt)
        used.tries(f"{clause} ledger_voucher SET amount = 5000 WHERE code = ?", free)
    assert used.everything() == before


def test_a_policy_by_hand_is_a_version_that_everybody_sees(filed: Desk, file: File) -> None:
    document = json.loads(file.one("SELECT document FROM ledger_policy"))
    for rule in document["rules"]:
        rule["ceiling"] = 10**9
    before = file.everything()
    insert = "INSERT OR REPLACE INTO ledger_policy SELECT ?, at, 'lea', ?, ? FROM ledger_clock"
    for version, sum_, said in (
        (1, "0" * 64, json.dumps(document)),
        (3, "0" * 64, json.dumps(document)),
        (2, "false", json.dumps(document)),
        (2, "0" * 64, "{}"),
        (2, "0" * 64, "no JSON"),
        (2, "0" * 64, json.dumps(document | {"rules": document["rules"] * 2})),
        (2, "0" * 64, json.dumps(document | {"expires": -1})),
    ):
        assert file.tries(insert, version, sum_, said)
        assert file.everything() == before
    assert file.tries(insert, 2, "0" * 64, json.dumps(document)) == ""
    assert file.one("SELECT policy FROM ledger_setting") == 2
    assert found(filed)  # the digest is not the document's


def test_boundaries_are_not_moved_by_days(file: File) -> None:
    insert = "INSERT INTO ledger_period VALUES ('Europe/Paris', ?, ?, ?, ?)"
    day, hour = 86_400_000_000, 3_600_000_000
    last = file.one("SELECT max(until) FROM ledger_period WHERE period = 'month'")
    begins = file.one("SELECT date(max(begins), '+1 month') FROM ledger_period WHERE period = 'month'")
    before = file.everything()
    for since, until, first in (
        (last, last + 300 * day, begins),
        (last + hour, last + 31 * day, begins),
        (last, last + 31 * day, "2020-01-01"),
        (0, last, "1970-01-01"),
    ):
        assert file.tries(insert, "month", since, until, first) == "ledger:refused"
    assert file.everything() == before


def test_words_are_written_once_and_erased_with_their_customer(filed: Desk, file: File) -> None:
    file.insert(file.grant())
    entry = file.one("SELECT id FROM ledger_entry")
    words = file.raw.execute("SELECT * FROM ledger_text").fetchall()
    for clause in ("INSERT OR REPLACE", "INSERT"):
        assert file.tries(f"{clause} INTO ledger_text VALUES (?, randomblob(16), 'another', '')", entry)
    for sql in ("UPDATE ledger_text SET proof = 'another'", "UPDATE ledger_text SET salt = zeroblob(16)"):
        assert file.tries(sql) == "ledger:append_only"
    assert file.tries("DELETE FROM ledger_text") == "ledger:append_only"
    assert file.raw.execute("SELECT * FROM ledger_text").fetchall() == words
    file.raw.execute("UPDATE customer SET erased_at = 1 WHERE id = (SELECT customer_id FROM ledger_entry)")
    assert file.tries("DELETE FROM ledger_text") == ""
    assert file.tries("INSERT INTO ledger_text VALUES (?, randomblob(16), 'another', '')", entry) == "ledger:books"
    for value in ("NULL", "2"):
        changes = f"UPDATE customer SET erased_at = {value} WHERE erased_at = 1"
        assert file.tries(changes) == "ledger:append_only"
    assert found(filed) == []


@pytest.mark.parametrize(
    ("done", "name"),
    [
        ("DROP TRIGGER ledger_entry_wanted", "ledger_entry_wanted"),
        ("DROP VIEW ledger_clock; CREATE VIEW ledger_clock AS SELECT 0 AS at", "ledger_clock"),
        (
            "CREATE TRIGGER more AFTER INSERT ON ledger_text BEGIN UPDATE customer SET linked_to = NULL; END",
            "more",
        ),
    ],
)
def test_guards_that_were_taken_away_are_missed(filed: Desk, file: File, done: str, name: str) -> None:
    with filed.store.read() as connection:
        assert altered(connection) == []
    file.raw.executescript(done)
    with filed.store.read() as connection:
        assert altered(connection) == [name]


# Time


def test_a_budget_is_of_the_month_in_the_brands_zone(filed: Desk, file: File) -> None:
    """The last millisecond of May in Paris, and the first one of June; in UTC both are May."""
    june = datetime(2026, 5, 31, 22, tzinfo=UTC)
    for at in (june - timedelta(milliseconds=1), june):
        with filed.store.write() as connection:
            stand_still(connection, at)
        act(filed, lambda ledger: ledger.grant("lea", uuid4(), wanted(file)))
    rows = file.raw.execute("SELECT begins, spent FROM ledger_budget WHERE holder = 'lea' ORDER BY begins")
    assert [tuple(row) for row in rows] == [("2026-05-01", 1000), ("2026-06-01", 1000)]
    for period in ("2026-05-01", "2026-07-01"):
        assert file.tries_to_insert(file.grant(period=period, team_period=period)) == "ledger:clock"
    assert found(filed) == []


def test_what_a_customer_got_is_forgotten_after_the_span(filed: Desk, file: File) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    span = timedelta(days=90)
    fits = 0
    for after in (timedelta(), timedelta(), timedelta(), span - timedelta(microseconds=1), span):
        with filed.store.write() as connection:
            stand_still(connection, start + after)
        if fits == 2 and after < span:
            with pytest.raises(RuleRefused) as refused:
                act(filed, lambda ledger: ledger.grant("lea", uuid4(), wanted(file, amount=5000)))
            assert refused.value.reason == "over_customer_ceiling"
            continue
        act(filed, lambda ledger: ledger.grant("lea", uuid4(), wanted(file, amount=5000)))
        fits += 1
    assert fits == 3


# Many at once


def test_eight_processes_end_exactly_at_the_ceiling(filed: Desk, file: File, tmp_path: Path) -> None:
    """Four share an agent's budget (600.00, at 17.00 each), four a customer's ceiling (300.00, at 7.00 each)."""
    for n in range(30):
        arrives(filed, message(author=Address(f"more{n}@customer.example", f"M {n}")))
    rushing = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.rushing", str(tmp_path), agent, amount, first, last],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        for agent, amount, first, last in [("tom", "1700", "2", "30")] * 4
        + [("sam", "700", "1", "1"), ("eve", "700", "1", "1")] * 2
    ]
    ends = [process.communicate(timeout=120)[0].decode().split() for process in rushing]
    assert {code for code, _granted in ends[:4]} == {"over_budget"}
    assert {code for code, _granted in ends[4:]} == {"over_customer_ceiling"}
    assert sum(int(granted) for _code, granted in ends[:4]) == 35
    assert sum(int(granted) for _code, granted in ends[4:]) == 42
    assert spent(file, "tom") == 59_500
    assert file.one("SELECT max(given) FROM ledger_customer") == 29_400
    assert found(filed) == []


# Periods

_ZONES = st.sampled_from(["Europe/Paris", "America/Havana", "Asia/Beirut", "Atlantic/Azores", "Pacific/Chatham", "UTC"])
_MOMENTS = st.integers(1_700_000_000, 2_000_000_000)


@settings(deadline=None, max_examples=80)
@given(_ZONES, _MOMENTS, st.sampled_from(Period))
def test_every_moment_is_in_the_period_of_its_local_day(name: str, at: int, period: Period) -> None:
    zone = ZoneInfo(name)
    begins = first_day(period, datetime.fromtimestamp(at, zone).date())
    assert midnight(begins, zone) <= at * 1_000_000 < midnight(following(period, begins), zone)


def test_periods_are_known_wherever_the_clock_stands(filed: Desk, file: File) -> None:
    zone = ZoneInfo("Europe/Paris")
    for at in (datetime(2020, 2, 29, 23, 30, tzinfo=UTC), datetime(2035, 12, 31, 23, 30, tzinfo=UTC)):
        with filed.store.write() as connection:
            stand_still(connection, at)
        today = at.astimezone(zone).date()
        known = {row["period"]: row["begins"] for row in file.raw.execute("SELECT * FROM ledger_now")}
        assert known == {str(p): first_day(p, today).isoformat() for p in Period}
        assert file.one("SELECT count(*) FROM ledger_period WHERE begins > ?", date(today.year + 2, 12, 1).isoformat())
