"""The invented world: the same again and again, plausible at any hour, and whole."""

from __future__ import annotations

import email
import email.policy
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.channels.base import settings_model
from agentconsole.config import ClockState, Config, State, parse
from agentconsole.demo.config import demo_config
from agentconsole.demo.world import Story, raw_of, stories
from agentconsole.demo.world.brand import BY_ID, CHANNELS
from agentconsole.demo.world.data import world
from agentconsole.demo.world.stories import in_work
from agentconsole.desk import clocks
from agentconsole.errors import ConfigError
from agentconsole.model.message import Direction, MessageKind

MONDAY_MORNING = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
HOURS = {
    "monday morning": MONDAY_MORNING,
    "saturday afternoon": datetime(2026, 6, 6, 14, 20, tzinfo=UTC),
    "sunday noon": datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
    "at night": datetime(2026, 11, 25, 2, 30, tzinfo=UTC),
    "just opened": datetime(2027, 3, 29, 6, 5, tzinfo=UTC),
    "public holiday": datetime(2026, 5, 1, 9, 0, tzinfo=UTC),
}
_PLACEHOLDER = re.compile(r"\{\w+\}|<[^<>@]*\|")


def _config() -> Config:
    return parse(demo_config(seed=1, still=True, agent=None), "demo", settings_model)


def _history(story: Story) -> list[tuple[clocks.Event, datetime]]:
    """What moved its clocks: an answer leaves it with the customer, and an open one was taken back in hand."""
    history = []
    for line in story.lines:
        event = clocks.event_of(line.who, line.kind)
        if event is clocks.Event.ELSEWHERE:
            history += [(clocks.Event.ANSWER, line.at), (clocks.Event.PENDING, line.at)]
        elif event:
            history.append((event, line.at))
    return [*history, (clocks.Event(story.state.value), story.lines[-1].at)]


def _states(told: list[Story], now: datetime) -> Counter[ClockState | None]:
    config, found = _config(), Counter[ClockState | None]()
    for story in told:
        if story.state is State.OPEN:
            sla, calendar = clocks.policy(config, story.channel, story.channel)
            due = clocks.due(clocks.run(_history(story), sla, calendar)[0], calendar)
            found[clocks.state(due.at, now, config.due_within) if due else None] += 1
    return found


def _digest(seed: int) -> str:
    text = repr(list(stories(seed, 60, MONDAY_MORNING)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def test_the_same_seed_and_size_tell_the_same_stories() -> None:
    assert list(stories(4, 120, MONDAY_MORNING)) == list(stories(4, 120, MONDAY_MORNING))
    assert list(stories(4, 120, MONDAY_MORNING)) != list(stories(5, 120, MONDAY_MORNING))


def test_another_process_with_another_hash_seed_tells_the_same() -> None:
    code = "from tests.unit.test_demo_world import _digest; print(_digest(7))"
    environment = os.environ | {"PYTHONHASHSEED": "4242"}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == _digest(7)


def test_the_hour_changes_the_times_and_not_the_tales() -> None:
    morning = {s.key: (s.scenario, s.channel, s.person.name) for s in stories(2, 200, MONDAY_MORNING)}
    a_week_on = {s.key: (s.scenario, s.channel, s.person.name) for s in stories(2, 200, MONDAY_MORNING + timedelta(7))}
    assert morning == a_week_on


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 90),
    now=st.integers(0, 9 * 365 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds)),
)
def test_every_story_is_coherent_at_any_hour(seed: int, size: int, now: datetime) -> None:
    told = list(stories(seed, size, now))
    assert len(told) == size
    assert (
        Counter(s.state for s in told if s.state is not State.RESOLVED)
        == Counter(dict(zip((State.OPEN, State.PENDING, State.SNOOZED), in_work(size), strict=True))) - Counter()
    )
    ids = [line.external_id for s in told for line in s.lines if line.external_id]
    assert len(ids) == len(set(ids))
    for story in told:
        _check(story, now)


def _check(story: Story, now: datetime) -> None:
    times = [line.at for line in story.lines]
    assert times == sorted(times)
    assert times[-1] <= now
    assert story.lines[0].who is Direction.IN
    assert story.address.value in {value for _, value, _ in story.person.identities}
    assert story.person.since <= times[0].date() + timedelta(days=1)
    assert (story.state is State.SNOOZED) == (story.snoozed_until is not None)
    assert story.snoozed_until is None or story.snoozed_until > now
    assert (story.state is State.RESOLVED) == (story.resolved_at is not None)
    assert story.resolved_at is None or times[-1] <= story.resolved_at <= now
    assert story.assignee is None or story.assignee in BY_ID
    assert story.subject
    for line in story.lines:
        assert (line.external_id == "") == (line.who is Direction.NOTE)
        if line.who is not Direction.IN:
            assert story.language in BY_ID[line.author].languages
        if line.who is Direction.IN and story.channel == "x" and not story.scenario.startswith(("hostile", "spam")):
            assert len(line.text) <= 280


