"""Macros of other helpdesks: what is carried over can be run, what is not is told."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk.macros.files import MacroFile
from agentconsole.desk.macros.importing import Imported, bring, read_export
from agentconsole.errors import UsageError
from tests.desk.macros.shelf import shelf

EXAMPLE = [
    {"field": "status", "value": "solved"},
    {"field": "priority", "value": "normal"},
    {"field": "type", "value": "incident"},
    {"field": "assignee_id", "value": "current_user"},
    {"field": "group_id", "value": "current_groups"},
    {"field": "comment_value", "value": "Thanks for your request. This is a known issue."},
]
"""The actions of a macro as Zendesk documents them."""


def brought(data: Any, folder: Path, source: str = "zendesk") -> tuple[list[Imported], dict[str, MacroFile]]:
    found = list(bring(data, source, folder))
    holding = shelf(folder).look()
    assert holding.broken == ()
    return found, {name: macro.file for name, macro in holding.macros.items()}


def zendesk(tmp_path: Path, *actions: dict[str, Any], **more: Any) -> tuple[Imported, MacroFile]:
    found, files = brought({"macro": {"title": "A", "actions": list(actions)} | more}, tmp_path / "own")
    return found[0], next(iter(files.values()))


def test_zendesk_as_documented(tmp_path: Path) -> None:
    item, file = zendesk(tmp_path, *EXAMPLE, title="Close and redirect to topics")
    assert item.lost == ("type = incident", "group_id = current_groups")
    assert (file.title, file.body) == ("Close and redirect to topics", EXAMPLE[-1]["value"])
    assert (file.actions.status, file.actions.priority, file.actions.assignee) == ("resolved", "normal", "me")


def test_zendesk_placeholders(tmp_path: Path) -> None:
    text = "Bonjour {{ticket.requester.first_name}}, {{dc.welcome}} n° {{ticket.ticket_field_360}} {{dc.welcome}} "
    text += "{{ticket.id}}"
    item, file = zendesk(tmp_path, {"field": "comment_value", "value": ["channel:all", text]})
    assert file.body == (
        "Bonjour {{customer.first_name}}, {{ask.dc_welcome}} n° {{ask.ticket_ticket_field_360}} {{ask.dc_welcome}} "
        "{{conversation.number}}"
    )
    assert [question.ask for question in file.questions] == ["dc.welcome", "ticket.ticket_field_360"]
    assert len(item.lost) == 2


def test_zendesk_liquid(tmp_path: Path) -> None:
    text = "{% if ticket.requester.language == 'fr' %}Bonjour{% else %}Hello {{ 'a.b' | upcase }}{% endif %}"
    assert zendesk(tmp_path, {"field": "comment_value", "value": text})[1].body == text.replace(
        "ticket.requester", "customer"
    )
    item, file = zendesk(tmp_path / "more", {"field": "comment_value", "value": "a {% include 'x' %} {{ b }}"})
    assert file.body == "a [% include 'x' %] [[ b ]]"
    assert "include" in item.lost[-1]


def test_zendesk_html_notes_tags_and_the_rest(tmp_path: Path) -> None:
    item, file = zendesk(
        tmp_path,
        {"field": "comment_value_html", "value": "<p>Bonjour <b>Ann</b>,</p><p>voici.</p>"},
        {"field": "comment_mode_is_public", "value": "false"},
        {"field": "set_tags", "value": "a b"},
        {"field": "current_tags", "value": "c a"},
        {"field": "remove_tags", "value": "b d"},
        {"field": "custom_fields_360001", "value": "yes"},
        {"field": "assignee_id", "value": "38492"},
        {"field": "status", "value": "hold"},
        title="Livraison::En retard::Colis",
        active=False,
        restriction={"type": "Group", "id": 4},
    )
    assert file.actions.note == "Bonjour Ann,\n\nvoici."
    assert (file.actions.add_tags, file.actions.remove_tags) == (("a", "c"), ("b", "d"))
    assert (file.body, file.tags, file.actions.status) == ("", ("Livraison", "En retard"), "pending")
    assert item.path == tmp_path / "own" / "livraison" / "en-retard" / "colis.toml"
    assert [lost.partition(" =")[0] for lost in item.lost if "=" in lost] == [
        "custom_fields_360001",
        "assignee_id",
        "status",
    ]
    assert len(item.lost) == 6
    assert item.lost[-1] == "status = hold: it is pending here"


def test_what_has_nothing_for_us_is_refused(tmp_path: Path) -> None:
    (item,) = bring([{"title": "A", "actions": [{"field": "type", "value": "task"}]}], "zendesk", tmp_path)
    assert (item.path, item.lost) == (None, ("type = task",))
    assert item.refused
    assert not list(tmp_path.iterdir())


def test_chatwoot_macros(tmp_path: Path) -> None:
    actions = [
        ("send_message", ["Bonjour {{contact.first_name}}, {{ contact.email }}"]),
        ("add_private_note", ["vu par {{agent.name}}"]),
        ("add_label", ["support", "sales"]),
        ("remove_label", ["sales"]),
        ("assign_agent", ["self"]),
        ("assign_team", [3]),
        ("change_priority", ["medium"]),
        ("mute_conversation", None),
        ("send_webhook_event", ["https://hook.example"]),
        ("resolve_conversation", None),
    ]
    data = {
        "payload": [{"id": 1, "name": "Fin", "actions": [{"action_name": n, "action_params": v} for n, v in actions]}]
    }
    (item,), files = brought(data, tmp_path / "own", "chatwoot")
    file = files["fin"]
    assert file.body == "Bonjour {{customer.first_name}}, {{ ask.contact_email }}"
    assert file.actions.note == "vu par {{agent.name}}"
    assert (file.actions.add_tags, file.actions.remove_tags) == (("support",), ("sales",))
    assert (file.actions.assignee, file.actions.priority, file.actions.status) == ("me", "normal", "resolved")
    assert [lost.partition(" =")[0] for lost in item.lost[1:]] == [
        "assign_team",
        "mute_conversation",
        "send_webhook_event",
    ]


def test_chatwoot_canned_responses(tmp_path: Path) -> None:
    data = [{"id": 1, "account_id": 1, "short_code": "hello", "content": "Hello {{contact.name}}"}]
    _found, files = brought(data, tmp_path / "own", "chatwoot")
    assert files["hello"].body == "Hello {{customer.name}}"


def test_bringing_twice_writes_once_and_a_dry_run_never(tmp_path: Path) -> None:
    data = {"macros": [{"title": "A", "actions": EXAMPLE}, {"title": "A", "actions": EXAMPLE[:1]}]}
    assert [item.path for item in bring(data, "zendesk", tmp_path, dry_run=True)] == [None, None]
    assert not list(tmp_path.iterdir())
    first, second = ([item.path for item in bring(data, "zendesk", tmp_path)] for _ in range(2))
    assert first == second == [tmp_path / "a.toml", tmp_path / "a-2.toml"]


@pytest.mark.parametrize("data", [{}, [], None, 3, "x", {"macros": None}, {"macros": [3]}, [{"title": "x"}]])
@pytest.mark.parametrize("source", ["zendesk", "chatwoot"])
def test_what_is_no_export(tmp_path: Path, data: Any, source: str) -> None:
    with pytest.raises(UsageError, match="no macro"):
        list(bring(data, source, tmp_path))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_a_file_that_is_no_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(UsageError, match="not JSON"):
        read_export(tmp_path / "x.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_export(tmp_path / "nowhere.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["{{ticket.x}}", "{%", "{{"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [*(action["field"] for action in EXAMPLE), "comment_value_html", "set_tags", "remove_tags", "x"]
)
NAMES = st.sampled_from(
    ["send_message", "add_label", "remove_label", "assign_agent", "change_status", "change_priority"]
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.fixed_dictionaries({"field": FIELDS, "value": JSON}), max_size=4),
    st.lists(st.fixed_dictionaries({"action_name": NAMES, "action_params": JSON}), max_size=4),
    JSON,
)
def test_whatever_comes(zendesks: list[Any], chatwoots: list[Any], title: Any) -> None:
    for source, data in (
        ("zendesk", [{"title": title, "actions": zendesks}]),
        ("chatwoot", {"payload": [{"name": title, "actions": chatwoots}]}),
    ):
        for item in bring(data, source, Path("nowhere"), dry_run=True):
            assert item.title


def recorded(folder: Path) -> list[dict[str, Any]]:
    """All macros that Zendesk's real API was seen to answer."""
    found: list[dict[str, Any]] = []
    for file in sorted(folder.glob("TestMacros*.json")):
        for exchange in json.loads(file.read_text("utf-8"))["http_interactions"]:
            body = exchange["response"]["body"]
            raw = body.get("base64_string")
            text = gzip.decompress(base64.b64decode(raw)).decode() if raw else body.get("string", "")
            if '"macro' in text:
                found.append(json.loads(text))
    return found


