"""The picker's order: what fits, what was typed, what is used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk.context import Desk
from agentconsole.desk.macros import uses
from agentconsole.desk.macros.choosing import Chooser, Situation, situation
from agentconsole.desk.macros.files import MacroFile
from agentconsole.desk.macros.reading import Macro
from tests.incoming import arrives, message, opened


def one(name: str, title: str, **fields: object) -> Macro:
    return Macro(name, Path(f"{name}.toml"), own=False, file=MacroFile(title=title, **{"body": "x"} | fields))  # type: ignore[arg-type]  # (fields of the model)


SHELF = [
    one("fr/retard", "Livraison en retard", language="fr", channels=("mail",), tags=("livraison", "colis")),
    one("fr/retard-public", "Livraison en retard (public)", language="fr", channels=("x",), tags=("livraison",)),
    one("en/late", "Delivery late", language="en", channels=("mail",), tags=("delivery", "parcel")),
    one(
        "fr/remboursement", "Remboursement accordé", language="fr", tags=("argent",), body="votre livraison, à bientôt"
    ),
    one("fr/cloture", "Clôture", language="fr", channels=("mail",)),
    one("ack", "Acknowledgement"),
]
FR_MAIL = Situation("mail", "mail", "fr")


def names(typed: str = "", where: Situation = FR_MAIL, counts: dict[str, int] | None = None) -> list[str]:
    return [macro.name for macro in Chooser(SHELF, counts).best(where, typed)]


def test_language_before_channel_before_the_rest() -> None:
    assert names()[:3] == ["fr/cloture", "fr/retard", "fr/remboursement"]
    assert names()[-1] == "en/late"
    assert names(where=Situation("tweets", "x", "fr"))[0] == "fr/retard-public"
    assert names(where=Situation("mail", "mail", "en"))[0] == "en/late"
    assert len(names()) == len(SHELF)


def test_what_the_customer_wrote_brings_a_macro_forward() -> None:
    about = replace(FR_MAIL, stems=frozenset({"livra", "colis"}))
    assert names(where=about)[0] == "fr/retard"


def test_then_by_use() -> None:
    assert names(counts={"fr/retard": 3, "fr/cloture": 2})[:2] == ["fr/retard", "fr/cloture"]
    assert names(counts={"en/late": 900})[-1] == "en/late"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("livr", "fr/retard"),
        ("LIVRAISON", "fr/retard"),
        ("cloture", "fr/cloture"),
        ("clôture", "fr/cloture"),
        ("clo", "fr/cloture"),
        ("retard livr", "fr/retard"),
        ("retard public", "fr/retard-public"),
        ("argent", "fr/remboursement"),
        ("boursement", "fr/remboursement"),
        ("bientot", "fr/remboursement"),
        ("lviraison", "fr/retard"),
        ("remmbours", "fr/remboursement"),
        ("rmbrs", "fr/remboursement"),
        ("parcel", "en/late"),
        ("ackn", "ack"),
    ],
)
def test_typed_words(typed: str, first: str) -> None:
    assert names(typed)[0] == first


def test_all_words_must_be_found_and_a_title_comes_before_a_body() -> None:
    assert names("livraison zebra") == []
    assert names("livraison") == ["fr/retard", "fr/remboursement", "fr/retard-public"]


def test_the_situation_of_a_conversation(desk: Desk) -> None:
    arrives(desk, message("Bonjour, où est mon colis ? La livraison devait arriver hier.", subject="Commande"))
    where = situation(desk, opened(desk))
    assert (where.channel, where.medium) == ("mail", "mail")
    assert {"colis", "livra", "comma"} <= where.stems


def test_uses_are_counted(desk: Desk) -> None:
    uses.used(desk, "fr/retard", "ack")
    uses.used(desk, "fr/retard")
    assert uses.counts(desk) == {"fr/retard": 2, "ack": 1}


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=30), st.text(max_size=5), st.text(max_size=5))
def test_whatever_is_typed(typed: str, channel: str, language: str) -> None:
    found = Chooser(SHELF).best(Situation(channel, channel, language, frozenset({typed})), typed)
    assert len({macro.name for macro in found}) == len(found) <= len(SHELF)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(SHELF), st.data())
def test_the_beginning_of_any_word_of_a_title_finds_it(macro: Macro, data: st.DataObject) -> None:
    words = [word.strip("()") for word in macro.title.split()]
    word = data.draw(st.sampled_from(words))
    typed = word[: data.draw(st.integers(1, len(word)))]
    assert macro in Chooser(SHELF).best(FR_MAIL, typed)


def test_five_hundred_macros_are_searched_in_no_time() -> None:
    chooser = Chooser([replace(SHELF[i % len(SHELF)], name=f"m{i}") for i in range(500)])
    chooser.best(FR_MAIL)
    began = perf_counter()
    for typed in ("l", "liv", "livraison ret", "zzzzzz", "lviraison"):
        chooser.best(FR_MAIL, typed)
    assert perf_counter() - began < 0.5  # about 0.005 s; this only tells a mistake of another order
