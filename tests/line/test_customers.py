"""Line mode about customers: merging, linking, the client book, consent, one's own day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentconsole.model.message import Address
from tests.conftest import CONFIG
from tests.incoming import arrives, message
from tests.line.conftest import Run, desk_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk with two conversations of Camille, one of her second address and one of Ben."""
    with desk_in(tmp_path, CONFIG) as desk:
        arrives(desk, message("premier"), message("second"))
        arrives(desk, message("troisième", author=Address("camille@work.example", "Camille Durand")))
        arrives(desk, message("autre", author=Address("ben@x.example", "Ben")))
    return tmp_path


def shown(run: Run, number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("show", str(number), "--json")[1])
    return found


def test_merging_with_a_look_before_and_a_way_back(run: Run) -> None:
    code, out, _err = run("merge", "2", "--into", "#1", "--dry-run")
    assert code == 0
    assert "1 message" in out
    assert [m["text"] for m in shown(run, 1)["messages"]] == ["premier"]
    assert run("merge", "2", "--into", "1")[0] == 0
    thread = shown(run, 2)
    assert (thread["id"], thread["merged"]) == (1, [2])
    assert [m["text"] for m in thread["messages"]] == ["premier", "second"]
    assert run("show", "2")[1].startswith("#2 was merged into #1.")
    assert run("merge", "2", "--into", "1")[0] == 2
    assert run("unmerge", "2")[0] == 0
    assert [m["text"] for m in shown(run, 2)["messages"]] == ["second"]
    code, _out, err = run("unmerge", "2")
    assert (code, len(err.splitlines())) == (2, 2)


def test_conversations_of_two_people_are_not_merged(run: Run) -> None:
    code, _out, err = run("merge", "4", "--into", "1")
    assert (code, err.splitlines()[-1]) == (2, "Link the two customers first.")


def test_a_message_is_split_out(run: Run) -> None:
    run("merge", "2", "--into", "1")
    seq = shown(run, 1)["messages"][-1]["seq"]
    code, out, _err = run("split", "1", str(seq))
    assert (code, out.split()[0]) == (0, "#5")
    assert [m["text"] for m in shown(run, 5)["messages"]] == ["second"]
    assert run("split", "1", "99")[0] == 1


def test_linking_with_a_look_before(run: Run) -> None:
    assert json.loads(run("customer", "show", "1", "--json")[1])["likely_same"][0]["id"] == 3
    code, out, _err = run("customer", "link", "1", "3", "--dry-run")
    assert (code, "camille@work.example" in out) == (0, True)
    assert shown(run, 1)["linked"] == []
    assert run("customer", "link", "1", "3")[0] == 0
    assert [i["value"] for i in shown(run, 1)["identities"]] == ["camille@customer.example", "camille@work.example"]
    assert run("customer", "link", "1", "3")[0] == 2
    assert run("merge", "3", "--into", "1", "--dry-run")[0] == 0
    assert run("customer", "unlink", "1", "3")[0] == 0
    assert shown(run, 1)["linked"] == []


def test_the_client_book_and_consent(run: Run) -> None:
    assert run("customer", "note", "1", "Calls", "in the evening")[0] == 0
    assert run("customer", "note", "1", "Has a dog")[0] == 0
    assert run("customer", "consent", "1", "news", "yes", "--source", "on the phone")[0] == 0
    one = json.loads(run("customer", "show", "2", "--json")[1])
    assert [note["text"] for note in one["notes"]] == ["Has a dog", "Calls in the evening"]
    assert [(c["purpose"], c["given"], c["source"]) for c in one["consents"]] == [("news", True, "on the phone")]
    assert sum(one["contacts"]) == len(one["history"]) == 2
    out = run("customer", "show", "2")[1]
    assert "Calls in the evening" in out
    assert "on the phone" in out
    assert run("customer", "note", "1", "--drop", "1")[0] == 0
    assert [note["text"] for note in shown(run, 1)["notes"]] == ["Calls in the evening"]
    assert run("customer", "note", "1", "--drop", "7")[0] == 1
    for wrong in (["note", "1"], ["consent", "1", "news", "yes"], ["consent", "1", "spam", "yes", "--source", "x"]):
        assert run("customer", *wrong)[0] == 2


def test_my_own_day(run: Run) -> None:
    assert json.loads(run("day", "--json")[1])["handled"] == 0
    assert run("day")[0] == 0
    run("reply", "1", "Bonjour", "--status", "resolved")
    run("status", "2", "resolved")
    figures = json.loads(run("day", "--json")[1])
    assert (figures["handled"], figures["reopened"], sum(figures["by_hour"])) == (2, 0, 2)
    assert figures["first_response"] > 0
    assert "##" in run("day")[1]


def test_a_birthday_is_written_down_told_and_dropped(run: Run) -> None:
    assert run("customer", "birthday", "1")[1] == "not known\n"
    assert run("customer", "birthday", "1", "1980-02-29")[:2] == (0, "02-29\n")
    assert run("customer", "birthday", "2")[1] == "02-29\n"
    assert shown(run, 1)["birthday"] == "02-29"
    assert "birthday 29 February" in run("customer", "show", "1")[1]
    code, _out, err = run("customer", "birthday", "1", "30-02")
    assert code == 2
    assert "Write month and day" in err
    assert run("customer", "birthday", "1", "--drop")[:2] == (0, "not known\n")
    assert shown(run, 1)["birthday"] is None


def test_rows_say_whether_a_gesture_waits(run: Run) -> None:
    assert shown(run, 1)["approval_due_at"] is None
    assert run("search", "is:approval", "--json")[:2] == (0, "")
    assert run("search", "is:attention", "--json")[:2] == (0, "")
