"""Line mode: handling conversations, one or several at a time, and undoing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.line.conftest import Run, rows


def shown(run: Run, number: str) -> dict[str, Any]:
    return rows(run("show", number, "--json", "--trail")[1])[0]


@pytest.fixture
def numbers(run: Run) -> list[str]:
    """Three conversations that nothing is promised on."""
    found = [row for row in rows(run("list", "resolve", "--json")[1]) if row["promised_at"] is None]
    return [str(row["id"]) for row in found[:3]]


def test_snooze_and_the_same_again(run: Run, numbers: list[str]) -> None:
    first, second, _third = numbers
    assert run("snooze", first, "demain", "9h")[0] == 0
    until = shown(run, first)["snoozed_until"]
    assert until
    assert run("snooze", second, "=")[0] == 0
    assert (shown(run, second)["state"], shown(run, second)["snoozed_until"]) == ("snoozed", until)
    assert run("status", second, "snoozed", "--until", "until reply")[0] == 0
    assert shown(run, second)["snoozed_until"] is None
    assert run("status", f"{first},{second}", "open")[0] == 0


def test_tags_of_several_are_one_step(run: Run, numbers: list[str]) -> None:
    ids = ",".join(numbers)
    before = [shown(run, number)["tags"] for number in numbers]
    code, out, _err = run("tag", ids, "+incident", "Fibre optique", "-none")
    assert (code, len(out.splitlines())) == (0, 3)
    assert all({"incident", "fibre-optique"} <= {*shown(run, number)["tags"]} for number in numbers)
    assert "incident" in run("tag", numbers[0])[1]
    assert run("tag", numbers[0], "-incident")[0] == 0
    assert "incident" not in shown(run, numbers[0])["tags"]
    (undone,) = rows(run("undo", "--json")[1])
    assert [(str(e["id"]), e["kind"]) for e in undone["undone"]] == [(numbers[0], "tagged")]
    code, out, _err = run("undo")
    assert (code, len(out.splitlines())) == (0, 3)
    assert "+incident" in out
    assert [shown(run, number)["tags"] for number in numbers] == before
    trail = shown(run, numbers[0])["trail"]
    assert trail[-1]["kind"] == "undone"
    assert {entry["undone"] for entry in trail if entry["kind"] == "tagged"} == {True}


def test_one_that_refuses_stays_and_the_others_are_changed(run: Run, numbers: list[str]) -> None:
    first, second, _third = numbers
    code, out, err = run("priority", f"{first},99999,{second}", "high")
    assert (code, len(out.splitlines()), len(err.splitlines())) == (1, 2, 1)
    assert "99999" in err
    assert [shown(run, number)["priority"] for number in (first, second)] == ["high", "high"]
    assert run("undo")[0] == 0


def test_a_promise_from_made_to_kept(run: Run, numbers: list[str]) -> None:
    first = numbers[0]
    assert run("promise", first, "demain 10h", "rappeler", "le", "client")[0] == 0
    assert run("promise", first, "2d", "envoyer le bon")[0] == 0
    mine = [p for p in rows(run("promises", "--json")[1]) if str(p["id"]) == first]
    assert [(p["text"], p["author"]) for p in mine] == [("rappeler le client", "lea"), ("envoyer le bon", "lea")]
    assert shown(run, first)["promised_at"] == mine[0]["at"]
    assert [p["text"] for p in shown(run, first)["promises"]] == [p["text"] for p in mine]
    assert "rappeler le client" in run("show", first)[1]
    assert first in [str(row["id"]) for row in rows(run("list", "promises", "--json")[1])]
    assert run("status", first, "resolved")[0] == 2
    assert run("promise", first, "--renew", "3d", "--which", "2")[0] == 0
    assert run("promise", first, "--kept")[0] == 0
    assert [p["text"] for p in shown(run, first)["promises"]] == ["envoyer le bon"]
    assert run("promise", first, "--drop")[0] == 0
    assert run("promise", first, "--kept")[0] == 1
    assert shown(run, first)["promises"] == []


def test_an_escalation_from_passed_on_to_taken(run: Run, numbers: list[str]) -> None:
    first = numbers[0]
    code, out, _err = run("escalate", first, "karim", "Cas", "juridique")
    assert (code, len(out.splitlines())) == (0, 1)
    row = shown(run, first)
    assert (row["assignee"], row["escalated_to"], row["messages"][-1]["direction"]) == ("karim", "karim", "note")
    assert "Cas juridique" in row["messages"][-1]["text"]
    assert first in [str(row["id"]) for row in rows(run("list", "escalated", "--json")[1])]
    assert "Karim" in run("show", first)[1].splitlines()[3]
    assert run("take", first, agent="karim")[0] == 0
    assert (shown(run, first)["escalated_to"], shown(run, first)["escalation_due_at"]) == (None, None)


def test_a_search_saved_is_listed(run: Run, folder: Path) -> None:
    assert run("search", "is:promised", "--save", "Mes promesses")[0] == 0
    assert [view["view"] for view in rows(run("views", "--json")[1])][-1] == "mes-promesses"
    assert run("list", "mes-promesses")[0] == 0
    assert (folder / "own" / "views" / "mes-promesses.toml").is_file()
    (folder / "own" / "views" / "broken.toml").write_text("id = 3")
    wrong = [f for f in rows(run("check", "--json")[1]) if f["what"] == "views"]
    assert [f["good"] for f in wrong] == [False] * len(wrong)
    assert "broken.toml" in wrong[0]["seen"]
    (folder / "own" / "views" / "broken.toml").unlink()
    assert [f["good"] for f in rows(run("check", "--json")[1]) if f["what"] == "views"] == [True]


@pytest.mark.parametrize(
    "arguments", [("split", "1", "9" * 24), ("reply", "1", "x", "--seen", "9" * 24), ("list", "1", "--limit", "9" * 24)]
)
def test_a_number_that_no_desk_reaches_is_bad_usage(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "a number from 1" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("snooze", "1", "whenever"),
        ("snooze", "1,x", "2h"),
        ("snooze", ",", "2h"),
        ("status", "1", "open", "--until", "2h"),
        ("priority", "1", "huge"),
        ("tag", "1", "+"),
        ("tag", "1", "+a", "--json"),
        ("promise", "1"),
        ("promise", "1", "2h"),
        ("promise", "1", "until reply", "call"),
        ("promise", "1", "2h", "call", "--kept"),
        ("escalate", "1", "nobody", "why"),
        ("search", "is:odd", "--save", "Odd"),
    ],
)
def test_bad_usage_ends_with_2_and_changes_nothing(run: Run, arguments: tuple[str, ...]) -> None:
    before = shown(run, "1")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 2
    assert shown(run, "1") == before


def test_nothing_to_undo_ends_with_1(run: Run) -> None:
    code, out, err = run("undo", agent="diego")
    assert (code, out, len(err.splitlines())) == (1, "", 2)


def test_undo_says_how_to_go_past_what_it_is_too_late_for(run: Run, numbers: list[str]) -> None:
    first, second, _third = numbers
    run("tag", first, "+before")
    run("priority", second, "low")
    run("priority", second, "urgent", agent="tom")
    code, _out, err = run("undo")
    assert (code, "changed again" in err, "undo --past" in err) == (1, True, True)
    code, out, err = run("undo", "--past")
    assert (code, "+before" in out, "changed again" in err) == (0, True, True)
    assert "before" not in shown(run, first)["tags"]
