"""The policy at a desk: applied by itself on SQLite, by a supervisor on PostgreSQL; what changed is told in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.cli import main
from agentconsole.config import Config, parse
from agentconsole.desk import gestures, policies
from agentconsole.desk.context import Desk
from agentconsole.desk.policy_changes import changes
from agentconsole.errors import RuleRefused
from agentconsole.model.gesture import Wanted
from agentconsole.store.ledger import ledger_of
from tests.incoming import arrives, everything, message
from tests.ledger.world import LEDGER_CONFIG

Run = Callable[..., tuple[int, list[str]]]
LESS = LEDGER_CONFIG.replace('gesture = "50"', 'gesture = "40"')


def config_of(text: str) -> Config:
    return parse(text, "agentconsole.toml", settings_model)


def test_each_policy_is_kept_with_its_version(open_gestures: Callable[[str], Desk]) -> None:
    desk = open_gestures("sam")
    first = policies.current(desk)
    assert first is not None
    version = policies.apply(replace(desk, config=config_of(LESS)))
    assert policies.apply(replace(desk, config=config_of(LESS))) == version, "the same again is no new version"
    assert [policy.applied.version for policy in policies.history(desk)] == [first.applied.version, version]
    holds = policies.current(desk)
    assert holds is not None
    assert holds.applied.author == "sam"
    assert holds.applied.at == desk.now()
    assert policies.diff(replace(desk, config=config_of(LESS))) == []
    assert policies.apply(desk) == version + 1, "an earlier one again is a new version"


def test_a_difference_says_who_what_from_to(open_gestures: Callable[[str], Desk]) -> None:
    desk = open_gestures("sam")
    policies.apply(desk)
    told = policies.diff(replace(desk, config=config_of(LESS.replace("15m", "20m"))))
    lines = [(change.who, change.what, change.before, change.after) for change in told if "." not in change.what]
    kinds = "ceiling of a gesture: credit, redelivery, voucher (EUR)"
    assert lines == [
        ((), "time to void alone", "15m", "20m"),
        (("ana", "lea", "sam2", "tom"), kinds, "€50.00", "€40.00"),
    ]


def test_of_equal_policies_nothing_is_told(open_gestures: Callable[[str], Desk]) -> None:
    document = policies.written(open_gestures("sam"))
    assert changes(document, document) == []
    assert changes(document, json.loads(json.dumps(document))) == []
    everybody = {name for change in changes({}, document) for name in change.who}
    assert everybody >= {"lea", "sam", "bot", "team instant"}


def test_only_a_supervisor_applies_one(open_gestures: Callable[[str], Desk]) -> None:
    desk = open_gestures("lea")
    with pytest.raises(RuleRefused) as refused:
        policies.apply(replace(desk, config=config_of(LESS)))
    assert refused.value.reason == "not_supervisor"
    assert len(policies.history(desk)) == 1


def test_what_it_says_holds(open_gestures: Callable[[str], Desk], conversation: Wanted) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    policies.apply(replace(sam, config=config_of(LEDGER_CONFIG.replace('kinds = ["voucher", "credit",', "kinds = ["))))
    with pytest.raises(RuleRefused) as refused, lea.store.write() as connection:
        ledger_of(connection).grant("lea", conversation.conversation, conversation)
    assert refused.value.reason == "kind_not_allowed"


@pytest.fixture
def conversation(open_gestures: Callable[[str], Desk]) -> Wanted:
    """A credit of 10 € in a new conversation."""
    desk = open_gestures("lea")
    arrives(desk, message())
    return gestures.wanted(desk, everything(desk)[0].number, "credit", 1_000, "EUR", "outage")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Line mode on an SQLite desk; the file has what ``policy.toml`` in it says."""

    def run_(*arguments: str) -> tuple[int, list[str]]:
        code = main(["--config", str(tmp_path / "agentconsole.toml"), *arguments])
        return code, capsys.readouterr().out.splitlines()

    (tmp_path / "agentconsole.toml").write_text(LEDGER_CONFIG, "utf-8")
    return run_


def versions(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("policy", "history", "--json")[1]]


def writes(run: Run) -> None:
    """A verb that changes something, if only it found what."""
    assert run("undo")[0] != 2


@pytest.mark.parametrize(
    "verb",
    [
        ("views",), ("list", "all"), ("search", "is:open"), ("check",), ("approval", "list"), ("gesture", "tasks"),
        ("ledger", "verify"), ("ledger", "report"), ("voucher", "pools"), ("policy", "diff"), ("macro", "list"),
    ],
)  # fmt: skip
def test_what_only_reads_applies_none(run: Run, tmp_path: Path, verb: tuple[str, ...]) -> None:
    run(*verb)
    assert versions(run) == []
    writes(run)
    (tmp_path / "agentconsole.toml").write_text(LESS, "utf-8")
    run(*verb)
    assert len(versions(run)) == 1


