"""Several services at one desk: who pulls when one dies, freezes, or ends; and a channel that is paused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agentconsole import sync
from agentconsole.config import Agent, Role
from agentconsole.desk import delivery, floor, pauses, replies
from agentconsole.desk.context import Desk
from agentconsole.store.opening import open_desk
from agentconsole.sync import Service, line
from agentconsole.sync import service as running
from tests.conftest import SUPPORT
from tests.incoming import everything
from tests.support.desks import next_program
from tests.support.post_office import Office
from tests.sync.conftest import opened
from tests.sync.test_service import _soon

ROOT = Path(__file__).parents[2]
_FASTER = """
import sys
from datetime import timedelta
from agentconsole.sync import line, pulse
line.LEASE = pulse.LEASE = timedelta(seconds=1.5)
line.LOOK, pulse.EVERY = 0.1, 0.3
from agentconsole.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""The program with shorter spans, so that nobody waits for twenty seconds."""


class Services:
    """`agentconsole sync` in processes of their own."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self.running: list[subprocess.Popen[str]] = []

    def begin(self) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", _FASTER, "--config", str(self._config), "sync"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(SUPPORT)},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(child)
        return child


@pytest.fixture
def config(configure: Callable[..., Path]) -> Path:
    return configure()


@pytest.fixture
def services(config: Path) -> Iterator[Services]:
    made = Services(config)
    yield made
    for child in made.running:
        if child.poll() is None:
            child.send_signal(signal.SIGCONT)
            child.kill()
        child.communicate()


@pytest.fixture
def desk(config: Path) -> Iterator[Desk]:
    made = opened(config)
    yield made
    made.store.close()


def _puller(desk: Desk) -> int | None:
    """The process that has the channel's lease."""
    for status in floor.channels(desk):
        if status.lease_by and status.lease_until and status.lease_until > desk.now():
            return int(status.lease_by.split(":")[1])
    return None


@pytest.mark.parametrize(
    ("address", "ending"),
    [
        ("sqlite", signal.SIGKILL),
        ("sqlite", signal.SIGTERM),
        ("postgresql", signal.SIGKILL),
        ("postgresql", signal.SIGTERM),
        ("postgresql", signal.SIGSTOP),  # a file's lock would stay with who is frozen in the middle of a write
    ],
    indirect=["address"],
    ids=["file-killed", "file-ended", "server-killed", "server-ended", "server-frozen"],
)
def test_another_takes_over(desk: Desk, office: Office, services: Services, ending: signal.Signals) -> None:
    """Within the lease where it dies or freezes, at once where it ends in order; nothing comes or goes out twice."""
    first = services.begin()
    _soon(lambda: _puller(desk) == first.pid, 30)
    second = services.begin()
    office.writes("one")
    _soon(lambda: len(everything(desk)) == 1, 30)
    assert _puller(desk) == first.pid
    first.send_signal(ending)
    began = time.monotonic()
    _soon(lambda: _puller(desk) == second.pid, 60)
    if ending == signal.SIGTERM:
        assert first.wait(30) == 0
    else:
        assert time.monotonic() - began >= 0.1
    office.writes("two", who="ben@customer.example")
    _soon(lambda: len(everything(desk)) == 2, 30)
    replies.reply(desk, 1, "answer")
    _soon(lambda: office.taken, 30)
    if ending == signal.SIGSTOP:  # it wakes, and finds that it pulls no longer
        first.send_signal(signal.SIGCONT)
        office.writes("three", who="eva@customer.example")
        _soon(lambda: len(everything(desk)) == 3, 30)
        assert _puller(desk) == second.pid
    _soon(lambda: not delivery.undelivered(desk), 30)
    assert set(office.copies().values()) == {1}
    assert sorted(row.excerpt for row in everything(desk) if row.number != 1) == sorted(
        {"two", "three"} if ending == signal.SIGSTOP else {"two"}
    )


