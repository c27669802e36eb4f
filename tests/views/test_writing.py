"""Drafts, notes and replies: what is written is kept, and what must not go does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentconsole.desk import conversations, drafts, replies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.delivery import undelivered
from agentconsole.errors import DeskError
from agentconsole.model.message import Direction
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.seed import arrive, incoming


async def test_writes_a_note_that_no_customer_gets(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("N")
        await adviser.reads("only colleagues see it")
        await adviser.types("Rang twice.")
        await adviser.presses("ctrl+r")
        await adviser.reads("A note changes no state.")
        await adviser.presses("ctrl+s")
        await adviser.reads("note, only colleagues see it", "Rang twice.")
    assert conversations.open_thread(desk, number).messages[-1].direction is Direction.NOTE
    assert undelivered(desk) == []


async def test_words_of_a_note_never_come_back_as_a_reply(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("N")
        await adviser.types("Do not tell him.")
        await adviser.presses("escape", "r")
        assert adviser.words == ""
        await adviser.presses("escape", "N")
        assert adviser.words == "Do not tell him."


async def test_a_draft_is_on_the_desk_within_a_second_and_comes_back(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Half a sent")
        await adviser.until(lambda: any(draft.text == "Half a sent" for draft in drafts.mine(desk)))
        await adviser.presses("escape")
        assert adviser.page.composer is not None
        assert not adviser.page.composer.is_open
        await adviser.until(lambda: adviser.sees("draft, not sent"))
    async with at_work(desk) as adviser:
        assert "draft" in adviser.pane("list").splitlines()[adviser.numbers.index(number)]
        await adviser.presses("u", "enter")
        assert (adviser.words, adviser.focus) == ("Half a sent", "words")


async def test_words_are_discarded_only_when_asked_twice(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("Never mind")
        await adviser.presses("ctrl+g")
        assert adviser.words == "Never mind"
        await adviser.presses("ctrl+g")
        assert adviser.focus == "thread"
    assert drafts.mine(desk) == []


async def test_a_stale_reply_is_refused_once_and_shows_what_is_new(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        row = conversations.row(desk, number)
        await adviser.presses("r")
        await adviser.types("We are looking into it.")
        answered = conversations.open_thread(desk, number).messages[0]
        news = incoming(
            int(answered.author.removeprefix("customer").split("@")[0]), answered.author_name, "", "It works again!",
            datetime.now(UTC), references=(answered.external_id or "",),
        )  # fmt: skip
        arrive(desk, row.channel, news)
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SENT", "while you were writing", "It works again!")
        assert (adviser.words, adviser.focus) == ("We are looking into it.", "words")
        assert undelivered(desk) == []
        await adviser.presses("ctrl+s")
    assert len(undelivered(desk)) == 1


async def test_a_reply_that_the_desk_refuses_keeps_its_words(make_desk: MakeDesk) -> None:
    desk = make_desk()
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.presses("ctrl+s")
        await adviser.reads("The reply is empty.")
        await adviser.types("Now there is something.")
        await adviser.presses("ctrl+s")
        assert adviser.focus == "thread"
    assert len(undelivered(desk)) == 1


async def test_decides_on_a_reply_whose_fate_is_unknown(desk: Desk) -> None:
    key = replies.reply(desk, 3, "Did you get this?").key
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'unknown', error = 'connection lost after the dot'")
    async with at_work(desk) as adviser:
        await adviser.until(lambda: adviser.sees("1 unclear"))
        await adviser.presses("O")
        await adviser.reads("Outbox", "MAY HAVE BEEN SENT", "connection lost after the dot")
        await adviser.reads("mark as sent", "send again")
        await adviser.presses("m")
        await adviser.until(lambda: adviser.sees("Everything is sent."))
    assert undelivered(desk) == []
    assert key


async def test_colleagues_drafts_are_announced_but_not_shown(desk: Desk) -> None:
    omar = Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder)
    async with at_work(desk) as adviser:
        number = adviser.here
        drafts.keep(omar, number, "My secret words", 1)
        await adviser.until(lambda: adviser.sees("Omar Benali", "is writing a reply"))
        assert "My secret words" not in adviser.pane("thread")


async def test_words_that_the_desk_does_not_take_are_not_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise DeskError("The disk is full.", "Make room.")

    async with at_work(desk) as adviser:
        await adviser.presses("enter", "r")
        with monkeypatch.context() as patched:
            for taken in ("keep", "bring_back"):  # the second is how words are tried again
                patched.setattr(drafts, taken, full)
            patched.setenv("XDG_STATE_HOME", "/dev/null/nowhere")  # nor does this machine's disk
            await adviser.types("Half a sentence")
            await adviser.presses("escape")
            await adviser.reads("kept on this machine either")
            await adviser.presses("r")
            await adviser.reads("Half a sentence")
            await adviser.presses("escape", "q")
            await adviser.reads("Once more leaves without them")
        await adviser.presses("r")
        await adviser.types("!")
        await adviser.until(lambda: [draft.text for draft in drafts.mine(desk)] == ["Half a sentence!"])
