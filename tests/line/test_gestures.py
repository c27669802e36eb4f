"""Line mode: offering, granting, asking, approving and voiding gestures; what a rule refuses ends with exit code 3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agentconsole.cli import main
from agentconsole.desk import policies
from agentconsole.model.gesture import Code
from agentconsole.store.ledger import ledger_of
from tests.incoming import arrives, message
from tests.ledger.world import LEDGER_CONFIG
from tests.line.conftest import Run as Plain
from tests.line.conftest import desk_in, rows

Run = Callable[..., tuple[int, dict[str, Any], str]]
CREDIT = ("1", "--kind", "credit", "--reason", "outage")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk in a file with one conversation and two vouchers of 15 EUR."""
    with desk_in(tmp_path, LEDGER_CONFIG, "sam") as desk:
        policies.ensure(desk)
        arrives(desk, message(at=datetime.now(UTC)))
        with desk.store.write() as connection:
            codes = [Code(f"FERN-{n}", 1500, "EUR", date(2099, 12, 31)) for n in (1, 2)]
            ledger_of(connection).add_vouchers("voucher", codes)
    return tmp_path


@pytest.fixture
def run(run: Plain) -> Run:
    """Exit code, the JSON object that was printed (the first of several), and what was said on standard error."""

    def run_(*arguments: str, agent: str = "lea") -> tuple[int, dict[str, Any], str]:
        code, out, err = run(*arguments, "--json", agent=agent)
        return code, next(iter(rows(out)), {}), err

    return run_


def test_an_offer_commits_nothing(run: Run) -> None:
    for _ in range(2):
        code, offer, _err = run("gesture", "offer", *CREDIT, "--amount", "15.00", "--currency", "EUR")
        assert (code, offer["decision"], offer["reason"], offer["approvers"]) == (0, "granted", None, [])
        assert offer["left"] == {
            "gesture": "35.00", "customer": "105.00", "budget": "585.00", "count": 39, "team": "985.00",
        }  # fmt: skip
    assert run("gesture", "list", "1")[1] == {}


def test_above_a_ceiling_it_says_who_would_approve(run: Run) -> None:
    code, offer, _err = run("gesture", "offer", *CREDIT, "--amount", "60", "--proof", "photo")
    assert (code, offer["decision"], offer["reason"]) == (0, "needs_approval", "over_ceiling")
    assert offer["approvers"] == ["eve", "sam"]
    assert (offer["left"]["gesture"], offer["left_minor"]["gesture"]) == ("-10.00", -1000)


@pytest.mark.parametrize(
    ("amount", "more", "reason"),
    [
        ("15.01", (), "proof_required"),
        ("200.01", ("--proof", "x"), "no_approver"),
        ("0", (), "amount"),
        ("-5", (), "amount"),
        ("NaN", (), "amount"),
        ("10000000.01", (), "amount"),
        ("5", ("--currency", "USD"), "currency"),
        ("5", ("--currency", "XXQ"), "currency"),
        ("5", ("--kind", "refund"), "kind_not_allowed"),
        ("5", ("--kind", "yacht"), "kind_not_allowed"),
        ("5", ("--reason", "boredom"), "reason_not_allowed"),
        ("14", ("--kind", "voucher"), "out_of_stock"),
    ],
)
def test_what_a_rule_refuses_ends_with_three(run: Run, amount: str, more: tuple[str, ...], reason: str) -> None:
    code, offer, _err = run("gesture", "offer", *CREDIT, f"--amount={amount}", *more)
    assert (code, offer["decision"], offer["reason"]) == (3, "refused", reason)
    code, told, err = run("gesture", "grant", *CREDIT, f"--amount={amount}", *more)
    assert code == 3
    assert told["refused"] == (reason if reason != "no_approver" else "over_ceiling")
    assert told["what"] in err
    assert run("gesture", "list", "1")[1] == {}


@pytest.mark.parametrize("amount", ["15.001", "fifteen", "1e3", "1 000", "1,000", ""])
def test_an_amount_that_cannot_be_read_is_bad_usage(run: Run, amount: str) -> None:
    code, told, err = run("gesture", "grant", *CREDIT, f"--amount={amount}")
    assert (code, told) == (2, {})
    assert "is not an amount" in err


def test_a_training_that_ran_out_is_told(run: Run) -> None:
    assert run("gesture", "offer", *CREDIT, "--amount", "5", agent="ana")[1]["reason"] == "training_expired"
    assert run("gesture", "grant", *CREDIT, "--amount", "5", agent="ana")[:1] == (3,)


def test_a_key_gives_once_and_one_is_made_where_there_is_none(run: Run) -> None:
    key = str(uuid4())
    grant = ("gesture", "grant", *CREDIT, "--amount", "15.00")
    _code, first, _err = run(*grant, "--key", key)
    code, again, _err = run(*grant, "--key", key)
    assert (code, again["entry"], again["replayed"], first["replayed"]) == (0, first["entry"], True, False)
    code, other, _err = run("gesture", "grant", *CREDIT, "--amount", "14", "--key", key)
    assert (code, other["refused"]) == (3, "duplicate")
    _code, second, _err = run(*grant, "--proof", "photo")
    assert second["entry"] != first["entry"]
    code, same, _err = run(*grant, "--proof", "photo", "--key", second["key"])
    assert (code, same["entry"]) == (0, second["entry"])


