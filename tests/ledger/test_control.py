"""Control: what is looked at and why, verdicts, and totals that are the ledger's to the cent."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config.amounts import minor
from agentconsole.desk import control, gestures, ledger, sheets
from agentconsole.desk.context import Desk
from agentconsole.desk.control import Hit, Seen, Why
from agentconsole.desk.ledger import Month
from agentconsole.errors import RuleRefused, UsageError
from tests.conftest import Time
from tests.ledger.test_verify import Opens, give, somebody, used  # noqa: F401 (a fixture)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CUSTOMERS = [UUID(int=n) for n in range(9)]


def seen(minutes: float = 0, customer: int = 0, amount: int = 1000, **changes: object) -> Seen:
    """A grant of Léa's for an outage."""
    values = {"agent": "lea", "reason": "outage", "currency": "EUR", "ceiling": 5000, "approver": ""} | changes
    at = AT + timedelta(minutes=minutes)
    return Seen(id=uuid4(), customer=CUSTOMERS[customer], amount=amount, at=at, **values)  # type: ignore[arg-type]  # (its own)


def why(grants: list[Seen]) -> list[set[Why]]:
    """The rules that each of these hits."""
    found = control.hits(grants)
    return [{hit.why for hit in found.get(grant.id, [])} for grant in grants]


def test_just_under_the_ceiling() -> None:
    one, at_it, below, approved, unlimited = (
        seen(customer=n, amount=amount, reason=str(n), **changes)  # type: ignore[arg-type]  # (its own)
        for n, (amount, changes) in enumerate(
            [(4500, {}), (5000, {}), (4499, {}), (9000, {"approver": "sam"}), (9000, {"ceiling": None})]
        )
    )
    assert why([one, at_it, below, approved, unlimited]) == [{Why.JUST_UNDER}, {Why.JUST_UNDER}, set(), set(), set()]
    assert control.hits([one])[one.id] == [Hit(Why.JUST_UNDER, 90, 5000)]


def test_the_same_customer_again_by_whomever() -> None:
    first, other, again = seen(0, 1), seen(1, 2), seen(60 * 24 * 9, 1, agent="tom")
    assert why([again, other, first]) == [{Why.SAME_CUSTOMER}, set(), set()]


def test_a_burst_is_one_agent_one_reason_one_hour() -> None:
    burst = [seen(n * 20, n) for n in range(4)]
    assert why(burst) == [{Why.BURST}] * 4
    assert why(burst[:3]) == [set()] * 3
    assert why([*burst[:3], seen(61, 3)]) == [set()] * 4
    assert why([*burst[:3], seen(60, 3, reason="late_delivery")]) == [set()] * 4


def test_a_gesture_that_was_split() -> None:
    parts = [seen(n * 60 * 24, 1, 2000, reason=str(n)) for n in range(3)]
    assert [Why.SPLIT in hit for hit in why(parts)] == [True] * 3
    assert [Why.SPLIT in hit for hit in why(parts[:2])] == [False] * 2
    late = [*parts[:2], seen(60 * 24 * 9, 1, 2000, reason="x")]
    assert [Why.SPLIT in hit for hit in why(late)] == [False] * 3
    dollars = [*parts[:2], seen(60 * 24 * 2, 1, 2000, reason="x", currency="USD")]
    assert [Why.SPLIT in hit for hit in why(dollars)] == [False] * 3


def test_one_approver_for_one_requester() -> None:
    pair = [seen(n * 100, n, 9000, reason=str(n), approver="sam") for n in range(3)]
    assert why(pair) == [{Why.PAIR}] * 3
    assert why([*pair[:2], seen(300, 3, 9000, reason="x", approver="eve")]) == [set()] * 3


@settings(deadline=None)
@given(st.text(max_size=20), st.integers(0, 100), st.integers(0, 2**32))
def test_the_sample_only_grows_with_the_percent(seed: str, percent: int, n: int) -> None:
    entry = uuid5(UUID(int=0), str(n))
    assert not control.sampled(seed, entry, 0)
    assert control.sampled(seed, entry, 100)
    assert control.sampled(seed, entry, percent) <= control.sampled(seed, entry, min(100, percent + 1))


def test_the_sample_is_as_large_as_it_says() -> None:
    chosen = sum(control.sampled("seed", uuid5(UUID(int=0), str(n)), 5) for n in range(20_000))
    assert 850 < chosen < 1150


