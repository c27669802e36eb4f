"""Amounts of money as people write them, and as minor units (ISO 4217's exponents, from Babel)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

MOST = 1_000_000_000
"""Minor units that one gesture may cost at most, whatever a policy says; the ledger refuses more."""
_AMOUNT = re.compile(r"\d{1,10}(?:[.,]\d{1,4})?", re.ASCII)
_TYPED = re.compile(rf"(?:([A-Za-z]{{3}})\s*)?({_AMOUNT.pattern})(?:\s*([A-Za-z]{{3}}))?", re.ASCII)
_SIGNS = str.maketrans({"€": " EUR ", "£": " GBP ", "\xa0": " ", "\u202f": " "})


def parse_amount(value: object) -> str:
    """An amount in units of its currency, with a point: ``"15"``, ``"15.50"``, 15, 15.5.

    :raises ValueError: anything else, and less than nothing.
    """
    text = value.strip() if isinstance(value, str) else repr(value) if type(value) in (int, float) else ""
    if not _AMOUNT.fullmatch(text):
        raise ValueError('an amount such as "15" or "15.50"')
    return text.replace(",", ".")


@lru_cache(maxsize=64)
def exponent(currency: str) -> int:
    """Digits of a currency's minor unit: 2 for EUR, 0 for JPY.

    :raises ValueError: no such currency.
    """
    from babel.core import get_global

    if currency not in get_global("all_currencies"):
        raise ValueError(f"no currency {currency!r}")
    fractions = get_global("currency_fractions")
    digits: int = fractions.get(currency, fractions["DEFAULT"])[0]
    return digits


def minor(amount: str, currency: str) -> int:
    """Minor units of what :func:`parse_amount` answers.

    Three decimals of a currency that has not three are refused, zeros too: ``1,000`` is a thousand to some.

    :raises ValueError: no such currency, finer than its minor unit, such three decimals, or more than :data:`MOST`.
    """
    scaled, decimals = Decimal(amount).scaleb(exponent(currency)), len(amount.partition(".")[2])
    if scaled != scaled.to_integral_value() or decimals == 3 != exponent(currency):
        raise ValueError(f"an amount of {currency} with {exponent(currency)} decimals at most")
    if scaled > MOST:
        raise ValueError(f"an amount of {Decimal(MOST).scaleb(-exponent(currency)):f} {currency} at most")
    return int(scaled)


def read_amount(text: str, currency: str) -> tuple[int, str]:
    """Minor units and currency of an amount as people type it: ``15``, ``15.00``, ``15,5``, ``15 USD``, ``€15``.

    :param currency: ISO 4217 code where the text says none.
    :raises ValueError: it is no amount, no currency, or none that :func:`minor` takes: ``1,000`` of a euro neither.
    """
    found = _TYPED.fullmatch(text.translate(_SIGNS).strip())
    if not found or (found[1] and found[3]):
        raise ValueError(f"no amount: {text!r}")
    code = (found[1] or found[3] or currency).upper()
    return minor(parse_amount(found[2]), code), code


def units(minor_units: int, currency: str) -> str:
    """Minor units as an amount with a point and all decimals: ``15.00``; what ``--json`` and CSV have."""
    return f"{Decimal(minor_units).scaleb(-exponent(currency)):.{exponent(currency)}f}"
