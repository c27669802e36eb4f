"""New macros: whole, readable, and never over another one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk.macros.reading import check
from agentconsole.desk.macros.saving import NAMELESS, generalized, save, written
from agentconsole.desk.new_files import slug
from agentconsole.errors import UsageError
from tests.desk.macros.shelf import shelf

FIELDS = {
    "title": "Livraison en retard !",
    "language": "fr",
    "body": "Bonjour {{ customer.first_name }},\n\nDésolée.\n",
}


def test_a_saved_macro_can_be_run_and_read(tmp_path: Path) -> None:
    path = save(tmp_path / "own" / "macros", FIELDS)
    assert path.name == "livraison-en-retard.toml"
    text = path.read_text("utf-8")
    assert 'body = """\nBonjour {{ customer.first_name }},\n\nDésolée.\n"""' in text
    assert "channels" not in text
    assert shelf(path.parent).get("livraison-en-retard").file.body == FIELDS["body"]


def test_nothing_that_is_there_is_touched(tmp_path: Path) -> None:
    first = save(tmp_path, FIELDS)
    other = save(tmp_path, FIELDS | {"body": "x"})
    assert (first.name, other.name) == ("livraison-en-retard.toml", "livraison-en-retard-2.toml")
    assert save(tmp_path, FIELDS) == first
    assert save(tmp_path, FIELDS | {"body": "x"}) == other
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "x"}, "needs a body or actions"),
        ({"title": "", "body": "x"}, "title"),
        ({"title": "x", "body": "{{ nope }}"}, "unknown placeholder nope"),
        ({"title": "x", "body": "{% if %}"}, "missing expression"),
    ],
)
def test_a_macro_that_would_be_broken_is_not_written(tmp_path: Path, fields: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        save(tmp_path, fields)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ".x", "a//b", "a/b/c/d/e/f", "-"])
def test_names_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a macro's name"):
        save(tmp_path, FIELDS, name)


def test_names_may_have_folders(tmp_path: Path) -> None:
    assert save(tmp_path, FIELDS, "fr/retard") == tmp_path / "fr" / "retard.toml"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        save(tmp_path / "file", FIELDS)


def test_a_reply_becomes_a_macro_for_everybody() -> None:
    known = {"customer.name": "Ann Lee", "customer.first_name": "Ann"}
    assert generalized("Ann Lee, Ann! Annexe, Joann.", known) == (
        "{{ customer.name }}, {{ customer.first_name }}! Annexe, Joann."
    )
    assert generalized("A b", {"customer.name": "", "customer.first_name": "A"}) == "A b"


def test_what_is_no_character_is_written_as_one_that_says_so(tmp_path: Path) -> None:
    path = save(tmp_path, {"title": "retard", "body": "Bonjour", "tags": ["caf\udce9"]})
    assert tomllib.loads(path.read_text(encoding="utf-8"))["tags"] == ["caf\ufffd"]


@settings(deadline=None, max_examples=80)
@given(st.text(min_size=1).filter(str.strip), st.text().filter(lambda text: "{" not in text))
def test_any_words_are_kept_as_they_are(title: str, body: str) -> None:
    fields = {"title": title[:100], "body": body, "tags": [title[:50]]}
    try:
        text = written(fields)
    except UsageError:
        return
    data = tomllib.loads(text)
    assert data["title"].split() == title[:100].split()
    assert data.get("body", "").replace("\r\n", "\n") == body.replace("\r\n", "\n")
    assert check(text)[1] == ()
    assert slug(title, NAMELESS)
