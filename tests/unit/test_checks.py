"""What a reply is looked at for before it is sent."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole import i18n
from agentconsole.config import ChannelSettings, Checks
from agentconsole.desk.checks import Check, Finding, findings, own_words, placeholders
from agentconsole.desk.limits import limit_of, x_weight
from agentconsole.text import fold

ALL = Checks(forbidden_words=("à vos frais", "impossible", "c'est votre faute"))
FRENCH = "Bonjour, votre colis est arrivé au dépôt et il vous sera livré demain avec la commande que nous avons reçue."
ENGLISH = "Hello, your parcel has arrived and it will be with you tomorrow, with the order that we have received."


def channel(medium: str = "mail", **more: object) -> ChannelSettings:
    return ChannelSettings.model_validate({"id": "c", "kind": "demo", "medium": medium, **more})


def look(text: str, rules: Checks = ALL, **more: object) -> list[Finding]:
    return list(findings(text, rules, **more))  # type: ignore[arg-type]  # (findings' own)


def codes(text: str, rules: Checks = ALL, **more: object) -> list[Check]:
    return [finding.code for finding in look(text, rules, **more)]


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.use("en")


@pytest.mark.parametrize("text", ["", "  ", "\n\n\t"])
def test_nothing_to_send_blocks_unless_a_file_goes(text: str) -> None:
    assert [(found.code, found.blocks) for found in look(text)] == [(Check.EMPTY, True)]
    assert look(text, files=1) == []


def test_a_placeholder_blocks_and_is_named() -> None:
    text = "Bonjour {{ customer.first_name }},\nle {{ ask.day | day }}."
    (found,) = look(text)
    assert (found.code, found.blocks) == (Check.UNRESOLVED, True)
    assert found.said == "Not filled in: {{ customer.first_name }}, {{ ask.day | day }}."
    assert [text[begin:end] for begin, end in found.where] == ["{{ customer.first_name }}", "{{ ask.day | day }}"]


def test_a_placeholder_in_what_goes_along_blocks_too() -> None:
    (found,) = look("Bonjour", along="note: {{ ask.day }}")
    assert (found.said, found.where) == ("Not filled in: {{ ask.day }}.", ())


@pytest.mark.parametrize(
    "text",
    ["> {{ theirs }}\nOui.", "{ }", "{{", "}} {{", "a {{ b", "{ { x } }"],
)
def test_what_is_no_placeholder_of_ours(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (FRENCH, "fr", []),
        (FRENCH, "en", [Check.LANGUAGE]),
        (ENGLISH, "fr", [Check.LANGUAGE]),
        (ENGLISH, None, []),
        (ENGLISH, "fi", []),  # nobody here can tell Finnish
        ("Thanks, Camille!", "fr", []),
        ("Bonjour, je regarde cela tout de suite.", "en", [Check.LANGUAGE]),
        ("Could you send us the photo from your mail?", "fr", [Check.LANGUAGE]),
        ("Hello ! Thanks, on regarde.", "fr", []),
        ("Merci, c'est noté.", "en", []),
        ("The “Je t'aime avec vous” box has been sent.", "en", []),
        ("Ik heb dat gezien, we will call.", "nl", []),
        (f"{FRENCH}\n{ENGLISH}", "fr", []),
        (f"Merci.\n> {ENGLISH}", "fr", []),
    ],
)
def test_the_language_is_judged_where_it_is_beyond_doubt(text: str, language: str | None, found: list[Check]) -> None:
    assert codes(text, language=language) == found


def test_the_languages_are_named() -> None:
    assert look(FRENCH, language="en")[0].said == "Written in French; the customer's language: English."


@pytest.mark.parametrize(
    "text",
    [
        "Vous trouverez ci-joint le bon de retour.",
        "Ci-jointe, la facture.",
        "La facture est en pièce jointe.",
        "la facture est EN PIECE JOINTE",
        "J’ai joint le plan.",
        "Je vous joins le plan.",
        "The label is attached.",
        "I am attaching the label.",
        "Please find enclosed the label.",
        "Please see the attached.",
        "Attached you will find the label.",
        "Voici la facture jointe.",
        "Vous trouverez la facture jointe.",
        "Utilisez l'étiquette de retour jointe.",
        "Votre facture est jointe.",
        "Voyez le fichier attaché.",
        "Elle est jointe à ce mail.",
        "La notice est en pièce-jointe.",
        "Ci joint la notice.",
    ],
)
def test_a_file_that_is_spoken_of_and_missing(text: str) -> None:
    assert codes(text) == [Check.ATTACHMENT]
    assert codes(text, files=1) == []


@pytest.mark.parametrize(
    "text",
    [
        "J'ai bien reçu votre pièce jointe.",
        "Thank you for the photo you attached.",
        "Your attached invoice is paid.",
        "> La facture est en pièce jointe.\nMerci, bien reçue.",
        "Nous rejoignons votre avis.",
        "It was unattached.",
        "Merci de nous rejoindre.",
        "Vous pouvez nous joindre par téléphone.",
        "Vous pouvez être joint à ce numéro.",
        "Votre conjointe peut signer la demande conjointe.",
        "La facture jointe à votre mail est réglée.",
        "J'ai reçu votre facture jointe.",
        "La pièce-jointe est illisible.",
        "C'est un compte joint.",
    ],
)
def test_files_of_the_customers_are_not_missed(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C'est IMPOSSIBLE.", "IMPOSSIBLE"),
        ("Retour À  vos\nfrais", "À vos frais"),
        ("retour a vos frais", "a vos frais"),
        ("C’est votre faute", "C’est votre faute"),
    ],
)
def test_forbidden_words_are_found_whatever_their_accents_and_case(text: str, words: str) -> None:
    (found,) = look(text)
    assert (found.code, found.blocks) == (Check.FORBIDDEN, False)
    assert words in found.said
    assert all(fold(" ".join(text[begin:end].split())) == fold(words) for begin, end in found.where)


@pytest.mark.parametrize("text", ["Impossibles", "> impossible\nSi.", "frais de port"])
def test_other_words_are_not_forbidden(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("medium", "most"), [("whatsapp", 4096), ("messenger", 2000), ("mastodon", 500), ("sms", 1600), ("telegram", 4096)]
)
def test_what_is_longer_than_a_medium_takes(medium: str, most: int) -> None:
    assert codes("x" * most, channel=channel(medium)) == []
    assert codes("x" * (most + 1), channel=channel(medium)) == [Check.LENGTH]


def test_a_channels_own_limit_counts_and_mail_has_none() -> None:
    assert codes("x" * 50_000, channel=channel("mail")) == []
    assert codes("x" * 161, channel=channel("sms", limit=160)) == [Check.LENGTH]
    assert look("x" * 161, channel=channel("sms", limit=160))[0].said == "Too long: 161 of 160."
    assert codes("é" * 501, channel=channel("instagram")) == [Check.LENGTH]  # bytes there


def test_x_takes_more_in_private() -> None:
    text = "x" * 281
    assert codes(text, channel=channel("x", public=True)) == [Check.LENGTH]
    assert codes(text, channel=channel("x", public=True), public=False) == []


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("a" * 280, 280),
        ("éà’", 3),
        ("…", 2),
        ("日本語", 6),
        ("👩‍👩‍👧‍👦", 2),
        ("🇫🇷🇧🇪", 4),
        ("👍🏽", 2),
        ("1️⃣", 2),
        ("https://example.com/a/very/long/path?with=a&query=1#and-more", 23),
        ("(voir https://example.com/a).", 31),
        ("example.fr", 23),
        ("camille@example.fr", 18),
        ("v1.2.3", 6),
        ("e\u0301", 1),
    ],
)
def test_x_weighs_as_its_own_library_says(text: str, weight: int) -> None:
    assert x_weight(text) == weight


def test_a_granted_code_that_is_not_in_the_words_is_told_and_does_not_block() -> None:
    text = "Bonjour, voici votre code : FERN-1."
    assert look(text, codes=("FERN-1",)) == []
    (found,) = look(text, codes=("FERN-1", "FERN-2"))
    assert (found.code, found.blocks) == (Check.GESTURE, False)
    assert found.said == "A gesture was granted, and its code is not in the words: FERN-2."
    assert codes("", files=1, codes=("FERN-1",)) == [Check.GESTURE]


@pytest.mark.parametrize("check", ["unresolved", "language", "attachment", "forbidden", "length"])
def test_each_check_can_be_switched_off_and_says_how(check: str) -> None:
    text = f"{{{{ x }}}} impossible, attached. {ENGLISH} {'x' * 300}"
    more: dict[str, Any] = {"channel": channel("x", public=True), "language": "fr", "codes": ("FERN-1",)}
    found = {finding.code: finding for finding in look(text, **more)}
    assert set(found) == set(Check) - {Check.EMPTY, Check.MENTION}
    assert f"`{check} = false` under [checks]" in found[Check(check)].explain
    off = ALL.model_copy(update={check: False})
    assert Check(check) not in codes(text, off, **more)
    assert len(codes(text, off, **more)) == len(found) - 1


TEXTS = st.text(
    st.one_of(st.sampled_from("{} >\n.,'’ci-jointattachedÉéàﬁßİ 漢👍"), st.characters(exclude_categories=["Cs"])),
    max_size=200,
)


@settings(deadline=None)
@given(TEXTS, st.sampled_from([None, "fr", "en"]), st.integers(0, 2))
def test_places_are_places_and_quoted_lines_are_somebody_elses(text: str, language: str | None, files: int) -> None:
    rules = Checks(forbidden_words=("é", "ci", "ss"))
    found = findings(text, rules, channel=channel("x"), language=language, files=files)
    own = own_words(text)
    assert len(own) == len(text)
    for finding in found:
        for begin, end in finding.where:
            assert 0 <= begin < end <= len(text)
            assert own[begin:end] == text[begin:end]
            if finding.code is Check.FORBIDDEN:
                assert fold(text[begin:end]) in ("e", "ci", "ss")
        assert finding.said
        assert finding.explain


@settings(deadline=None)
@given(TEXTS)
def test_quoting_a_text_leaves_only_its_length_to_object_to(text: str) -> None:
    quote = "".join(f"> {line}\n" for line in text.replace("\r", "\n").split("\n"))
    assert findings(quote, ALL, channel=channel(), language="fr") == ()


@settings(deadline=None)
@given(TEXTS)
def test_what_was_found_to_be_a_placeholder_is_gone_once_it_is_taken_out(text: str) -> None:
    for _round in range(len(text)):
        where = placeholders(text)
        if not where:
            break
        text = text[: where[0][0]] + text[where[0][1] :]
    assert placeholders(text) == ()
    assert "unresolved" not in codes(text)


@settings(deadline=None)
@given(st.text(max_size=100), st.text(max_size=100))
def test_counts_never_fall_where_text_is_added(text: str, more: str) -> None:
    for medium in ("whatsapp", "instagram"):
        limit = limit_of(channel(medium))
        assert limit is not None
        assert limit.count(text + "\n" + more) > limit.count(text)


@pytest.mark.parametrize("flood", ["{{" * 200_000, "{{ a " * 100_000, "{{ }" * 100_000, "facture " * 50_000])
def test_a_flood_of_braces_or_papers_costs_no_more_than_other_text(flood: str) -> None:
    """With a way back from each brace this would take hours; that this test ends is the proof."""
    assert placeholders(flood) == ()
    assert codes(flood) == []


def test_no_macro_that_gives_speaks_of_a_file() -> None:
    """Its words would be stopped at each sending."""
    folder = Path(__file__).parents[2] / "macros"
    given = [file for file in folder.glob("*/*.toml") if "{{ gesture." in file.read_text(encoding="utf-8")]
    assert given
    for file in given:
        assert Check.ATTACHMENT not in codes(tomllib.loads(file.read_text(encoding="utf-8"))["body"]), file.name