def test_a_code_is_revealed_and_in_the_reply_that_has_it(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voucher = ("1", "--kind", "voucher", "--reason", "outage", "--amount", "15")
    _code, granted, _err = run("gesture", "grant", *voucher, "--reveal")
    assert (granted["code"], granted["expires"]) == ("FERN-1", "2099-12-31")
    assert run("gesture", "list", "1")[1]["in_reply"] is False
    main(["--config", str(folder / "agentconsole.toml"), "reply", "1", "Votre code : FERN-1", "--no-check"])
    capsys.readouterr()
    assert run("gesture", "list", "1")[1]["in_reply"] is True


def test_asking_approving_using(run: Run) -> None:
    grant = ("gesture", "grant", *CREDIT, "--amount", "60", "--proof", "photo")
    assert run(*grant)[1]["refused"] == "over_ceiling"
    key = str(uuid4())
    code, asked, _err = run(*grant, "--ask", "--remark", "A week.", "--key", key)
    assert (code, asked["decision"]) == (0, "needs_approval")
    assert run(*grant, "--ask", "--remark", "A week.", "--key", key)[1]["approval"] == asked["approval"]
    listed = run("approval", "list", agent="eve")[1]
    assert (listed["approval"], listed["amount"], listed["remark"]) == (asked["approval"], "60.00", "A week.")
    assert run("approval", "approve", asked["approval"])[1]["refused"] == "self_approval"
    assert run("approval", "approve", asked["approval"], "--amount", "61", agent="eve")[1]["refused"] == "amount"
    code, done, _err = run("approval", "approve", asked["approval"], "--amount", "55.5", agent="eve")
    assert (code, done["state"], done["granted"]) == (0, "approved", "55.50")
    use = ("gesture", "grant", *CREDIT, "--proof", "photo", "--approval", asked["approval"])
    assert run(*use, "--amount", "60")[1]["refused"] == "approval_mismatch"
    assert run(*use, "--amount", "55.50")[1]["decision"] == "granted"
    assert run(*use, "--amount", "55.50")[1]["refused"] == "approval_state"
    assert run("approval", "list", "--mine", "--all")[1]["state"] == "used"
    assert run("gesture", "list", "1")[1]["charged_to"] == "eve"


def test_refusing_and_withdrawing(run: Run) -> None:
    ask = ("gesture", "grant", *CREDIT, "--amount", "60", "--proof", "photo", "--ask")
    first, second = run(*ask)[1]["approval"], run(*ask)[1]["approval"]
    assert run("approval", "refuse", first, agent="sam")[0] == 2, "a refusal says why"
    assert run("approval", "refuse", first, "--remark", "No.", agent="sam")[1]["state"] == "refused"
    assert run("approval", "refuse", first, "--remark", "No.", agent="sam")[1]["refused"] == "no_request"
    code, told, err = run("approval", "withdraw", second, agent="tom")
    assert (code, told["refused"], told["what"]) == (3, "approval_mismatch", "That request is not yours.")
    assert "That request is not yours. (approval_mismatch)" in err
    assert run("approval", "withdraw", second)[1]["state"] == "withdrawn"
    assert run("approval", "list", agent="sam")[1] == {}


def test_voiding(run: Run) -> None:
    entry = run("gesture", "grant", *CREDIT, "--amount", "5")[1]["entry"]
    assert run("gesture", "void", entry, agent="tom")[1]["refused"] == "not_supervisor"
    assert run("gesture", "void", entry)[1]["voided"] is True
    assert run("gesture", "void", entry)[1]["refused"] == "voided"
    assert run("gesture", "void", str(uuid4()))[1]["refused"] == "no_entry"
    assert run("gesture", "list", "1")[1]["voided_at"] is not None


def test_reasons_are_those_of_the_delegation(run: Run) -> None:
    code, reason, _err = run("gesture", "reasons")
    assert (code, reason["reason"], reason["kinds"]["EUR"][0]) == (0, "late_delivery", "attention")
    assert run("gesture", "reasons", agent="bot")[1] == {}


def test_people_are_told_in_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> list[str]:
        main(["--config", str(folder / "agentconsole.toml"), *arguments])
        return capsys.readouterr().out.splitlines()

    offer = said("gesture", "offer", *CREDIT, "--amount", "60", "--proof", "photo")
    assert offer[0] == "#1: credit €60.00 (Outage): needs an approval"
    assert "It could be approved by Eve Lind, Sam Okoro." in offer
    granted = said("gesture", "grant", "1", "--kind", "voucher", "--reason", "outage", "--amount", "15", "--reveal")
    assert granted[0].startswith("#1: voucher €15.00 (Outage): granted (")
    assert granted[1].startswith("Its key is ")
    assert granted[2] == "FERN-1"
    assert "Léa Martin" in said("gesture", "list", "1")[0]
    assert said("approval", "list") == ["Nothing waits for an approval."]
    said("gesture", "grant", *CREDIT, "--amount", "60", "--proof", "photo", "--ask")
    request = said("approval", "list")[0].split()[-1]
    said("approval", "approve", request, "--amount", "55", "--agent", "eve")
    assert "approved: €55.00" in said("approval", "list", "--all")[0]


def test_an_amount_that_cannot_be_given_says_what_can(run: Run) -> None:
    assert run("gesture", "offer", *CREDIT, "--amount=-5")[1]["do"] == "Give more than nothing."
    assert run("gesture", "offer", *CREDIT, "--amount=1e9")[1]["do"] == "Give €10,000,000.00 at most."
