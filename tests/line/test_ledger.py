"""Line mode for the ledger: verify, heads, export, report, review, and erasing a customer."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.incoming import arrives, message
from tests.ledger.world import LEDGER_CONFIG
from tests.line.conftest import Run, desk_in, rows


@pytest.fixture
def typing() -> str:
    """Sam supervises."""
    return "sam"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk with one conversation."""
    with desk_in(tmp_path, LEDGER_CONFIG) as desk:
        arrives(desk, message(at=desk.now()))
    return tmp_path


def lines(run: Run, *arguments: str) -> list[dict[str, Any]]:
    """What a verb answers with --json."""
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (0, "")
    return rows(out)


def give(run: Run, amount: str, agent: str = "lea") -> str:
    """A credit for an outage; answers the entry."""
    wanted = ("--kind", "credit", "--amount", amount, "--reason", "outage", "--proof", "=photo", "--json")
    code, out, err = run("gesture", "grant", "1", *wanted, agent=agent)
    assert (code, err) == (0, "")
    return str(json.loads(out)["entry"])


def test_verify_and_heads(run: Run, tmp_path: Path) -> None:
    give(run, "12.50")
    give(run, "7")
    code, out, _err = run("ledger", "verify")
    assert (code, out.splitlines()[0]) == (0, "2 entries: the ledger is whole.")
    code, heads, _err = run("ledger", "heads")
    assert heads.startswith("lea 2 ")
    assert heads.split()[-1] == out.split()[-1].rstrip(".")
    (tmp_path / "kept").write_text(heads, "utf-8")
    assert run("ledger", "verify", "--heads", str(tmp_path / "kept"))[0] == 0
    (tmp_path / "kept").write_text(heads.replace("lea 2", "lea 3"), "utf-8")
    code, out, _err = run("ledger", "verify", "--heads", str(tmp_path / "kept"), "--json")
    assert (code, json.loads(out)["code"], json.loads(out)["where"]) == (1, "kept_head", "lea 3")
    assert run("ledger", "verify", "--heads", str(tmp_path / "absent"))[0] == 2
    assert [head["seq"] for head in lines(run, "ledger", "heads")] == [2]


def test_a_rule_that_was_taken_out_is_told(run: Run, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as file:
        file.execute("DROP TRIGGER ledger_entry_wanted")
    code, out, _err = run("ledger", "verify", "--json")
    assert (code, json.loads(out)["code"], json.loads(out)["where"]) == (1, "guard", "ledger_entry_wanted")


def test_export_and_report_have_one_sum(run: Run) -> None:
    give(run, "12.50")
    entry = give(run, "7")
    assert run("gesture", "void", entry, agent="lea")[0] == 0
    (report,) = lines(run, "ledger", "report")
    (total,) = report["total"]
    assert (total["spent"], total["given"], total["voided"]) == ("12.50", "19.50", "7.00")
    assert [part["spent"] for part in report["by_agent"]] == ["12.50"]
    entries = lines(run, "ledger", "export")
    assert [entry["amount"] for entry in entries] == ["12.50", "7.00", "-7.00"]
    _code, out, _err = run("ledger", "export", "--csv", "--month", report["month"])
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["amount"] for row in rows] == ["12.50", "7.00", "-7.00"]
    assert {row["proof"] for row in rows} == {"'=photo", ""}
    assert run("ledger", "export", "--csv", "--month", "2020-01")[1].count("\n") == 1
    assert run("ledger", "report", "--month", "soon")[0] == 2
    assert "€12.50" in run("ledger", "report")[1]


def test_review(run: Run) -> None:
    entry = give(run, "50")
    (looked,) = lines(run, "ledger", "review")
    assert (looked["entry"], looked["id"], looked["amount"]) == (entry, 1, "50.00")
    assert "just_under" in [why["rule"] for why in looked["why"]]
    assert "100 % of the ceiling of €50.00" in run("ledger", "review")[1]
    assert run("ledger", "review", entry)[0] == 2
    assert run("ledger", "review", entry, "wrong")[0] == 2
    assert run("ledger", "review", entry, "wrong", "--remark", "no delay")[0] == 0
    assert lines(run, "ledger", "review") == []
    assert run("ledger", "review")[1] == "Nothing is left to be looked at.\n"
    ((looked),) = lines(run, "ledger", "review", "--all")
    assert (looked["review"]["verdict"], looked["review"]["remark"]) == ("wrong", "no delay")
    assert run("ledger", "review", entry, "fine", agent="lea")[0] == 3


def test_erase(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    give(run, "5")
    code, out, err = run("customer", "erase", "1", agent="lea")
    assert (code, out) == (3, "")
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    code, out, err = run("customer", "erase", "1")
    assert code == 2
    assert "Camille Durand" in out
    assert "Nothing was erased" in err
    assert run("customer", "erase", "1", "--yes")[0] == 0
    assert "Camille" not in run("show", "1")[1]
    assert run("ledger", "verify")[0] == 0