@pytest.mark.parametrize("hour", HOURS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_few_are_late_and_most_in_good_time(hour: str, seed: int) -> None:
    states = _states(list(stories(seed, 400, HOURS[hour])), HOURS[hour])
    assert sum(states.values()) == 45
    assert 3 <= states[ClockState.LATE] <= 6
    assert states[ClockState.OK] >= 25


def test_the_open_ones_do_not_look_copied() -> None:
    open_ones = [s for s in stories(1, 400, MONDAY_MORNING) if s.state is State.OPEN]
    assert len({s.scenario for s in open_ones}) >= 38
    assert len({s.lines[0].text for s in open_ones}) == len(open_ones)
    assert {s.channel for s in open_ones} == set(CHANNELS)
    assert sum(s.scenario.startswith("hostile") for s in open_ones) >= 3
    assert {MessageKind.LIST, MessageKind.BOUNCE} <= {s.lines[0].kind for s in open_ones}


def test_people_come_back_on_other_channels() -> None:
    channels: dict[str, set[str]] = {}
    count: Counter[str] = Counter()
    for story in stories(1, 400, MONDAY_MORNING):
        channels.setdefault(story.person.key, set()).add(story.channel)
        count[story.person.key] += 1
    assert sum(times > 1 for times in count.values()) >= 40
    assert sum(len(found) > 1 for found in channels.values()) >= 20


def test_addresses_belong_to_one_person_each() -> None:
    owners: dict[tuple[str, str], str] = {}
    for story in stories(3, 6000, MONDAY_MORNING):
        for kind, value, _ in story.person.identities:
            assert owners.setdefault((kind, value), story.person.key) == story.person.key


def test_languages_and_states_of_a_large_desk() -> None:
    told = list(stories(3, 3000, MONDAY_MORNING))
    states = Counter(s.state for s in told)
    assert (states[State.OPEN], states[State.PENDING], states[State.SNOOZED]) == (150, 90, 60)
    assert 0.6 < sum(s.language == "fr" for s in told) / len(told) < 0.7
    assert 2.5 < sum(len(s.lines) for s in told) / len(told) < 3.5


def test_no_text_shows_its_machinery() -> None:
    used = set()
    for story in stories(11, 4000, MONDAY_MORNING):
        used.add(story.scenario)
        if story.scenario.startswith("hostile"):
            continue
        for line in story.lines:
            assert not _PLACEHOLDER.search(f"{line.subject}\n{line.text}\n{line.quoted}"), line
    assert used >= {scenario.id for scenario in world().scenarios.values() if scenario.weight}


def test_there_are_enough_scenarios() -> None:
    languages = Counter(scenario.language for scenario in world().scenarios.values())
    assert languages["fr"] >= 35
    assert languages["en"] >= 25
    for language in ("fr", "en"):
        for channel in CHANNELS:
            assert len({scenario.id for scenario in world().by_place[language, channel]}) >= 8


def test_the_original_of_a_mail_is_a_mail() -> None:
    story = next(s for s in stories(1, 100, MONDAY_MORNING) if s.channel == "mail" and len(s.lines) == 3)
    parsed = email.message_from_bytes(raw_of(story, 2), policy=email.policy.default)
    assert parsed["Message-ID"] == f"<{story.lines[2].external_id}>"
    assert story.lines[0].external_id in parsed["References"]
    assert story.lines[2].text in parsed.get_content()


def test_every_original_can_be_made() -> None:
    for story in stories(2, 400, MONDAY_MORNING):
        for number, line in enumerate(story.lines):
            assert bool(raw_of(story, number)) == (line.who is not Direction.NOTE)


def test_the_configuration_is_clean() -> None:
    config = _config()
    assert [channel.id for channel in config.channels] == list(CHANNELS)
    assert {view.id for view in config.views} >= {"acknowledge", "instant", "mine", "late", "team", "resolve"}
    assert config.agent == "lea"
    assert all(channel.options["still"] is True for channel in config.channels)


def test_an_agent_nobody_knows_is_refused() -> None:
    with pytest.raises(ConfigError):
        parse(demo_config(seed=1, still=True, agent="nobody"), "demo", settings_model)
