"""Amounts as people type them, in minor units, and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config.amounts import MOST, exponent, minor, read_amount, units
from agentconsole.desk.macros.formats import money, plain_amount


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("15", (1500, "EUR")),
        ("15,5", (1550, "EUR")),
        (" 15.00 ", (1500, "EUR")),
        ("15 USD", (1500, "USD")),
        ("usd 15", (1500, "USD")),
        ("15,00\xa0€", (1500, "EUR")),
        ("€15.00", (1500, "EUR")),
        ("£3", (300, "GBP")),
        ("300 JPY", (300, "JPY")),
        ("1,000 KWD", (1000, "KWD")),
        ("1000,00", (100_000, "EUR")),
    ],
)
def test_an_amount_is_read(text: str, read: tuple[int, str]) -> None:
    assert read_amount(text, "EUR") == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15.001",
        "1,000",
        "1.000",
        "€1,000",
        "12.500 USD",
        "1,000 JPY",
        "1.5 JPY",
        "-5",
        "1e3",
        "NaN",
        "１５",
        "15 XXQ",
        "EUR 15 EUR",
        "1 000",
        "10000000.01",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_amount(text, "EUR")


@settings(deadline=None)
@given(st.integers(0, 999), st.integers(0, 999), st.sampled_from(".,"), st.sampled_from(["EUR", "USD", "JPY", "KWD"]))
def test_thousands_are_never_read_as_ones(ones: int, rest: int, sign: str, currency: str) -> None:
    text = f"{ones}{sign}{rest:03}"
    if exponent(currency) == 3:
        assert read_amount(text, currency) == (ones * 1000 + rest, currency)
        return
    with pytest.raises(ValueError, match="decimals at most"):
        read_amount(text, currency)


@settings(deadline=None)
@given(st.integers(0, MOST), st.sampled_from(["EUR", "USD", "JPY", "KWD"]), st.sampled_from(["en", "fr"]))
def test_minor_units_survive_being_written(amount: int, currency: str, language: str) -> None:
    assert minor(units(amount, currency), currency) == amount
    assert read_amount(plain_amount(amount, currency), "EUR") == (amount, currency)
    assert money(plain_amount(amount, currency), language, currency)
    assert len(units(amount, currency).rpartition(".")[2]) == exponent(currency) or exponent(currency) == 0
