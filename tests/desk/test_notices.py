"""Banners and messages: who is told what, until when, and who has read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from agentconsole.config import Config
from agentconsole.desk import floor_trail, notices
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from agentconsole.model.ids import new_id
from tests.conftest import Time
from tests.desk.floor_people import floor_config

Open = Callable[[str], Desk]


@pytest.fixture
def config() -> Config:
    return floor_config()


def _banners(desk: Desk) -> list[str]:
    return [one.text for one in notices.live(desk).banners]


def _messages(desk: Desk) -> list[str]:
    return [one.text for one in notices.live(desk).messages]


def test_a_banner_is_on_all_consoles_until_its_time_or_its_end(open_as: Open, now: Time) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    first = notices.banner(sam, "  Fibre outage\n in the north ", now() + timedelta(hours=2))
    notices.banner(sam, "Be kind")
    assert _banners(lea) == _banners(sam) == ["Be kind", "Fibre outage in the north"]
    notices.end(sam, first)
    notices.end(sam, first)
    assert _banners(lea) == ["Be kind"]
    notices.banner(sam, "Short", now() + timedelta(minutes=1))
    now.passes(minutes=1)
    assert _banners(lea) == ["Be kind"]


def test_a_message_is_read_once_by_each(open_as: Open) -> None:
    sam, lea, tom = open_as("sam"), open_as("lea"), open_as("tom")
    notices.message(sam, "Meeting at five", None)
    notices.message(sam, "Come and see me", "tom")
    assert (_messages(lea), _messages(tom), _messages(sam)) == (
        ["Meeting at five"],
        ["Meeting at five", "Come and see me"],
        [],
    )
    notices.seen(tom, [one.id for one in notices.live(tom).messages])
    assert (_messages(lea), _messages(tom)) == (["Meeting at five"], [])
    told = {one.notice.text: [who for who, _at in one.readers] for one in notices.told(sam)}
    assert told == {"Come and see me": ["tom"], "Meeting at five": ["tom"]}


def test_nobody_reads_for_others(open_as: Open) -> None:
    sam, lea, tom = open_as("sam"), open_as("lea"), open_as("tom")
    found = notices.message(sam, "Come and see me", "tom")
    notices.seen(lea, [found, new_id()])
    assert _messages(tom) == ["Come and see me"]
    assert [one.readers for one in notices.told(sam)] == [()]


def test_a_message_to_all_is_news_for_a_day_and_one_to_somebody_until_they_read_it(open_as: Open, now: Time) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    notices.message(sam, "Cake in the kitchen", None)
    notices.message(sam, "Call me", "lea")
    now.passes(hours=24, seconds=1)
    assert _messages(lea) == ["Call me"]


def test_only_supervisors_tell(open_as: Open) -> None:
    sam, lea = open_as("sam"), open_as("lea")
    shown = notices.banner(sam, "Fibre outage")
    for forbidden in (
        lambda: notices.banner(lea, "Party"),
        lambda: notices.message(lea, "Hello", None),
        lambda: notices.end(lea, shown),
        lambda: notices.told(lea),
        lambda: floor_trail.trail(lea),
    ):
        with pytest.raises(UsageError, match="Only supervisors"):
            forbidden()
    assert _banners(lea) == ["Fibre outage"]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 201])
def test_a_banner_has_words_and_not_too_many(open_as: Open, text: str) -> None:
    with pytest.raises(UsageError):
        notices.banner(open_as("sam"), text)
    assert _banners(open_as("lea")) == []


def test_what_cannot_be_told_is_refused(open_as: Open, now: Time) -> None:
    sam = open_as("sam")
    with pytest.raises(UsageError, match="time to come"):
        notices.banner(sam, "Late", now())
    for who in ("nobody", "old"):
        with pytest.raises(NotFound, match="no agent"):
            notices.message(sam, "Hello", who)
    with pytest.raises(NotFound):
        notices.end(sam, new_id())
    assert floor_trail.trail(sam) == []


def test_all_of_it_is_in_the_trail(open_as: Open, now: Time) -> None:
    sam = open_as("sam")
    shown = notices.banner(sam, "Fibre outage", now() + timedelta(hours=1))
    notices.message(sam, "Call me", "lea")
    notices.message(sam, "Cake", None)
    notices.end(sam, shown)
    said = [floor_trail.words(entry, sam) for entry in floor_trail.trail(sam)]
    assert said == [
        "banner ended: Fibre outage",
        "message to everybody: Cake",
        "message to Léa Martin: Call me",
        "banner until 11:00: Fibre outage",
    ]
    assert {floor_trail.who(entry, sam) for entry in floor_trail.trail(sam)} == {"Sam Ortiz"}
