"""Line mode: what a supervisor does to the floor, and what everybody is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agentconsole.config import load
from agentconsole.desk import incidents
from agentconsole.desk.context import Desk, utc_now, who_am_i
from agentconsole.store.opening import open_desk
from tests.incoming import arrives, message
from tests.line.conftest import Run, rows


@pytest.fixture
def typing() -> str:
    """Claire supervises."""
    return "claire"


def test_a_banner_is_told_until_it_ends(run: Run) -> None:
    code, out, _err = run("banner", "Fibre outage,", "repaired tonight", "--until", "3h")
    assert code == 0
    assert "Banner: Fibre outage, repaired tonight (until" in run("notices", agent="lea")[1]
    assert out.strip() in run("banner")[1]
    assert run("banner", "--end", out.strip())[0] == 0
    assert "Banner" not in run("notices", agent="lea")[1]


def test_a_message_is_told_until_it_is_read(run: Run) -> None:
    assert run("message", "lea", "Take the \x1b[31mmails")[0] == 0
    assert run("message", "all", "Meeting at five")[0] == 0
    told = rows(run("notices", "--json", "--seen", agent="lea")[1])
    assert [(one["kind"], one["to"], one["text"]) for one in told] == [
        ("message", "lea", "Take the \x1b[31mmails"),
        ("message", None, "Meeting at five"),
    ]
    assert run("notices", agent="lea")[1] == "Nothing is told.\n"
    told = rows(run("notices", "--all", "--json")[1])
    assert [reader["agent"] for reader in told[0]["readers"]] == ["lea"]
    assert "\x1b" not in run("notices", "--all")[1]


def test_a_channel_is_paused_and_goes_on(run: Run) -> None:
    assert run("channel", "pause", "mail", "server", "moves")[0] == 0
    paused = {one["channel"]: one["paused"] for one in rows(run("channel", "list", "--json")[1])}
    assert (paused["mail"]["by"], paused["mail"]["reason"], paused["x"]) == ("claire", "server moves", None)
    assert "server moves" in run("channel", "list")[1]
    assert run("channel", "resume", "mail")[0] == 0
    assert not any(one["paused"] for one in rows(run("channel", "list", "--json")[1]))


def test_hours_of_a_day_move_the_clocks(run: Run) -> None:
    due = {row["id"]: row["clock"]["due_at"] for row in rows(run("list", "resolve", "--json")[1])}
    for day in ("today", "tomorrow"):  # whatever the hour is, some of it was closed
        code, out, _err = run("hours", day, "00:00-24:00", "--reason", "sale")
        assert code == 0
        assert "00:00-24:00" in out
    assert {row["id"]: row["clock"]["due_at"] for row in rows(run("list", "resolve", "--json")[1])} != due
    set_ones = rows(run("hours", "--json")[1])
    assert [(one["hours"], one["reason"], one["by"]) for one in set_ones] == [("00:00-24:00", "sale", "claire")] * 2
    for day in ("today", "tomorrow"):
        assert run("hours", day, "--drop")[0] == 0
    assert {row["id"]: row["clock"]["due_at"] for row in rows(run("list", "resolve", "--json")[1])} == due


def test_an_incident_is_confirmed_and_ended(run: Run, folder: Path) -> None:
    raised = _raise(folder)
    (found,) = rows(run("incident", "list", "--json")[1])
    assert (found["incident"], found["state"], found["count"], found["channels"]) == (raised, "raised", 9, ["mail"])
    assert "fibre" in run("incident", "list")[1]
    assert len(rows(run("incident", "show", raised, "--json")[1])) == 9
    assert run("incident", "confirm", raised, "--banner", "Fibre outage", "--macro", "fr/incident-outage")[0] != 0
    assert run("incident", "confirm", raised, "--banner", "Fibre outage")[0] == 0
    assert "Banner: Fibre outage" in run("notices", agent="lea")[1]
    assert run("incident", "dismiss", raised)[0] == 2
    assert run("incident", "end", raised)[0] == 0
    assert run("incident", "list")[1] == "Nothing out of the ordinary.\n"
    assert rows(run("incident", "list", "--all", "--json")[1])[0]["state"] == "ended"


def _raise(folder: Path) -> str:
    path = folder / "agentconsole.toml"
    config = load(path)
    desk = Desk(open_desk(config.desk, folder), config, who_am_i(config, "claire"), folder)
    try:
        for n in range(9):
            told = f"Fibre coupée à Brest, voyant rouge {n}"
            author = message().author.__class__(f"brest-{n}@mail.example", "Somebody")
            at = utc_now() - timedelta(minutes=n)
            arrives(desk, message(told, author=author, at=at, subject="Bonjour"), holder="test")
        (found,) = incidents.keep(desk)
    finally:
        desk.store.close()
    return str(found)


def test_all_that_somebody_has_is_given_away(run: Run) -> None:
    mine = rows(run("search", "assignee:lea", "--json", "--limit", "500")[1])
    active = [row for row in mine if row["state"] != "resolved"]
    assert active
    code, out, _err = run("reassign", "lea", "nobody")
    assert (code, out) == (0, f"{len(active)} conversation{'s' if len(active) > 1 else ''}.\n")
    assert run("reassign", "lea", "team:none")[0] == 1


def test_the_trail_tells_who_did_what(run: Run) -> None:
    run("banner", "Kept in the trail")
    (latest,) = rows(run("trail", "--json", "--limit", "1")[1])
    assert (latest["actor"], latest["kind"], latest["detail"]["text"]) == ("claire", "banner", "Kept in the trail")
    assert "Claire" in run("trail")[1].splitlines()[0]


@pytest.mark.parametrize(
    "words",
    [
        ("banner", "hello"),
        ("message", "all", "hello"),
        ("channel", "pause", "mail"),
        ("hours", "today", "--closed"),
        ("reassign", "lea", "nobody"),
        ("trail",),
        ("notices", "--all"),
    ],
    ids=" ".join,
)
def test_advisers_do_none_of_it(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words, agent="lea")
    assert (code, out, err.splitlines()[0]) == (2, "", "Only supervisors can do that.")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hours", "today"), "Say which hours."),
        (("hours", "someday", "--closed"), "'someday' is no day."),
        (("hours", "today", "eight to nine"), "'eight to nine' are no opening hours."),
        (("message", "nobody", "hello"), "There is no agent 'nobody'."),
        (("channel", "pause", "fax"), "There is no channel 'fax'."),
        (("incident", "end", "01a20588-855c-71c4-9b2a-a55f57bff1e2"), "There is no such incident."),
    ],
    ids=str,
)
def test_what_cannot_be_is_said(run: Run, words: tuple[str, ...], says: str) -> None:
    code, _out, err = run(*words)
    assert code in (1, 2)
    assert err.splitlines()[0] == says