def test_a_paused_channel_is_neither_pulled_nor_delivered_to(desk: Desk, office: Office) -> None:
    chief = replace(desk, agent=Agent(id="sam", name="Sam", role=Role.SUPERVISOR))
    office.writes("one")
    service = Service(desk)
    service.once()
    replies.reply(desk, 1, "answer")
    pauses.pause(chief, "mail", "outage at the provider")
    office.writes("two", who="ben@customer.example")
    assert service.once() == (0, 0, [])
    assert not office.taken
    assert [entry.state for entry in delivery.undelivered(desk)] == ["queued"]
    pauses.go_on(chief, "mail")
    assert service.once() == (1, 1, [])
    service.stop()


def test_a_service_says_that_a_channel_is_paused_and_goes_on_by_itself(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LOOK", 0.05)
    chief = replace(desk, agent=Agent(id="sam", name="Sam", role=Role.SUPERVISOR))
    service = Service(desk)
    service.start()
    try:
        _soon(lambda: [s.doing for s in floor.channels(desk)] == [sync.WATCHING])
        pauses.pause(chief, "mail", "outage at the provider")
        _soon(lambda: [s.doing for s in floor.channels(desk)] == [sync.PAUSED])
        office.writes("one")
        service.kick()
        assert not everything(desk)
        pauses.go_on(chief, "mail")
        _soon(lambda: everything(desk))
        _soon(lambda: [s.doing for s in floor.channels(desk)] == [sync.WATCHING])
    finally:
        service.stop()


def test_channels_that_come_go_or_change_are_followed(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules of a desk may change while the service runs: it works for the channels of now."""
    monkeypatch.setattr(running, "_HOUSE_EVERY", 0.05)
    (mail,) = desk.config.channels
    service = Service(desk)
    service.start()
    try:
        _soon(lambda: [one.id for one in service.lines] == ["mail"])
        (before,) = service.lines
        form = mail.model_copy(update={"id": "form"})
        desk.config = desk.config.model_copy(update={"channels": (mail, form)})
        _soon(lambda: sorted(one.id for one in service.lines) == ["form", "mail"])
        assert before in service.lines
        other = mail.model_copy(update={"medium": "form"})
        desk.config = desk.config.model_copy(update={"channels": (other,)})
        _soon(lambda: [one.settings for one in service.lines] == [other])
        office.writes("hello")
        _soon(lambda: everything(desk))
        desk.config = desk.config.model_copy(update={"channels": (mail.model_copy(update={"active": False}),)})
        _soon(lambda: not service.lines)
        assert not service.stuck()
    finally:
        service.stop()


def test_the_lease_of_a_pull_that_hangs_is_not_renewed(desk: Desk) -> None:
    """Its thread gives no sign of life: another service may take over."""
    now = [desk.now()]
    service = Service(replace(desk, now=lambda: now[0]))
    service.once()
    (pulled,) = service.lines
    until = []
    for alive in (True, False):
        now[0] += timedelta(seconds=5)
        service.tally.beat(pulled.puller)
        if not alive:
            service.tally.beats[pulled.puller] -= running.STUCK + 1
        service.pulse.beat()
        until += [status.lease_until for status in floor.channels(desk)]
    assert until == [now[0] - timedelta(seconds=5) + line.LEASE] * 2
    assert service.stuck() == [pulled.puller]
    service.stop()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)  # the one in PostgreSQL is used again by other tests
def test_a_service_that_is_too_old_for_the_desk_says_so_and_does_nothing_more(
    desk: Desk, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(desk)
    service.start()
    try:
        _soon(lambda: [s.doing for s in floor.channels(desk)] == [sync.WATCHING])
        with next_program(monkeypatch, tmp_path / "scripts"):
            open_desk(desk.config.desk, desk.folder).close()
        office.writes("hello")
        _soon(lambda: service.tally.outdated)
        assert not service.tally.of("errors").get(("fault",))
    finally:
        service.stop()


def test_channels_of_its_own_come_before_those_of_the_desk(desk: Desk) -> None:
    (mail,) = desk.config.channels
    own = mail.model_copy(update={"id": "own"})
    assert [one.id for one in Service(desk, channels=(own,)).channels] == ["own"]
    assert [one.id for one in Service(desk).channels] == ["mail"]
