"""The detector of bursts: what it says is held by its rates on traffic, and by what must be so for any."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk.crisis import Background, Case, Shared, as_written, find, tail, terms_of, usual_rate
from bench.crisis import Made, Texts, figures, simulate

SPAN = timedelta(minutes=30)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KNOWN = Background.of([frozenset({"facture", f"mot{n}", f"autre{n % 40}"}) for n in range(400)], 20.0)


def _case(number: int, *terms: str, customer: int | None = None) -> Case:
    who = UUID(int=number if customer is None else customer)
    return Case(UUID(int=number), who, AT + timedelta(minutes=number), "mail", frozenset(terms))


def test_words_are_what_a_text_is_about() -> None:
    text = "Bonjour, ma box Fibre est en PANNE depuis hier : 3 coupures, plus d'internet. Merci, cordialement"
    assert terms_of(text) == {"box", "fibre", "panne", "coupure", "internet"}
    assert terms_of("Hello, my parcels have not arrived yet. Kind regards") == {"parcel", "arrived"}
    assert terms_of("Générale, GÉNÉRALES") == {"generale"}


def test_words_are_told_as_customers_write_them() -> None:
    texts = ["Coupures de lumière", "COUPURES, encore", "une coupure à Nantes", "Lumie\u0300re rouge"]
    assert as_written(("coupure", "lumiere", "nante", "unheard"), texts) == ("coupures", "lumière", "nantes", "unheard")


def test_a_word_that_nobody_uses_is_a_burst_and_one_that_everybody_uses_is_none() -> None:
    burst = [_case(n, "panne", f"rare{n}") for n in range(6)]
    (found,) = find(burst, KNOWN, SPAN, 5)
    assert (found.shared.words[0], len(found.cases)) == ("panne", 6)
    assert find([_case(n, "facture", f"rare{n}") for n in range(6)], KNOWN, SPAN, 5) == []


def test_two_common_words_that_never_come_together_are_one() -> None:
    past = [frozenset({"carte" if n % 2 else "adresse", f"mot{n}"}) for n in range(600)]
    known = Background.of([*past, *(frozenset({"bloquee", f"x{n}"}) for n in range(100))], 20.0)
    alone = [_case(n, "carte" if n % 2 else "bloquee", f"rare{n}") for n in range(10)]
    together = [_case(n, "carte", "bloquee", f"rare{n}") for n in range(10)]
    assert find(alone, known, SPAN, 5) == []
    (found,) = find(together, known, SPAN, 5)
    assert set(found.shared.words) == {"carte", "bloquee"}


def test_a_customer_counts_once() -> None:
    cases = [_case(n, "panne", f"rare{n}", customer=n % 4) for n in range(20)]
    assert find(cases, KNOWN, SPAN, 5) == []


def test_busy_hours_ask_for_more() -> None:
    cases = [_case(n, "autre7", f"rare{n}") for n in range(7)]
    assert find(cases, KNOWN, SPAN, 5) != []
    busy = Background(KNOWN.known, KNOWN.having, 400.0)
    assert find(cases, busy, SPAN, 5) == []


def test_two_bursts_are_told_apart() -> None:
    one, other = [_case(n, "panne", "fibre") for n in range(6)], [_case(n, "paiement", "refuse") for n in range(6, 13)]
    found = find([*one, *other], KNOWN, SPAN, 5)
    assert {len(burst.cases) for burst in found} == {6, 7}
    assert {frozenset(burst.shared.words) for burst in found} == {
        frozenset({"panne", "fibre"}),
        frozenset({"paiement", "refuse"}),
    }


def test_ignored_words_are_none_however_they_are_written() -> None:
    cases = [_case(n, *terms_of("Pannes générales"), f"rare{n}") for n in range(8)]
    assert find(cases, KNOWN, SPAN, 5) != []
    assert find(cases, KNOWN, SPAN, 5, ignore=("PANNE", "générale")) == []


def test_the_usual_rate_leans_on_the_same_hour() -> None:
    assert usual_rate([], 4.0) == 4.0
    assert usual_rate([20, 20, 20], 4.0) == 16.0


@given(st.integers(1, 60), st.floats(0.01, 30), st.floats(0.05, 3))
def test_the_tail_is_that_of_the_distribution(count: int, mean: float, drift: float) -> None:
    shape = 1 / drift

    def probability(i: int) -> float:
        scale = math.lgamma(i + shape) - math.lgamma(shape) - math.lgamma(i + 1)
        return math.exp(scale + shape * math.log(shape / (shape + mean)) + i * math.log(mean / (shape + mean)))

    found = tail(count, mean, drift)
    if count <= mean:
        assert found == 0
        return
    below = math.fsum(probability(i) for i in range(count))
    if 1 - below > 1e-6:  # beyond it one minus nearly one says nothing
        assert math.exp(-found) == pytest.approx(1 - below, rel=1e-3, abs=1e-9)
    assert found <= tail(count + 1, mean, drift) + 1e-6


_Terms = st.sets(st.sampled_from(["a1", "b1", "c1", "d1", "facture"]), max_size=4)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), _Terms), max_size=40), st.randoms(use_true_random=False))
def test_a_burst_is_what_it_says_in_any_order(rows: list[tuple[int, set[str]]], dice: Random) -> None:
    cases = [_case(n, *terms, customer=who) for n, (who, terms) in enumerate(rows)]
    found = find(cases, KNOWN, SPAN, 5)
    mixed = list(cases)
    dice.shuffle(mixed)
    assert find(mixed, KNOWN, SPAN, 5) == found
    seen: set[UUID] = set()
    for burst in found:
        assert len({case.customer for case in burst.cases}) >= 5
        assert all(burst.shared.in_(case.terms) for case in burst.cases)
        assert list(burst.cases) == sorted(burst.cases, key=lambda case: case.at)
        assert not seen & {case.id for case in burst.cases}
        seen |= {case.id for case in burst.cases}


def test_what_belongs_to_a_burst() -> None:
    alone, together = Shared(("panne", "fibre", "nante"), alone=True), Shared(("panne", "fibre", "nante"), alone=False)
    for terms, first, second in (({"panne"}, True, False), ({"fibre", "nante"}, True, True), ({"fibre"}, False, False)):
        assert (alone.in_(terms), together.in_(terms)) == (first, second)


# The rates that docs/crisis.md states; python -m bench.crisis measures more of it.


def test_false_alarms_are_fewer_than_one_a_week() -> None:
    assert len(simulate(Made(11), 11, weeks=1, history=14).false) <= 1


@pytest.mark.parametrize(("size", "within"), [(10, None), (20, 15.0)])
def test_bursts_are_found(size: int, within: float | None) -> None:
    said = figures(simulate(Made(5), 5 + size, weeks=1, history=7, size=size))
    assert said["found"] >= 0.95
    assert within is None or said["within_15_min"] >= 0.9


@pytest.mark.material
@pytest.mark.parametrize("name", ["banking77-fr-train.csv", "banking77-train.csv"])
def test_real_texts_about_the_same_thing_are_found_too(material: Path, name: str) -> None:
    speaking = Texts(material / "text" / name)
    assert len(simulate(speaking, 3, weeks=1, history=14).false) <= 1
    assert figures(simulate(speaking, 3, weeks=1, history=14, size=30))["found"] >= 0.9