def test_where_supervisors_are_named_one_of_them_applies_it(run: Run, tmp_path: Path) -> None:
    assert run("policy", "apply")[0] == 0, "nothing holds yet"
    (tmp_path / "agentconsole.toml").write_text(LESS, "utf-8")
    code, _said = run("policy", "apply", "--json")
    assert code == 3
    assert len(versions(run)) == 1
    assert run("policy", "apply", "--agent", "sam")[0] == 0
    assert [version["author"] for version in versions(run)] == ["lea", "sam"]


def test_new_agents_who_may_do_the_same_are_told_in_one_line(run: Run, tmp_path: Path) -> None:
    writes(run)
    names = [f"new{n:02}" for n in range(18)]
    added = "".join(f'  {{ id = "{n}", name = "{n}", teams = ["mail"], trained_until = 2099-01-31 }},\n' for n in names)
    (tmp_path / "agentconsole.toml").write_text(LEDGER_CONFIG.replace("agents = [\n", f"agents = [\n{added}"), "utf-8")
    told = run("policy", "diff")[1]
    about = [line for line in told if "new00" in line]
    assert about[0].startswith(f"18 new agents with the delegation adviser: {', '.join(names)} · ")
    assert "; approvers: eve, sam" in about[0]
    assert "€" not in about[0], "what advisers may do is as it was"
    assert len(about) == 2, "and until when they are trained"
    first = json.loads(run("policy", "diff", "--json")[1][0])
    assert (first["who"], first["new"]) == (names, True)


def test_of_the_first_policy_all_is_told(run: Run) -> None:
    told = [line for line in run("policy", "diff")[1] if "with the delegation adviser" in line]
    assert any(line.startswith("2 new agents with the delegation adviser: ana, lea · team: instant; ") for line in told)
    assert all("credit, redelivery, voucher (EUR): ceiling of a gesture €50.00, " in line for line in told)


def test_on_sqlite_it_applies_itself(run: Run, tmp_path: Path) -> None:
    writes(run)
    writes(run)
    (first,) = versions(run)
    assert (first["version"], first["author"], first["changes"]) == (1, "lea", [])
    (tmp_path / "agentconsole.toml").write_text(LESS, "utf-8")
    code, told = run("policy", "diff")
    assert (code, len(told)) == (0, 1)
    assert told[0].startswith("ana, lea, sam2, tom · ceiling of a gesture: ")
    assert told[0].endswith(": €50.00 → €40.00")
    writes(run)
    _first, second = versions(run)
    assert second["version"] == 2
    assert [change["from"] for change in second["changes"]] == ["€50.00"]
    assert run("policy", "diff") == (0, ["Nothing would change."])


def test_a_desk_without_delegations_has_no_policy(run: Run, tmp_path: Path) -> None:
    (tmp_path / "agentconsole.toml").write_text('agents = [{ id = "lea", name = "Léa" }]', "utf-8")
    writes(run)
    assert versions(run) == []
    assert run("policy", "show")[0] == 1


def test_it_is_shown(run: Run) -> None:
    code, said = run("policy", "apply")
    assert code == 0
    assert said[-1] == "Version 1 holds now."
    code, shown = run("policy", "show")
    assert code == 0
    assert "by lea: 6 agents may give" in shown[0]
    (lea,) = [line.split("  ") for line in shown if line.startswith("lea") and "voucher" in line]
    assert [cell.strip() for cell in lea if cell.strip()] == [
        "lea", "credit, redelivery, voucher", "€50.00", "€120.00 / 90d", "€15.00", "€600.00 / month", "40 / month",
    ]  # fmt: skip
    document = json.loads(run("policy", "show", "--json")[1][0])
    assert document["version"] == 1
    assert {agent["id"] for agent in document["document"]["agents"]} == {
        "ana",
        "bot",
        "eve",
        "lea",
        "sam",
        "sam2",
        "tom",
    }


def test_check_says_which_version_holds(run: Run) -> None:
    def told(what: str) -> list[str]:
        findings = [json.loads(line) for line in run("check", "--json")[1]]
        return [finding["seen"] for finding in findings if finding["what"] == what]

    assert told("policy") == ["the file's holds as soon as the console is opened or something is written"]
    writes(run)
    assert told("policy") == ["version 1"]
    assert [seen.partition(":")[0] for seen in told("training in gestures")] == ["ana"]