@pytest.mark.material
def test_what_zendesk_really_answers(material: Path, tmp_path: Path) -> None:
    answers = recorded(material / "recordings" / "zendesk-zenpy")
    assert len(answers) >= 8
    count = 0
    for number, data in enumerate(answers):
        for item in bring(data, "zendesk", tmp_path / str(number)):
            assert item.path is not None, item
            count += 1
        assert shelf(tmp_path / str(number)).broken == ()
    assert count > 20


@pytest.mark.material
def test_the_example_of_zendesks_own_description(material: Path, tmp_path: Path) -> None:
    lines = (material / "specs" / "zendesk-support-oas.yaml").read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line == "    MacroCommonObject:")
    begin = next(n for n in range(at, len(lines)) if lines[n] == "      example:")
    pairs = lines[begin + 2 : begin + 14]
    actions = [
        {"field": field.partition("field: ")[2], "value": value.partition("value: ")[2].strip("'")}
        for field, value in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    item, file = zendesk(tmp_path, *actions)
    assert item.lost == ("type = incident", "group_id = current_groups")
    assert file.body.startswith("Thanks for your request.")


def test_what_is_no_action_is_passed_over(tmp_path: Path) -> None:
    data = {"title": "x", "actions": ["?", None, {"field": "comment_value", "value": "Bonjour"}]}
    (brought,) = bring({"macros": [data]}, "zendesk", tmp_path)
    assert brought.path == tmp_path / "x.toml"


@pytest.mark.parametrize("flood", ["{{" * 100_000, "{% a " * 100_000, "{{" + "a.b[" * 100_000 + "}}"])
def test_a_flood_of_braces_is_left_as_words(tmp_path: Path, flood: str) -> None:
    """With a way back from each brace this would take hours; that this test ends is the proof."""
    (item,) = bring([{"title": "A", "actions": [{"field": "comment_value", "value": flood}]}], "zendesk", tmp_path)
    assert item.refused


def test_the_same_again_is_not_written(tmp_path: Path) -> None:
    data = [{"title": "A", "actions": EXAMPLE}]
    first, again = [next(iter(bring(data, "zendesk", tmp_path))) for _ in range(2)]
    assert (first.written, again.written, first.path) == (True, False, again.path)
