"""No text for people outside the catalogues, and none in them that is not translated."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from agentconsole.i18n import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
NO_BREAK = "\N{NO-BREAK SPACE}"


def _tool(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


catalogues = _tool(ROOT / "tools" / "catalogues.py")
screen_texts = _tool(Path(__file__).with_name("screen_texts.py"))

NOT_FOR_TRANSLATION = {
    "agentconsole",  # the program's name
    "<!DOCTYPE html>",
}
"""Texts that are shown as they are in every language."""


def _pairs(language: str) -> Iterator[tuple[Message, str, str]]:
    """Each message with each of its translations and the English text it stands for."""
    for message in catalogues.messages(catalogues.read(language)):
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        for number, text in enumerate(catalogues.strings(message)):
            yield message, ids[min(number, len(ids) - 1)], text


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    found: Catalog = catalogues.extract()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_in_the_catalogue(language: str, extracted: Catalog) -> None:
    known = {(message.id, message.context) for message in catalogues.messages(catalogues.read(language))}
    used = {(message.id, message.context) for message in catalogues.messages(extracted)}
    assert used - known == set(), "run `python tools/catalogues.py update`"
    assert known - used == set(), "run `python tools/catalogues.py update`"


def test_everything_is_translated() -> None:
    lacking = [message.id for message in catalogues.untranslated(catalogues.read("fr"))]
    assert lacking == [], "see `python tools/catalogues.py missing`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same(language: str) -> None:
    def names(text: str) -> list[str]:
        return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})

    different = [(english, text) for _, english, text in _pairs(language) if text and names(english) != names(text)]
    assert different == []


def test_ends_are_the_same() -> None:
    """White space at the ends is part of how texts are put together; a sentence ends with a full stop."""

    def ends(text: str) -> tuple[str, str, bool]:
        bare = text.strip()
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return before, after, " " in bare and bare.endswith(".")

    assert [(english, text) for _, english, text in _pairs("fr") if text and ends(english) != ends(text)] == []


def test_french_punctuation() -> None:
    wrong = []
    for _, _, text in _pairs("fr"):
        prose = re.sub(r"`[^`]*`|\{[^}]*\}|\w+://\S+", "x", text)  # not commands, placeholders and addresses
        if re.search(rf"[^\s{NO_BREAK}][!?;»]|[^\s{NO_BREAK}]:(?=\s|$)|[ ][:;!?»]|«(?!{NO_BREAK})|\w\"|\"\w", prose):
            wrong.append(text)
    assert wrong == []


def test_terms_not_to_be_used() -> None:
    page = (ROOT / "docs" / "translating.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split("|") for line in page.splitlines() if line.startswith("| ")]
    refused = {word.strip() for row in rows[2:] if len(row) == 4 for word in row[3].split(",") if word.strip()}
    assert "ticket" in refused
    pattern = re.compile(rf"(?<![\w`{{-])({'|'.join(map(re.escape, sorted(refused)))})s?(?![\w`}}-])", re.IGNORECASE)
    found = [(pattern.findall(re.sub(r"`[^`]*`", "", text)), text) for _, _, text in _pairs("fr")]
    assert [pair for pair in found if pair[0]] == []


@pytest.mark.parametrize("part", ["views", "cli"])
def test_no_text_for_people_is_outside_the_catalogues(part: str) -> None:
    paths = sorted((ROOT / "agentconsole" / part).rglob("*.py"))
    assert paths
    loose = [text for path in paths for text in screen_texts.loose_texts(path, str(path.relative_to(ROOT)))]
    assert [str(text) for text in loose if text.text.strip() not in NOT_FOR_TRANSLATION] == []


def test_messages_are_literal() -> None:
    """An f-string or a sum in ``_(…)`` is never found in a catalogue. A name is: what it holds is marked by N_."""
    wrong = []
    for path in sorted((ROOT / "agentconsole").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=called), args=texts) if called in screen_texts.TRANSLATED:
                    wrong += [
                        f"{path.relative_to(ROOT)}:{node.lineno}"
                        for text in texts[: 2 if called in ("ngettext", "pgettext") else None]
                        if isinstance(text, ast.JoinedStr | ast.BinOp | ast.Call)
                    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "loose"),
    [
        ('Static("Nothing here")', ["Nothing here"]),
        ('Static("late")', ["late"]),
        ('Static(_("late"))', []),
        ('Static("·")', []),
        ('Static(f"{n} left")', ["… left"]),
        ('Static("{n} left".format(n=3))', ["{n} left"]),
        ('Static(row("late"))', []),
        ('Static(_("a") if x else "late")', ["late"]),
        ('self.notify("sent", title="Done")', ["Done", "sent"]),
        ('Binding("r", "reply", "Reply")', ["Reply"]),
        ('Binding("r", "reply", N_("Reply"))', []),
        ('class A:\n    BINDINGS = [("r", "reply", "Reply"), ("m", "macro", _("Macro"))]', ["Reply"]),
        ('class A:\n    BORDER_TITLE = "Views"', ["Views"]),
        ('class A:\n    """Shows a thing."""\n    DEFAULT_CSS = """A Static { height: 1; }"""', []),
        ('self.border_title = "views"', ["views"]),
        ('rows.append(("id", "Nothing was found."))', ["Nothing was found."]),
        ('parser.add_argument("--all", help="show all")', ["show all"]),
        ('raise UsageError("no such view", _("Look again."))', ["no such view"]),
        ('raise ValueError("No such thing here")', []),
        ('log.debug("It went well")', []),
        ('row["state"] == "late"', []),
        ('Input(placeholder=_("Search"), id="search")', []),
    ],
)
def test_loose_texts_are_found(source: str, loose: list[str], tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    path.write_text(source, encoding="utf-8")
    assert sorted({text.text for text in screen_texts.loose_texts(path, "source.py")}) == loose
