"""Filling in: never a hole, never a foreign text that acts, never without end."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk.macros.checks import mistakes_in
from agentconsole.desk.macros.placeholders import NAMES, unresolved_in
from agentconsole.desk.macros.template import Rendered, Setting, render
from agentconsole.errors import UsageError

FR = Setting("fr", date(2026, 3, 2))
EN = Setting("en", date(2026, 3, 2))
ANN = {"customer.first_name": "Ann", "customer.name": "Ann Lee", "brand.name": "Fernlicht"}


def filled(source: str, **values: str) -> str:
    return render(source, {name.replace("__", "."): value for name, value in values.items()}, FR).text


def test_what_is_known_is_filled_in() -> None:
    assert render("Bonjour {{customer.first_name}} de {{ brand.name | upcase }}", ANN, FR) == Rendered(
        "Bonjour Ann de FERNLICHT"
    )


@pytest.mark.parametrize("value", [{}, {"customer.first_name": ""}, {"customer.first_name": " \n"}])
@pytest.mark.parametrize(
    "source",
    [
        "Bonjour {{ customer.first_name }},",
        "Bonjour {{ customer.first_name | upcase | append: ' !' }},",
        "Bonjour {{ 'cher ' | append: customer.first_name }},",
        "{% assign name = customer.first_name | strip %}Bonjour {{ name }},",
        "{% capture hello %}Bonjour {{ customer.first_name }},{% endcapture %}{{ hello }}",
        "Bonjour {{ customer.first_name | plus: 1 }},",
        "Bonjour {{ customer.first_name | size }},",
        "Bonjour {{ customer.first_name | split: ' ' | first }},",
    ],
)
def test_what_is_not_known_stays_and_is_told(source: str, value: dict[str, str]) -> None:
    rendered = render(source, value, FR)
    assert rendered.unresolved == ("customer.first_name",)
    assert "{{ customer.first_name" in rendered.text
    assert unresolved_in(rendered.text) == rendered.unresolved


def test_a_placeholder_may_have_a_default_or_a_condition() -> None:
    hello = "Bonjour{% if customer.first_name %} {{ customer.first_name }}{% endif %},"
    assert (filled(hello), filled(hello, customer__first_name="Ann")) == ("Bonjour,", "Bonjour Ann,")
    assert filled("Bonjour {{ customer.first_name | default: 'à vous' }},") == "Bonjour à vous,"
    assert filled("{% unless agent.team == 'x' %}a{% endunless %}") == "a"
    assert unresolved_in(filled("{{ customer.first_name | default: agent.name }}")) != ()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ ask.day | day }}", "mercredi 1er avril"),
        ("{{ ask.late | day }}", "jeudi 4 mars 2027"),
        ("{{ ask.day | date: '%d/%m' }}", "01/04"),
        ("{{ ask.sum | money }}", "15,50\xa0€"),
        ("{{ ask.usd | money }}", "15,00\xa0$US"),
        ("{{ ask.bare | money: 'USD' }}", "7,00\xa0$US"),
    ],
)
def test_dates_and_amounts_are_in_the_macros_words(source: str, said: str) -> None:
    known = {"ask.day": "2026-04-01", "ask.late": "2027-03-04", "ask.sum": "15.50 EUR"}
    known |= {"ask.usd": "15.00 USD", "ask.bare": "7"}
    assert render(source, known, FR) == Rendered(said)


def test_english_dates_are_european() -> None:
    assert render("{{ ask.day | day }}", {"ask.day": "2026-04-01"}, EN).text == "Wednesday, 1 April"
    assert render("{{ ask.sum | money }}", {"ask.sum": "15.50 EUR"}, EN).text == "€15.50"
    assert render("{{ ask.day | day }}", {"ask.day": "2026-04-01"}, Setting("xx", EN.today)).text.startswith("Wed")


@pytest.mark.parametrize("source", ["{{ ask.x | day }}", "{{ ask.x | money }}", "{{ ask.x | divided_by: 0 }}"])
def test_a_value_that_does_not_fit_a_filter_is_not_known(source: str) -> None:
    rendered = render(source, {"ask.x": "soon"}, FR)
    assert rendered == Rendered(source, ("ask.x",))


@pytest.mark.parametrize(
    "evil",
    ["{{ agent.name }}", "{% include 'x' %}", "{{{{", "}}{{", "{", "}", "{{ customer.first_name }}", "a {% if %} b"],
)
def test_a_customer_whose_name_is_liquid(evil: str) -> None:
    rendered = render("{ {{ customer.name }} } {{ customer.first_name }}", {"customer.name": evil}, FR)
    assert rendered.unresolved == ("customer.first_name",)
    known = render("Bonjour { {{ customer.name }} }!", {"customer.name": evil, "agent.name": "Léa"}, FR)
    assert known.unresolved == ()
    assert "Léa" not in known.text


def test_a_value_is_one_line_of_visible_characters() -> None:
    evil = "Ann\r\n\r\nYou owe us\x1b[31m \u202egnp.exe\x00\ud800"
    assert filled("{{ customer.name }}", customer__name=evil) == "Ann You owe us[31m gnp.exe"
    assert filled("{{ ask.x }}", ask__x=" entre 8\xa0h \t et 10\u202fh ") == "entre 8\xa0h et 10\u202fh"
    assert filled("{{ customer.name }}", customer__name="👩\u200d🚒") == "👩\u200d🚒"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..999999999) %}x{% endfor %}",
        "{% assign x = 'aaaa' %}{% for i in (1..900) %}{% assign x = x | append: x %}{% endfor %}",
        "{% for i in (1..900) %}{{ brand.name }}{% for j in (1..900) %}{{ brand.name }}{% endfor %}{% endfor %}",
        "{% if brand.name %}" * 20 + "{% endif %}" * 20,
        "{% render 'x' %}",
        "{% include 'x' %}",
        "{% extends 'x' %}",
        "{% liquid echo brand.name %}",
        "{% tablerow i in (1..3) %}{% endtablerow %}",
    ],
)
def test_what_goes_too_far_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="cannot be filled in"):
        render(source, ANN, FR)


def test_nothing_of_python_is_reachable() -> None:
    source = "{{ customer.__class__ }}{{ customer.name.__len__ }}{{ customer.keys }}{{ customer['items'] }}"
    assert render(source, ANN, FR).text.count("{{") == 4


def test_tags_leave_no_empty_lines() -> None:
    source = "\nBonjour,\n\n{% if brand.name %}\nA\n{% endif %}\n\n{% if agent.name %}\nB\n{% endif %}\n\nFin  \n"
    assert filled(source, brand__name="x") == "Bonjour,\n\nA\n\nFin"


VALUES = st.dictionaries(
    st.sampled_from(sorted({*NAMES, "ask.day"})), st.text(st.characters(exclude_characters="<>"), max_size=30)
)
PIECES = st.sampled_from(
    [
        *(f"{{{{ {name} }}}}" for name in sorted(NAMES)),
        *(f"{{{{ {name} | {used} }}}}" for name in sorted(NAMES) for used in ("upcase", "day", "money", "size")),
        "{{ ask.day | day }}",
        "{% if customer.name %}{{ customer.name }}{% endif %}",
        "{% assign n = agent.team %}{{ n | append: brand.name }}",
        "Bonjour ",
        "\n",
        "{ ",
    ]
)


@settings(deadline=None, max_examples=120)
@given(st.lists(PIECES, max_size=6), VALUES)
def test_filling_in_leaves_no_hole(pieces: list[str], values: dict[str, str]) -> None:
    """Between two marks stands a text that is not empty, or a placeholder that is told."""
    source = "".join(f"<{piece}>" for piece in pieces if "{%" not in piece and "{{" in piece)
    rendered = render(source, values, FR)
    assert "<>" not in rendered.text
    assert rendered.unresolved == unresolved_in(rendered.text)
    for name in rendered.unresolved:
        assert name in {*NAMES, "ask.day"}
    whole = render("".join(pieces), values, FR)
    assert whole.unresolved == unresolved_in(whole.text)


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=60))
def test_a_foreign_text_is_never_a_placeholder(value: str) -> None:
    rendered = render("Bonjour {{ customer.name | default: 'à vous' }} {{ agent.team }}", {"customer.name": value}, FR)
    assert rendered.unresolved == ("agent.team",)


@settings(deadline=None, max_examples=80)
@given(st.text(alphabet="{}%|.' \nab:customer.nameifendforassign=()0123", max_size=80), VALUES)
def test_any_template_is_filled_in_or_refused(source: str, values: dict[str, str]) -> None:
    mistakes_in(source, ["day"])
    try:
        rendered = render(source, values, FR)
    except UsageError:
        return
    assert rendered.unresolved == unresolved_in(rendered.text)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'aaaaaaaaaa'" + " | replace: 'a', 'aaaaaaaaaa'" * 12 + " }}",
        "{{ 'aaaaaaaaaa'" + " | split: '' | join: 'aaaaaaaaaa'" * 12 + " }}",
        "{{ (1..10000000000) | join: ',' }}",
        "{% assign x = (1..10000000000) %}{{ x | join: ',' }}",
    ],
)
def test_little_that_becomes_much_is_not_filled_in(source: str) -> None:
    rendered = render(source, ANN, FR)
    assert len(rendered.text) < 1000
    assert rendered.unresolved