def test_what_is_looked_at_and_reviewed(used: Desk, open_gestures: Opens) -> None:  # noqa: F811 (a fixture)
    eve, month = open_gestures("eve"), ledger.this_month(used)
    looked = control.to_review(eve, month)
    assert all(one.hits for one in looked)
    again = next(one for one in looked if one.given.agent == "sam")
    assert (again.given.amount, again.customer, again.review) == (500, "Camille", None)
    assert Hit(Why.SAME_CUSTOMER, 2) in again.hits  # Tom's was voided
    with pytest.raises(UsageError):
        control.review(eve, again.given.id, "talk")
    with pytest.raises(UsageError):
        control.review(eve, again.given.id, "superb")
    done = control.review(eve, again.given.id, "talk", "second time this month")
    assert (done.reviewer, done.verdict, done.remark) == ("eve", "talk", "second time this month")
    assert control.to_review(eve, month)[-1].review == done
    with pytest.raises(RuleRefused) as refused:
        control.review(open_gestures("lea"), again.given.id, "fine")
    assert refused.value.reason == "not_supervisor"
    if not used.store.sqlite:
        with pytest.raises(RuleRefused):
            control.to_review(open_gestures("tom"), month)


def test_nobody_reviews_their_own(open_gestures: Opens) -> None:
    sam = open_gestures("sam")
    entry = give(sam, somebody(sam))
    with pytest.raises(RuleRefused) as refused:
        control.review(sam, entry, "fine")
    assert refused.value.reason == "self_review"


def test_totals_are_the_ledgers_to_the_cent(used: Desk) -> None:  # noqa: F811 (a fixture)
    month = ledger.this_month(used)
    report = control.totals(used, month)
    exported = list(ledger.export(used, *month.span(used)))
    money = [line for line in exported if line["entry"] in ("grant", "void")]
    spent = sum(-minor(line["amount"][1:], "EUR") if line["entry"] == "void" else minor(line["amount"], "EUR")
                for line in money)  # fmt: skip
    assert spent == 1500 + 8000 + 500
    (total,) = report.totals().values()
    assert (total.net, total.gestures, total.voids) == (spent, 5, 2)
    for by in ("agent", "reason", "kind", "customer"):
        assert sum(part.net for part in report.totals(by).values()) == spent
    assert report.totals("agent")["tom", "EUR"].net == 0  # voided by another one, and still whose gesture it was
    assert control.months(used, month)[-1] == (month, {"EUR": spent})
    assert sum(b.spent for b in report.budgets if b.scope == "agent") == spent


def test_a_void_counts_in_the_month_in_which_it_was_made(
    open_gestures: Opens, still: Callable[[datetime], None], now: Time
) -> None:
    still(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))  # 23:59 in Paris
    lea, eve = open_gestures("lea"), open_gestures("eve")
    entry = give(lea, somebody(lea), 1000)
    still(now.passes(minutes=2))
    gestures.void(eve, entry, uuid4(), "x")
    march, april = Month(2026, 3), Month(2026, 4)
    assert ledger.this_month(eve) == april
    assert [total.net for total in control.totals(eve, march).totals().values()] == [1000]
    assert [total.net for total in control.totals(eve, april).totals().values()] == [-1000]
    assert [net for _month, net in control.months(eve, april, 3)] == [{}, {"EUR": 1000}, {"EUR": -1000}]


def test_months() -> None:
    assert Month(2026, 1).moved(-1) == Month(2025, 12)
    assert Month(2025, 12).moved(13) == Month(2027, 1)
    assert str(Month(2026, 3)) == "2026-03"


def test_a_month_that_is_none(open_gestures: Opens) -> None:
    desk = open_gestures("sam")
    assert ledger.month_of("", desk) == Month(2026, 3)
    for words in ("march", "2026-13", "2026-3", "26-03", "2026-00"):
        with pytest.raises(UsageError):
            ledger.month_of(words, desk)


def test_the_export_is_no_formula_in_a_spreadsheet(open_gestures: Opens) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    give(lea, somebody(lea), 1000, proof='=HYPERLINK("http://evil.example","click")')
    out = io.StringIO()
    sheets.write(out, ledger.FIELDS, ledger.export(sam))
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["proof"].startswith("'=HYPERLINK")
    assert (row["amount"], row["at"], row["number"]) == ("10.00", "2026-03-02T09:00:00.000000Z", "1")


@settings(deadline=None)
@given(st.text(max_size=12))
def test_no_cell_begins_as_a_formula(words: str) -> None:
    assert not sheets.cell(words).lstrip().startswith(("=", "+", "@")) or sheets.cell(words).startswith("'")
    assert sheets.cell(words).removeprefix("'") == words.removeprefix("'") or sheets.cell(words) == words


def test_numbers_stay_numbers() -> None:
    assert [sheets.cell(value) for value in ("-15.00", 3, None, "-2+3")] == ["-15.00", "3", "", "'-2+3"]
