"""The sync service between a real desk and a real local service."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agentconsole import sync
from agentconsole.config import State
from agentconsole.desk import conversations, delivery, dispatch, floor, handling, housekeeping, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.watch import Watch
from agentconsole.store import cursors, journal
from agentconsole.sync import Service, line
from agentconsole.sync import service as running
from tests.incoming import everything, only, opened
from tests.keeping import keep_house
from tests.support.post_office import Office
from tests.sync.conftest import opened as open_configured


@pytest.fixture
def desk(configure: Callable[..., Path]) -> Iterator[Desk]:
    made = open_configured(configure())
    yield made
    made.store.close()


def _state(desk: Desk) -> str:
    delivered = opened(desk).messages[-1].delivery
    assert delivered
    return delivered.state


def _later(desk: Desk, **span: float) -> Desk:
    """The same desk, seen at a later time."""
    return replace(desk, now=lambda: datetime.now(UTC) + timedelta(**span))


def _soon(test: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until something holds that other threads bring about."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, "it did not come about"
        threading.Event().wait(0.02)


def test_all_there_is_is_pulled_and_all_that_is_due_delivered(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "PAGE", 2)
    for n in range(5):
        office.writes(f"question {n}", who=f"{n}@x.example")
    service = Service(desk)
    assert service.once() == (5, 0, [])
    replies.reply(desk, 3, "answer")
    assert service.once() == (0, 1, [])
    (taken,) = office.taken
    assert (taken["to"], taken["references"]) == ("2@x.example", ["post-2"])
    assert taken["text"].startswith("answer")
    assert service.once() == (0, 0, [])
    assert [row.number for row in everything(desk)] == [1, 2, 3, 4, 5]
    service.stop()


def test_a_service_that_is_away(desk: Desk, office: Office) -> None:
    office.writes("hello")
    service = Service(desk)
    office.close()
    new, sent, errors = service.once()
    assert (new, sent) == (0, 0)
    assert errors
    assert errors[0].startswith("mail: The post office cannot be reached")
    (status,) = floor.channels(service.desk)
    assert (status.doing, status.error) == (sync.RETRYING, errors[0].removeprefix("mail: "))


@pytest.mark.parametrize(
    ("stage", "at_once", "later"),
    [
        ("hello", ("queued", 0), ("sent", 1)),
        ("request", ("unknown", 0), ("unknown", 0)),  # that the service does not have it proves nothing
        (
            "kept",
            ("sent", 1),
            ("sent", 1),
        ),  # unknown for a moment: the same round asks the service, which has it
    ],
)
def test_where_the_connection_breaks_decides(
    desk: Desk, office: Office, stage: str, at_once: tuple[str, int], later: tuple[str, int]
) -> None:
    """Before the point of no return: again later. After it: unknown, until the service knows it."""
    office.writes("hello")
    service = Service(desk)
    service.once()
    replies.reply(desk, 1, "answer")
    office.mishap = lambda here: here == stage
    service.once()
    assert (_state(desk), len(office.taken)) == at_once
    office.mishap = lambda here: False
    Service(_later(desk, hours=1)).once()
    assert (_state(desk), len(office.taken)) == later


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("asks", "state"), [("knows", "sent"), ("never", "unknown")])
def test_a_service_that_knows_and_one_that_cannot_be_asked(
    configure: Callable[..., Path], office: Office, asks: str, state: str
) -> None:
    desk = open_configured(configure(asks))
    office.writes("hello")
    Service(desk).once()
    replies.reply(desk, 1, "answer")
    office.mishap = lambda here: here == "request"
    Service(desk).once()
    office.mishap = lambda here: False
    for _ in range(2):
        Service(_later(desk, hours=1)).once()
    assert _state(desk) == state
    assert len(office.taken) == (state == "sent")
    desk.store.close()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("status", "state"),
    [(400, "failed"), (429, "queued"), (500, "unknown"), (502, "unknown"), (504, "unknown")],
)
def test_what_the_service_answers(desk: Desk, office: Office, status: int, state: str) -> None:
    office.writes("hello")
    service = Service(desk)
    service.once()
    replies.reply(desk, 1, "answer", state=State.RESOLVED)
    office.refusal = (status, "says the service")
    service.once()
    assert _state(desk) == state
    (entry,) = delivery.undelivered(desk)
    assert entry.error == "says the service"
    assert only(desk).state is (State.OPEN if state == "failed" else State.RESOLVED)


def test_a_console_that_runs_brings_and_delivers_by_itself(desk: Desk, office: Office) -> None:
    service = Service(desk)
    service.start()
    try:
        office.writes("hello")
        _soon(lambda: everything(desk))
        _soon(lambda: [s.doing for s in floor.channels(service.desk)] == [sync.WATCHING])
        replies.reply(desk, 1, "answer")
        service.kick()
        _soon(lambda: office.taken)
        _soon(lambda: _state(desk) == "sent")
    finally:
        service.stop()
    (status,) = floor.channels(service.desk)
    assert (status.doing, status.lease_by, status.error) == (sync.STOPPED, None, "")


def test_one_console_pulls_and_another_takes_over(desk: Desk, office: Office) -> None:
    office.writes("one")
    first, second = Service(desk, holder="first"), Service(desk, holder="second")
    assert first.once()[0] == 1
    office.writes("two")
    assert second.once() == (0, 0, [])
    first.stop()
    assert second.once()[0] == 1
    assert [row.excerpt for row in everything(desk)] == ["one", "two"]


def test_a_console_without_the_channel_does_not_talk_over_the_one_that_has_it(desk: Desk, office: Office) -> None:
    holder = Service(desk, holder="holder")
    holder.once()
    with desk.store.write() as connection:
        cursors.report(connection, "mail", "holder", sync.WATCHING, "", desk.now())
        cursors.report(connection, "mail", "other", sync.RETRYING, "no password", desk.now())
    assert [(s.doing, s.error) for s in floor.channels(holder.desk)] == [(sync.WATCHING, "")]
    with desk.store.write() as connection:
        cursors.report(connection, "new", "other", sync.RETRYING, "no password", desk.now())
    assert [(s.channel, s.error) for s in floor.channels(holder.desk)] == [("mail", ""), ("new", "no password")]


def test_lapsed_leases_are_taken_back_and_snoozed_conversations_woken(desk: Desk, office: Office) -> None:
    for n in range(3):
        office.writes("hello", who=f"{n}@x.example")
    Service(desk).once()
    replies.reply(desk, 1, "answer")
    claimed = dispatch.claim(desk, "mail", "gone")
    assert claimed
    handling.set_state(desk, 2, State.SNOOZED, desk.now() + timedelta(minutes=30))
    handling.set_state(desk, 3, State.SNOOZED)
    keep_house(desk)
    assert (_sending(desk), [row.state for row in everything(desk)][1:]) == (
        True,
        [State.SNOOZED, State.SNOOZED],
    )
    keep_house(_later(desk, hours=1))
    assert (_sending(desk), [row.state for row in everything(desk)][1:]) == (
        False,
        [State.OPEN, State.SNOOZED],
    )
    assert [(e.kind, e.actor) for e in conversations.trail(desk, 2)][-1] == ("state", handling.TIMER)


def _sending(desk: Desk) -> bool:
    return any(entry.state == "sending" for entry in delivery.undelivered(desk))


def test_a_change_of_policy_is_followed_once(configure: Callable[..., Path], office: Office) -> None:
    """All active conversations get the new promises; those of an answered or resolved one stay as they were."""
    path = configure()
    desk = open_configured(path)
    for n in range(4):
        office.writes("panne" if n else "hello", who=f"{n}@x.example")
    Service(desk).once()
    handling.set_state(desk, 4, State.RESOLVED)
    replies.reply(desk, 3, "answer")
    before = everything(desk)
    assert housekeeping.follow_policy(desk) == 0
    desk.store.close()
    text = path.read_text(encoding="utf-8").replace('acknowledge = "4h"', 'acknowledge = "1h"')
    path.write_text(text + 'boosts = [{ name = "failure", minutes = 30, words = ["panne"] }]', encoding="utf-8")
    changed = open_configured(path)
    assert housekeeping.follow_policy(changed) == 3
    after = everything(changed)
    hours = timedelta(hours=1)
    assert [(b.due_at or a.opened_at) - (a.due_at or a.opened_at) for b, a in zip(before, after, strict=True)] == [
        3 * hours, 3 * hours, 0 * hours, 0 * hours,
    ]  # fmt: skip
    assert ["failure" in row.why for row in after] == [False, True, False, False]
    assert after[1].rank == before[1].rank - 3.5 * hours
    assert [(row.state, row.unread, row.assignee) for row in before] == [
        (row.state, row.unread, row.assignee) for row in after
    ]
    assert housekeeping.follow_policy(changed) == 0
    with changed.store.read() as connection:
        assert journal.remembered(connection, "policy") == housekeeping.policy_mark(changed)
    changed.store.close()


def test_two_consoles_with_two_policies_come_to_rest(
    configure: Callable[..., Path], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each follows its own policy once; then nothing is written to a desk on which nothing happens."""
    monkeypatch.setattr(running, "_HOUSE_EVERY", 0.01)
    path = configure()
    text = path.read_text(encoding="utf-8")
    desks = []
    for promise in ("4h", "1h"):
        path.write_text(text.replace('acknowledge = "4h"', f'acknowledge = "{promise}"'), encoding="utf-8")
        desks.append(open_configured(path))
        office.writes("hello")
        Service(desks[-1]).once()
        quiet = path.read_text(encoding="utf-8").replace('kind = "post"', 'kind = "post", active = false')
        path.write_text(quiet, encoding="utf-8")
        desks.append(open_configured(path))
    services, watch, stop = [Service(desk) for desk in desks[1::2]], Watch(desks[0]), threading.Event()
    watch.wait(0, stop)
    for service in services:
        service.start()
    _soon(lambda: not watch.wait(0.5, stop))
    for service in services:
        service.stop()
    watch.close()
    for desk in desks:
        desk.store.close()
