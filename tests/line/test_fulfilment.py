"""Line mode about what was granted and is not with its customer yet, and about the shop's key."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.incoming import arrives, message
from tests.ledger.ordering import config_text
from tests.line.conftest import Run, desk_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk with one conversation, a shop that is not there, and a back office."""
    with desk_in(tmp_path, config_text("http://127.0.0.1:9/gestures")) as desk:
        arrives(desk, message())
    return tmp_path


def granted(run: Run, kind: str) -> str:
    code, out, err = run(
        "gesture", "grant", "1", "--kind", kind, "--amount", "5", "--reason", "outage", "--json"
    )  # fmt: skip
    assert code == 0, err
    return str(json.loads(out)["entry"])


def tasks(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("gesture", "tasks", "--json")[1].splitlines()]


def test_tasks_are_done_dropped_and_taken_up_again(run: Run) -> None:
    item, credit = granted(run, "item"), granted(run, "credit")
    assert [(t["entry"], t["how"], t["state"], t["asks"]) for t in tasks(run)] == [
        (item, "task", "queued", True), (credit, "shop", "queued", False),
    ]  # fmt: skip
    assert tasks(run)[0]["amount"] == "5.00"
    shown = run("gesture", "tasks")[1]
    assert "waits for the back office" in shown
    assert "waits for the shop" in shown
    code, out, _err = run("gesture", "drop", item, "--why", "sold out")
    assert (code, out.startswith(f"{item}: it was not given")) == (0, True)
    assert (tasks(run)[0]["state"], tasks(run)[0]["error"]) == ("failed", "sold out")
    code, _out, err = run("gesture", "drop", item, "--why", "sold out")
    assert (code, "There is nothing to decide" in err) == (1, True)
    assert run("gesture", "again", item)[0] == 0
    told = json.loads(run("gesture", "done", item, "--reference", "parcel 7", "--json")[1])
    assert told == {"entry": item, "choice": "done"}
    assert [t["entry"] for t in tasks(run)] == [credit]
    code, _out, err = run("gesture", "done", item)
    assert (code, "waits for anything" in err) == (1, True)
    assert run("gesture", "done", "no-uuid")[0] == 2
    assert run("gesture", "drop", credit, "--why", " ")[0] == 2
    trail = json.loads(run("show", "1", "--json", "--trail")[1])["trail"]
    kinds = [e["kind"] for e in trail if e["kind"].startswith("gesture")]
    assert kinds == ["gesture_granted"] * 2 + ["gesture_failed", "gesture_again", "gesture_fulfilled"]


def test_the_shop_s_key_is_missed_and_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    granted(run, "credit")
    _code, _out, err = run("sync", "--once")
    assert "no key to sign" in err
    found = {(f["what"], f["good"]) for f in map(json.loads, run("check", "--json")[1].splitlines())}
    assert {("shop", False), ("voucher codes", False)} <= found
    monkeypatch.setattr("sys.stdin", io.StringIO("the key\n"))
    assert run("secret", "set", "shop")[0] == 0
    found = {(f["what"], f["good"]) for f in map(json.loads, run("check", "--json")[1].splitlines())}
    assert ("shop", True) in found
    assert "127.0.0.1" not in run("sync", "--once")[1]
    assert "cannot be reached" in tasks(run)[0]["error"]
