"""Calls: only for what is mine, only for what others or the clock did, once each, as the terminal is wished to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agentconsole.config import Notify
from agentconsole.desk import calling, conversations, handling, replies, triage
from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow
from tests.views.driver import at_work
from tests.views.seed import ESC, arrive, incoming, open_seeded
from tests.views.terminal import Terminal


def row_of(desk: Desk, customer: str) -> ConversationRow:
    return next(row for row in triage.page(desk, desk.config.views[0]).rows if row.customer == customer)


def writes(desk: Desk, row: ConversationRow, index: int, text: str = "Alors ?") -> None:
    """The customer of that conversation writes in it."""
    arrive(desk, row.channel, incoming(index, row.customer, row.subject, text, datetime.now(UTC), number=row.number))


def at(desk: Desk, minutes: float) -> Desk:
    """The desk so many minutes from now."""
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    return replace(desk, now=lambda: moment)


# What there is to call for


def test_a_customer_who_writes_in_mine_calls_once(desk: Desk) -> None:
    mine, others = row_of(desk, "Paul Roy"), row_of(desk, "Ben K.")
    before = calling.begin(desk)
    assert (before.news, before.soon) == ((), ())
    writes(desk, mine, 2)
    writes(desk, others, 1)
    found = calling.look(desk, before)
    assert found.news == (mine.number,)
    assert calling.look(desk, found).news == ()


def test_what_i_or_colleagues_do_calls_for_nothing(desk: Desk) -> None:
    mine = row_of(desk, "Paul Roy")
    before = calling.begin(desk)
    replies.note(desk, mine.number, "Note.")
    replies.reply(desk, mine.number, "Bonjour", seen=conversations.open_thread(desk, mine.number).seen)
    handling.assign(desk, row_of(desk, "Tom").number, "lea")
    found = calling.look(desk, before)
    assert (found.news, found.soon) == ((), ())


def test_what_was_late_or_due_before_calls_for_nothing(desk: Desk) -> None:
    for row in triage.page(desk, desk.config.views[0]).rows:
        handling.assign(desk, row.number, "lea")
    assert calling.look(desk, calling.begin(desk)).soon == ()


def test_a_clock_calls_once_as_it_comes_near_its_end(desk: Desk) -> None:
    row = row_of(desk, "Paul Roy")
    assert row.due_at is not None
    left = (row.due_at - datetime.now(UTC)).total_seconds() / 60
    before = calling.begin(at(desk, left - 61))
    assert calling.look(at(desk, left - 60.5), before).soon == ()
    found = calling.look(at(desk, left - 59), before)
    assert found.soon == (row.number,)
    again = calling.look(at(desk, left - 58), found)
    assert again.soon == ()
    assert calling.look(at(desk, left - 4), again).soon == ()


def test_what_i_took_with_little_time_left_calls_for_the_last_minutes(desk: Desk) -> None:
    row = row_of(desk, "Paul Roy")
    assert row.due_at is not None
    left = (row.due_at - datetime.now(UTC)).total_seconds() / 60
    before = calling.begin(at(desk, left - 20))
    found = calling.look(at(desk, left - 19), before)
    assert found.soon == ()
    found = calling.look(at(desk, left - 4.5), found)
    assert found.soon == (row.number,)
    assert calling.look(at(desk, left - 3), found).soon == ()


# What is said


async def test_a_call_is_said_with_its_number(desk: Desk) -> None:
    mine = row_of(desk, "Paul Roy")
    async with at_work(desk) as adviser:
        writes(desk, mine, 2, "[red]Alors[/red] ?")
        await adviser.until(lambda: f"#{mine.number}: the customer has written." in adviser.bar("hints"))


@pytest.mark.parametrize("wish", [Notify(how="none"), Notify(news=False)])
async def test_who_wishes_no_calls_gets_none(desk: Desk, wish: Notify) -> None:
    quiet = replace(desk, config=desk.config.model_copy(update={"notify": wish}))
    mine = row_of(desk, "Paul Roy")
    async with at_work(quiet) as adviser:
        writes(desk, mine, 2)
        await adviser.until(lambda: conversations.row(desk, mine.number).unread > 1)
        await adviser.presses("f5")
        adviser.page.around.notifying.look()
        await adviser.settles()
        assert "has written" not in adviser.screen


# What reaches the terminal

_SEQUENCE = re.compile(rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


def bells(raw: bytes) -> int:
    """Bells that end no sequence."""
    return _SEQUENCE.sub(b"", raw).count(b"\x07")


@pytest.mark.pty
def test_the_bell_rings_once(tmp_path: Path) -> None:
    desk = open_seeded(tmp_path)
    mine, others = row_of(desk, "Paul Roy"), row_of(desk, "Ben K.")
    with Terminal(tmp_path, 80, 24) as terminal:
        terminal.until("why first:")
        terminal.settle(0.5)
        writes(desk, others, 1)
        terminal.settle(1.0)
        assert bells(terminal.raw) == 0
        writes(desk, mine, 2)
        terminal.until(f"#{mine.number}: the customer has written.")
        terminal.press("j", "k")
        terminal.settle(1.0)
        assert bells(terminal.raw) == 1
        assert b"\x1b]9;" not in terminal.raw
    desk.store.close()


@pytest.mark.pty
def test_the_terminal_is_asked_to_notify_with_our_own_words(tmp_path: Path) -> None:
    desk = open_seeded(tmp_path)
    mine = row_of(desk, "Paul Roy")
    with Terminal(tmp_path, 80, 24, "--osc9") as terminal:
        terminal.until("why first:")
        terminal.settle(0.5)
        writes(desk, mine, 2, f"{ESC}]9;owned\x07{ESC}]0;owned\x07")
        terminal.until(f"#{mine.number}: the customer has written.")
        terminal.settle(0.5)
        said = re.findall(rb"\x1b\]9;([^\x07\x1b]*)\x07", terminal.raw)
        assert said == [f"agentconsole #{mine.number}: the customer has written.".encode()]
        assert bells(terminal.raw) == 0
    desk.store.close()
