"""Pausing a channel and going on with it, as the desk has it; tests/sync has what the service makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agentconsole.config import Config
from agentconsole.desk import floor_trail, pauses
from agentconsole.desk.context import Desk
from agentconsole.desk.pauses import Pause
from agentconsole.errors import NotFound, UsageError
from tests.conftest import Time
from tests.desk.floor_people import floor_config

Open = Callable[[str], Desk]


@pytest.fixture
def config() -> Config:
    return floor_config()


def test_a_channel_is_paused_until_somebody_goes_on_with_it(open_as: Open, now: Time) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    pauses.pause(sam, "mail", "  the server\nmoves ")
    first = Pause("sam", now(), "the server moves")
    now.passes(minutes=5)
    pauses.pause(sam, "mail", "again")
    assert pauses.paused(lea) == {"mail": first}
    pauses.go_on(sam, "mail")
    pauses.go_on(sam, "mail")
    assert pauses.paused(lea) == {}
    said = [floor_trail.words(entry, sam) for entry in floor_trail.trail(sam)]
    assert said == ["channel mail goes on", "channel mail paused: the server moves"]


def test_what_is_refused_changes_nothing(open_as: Open) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    with pytest.raises(UsageError, match="Only supervisors"):
        pauses.pause(lea, "mail")
    with pytest.raises(UsageError, match="too long"):
        pauses.pause(sam, "mail", "x" * 201)
    with pytest.raises(NotFound, match="no channel"):
        pauses.pause(sam, "fax")
    with pytest.raises(NotFound, match="no channel"):
        pauses.go_on(sam, "fax")
    assert pauses.paused(sam) == {}


def test_a_channel_that_is_not_configured_any_more_can_be_gone_on_with(open_as: Open) -> None:
    sam = open_as("sam")
    pauses.pause(sam, "form")
    sam.config = sam.config.model_copy(update={"channels": sam.config.channels[:1]})
    pauses.go_on(sam, "form")
    assert pauses.paused(sam) == {}
