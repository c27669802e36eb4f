"""The demo desk has a team at work: an incident that the detector finds, notes that call, colleagues who are here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import load
from agentconsole.demo.build import build
from agentconsole.demo.team import beat
from agentconsole.demo.world import stories
from agentconsole.demo.world.brand import CHANNELS
from agentconsole.demo.world.live import newcomer
from agentconsole.demo.world.trouble import PLACES, is_trouble
from agentconsole.desk import crisis, duty, incidents, mentions, presence, spotting
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.message import Direction
from agentconsole.store.opening import open_desk

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
HOURS = (NOON, datetime(2026, 11, 22, 2, 30, tzinfo=UTC), datetime(2026, 5, 1, 18, 0, tzinfo=UTC))


def opened(folder: Path, seed: int, now: datetime, size: int = 400) -> Desk:
    """A demo desk as Claire has it."""
    path = build(folder, size=size, seed=seed, still=True, now=now)
    config = load(path, settings_model)
    return Desk(open_desk(config.desk, path.parent), config, who_am_i(config, "claire"), path.parent, lambda: now)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk that `agentconsole demo` makes."""
    desk = opened(tmp_path_factory.mktemp("demo") / "desk", 1, NOON)
    yield desk
    desk.store.close()


def as_(desk: Desk, agent: str, now: datetime = NOON) -> Desk:
    """The same desk as somebody else has it, at a time."""
    return replace(desk, agent=who_am_i(desk.config, agent), now=lambda: now)


def seen(desk: Desk) -> list[Any]:
    """What this is about: words and numbers, no identifiers."""
    found = incidents.live(desk)
    rows = [[(row.number, row.subject) for row in incidents.rows(desk, one.id)] for one in found]
    called = [
        [(m.number, m.author, m.at, m.text) for m in mentions.waiting(as_(desk, who))] for who in ("lea", "claire")
    ]
    people = [(p.id, p.state, p.since, p.number, p.doing) for p in duty.people(desk)]
    return [[(i.begins, i.words, i.count, i.channels) for i in found], rows, called, people]


def test_the_supervisor_meets_one_possible_incident(demo: Desk) -> None:
    (found,) = incidents.live(demo)
    assert (found.state, found.raised_at) == ("raised", NOON)
    assert found.words[:2] == ("brumeval", "fibre")
    assert len(found.channels) >= 3
    assert NOON - timedelta(minutes=30) < found.begins
    rows = incidents.rows(demo, found.id)
    assert len(rows) == found.count >= len(PLACES)
    assert all("brumeval" in f"{row.subject} {row.excerpt}".lower() for row in rows)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_it_is_found_whatever_the_seed_and_the_hour(tmp_path: Path, seed: int) -> None:
    """Of the stories alone, by the detector as the desk has it: nothing else of the last half hour is one."""
    now = HOURS[seed % 3]
    told = list(stories(seed, 400, now, troubled=True))
    begins, cases = now - timedelta(minutes=30), []
    for story in told:
        late = " ".join(line.text for line in story.lines if line.who is Direction.IN and line.at > begins)
        if late:
            cases.append(crisis.Case(uuid4(), uuid4(), now, story.channel, crisis.terms_of(late)))
    past = [crisis.terms_of(story.lines[0].text) for story in told if story.lines[0].at < now - spotting.RECENT]
    bursts = crisis.find(cases, crisis.Background.of(past, 2.0), timedelta(minutes=30), 5)
    assert [burst.shared.words[0] for burst in bursts] == ["brumeval"]
    assert len(bursts[0].cases) == len(PLACES)


def test_notes_call_lea_and_claire(demo: Desk) -> None:
    lea = as_(demo, "lea")
    calls = mentions.waiting(lea)
    assert len(calls) == 2
    assert all("@lea" in one.text and one.at < NOON and one.author != "lea" for one in calls)
    assert [one.number for one in mentions.waiting(demo)] == [calls[0].number]
    presence.here(lea, calls[1].number)
    assert [one.number for one in mentions.waiting(lea)] == [calls[0].number], "opening it is seeing it"


def test_colleagues_are_at_work_for_as_long_as_the_demo_goes_on(demo: Desk) -> None:
    lea = as_(demo, "lea")
    states = {one.id: one.state for one in duty.people(lea)}
    assert (states["karim"], states["diego"], states["sophie"]) == ("here", "away", "gone")
    on = presence.elsewhere(lea)
    assert {who.doing for here in on.values() for who in here} == {"reading", "writing"}
    later = NOON + timedelta(minutes=5)
    assert presence.elsewhere(as_(demo, "lea", later)) == {}
    beat(demo.store, "lea", later)
    assert presence.elsewhere(as_(demo, "lea", later)) == on
    assert {one.id: one.state for one in duty.people(as_(demo, "lea", later)) if one.id != "lea"} == {
        who: state for who, state in states.items() if who != "lea"
    }


def test_the_same_seed_and_size_have_the_same_team(demo: Desk, tmp_path: Path) -> None:
    first, again = opened(tmp_path / "one", 7, NOON, 200), opened(tmp_path / "two", 7, NOON, 200)
    assert seen(first) == seen(again)
    assert seen(first)[0]
    assert seen(first) != seen(demo)
    for desk in (first, again):
        desk.store.close()


def test_who_writes_first_from_then_on_adds_to_it() -> None:
    """And in other words than those that are there."""
    told = {story.lines[0].text for story in stories(1, 400, NOON, troubled=True) if is_trouble(story)}
    live = [newcomer(1, channel, number, NOON) for channel in CHANNELS for number in range(4)]
    of_it = [said for said in live if said.scenario.startswith("brumeval")]
    assert len(of_it) == 3
    assert not told & {said.text for said in of_it}
