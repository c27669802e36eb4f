"""The demo's service: brings, takes and answers like a real one, also across crashes and several consoles."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from pydantic import ValidationError

from agentconsole.channels.base import Channel, mint_key
from agentconsole.channels.base import open_channel as open_by_kind
from agentconsole.config import ChannelSettings, State
from agentconsole.demo.channel import DemoChannel, Settings, remember
from agentconsole.demo.world import stories
from agentconsole.errors import NotSent
from agentconsole.model.message import Address, Incoming, Outgoing

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def _settings(medium: str = "mail", *, still: bool = False, seed: int = 1, pace: float = 60) -> ChannelSettings:
    return ChannelSettings.model_validate(
        {"id": medium, "kind": "demo", "medium": medium, "seed": seed, "pace": pace, "still": still}
    )


def _channel(folder: Path, clock: Clock, medium: str = "mail", **options: Any) -> DemoChannel:
    return DemoChannel(_settings(medium, **options), folder, clock)


def _all(channel: Channel, cursor: str | None = None) -> tuple[list[Incoming], str | None]:
    found: list[Incoming] = []
    while True:
        page = channel.pull(cursor, 3)
        found += page.messages
        cursor = page.cursor
        if not page.more:
            return found, cursor


def _some(channel: Channel, clock: Clock, minutes: int, cursor: str | None = None) -> tuple[list[Incoming], str | None]:
    """What arrives while a console pulls once a minute."""
    found: list[Incoming] = []
    for _ in range(minutes):
        new, cursor = _all(channel, cursor)
        found += new
        clock.on(60)
    return found, cursor


def _reply(to: Incoming, key: str = "k1@mail.demo.example", text: str = "Bonjour, c'est réglé.") -> Outgoing:
    references = (*reversed(to.references), to.external_id)
    return Outgoing(key, 7, to.author, f"Re: {to.subject}", text, "Léa Martin", START, references=references)


@pytest.mark.parametrize("medium", ["mail", "x", "whatsapp", "form", "chat"])
def test_customers_arrive(tmp_path: Path, medium: str) -> None:
    clock = Clock()
    found, _ = _some(_channel(tmp_path, clock, medium), clock, 30)
    assert 10 <= len(found) <= 60
    assert len({item.external_id for item in found}) == len(found)
    assert all(item.at <= clock.at and item.text and item.raw and item.author.value for item in found)
    assert all(item.public == (medium == "x") for item in found)
    assert [item.at for item in found] == sorted(item.at for item in found)


def test_the_same_seed_brings_the_same_customers(tmp_path: Path) -> None:
    first, second = Clock(), Clock()
    one, _ = _some(_channel(tmp_path / "a", first, "whatsapp"), first, 20)
    two, _ = _some(_channel(tmp_path / "b", second, "whatsapp"), second, 20)
    assert [(m.external_id, m.text) for m in one] == [(m.external_id, m.text) for m in two]


def test_what_was_brought_is_brought_again_the_same(tmp_path: Path) -> None:
    clock = Clock()
    found, cursor = _some(_channel(tmp_path, clock), clock, 15)
    again = _channel(tmp_path, clock)
    assert _all(again)[0][: len(found)] == found
    assert found[0] not in _all(again, cursor)[0]


def test_nothing_arrives_on_a_still_desk_and_replies_are_taken(tmp_path: Path) -> None:
    clock = Clock()
    found, _ = _some(_channel(tmp_path, clock), clock, 10)
    still = _channel(tmp_path / "other", clock, still=True)
    assert still.deliver(_reply(found[0]), lambda: True).external_id == "k1@mail.demo.example"
    assert _some(still, clock, 60)[0] == []


def test_a_weekend_without_a_console_does_not_pile_up(tmp_path: Path) -> None:
    clock = Clock()
    channel = _channel(tmp_path, clock)
    _, cursor = _some(channel, clock, 5)
    clock.on(3 * 86_400)
    assert len(_all(channel, cursor)[0]) <= 1


def test_customers_answer_in_their_thread(tmp_path: Path) -> None:
    clock = Clock()
    channel = _channel(tmp_path, clock, "whatsapp")
    found, cursor = _some(channel, clock, 40)
    for number, item in enumerate(found[:20]):
        channel.deliver(_reply(item, f"k{number}"), lambda: True)
    clock.on(91)
    answers = [item for item in _all(channel, cursor)[0] if item.references and item.references[0].startswith("k")]
    assert len(answers) >= 12
    for answer in answers:
        asked = found[int(answer.references[0][1:])]
        assert answer.author == asked.author
        assert asked.external_id in answer.references
        assert START + timedelta(seconds=20) <= answer.at <= clock.at


def test_a_customer_falls_silent_in_the_end(tmp_path: Path) -> None:
    clock = Clock()
    channel = _channel(tmp_path, clock, "whatsapp", pace=100_000)
    last = Incoming("w1", START, Address("+33639980001", "Ana"), "", "Bonjour ?", b"{}")
    cursor: str | None = None
    for number in range(40):
        channel.deliver(_reply(last, f"k{number}"), lambda: True)
        clock.on(91)
        new, cursor = _all(channel, cursor)
        if not new:
            break
        last = new[0]
    assert number < 39


def test_a_reply_is_taken_once_a_key(tmp_path: Path) -> None:
    clock = Clock()
    channel = _channel(tmp_path, clock)
    found, cursor = _some(channel, clock, 10)
    calls: list[str] = []

    def wire() -> bool:
        calls.append("wire")
        return True

    assert channel.find("k1@mail.demo.example") is False
    first = channel.deliver(_reply(found[0]), wire)
    assert channel.deliver(_reply(found[0]), wire) == first
    assert calls == ["wire"]
    assert channel.find("k1@mail.demo.example") is True
    clock.on(95)
    answers = [m for m in _all(channel, cursor)[0] if "k1@mail.demo.example" in m.references]
    assert len(answers) <= 1


def test_nothing_is_sent_once_another_console_has_taken_over(tmp_path: Path) -> None:
    clock = Clock()
    channel = _channel(tmp_path, clock)
    found, _ = _some(channel, clock, 10)
    with pytest.raises(NotSent):
        channel.deliver(_reply(found[0]), lambda: False)
    assert channel.find("k1@mail.demo.example") is False


def test_a_torn_last_line_is_ignored_and_the_file_goes_on(tmp_path: Path) -> None:
    clock = Clock()
    found, _ = _some(_channel(tmp_path, clock), clock, 10)
    path = tmp_path / "traffic" / "mail.jsonl"
    with path.open("ab") as file:
        file.write('{"is": "out", "key": "torn", "réf'.encode()[:-1])
    channel = _channel(tmp_path, clock)
    assert channel.find("torn") is False
    channel.deliver(_reply(found[0]), lambda: True)
    reopened = _channel(tmp_path, clock)
    assert reopened.find("k1@mail.demo.example") is True
    assert _all(reopened)[0][: len(found)] == found
    assert b"torn" not in path.read_bytes()


def test_what_was_taken_survives_kill_9(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from agentconsole.model.message import Address, Outgoing
from tests.channels.test_demo_channel import START, Clock, _channel
channel = _channel(Path({str(tmp_path)!r}), Clock())
channel.deliver(Outgoing("k9", 1, Address("a@b.example"), "s", "t", "Léa", START), lambda: True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], env=dict(os.environ), check=False)
    assert done.returncode == -signal.SIGKILL
    assert _channel(tmp_path, Clock()).find("k9") is True


def test_two_consoles_see_one_service(tmp_path: Path) -> None:
    clock = Clock()
    here, there = _channel(tmp_path, clock), _channel(tmp_path, clock)
    found, cursor = _some(here, clock, 10)
    here.deliver(_reply(found[0]), lambda: True)
    assert there.find("k1@mail.demo.example") is True
    clock.on(600)
    mine, theirs = _all(here, cursor)[0], _all(there, cursor)[0]
    assert mine == theirs[: len(mine)]


def test_waiting_ends_when_something_is_due_or_when_told_to(tmp_path: Path) -> None:
    clock, stop = Clock(), threading.Event()
    channel = _channel(tmp_path, clock)
    _all(channel)
    began = monotonic()
    clock.on(60)
    channel.wait(30, stop)
    stop.set()
    clock.at = START
    channel.wait(30, stop)
    assert monotonic() - began < 15


def test_customers_of_the_history_write_again(tmp_path: Path) -> None:
    told = [s for s in stories(1, 400, START) if s.state in (State.OPEN, State.PENDING)]
    remember(tmp_path, told)
    known = {line.external_id for story in told for line in story.lines}
    clock = Clock()
    found, _ = _some(_channel(tmp_path, clock, "whatsapp"), clock, 60)
    again = [item for item in found if set(item.references) & known]
    assert again
    assert {item.author for item in again} <= {story.address for story in told}


def test_the_entry_point_and_its_settings(tmp_path: Path) -> None:
    settings = _settings(still=True)
    channel = open_by_kind(settings, None, tmp_path)
    assert channel.check()[0].good
    assert "@" in mint_key(settings)
    assert mint_key(settings) != mint_key(settings)
    with pytest.raises(ValidationError):
        Settings.model_validate({"sed": 1})
    channel.close()
    channel.close()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "traffic").write_text("in the way")
    finding = _channel(tmp_path, Clock()).check()[0]
    assert not finding.good
    assert finding.do
